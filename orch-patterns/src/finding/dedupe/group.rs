//! The steps of de-duplication in their order: compare, perhaps ask about what is in doubt, group.

use super::super::{Doubt, Finding, MergeSettings, Reported, Ruling};
use super::affinity::{Edge, weigh};
use super::candidates::pairs;
use super::cluster::cluster;
use super::node::{Node, canonical};

/// A pair with a weight this close to 0 is in doubt: it is shown as related, and may be asked about.
pub(in super::super) const DOUBT: f64 = 0.05;
/// What a ruling makes of a weight: more than the other members of an ordinary item can say against it.
const RULED: f64 = 1.0;

/// The findings in canonical order, and all pairs that were compared.
#[derive(Debug)]
pub(in super::super) struct Compared {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

/// The findings in canonical order, the groups of those that are one defect, and all pairs that were compared.
#[derive(Debug)]
pub(in super::super) struct Grouping {
    pub(in super::super) nodes: Vec<Node>,
    /// Indexes into `nodes`; every index is in exactly one group, and no group has two of one source.
    pub(in super::super) groups: Vec<Vec<usize>>,
    pub(in super::super) edges: Vec<Edge>,
}

pub(in super::super) fn compare(reported: Vec<Reported>, settings: &MergeSettings) -> Compared {
    let nodes = canonical(reported);
    let pairs = pairs(&nodes, settings.near_lines);
    let edges = {
        let findings: Vec<&Finding> = nodes.iter().map(|node| &node.reported.finding).collect();
        let measure = settings.similarity.measure(&findings);
        weigh(&nodes, &pairs, &measure, settings)
    };
    Compared { nodes, edges }
}

impl Compared {
    /// Indexes of the pairs in doubt, the most doubtful first.
    pub(in super::super) fn in_doubt(&self, at_most: usize) -> Vec<usize> {
        let mut doubts: Vec<(f64, usize)> = self
            .edges
            .iter()
            .enumerate()
            .filter_map(|(at, edge)| Some((edge.weight?.abs(), at)))
            .filter(|(distance, _)| *distance < DOUBT)
            .collect();
        doubts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        doubts.into_iter().take(at_most).map(|(_, at)| at).collect()
    }

    /// The pair as it is shown to an adjudicator.
    pub(in super::super) fn doubt(&self, pair: u32, edge: usize) -> Doubt {
        let Edge { a, b, likeness, .. } = self.edges[edge];
        Doubt {
            pair,
            one: self.nodes[a].reported.clone(),
            other: self.nodes[b].reported.clone(),
            likeness,
        }
    }

    /// Lets a ruling outweigh the words.
    pub(in super::super) fn rule(&mut self, edge: usize, ruling: Ruling) {
        let weight = match ruling {
            Ruling::Same => RULED,
            Ruling::Different => -RULED,
            Ruling::Unsure => return,
        };
        self.edges[edge].weight = Some(weight);
    }

    pub(in super::super) fn grouped(self) -> Grouping {
        let Self { nodes, edges } = self;
        let weights: Vec<(usize, usize, f64)> = edges
            .iter()
            .filter_map(|edge| edge.weight.map(|weight| (edge.a, edge.b, weight)))
            .collect();
        let groups = cluster(nodes.len(), &weights);
        Grouping { nodes, groups, edges }
    }
}
