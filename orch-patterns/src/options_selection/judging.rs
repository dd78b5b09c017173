//! Asking the judge: every pair that is left, once in each order, and no more.

use orch_core::{Cx, Missing, Pattern, Result, plain};

use super::ranking::{Place, by_evidence, needs_a_judge};
use super::{Candidate, Comparison, Pairing, Question, Said, Settled, Standing};
use crate::combinator::{Branch, Gathered, gather};
use crate::deliverable::{Choice, Winner};

/// All pairs, and who is missing where some were not judged.
pub(super) struct Judged {
    pub(super) comparisons: Vec<Comparison>,
    pub(super) missing: Option<Missing>,
}

/// Settles every pair. Each that needs a judge is asked in both orders, so twice as often as a single pass would.
pub(super) async fn judge_all(
    judge: &dyn Pattern<In = Pairing, Out = Choice>,
    cx: &Cx,
    question: &Question,
    standings: &[(Place, Standing)],
    at_most: usize,
) -> Result<Judged> {
    let mut comparisons = Vec::new();
    let mut asked: Vec<(usize, &Standing, &Standing)> = Vec::new();
    for (index, (_, one)) in standings.iter().enumerate() {
        for (_, other) in &standings[index + 1..] {
            let pair = [one.name.clone(), other.name.clone()];
            let settled = if needs_a_judge(one, other) {
                asked.extend([(comparisons.len(), one, other), (comparisons.len(), other, one)]);
                Settled::Unjudged(String::new())
            } else if let Some(settled) = by_evidence(one, other) {
                settled
            } else {
                continue;
            };
            comparisons.push(Comparison {
                pair,
                settled,
                said: Vec::new(),
            });
        }
    }
    let branches = asked.iter().map(|(_, first, second)| {
        let order = order(&first.name, &second.name);
        let lane = cx.child(&order);
        let pairing = Pairing {
            question: question.clone(),
            first: Candidate::new(first.proposal.clone(), first.evidence.clone()),
            second: Candidate::new(second.proposal.clone(), second.evidence.clone()),
        };
        Branch::new(order, async move { judge.run(&lane, pairing).await })
    });
    let Gathered { done, missing } = gather(branches.collect(), at_most).await?;
    for (index, choice) in done {
        let (comparison, first, second) = &asked[index];
        comparisons[*comparison].said.push(Said {
            first: first.name.clone(),
            second: second.name.clone(),
            choice,
        });
    }
    for comparison in comparisons.iter_mut().filter(|comparison| comparison.was_asked()) {
        settle(comparison, &missing);
    }
    let missing = (!missing.is_empty()).then(|| Missing {
        label: "judge".to_owned(),
        why: Missing::together(&missing),
    });
    Ok(Judged { comparisons, missing })
}

/// What both orders say together, when both were answered.
fn settle(comparison: &mut Comparison, missing: &[Missing]) {
    comparison.settled = if let [ahead, back] = comparison.said.as_slice() {
        Settled::of(&comparison.pair, ahead.choice.winner, back.choice.winner)
    } else {
        let [one, other] = &comparison.pair;
        let orders = [order(one, other), order(other, one)];
        let why = missing.iter().find(|missing| orders.contains(&missing.label));
        Settled::Unjudged(why.map_or_else(String::new, |missing| plain::line(&missing.why.to_string(), 300)))
    };
}

/// What one comparison is called.
fn order(first: &str, second: &str) -> String {
    format!("{first} before {second}")
}

/// What the judge said where the chosen one was compared, without names: the others are called by their rank.
pub(super) fn reasons(chosen: &Standing, others: &[Standing], comparisons: &[Comparison]) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, other) in (1..).zip(others) {
        let both = comparisons
            .iter()
            .filter(|comparison| comparison.is_of(&chosen.name) && comparison.is_of(&other.name));
        for said in both.flat_map(|comparison| &comparison.said) {
            let chosen_first = said.first == chosen.name;
            let winner = match (said.choice.winner, chosen_first) {
                (Winner::Tie, _) => "neither",
                (Winner::First, true) | (Winner::Second, false) => "the chosen one",
                (Winner::First, false) | (Winner::Second, true) => "the other",
            };
            let place = if chosen_first { "first" } else { "second" };
            lines.push(format!(
                "Against other option {number}, with the chosen one as the {place} option: {winner}. {}",
                said.choice.reasons.join(" ")
            ));
        }
    }
    lines
}
