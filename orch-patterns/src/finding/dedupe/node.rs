//! One finding as the merger sees it: the report, and what is compared of it.

use super::super::Reported;
use super::location::Place;
use super::tokens::Tokens;

/// A report with its normalised place and the number of its source.
#[derive(Debug)]
pub(in super::super) struct Node {
    pub(in super::super) reported: Reported,
    /// The same number for the same source name.
    pub(in super::super) source: u32,
    pub(super) place: Place,
    /// The terms of the claim, in their order, with a space between.
    pub(super) words: String,
}

/// Puts reports into the one order that everything after it relies on: it depends on their content alone, so that
/// the order in which workers came home changes nothing. Equal reports are interchangeable.
pub(in super::super) fn canonical(reported: Vec<Reported>) -> Vec<Node> {
    let mut names: Vec<String> = reported.iter().map(|report| report.source.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let mut nodes: Vec<Node> = reported
        .into_iter()
        .map(|reported| {
            let source = names.binary_search(&reported.source).unwrap_or(names.len());
            Node {
                place: Place::of(&reported.finding),
                words: Tokens::of(&reported.finding.claim).terms.join(" "),
                source: u32::try_from(source).unwrap_or(u32::MAX),
                reported,
            }
        })
        .collect();
    nodes.sort_by(|a, b| {
        let (x, y) = (&a.reported.finding, &b.reported.finding);
        let by_place = a
            .place
            .cmp(&b.place)
            .then(a.reported.order.cmp(&b.reported.order));
        by_place
            .then(a.source.cmp(&b.source))
            .then_with(|| y.severity.cmp(&x.severity))
            .then_with(|| y.confidence.total_cmp(&x.confidence))
            .then_with(|| x.claim.cmp(&y.claim))
            .then_with(|| x.evidence.cmp(&y.evidence))
            .then_with(|| x.recommendation.cmp(&y.recommendation))
            .then_with(|| x.lens.cmp(&y.lens))
            .then_with(|| (&x.path, x.line).cmp(&(&y.path, y.line)))
    });
    nodes
}
