//! `merge`: from everything that all sources said to one ranked list without duplicates.

use std::collections::HashMap;

use super::dedupe::{DOUBT, Edge, Grouping, compare};
use super::rank::{self, ListLengths};
use super::{MergeSettings, Merged, Related, Relation, Reported};

/// Related items that one item shows.
const MAX_RELATED: usize = 3;

/// Joins findings that are the same defect, and ranks the result, the most important first.
///
/// Place first: findings in different files, or far apart in one, are never joined; within a few lines, related
/// wording is enough; where a place is missing, wording decides. Two findings of one source are never joined. Every
/// report is a member of exactly one item. The result is the same for any order of the input, and depends on nothing
/// else.
///
/// Up to some 600 findings (thousands, when they are spread over files) every pair that could be one is compared;
/// beyond that only pairs that stand close or share a rare word, so that the time grows with the number of findings
/// and not with its square. Of each text the first 1,000 characters count.
pub fn merge(reported: Vec<Reported>, settings: &MergeSettings) -> Vec<Merged> {
    listed(&compare(reported, settings).grouped(), settings)
}

/// The ranked items of a grouping.
pub(super) fn listed(grouping: &Grouping, settings: &MergeSettings) -> Vec<Merged> {
    let likeness: HashMap<(usize, usize), f64> = grouping
        .edges
        .iter()
        .map(|edge| ((edge.a, edge.b), edge.likeness))
        .collect();
    let sources = grouping
        .nodes
        .iter()
        .map(|node| node.source)
        .max()
        .map_or(0, |last| last + 1);
    let panel = settings.panel.unwrap_or(0).max(sources);

    let lengths = ListLengths::of(grouping.nodes.iter().map(|node| &node.reported));

    let mut items: Vec<(Vec<usize>, Merged)> = grouping
        .groups
        .iter()
        .map(|group| (group.clone(), item(group, grouping, &likeness, &lengths, panel)))
        .collect();
    // Equal scores: more votes, then the earliest in a list, then canonical order.
    items.sort_by(|(a, x), (b, y)| {
        let earliest = |item: &Merged| item.members.iter().map(|report| report.order).min();
        y.score
            .total_cmp(&x.score)
            .then_with(|| y.seen_by.len().cmp(&x.seen_by.len()))
            .then_with(|| earliest(x).cmp(&earliest(y)))
            .then_with(|| a.cmp(b))
    });
    let mut item_of = vec![0; grouping.nodes.len()];
    for (at, (group, item)) in items.iter_mut().enumerate() {
        item.rank = u32::try_from(at + 1).unwrap_or(u32::MAX);
        for &node in &*group {
            item_of[node] = at;
        }
    }
    let mut items: Vec<Merged> = items.into_iter().map(|(_, item)| item).collect();
    relate(&mut items, &item_of, &grouping.edges);
    items
}

fn item(
    group: &[usize],
    grouping: &Grouping,
    likeness: &HashMap<(usize, usize), f64>,
    lengths: &ListLengths,
    panel: u32,
) -> Merged {
    let reports: Vec<&Reported> = group.iter().map(|&node| &grouping.nodes[node].reported).collect();
    let worst = rank::severity(&reports);
    let mut primary = (f64::NEG_INFINITY, reports[0]);
    for (&node, &report) in group.iter().zip(&reports) {
        let others = group.iter().filter(|&&other| other != node);
        let likenesses = others.filter_map(|&other| likeness.get(&(node.min(other), node.max(other))));
        #[expect(clippy::cast_precision_loss, reason = "the size of a group")]
        let centrality = likenesses.sum::<f64>() / (group.len() - 1).max(1) as f64;
        let standing = rank::standing(report, centrality, worst);
        if standing > primary.0 {
            primary = (standing, report);
        }
    }
    let mut seen_by: Vec<String> = reports.iter().map(|report| report.source.clone()).collect();
    seen_by.sort_unstable();
    seen_by.dedup();
    Merged {
        primary: primary.1.finding.clone(),
        rank: 0,
        score: rank::score(&reports, lengths),
        severity: worst,
        reasons: rank::reasons(&reports, &seen_by, panel),
        seen_by,
        related: Vec::new(),
        members: reports.into_iter().cloned().collect(),
    }
}

/// Points items at each other that one source said both of, or that were nearly joined.
fn relate(items: &mut [Merged], item_of: &[usize], edges: &[Edge]) {
    let mut best: HashMap<(usize, usize), Related> = HashMap::new();
    for edge in edges {
        let (a, b) = (item_of[edge.a], item_of[edge.b]);
        let why = match edge.weight {
            _ if a == b => continue,
            None if edge.twin => Relation::SameSource,
            Some(weight) if weight > -DOUBT => Relation::Uncertain,
            _ => continue,
        };
        for (from, to) in [(a, b), (b, a)] {
            let related = Related {
                rank: items[to].rank,
                likeness: edge.likeness,
                why,
            };
            let known = best.entry((from, to)).or_insert(related);
            if related.likeness > known.likeness {
                *known = related;
            }
        }
    }
    for ((from, _), related) in best {
        items[from].related.push(related);
    }
    for item in items {
        item.related
            .sort_by(|x, y| y.likeness.total_cmp(&x.likeness).then(x.rank.cmp(&y.rank)));
        item.related.truncate(MAX_RELATED);
    }
}
