//! Correlation clustering: the grouping with the greatest sum of weights inside its groups.
//!
//! Knows numbers only, nothing of findings. A pair without a weight is never in one group. The problem is hard in
//! general; groups of findings are small, so a greedy start and a local search come close. It works within each
//! component of positively weighted pairs, because no best group spans two.

use std::collections::{BTreeMap, HashMap};

use super::search;

/// Components up to this size are searched; greater ones, which no honest review has, are grouped greedily.
const SEARCHED: usize = 160;

/// Groups `0..count` by the weighted pairs `(a, b, weight)`, `a < b`. Each group is sorted, and so are the groups.
pub(super) fn cluster(count: usize, pairs: &[(usize, usize, f64)]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let weights: HashMap<(usize, usize), f64> =
        pairs.iter().map(|&(a, b, weight)| ((a, b), weight)).collect();
    for component in components(count, pairs) {
        let weight = |a: usize, b: usize| {
            weights
                .get(&(a.min(b), a.max(b)))
                .copied()
                .unwrap_or(f64::NEG_INFINITY)
        };
        if component.len() <= SEARCHED {
            let table: Vec<Vec<f64>> = component
                .iter()
                .map(|&a| component.iter().map(|&b| weight(a, b)).collect())
                .collect();
            let found = search::best_groups(&table);
            groups.extend(
                found
                    .into_iter()
                    .map(|group| group.into_iter().map(|at| component[at]).collect()),
            );
        } else {
            groups.extend(strongest_first(&component, pairs, weight));
        }
    }
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    groups
}

/// The connected components over positive pairs, lone nodes included.
fn components(count: usize, pairs: &[(usize, usize, f64)]) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..count).collect();
    for &(a, b, _) in pairs.iter().filter(|(.., weight)| *weight > 0.0) {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        parent[a.max(b)] = a.min(b);
    }
    let mut components: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for node in 0..count {
        components.entry(root(&mut parent, node)).or_default().push(node);
    }
    components.into_values().collect()
}

fn root(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

/// Takes the pairs from the strongest down, and joins the groups of the two where that gains.
fn strongest_first(
    component: &[usize],
    pairs: &[(usize, usize, f64)],
    weight: impl Fn(usize, usize) -> f64,
) -> Vec<Vec<usize>> {
    let mut group_of: HashMap<usize, usize> = component.iter().map(|&node| (node, node)).collect();
    let mut groups: BTreeMap<usize, Vec<usize>> = component.iter().map(|&node| (node, vec![node])).collect();
    let mut edges: Vec<_> = pairs
        .iter()
        .filter(|(a, _, weight)| *weight > 0.0 && group_of.contains_key(a))
        .collect();
    edges.sort_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
    for &&(a, b, _) in &edges {
        let (keep, gone) = (group_of[&a], group_of[&b]);
        if keep == gone {
            continue;
        }
        let mut gain = 0.0;
        'sum: for &x in &groups[&keep] {
            for &y in &groups[&gone] {
                gain += weight(x, y);
                if gain == f64::NEG_INFINITY {
                    break 'sum;
                }
            }
        }
        if gain > 0.0 {
            let moved = groups.remove(&gone).unwrap_or_default();
            for &node in &moved {
                group_of.insert(node, keep);
            }
            groups.entry(keep).or_default().extend(moved);
        }
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_without_a_weight_is_never_in_one_group() {
        // 0-1 and 1-2 attract, 0-2 may not be joined: the stronger pair wins.
        assert_eq!(cluster(3, &[(0, 1, 0.4), (1, 2, 0.5)]), [vec![0], vec![1, 2]]);
    }

    #[test]
    fn a_weak_link_does_not_chain_two_groups() {
        let pairs = [
            (0, 1, 0.5),
            (2, 3, 0.5),
            (1, 2, 0.1),
            (0, 2, -0.3),
            (0, 3, -0.3),
            (1, 3, -0.3),
        ];
        assert_eq!(cluster(4, &pairs), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_big_component_is_grouped_greedily_and_completely() {
        let count = SEARCHED * 2;
        let mut pairs: Vec<(usize, usize, f64)> = (0..count - 1).map(|a| (a, a + 1, 0.1)).collect();
        for (a, _, weight) in &mut pairs {
            if *a % 2 == 0 {
                *weight = 0.5;
            }
        }
        let groups = cluster(count, &pairs);
        assert_eq!(
            groups,
            (0..count / 2).map(|n| vec![2 * n, 2 * n + 1]).collect::<Vec<_>>()
        );
    }

    #[test]
    fn nothing_in_gives_nothing_out() {
        assert_eq!(cluster(0, &[]), Vec::<Vec<usize>>::new());
        assert_eq!(cluster(2, &[]), [vec![0], vec![1]]);
    }
}
