//! From likeness and place to a signed weight: how much better it is to join two findings than not to.
//!
//! The weight of a pair is its affinity (likeness of wording, moved by place) less what it has to reach:
//! - a threshold, higher when few sources were asked: with many, a wrong pair is outvoted by its other members;
//! - a part of the lead that a rival has, when the same source said something liker to the other finding;
//! - where no place speaks, a little for findings late in their sources' lists, which are more often alone.
//!
//! The numbers for wording were chosen on labelled findings of 12 review tools on three projects, for groups of 2 to
//! 12 sources alike. The figure for hard pairs lies on a narrow peak: its neighbours average a point less. The data has
//! no places; the numbers for place are chosen so that in one file, lines apart, a shared identifier and one more
//! word are enough.

use std::collections::HashMap;

use super::super::MergeSettings;
use super::location::Bearing;
use super::node::Node;
use super::similarity::Measure;

/// The part of a rival's lead that counts against a pair.
const RIVAL: f64 = 0.05;
/// The step of a source's own list down to which each step costs.
const ORDER_MAX: u32 = 10;
/// What the same line adds to the affinity, besides making up for few sources. Place alone joins nothing: the
/// default threshold stays well above it.
const SAME_LINE: f64 = 0.02;
/// What each line apart takes from that, within the window and beyond it.
const PER_LINE: f64 = 0.015;
/// Likeness that a near pair must have for its place to count: below it, only the place is in common.
const RELATED: f64 = 0.05;

/// A compared pair.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Edge {
    /// Indexes of the nodes, `a < b`.
    pub(in super::super) a: usize,
    pub(in super::super) b: usize,
    /// How alike the wording is, 0 to 1.
    pub(in super::super) likeness: f64,
    /// Above 0: better joined; below: better apart. `None`: never joined, both are of one source.
    pub(in super::super) weight: Option<f64>,
    /// Of one source, and so alike that the source seems to say one thing twice.
    pub(in super::super) twin: bool,
}

/// Weighs the pairs.
pub(super) fn weigh(
    nodes: &[Node],
    pairs: &[(usize, usize)],
    measure: &Measure<'_>,
    settings: &MergeSettings,
) -> Vec<Edge> {
    let sources = nodes
        .iter()
        .map(|node| node.source)
        .max()
        .map_or(1.0, |last| f64::from(last) + 1.0);
    let makes_up = settings.few_sources / sources;
    let threshold = settings.join_at + makes_up;
    let mut edges = Vec::with_capacity(pairs.len());
    let mut affinities = Vec::with_capacity(pairs.len());
    for &(a, b) in pairs {
        let likeness = measure(a, b);
        let likeness = if likeness.is_nan() {
            0.0
        } else {
            likeness.clamp(0.0, 1.0)
        };
        let bearing = nodes[a].place.bearing(&nodes[b].place, settings.near_lines);
        let same_words = nodes[a].words == nodes[b].words;
        if let Some(affinity) = affinity(likeness, bearing, makes_up, same_words) {
            edges.push(Edge {
                a,
                b,
                likeness,
                weight: None,
                twin: false,
            });
            affinities.push((affinity, bearing));
        }
    }
    let rivals = Rivals::of(nodes, &edges, &affinities);
    for (edge, (affinity, bearing)) in edges.iter_mut().zip(affinities) {
        let (a, b) = (&nodes[edge.a], &nodes[edge.b]);
        if a.source == b.source {
            edge.twin = affinity >= 2.0 * threshold;
            continue;
        }
        let lead = (rivals.best(edge, nodes) - affinity).max(0.0);
        let late = match bearing {
            Bearing::Near(_) => 0,
            _ => a.reported.order.min(ORDER_MAX) + b.reported.order.min(ORDER_MAX),
        };
        edge.weight = Some(affinity - threshold - RIVAL * lead - settings.late * f64::from(late));
    }
    edges
}

/// Likeness moved by place; `None` where place forbids to join. `makes_up`: what the threshold gained for few sources.
fn affinity(likeness: f64, bearing: Bearing, makes_up: f64, same_words: bool) -> Option<f64> {
    match bearing {
        Bearing::Apart => None,
        Bearing::Open => Some(likeness),
        Bearing::Near(_) if likeness < RELATED => Some(likeness),
        Bearing::Near(lines) => Some(likeness + makes_up + SAME_LINE - PER_LINE * f64::from(lines.min(5))),
        // Two people never word a defect alike to the letter; the same sentence at another line is a rule that fired
        // twice.
        Bearing::Far(_) if same_words => None,
        Bearing::Far(lines) => Some(likeness - PER_LINE * f64::from(lines)),
    }
}

/// For each finding and source: the highest affinity to a finding of that source, with whom, and the second.
struct Rivals(HashMap<(usize, u32), (f64, usize, f64)>);

impl Rivals {
    fn of(nodes: &[Node], edges: &[Edge], affinities: &[(f64, Bearing)]) -> Self {
        let mut best: HashMap<(usize, u32), (f64, usize, f64)> = HashMap::new();
        for (edge, &(affinity, _)) in edges.iter().zip(affinities) {
            if nodes[edge.a].source == nodes[edge.b].source {
                continue;
            }
            for (me, other) in [(edge.a, edge.b), (edge.b, edge.a)] {
                let entry = best
                    .entry((me, nodes[other].source))
                    .or_insert((0.0, usize::MAX, 0.0));
                if affinity > entry.0 {
                    *entry = (affinity, other, entry.0);
                } else if affinity > entry.2 {
                    entry.2 = affinity;
                }
            }
        }
        Self(best)
    }

    /// The highest affinity that either finding of the pair has to another finding of the other's source.
    fn best(&self, edge: &Edge, nodes: &[Node]) -> f64 {
        let rival = |me: usize, other: usize| match self.0.get(&(me, nodes[other].source)) {
            Some(&(_, who, second)) if who == other => second,
            Some(&(first, ..)) => first,
            None => 0.0,
        };
        rival(edge.a, edge.b).max(rival(edge.b, edge.a))
    }
}
