//! Which pairs of findings are compared at all.
//!
//! All that could be one defect, as long as there are at most [`EXACT_PAIRS`] of them (a review of some 600 findings
//! without places, or thousands that are spread over files). Beyond that the work is bounded, about sixty
//! comparisons a finding: with its neighbours by line in its own file, and with findings that share one of its rarest
//! words. The price of the bound: true duplicates whose every common word is frequent may stay apart; nothing is
//! lost, a duplicate is left.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::location::Bearing;
use super::node::Node;

/// Pairs up to which every pair is compared. For texts of ordinary length that is a fraction of a second.
const EXACT_PAIRS: usize = 200_000;
/// Beyond that: how many of its rarest shared words a finding is looked up by, ...
const RARE_WORDS: usize = 4;
/// ... and how many findings are compared in one such list.
const NEIGHBOURS: usize = 12;

/// Pairs of indexes, the smaller first, sorted, none twice and none whose places are [`Bearing::Apart`]. Pairs of one
/// source are among them, for twins. `nodes` are in canonical order, so those of one file stand together.
pub(super) fn pairs(nodes: &[Node], window: u32) -> Vec<(usize, usize)> {
    let comparable = |a: usize, b: usize| nodes[a].place.bearing(&nodes[b].place, window) != Bearing::Apart;
    let mut pairs = Vec::new();
    if possible_pairs(nodes) <= EXACT_PAIRS {
        let unplaced = nodes.partition_point(|node| node.place.path.is_none());
        for a in 0..nodes.len() {
            let end = if a < unplaced {
                nodes.len()
            } else {
                end_of_file(nodes, a)
            };
            pairs.extend((a + 1..end).filter(|&b| comparable(a, b)).map(|b| (a, b)));
        }
        return pairs;
    }
    let mut lists: Vec<Vec<usize>> = by_rare_word(nodes);
    lists.push((0..nodes.len()).collect());
    for list in lists {
        for (at, &a) in list.iter().enumerate() {
            let near = list[at + 1..].iter().take(NEIGHBOURS);
            pairs.extend(near.filter(|&&b| comparable(a, b)).map(|&b| (a, b)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// One past the last node in the file of node `a`.
fn end_of_file(nodes: &[Node], a: usize) -> usize {
    a + nodes[a..].partition_point(|node| node.place.path == nodes[a].place.path)
}

/// An upper bound of the comparable pairs: those of one file, and those with a finding that has no place.
fn possible_pairs(nodes: &[Node]) -> usize {
    let unplaced = nodes.partition_point(|node| node.place.path.is_none());
    let within = |count: usize| count.saturating_mul(count.saturating_sub(1)) / 2;
    let mut pairs = within(unplaced).saturating_add(unplaced.saturating_mul(nodes.len() - unplaced));
    let mut at = unplaced;
    while at < nodes.len() {
        let end = end_of_file(nodes, at);
        pairs = pairs.saturating_add(within(end - at));
        at = end;
    }
    pairs
}

/// Lists of the findings that share a word which is among the rarest for each of them, in canonical order.
fn by_rare_word(nodes: &[Node]) -> Vec<Vec<usize>> {
    let words: Vec<BTreeSet<&str>> = nodes.iter().map(|node| node.words.split(' ').collect()).collect();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    words
        .iter()
        .flatten()
        .for_each(|word| *seen.entry(word).or_default() += 1);
    let mut lists: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, words) in words.iter().enumerate() {
        let mut shared: Vec<(usize, &str)> = words
            .iter()
            .map(|&word| (seen[word], word))
            .filter(|(n, _)| *n > 1)
            .collect();
        shared.sort_unstable();
        for (_, word) in shared.into_iter().take(RARE_WORDS) {
            lists.entry(word).or_default().push(at);
        }
    }
    lists.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::{Finding, Reported};
    use super::super::node::canonical;
    use super::*;

    fn nodes(findings: impl IntoIterator<Item = Finding>) -> Vec<Node> {
        let reported = findings.into_iter().enumerate().map(|(at, finding)| Reported {
            source: format!("source {}", at % 4),
            order: u32::try_from(at / 4).unwrap(),
            finding,
        });
        canonical(reported.collect())
    }

    #[test]
    fn files_are_not_compared_with_each_other_but_the_unplaced_with_all() {
        let found = nodes([
            Finding::new("x"),
            Finding::new("x").at("a", 1),
            Finding::new("x").at("b", 1),
            Finding::new("x").at("b", 2),
        ]);
        assert_eq!(pairs(&found, 3), [(0, 1), (0, 2), (0, 3), (2, 3)]);
    }

    #[test]
    fn many_findings_cost_a_bounded_number_of_comparisons() {
        let count = 3_000;
        let found =
            nodes((0..count).map(|n| Finding::new(format!("the same words again, number {}", n / 2))));
        let pairs = pairs(&found, 3);
        assert!(
            pairs.len() <= count * NEIGHBOURS * (RARE_WORDS + 1),
            "{}",
            pairs.len()
        );
        // The rare word, the number, still brings every pair together.
        let together = pairs
            .iter()
            .filter(|(a, b)| found[*a].reported.finding.claim == found[*b].reported.finding.claim);
        assert_eq!(together.count(), count / 2);
    }
}
