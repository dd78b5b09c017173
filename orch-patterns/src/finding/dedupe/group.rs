//! The steps of de-duplication in their order.

use super::super::{Finding, MergeSettings, Reported};
use super::affinity::{Edge, weigh};
use super::candidates::pairs;
use super::cluster::cluster;
use super::node::{Node, canonical};

/// The findings in canonical order, the groups of those that are one defect, and all pairs that were compared.
#[derive(Debug)]
pub(in super::super) struct Grouping {
    pub(in super::super) nodes: Vec<Node>,
    /// Indexes into `nodes`; every index is in exactly one group, and no group has two of one source.
    pub(in super::super) groups: Vec<Vec<usize>>,
    pub(in super::super) edges: Vec<Edge>,
}

pub(in super::super) fn group(reported: Vec<Reported>, settings: &MergeSettings) -> Grouping {
    let nodes = canonical(reported);
    let pairs = pairs(&nodes, settings.near_lines);
    let edges = {
        let findings: Vec<&Finding> = nodes.iter().map(|node| &node.reported.finding).collect();
        let measure = settings.similarity.measure(&findings);
        weigh(&nodes, &pairs, &measure, settings)
    };
    let weights: Vec<(usize, usize, f64)> = edges
        .iter()
        .filter_map(|edge| edge.weight.map(|weight| (edge.a, edge.b, weight)))
        .collect();
    let groups = cluster(nodes.len(), &weights);
    Grouping { nodes, groups, edges }
}
