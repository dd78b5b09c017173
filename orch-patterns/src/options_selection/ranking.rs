//! From options and comparisons to an order of all options. Pure: the same for any order of either.

use std::cmp::Reverse;

use orch_core::Verdict;

use super::{Comparison, Decided, Settled, Standing, Tally};

/// Where an option stands among equals, apart from everything that was found out: it has no two alike.
pub(super) type Place = (usize, String);

/// Marks who is out of the running: the refuted, where somebody is confirmed.
pub(super) fn mark_out(standings: &mut [(Place, Standing)]) {
    let confirmed = standings.iter().any(|(_, one)| one.verdict().is_confirmed());
    for (_, standing) in standings {
        standing.out = confirmed && standing.verdict() == Verdict::Refuted;
    }
}

/// Whether checks settle the pair, or nobody needs to know: then the judge is not asked.
pub(super) fn needs_a_judge(one: &Standing, other: &Standing) -> bool {
    !one.out && !other.out
}

/// The pairs that checks settle: who is confirmed, against who is refuted.
pub(super) fn by_evidence(one: &Standing, other: &Standing) -> Option<Settled> {
    match (one.verdict(), other.verdict()) {
        (Verdict::Confirmed, Verdict::Refuted) => Some(Settled::ByEvidence(one.name.clone())),
        (Verdict::Refuted, Verdict::Confirmed) => Some(Settled::ByEvidence(other.name.clone())),
        _ => None,
    }
}

/// The options in order, the best first, and what made the first one the first: those in the running before those
/// that are out, then by wins, by evidence, by fewer losses, by place.
pub(super) fn rank(
    mut standings: Vec<(Place, Standing)>,
    comparisons: &[Comparison],
) -> (Vec<Standing>, Decided) {
    for (_, standing) in &mut standings {
        standing.tally = Tally::of(&standing.name, comparisons);
    }
    let said = |standing: &Standing| {
        (
            Reverse(standing.tally.wins),
            Reverse(standing.verdict()),
            standing.tally.losses,
        )
    };
    standings.sort_by(|(place, one), (other_place, other)| {
        (one.out, said(one), place).cmp(&(other.out, said(other), other_place))
    });
    let ranked: Vec<Standing> = standings.into_iter().map(|(_, standing)| standing).collect();
    let decided = decided(&ranked, comparisons);
    (ranked, decided)
}

fn decided(ranked: &[Standing], comparisons: &[Comparison]) -> Decided {
    let [first, second, ..] = ranked else {
        return Decided::OnlyOne;
    };
    if second.out {
        return Decided::Evidence;
    }
    let mut asked = comparisons.iter().filter(|comparison| comparison.was_asked());
    if asked.all(|comparison| matches!(comparison.settled, Settled::Unjudged(_))) {
        return Decided::Unjudged;
    }
    if first.tally.wins != second.tally.wins {
        Decided::Judge
    } else if first.verdict() != second.verdict() {
        Decided::Evidence
    } else if first.tally.losses != second.tally.losses {
        Decided::Judge
    } else {
        Decided::Order
    }
}
