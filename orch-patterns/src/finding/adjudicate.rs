//! Merging with an adjudicator: somebody who is asked about the pairs that words cannot decide, and about no others.
//!
//! An adjudicator is a [`Pattern`]: a worker ([`adjudicator`] is one), or a closure. It never sees what place or
//! source forbids, and it decides nothing alone: its word is a weight in the grouping, so two findings of one source
//! stay apart whatever it says, and no report is ever dropped.

use orch_core::{Cx, Error, Pattern, Result, Worker, plain};
use orch_prompts::{Brief, Material};

use super::aside::aside;
use super::dedupe::compare;
use super::merge::listed;
use super::{Adjudication, Doubt, MergeSettings, Merged, Reported, Ruled};

/// The label on step keys.
const LABEL: &str = "adjudicate";
/// Pairs that are asked about at most: what one answer can weigh with care.
const MOST: usize = 16;

/// As [`merge`](super::merge), and asks `adjudicator` once about the pairs in doubt: at most 16, the most doubtful
/// first. When none is in doubt, nobody is asked.
///
/// An adjudicator that does not finish changes nothing: its failure is in the [`Adjudication`].
///
/// # Errors
/// Only what ends the whole run, [`Error::Halt`].
///
/// # Cancel safety
/// Dropping the future drops the adjudicator's; the reports go with it.
pub async fn merge_with<P>(
    cx: &Cx,
    reported: Vec<Reported>,
    settings: &MergeSettings,
    adjudicator: &P,
) -> Result<(Vec<Merged>, Adjudication)>
where
    P: Pattern<In = Vec<Doubt>, Out = Vec<Ruled>> + ?Sized,
{
    let by = settings.clone();
    let mut compared = aside(move || compare(reported, &by)).await?;
    let pairs = compared.in_doubt(MOST);
    let doubts: Vec<Doubt> = (1..)
        .zip(&pairs)
        .map(|(pair, &edge)| compared.doubt(pair, edge))
        .collect();
    let mut adjudication = Adjudication {
        doubts,
        ..Adjudication::default()
    };
    if !adjudication.doubts.is_empty() {
        match adjudicator
            .run(&cx.child(LABEL), adjudication.doubts.clone())
            .await
        {
            Ok(rulings) => adjudication.rulings = rulings,
            Err(Error::Unfinished(why)) => adjudication.failure = Some(why),
            Err(halt) => return Err(halt),
        }
        for (pair, edge) in (1..).zip(pairs) {
            compared.rule(edge, adjudication.on(pair));
        }
    }
    let settings = settings.clone();
    let items = aside(move || listed(&compared.grouped(), &settings)).await?;
    Ok((items, adjudication))
}

/// A worker that reads the doubtful pairs and rules on each. Choose its agent and model as of any worker.
pub fn adjudicator() -> Worker<Vec<Doubt>, Vec<Ruled>> {
    Worker::new(|doubts: &Vec<Doubt>| brief(doubts)).label("Adjudicate")
}

fn brief(doubts: &[Doubt]) -> Brief {
    let brief = Brief::new("Say of each pair of findings below whether both describe one defect.")
        .instruct("Two findings are the same when one fix would settle both, however they are worded.")
        .instruct("They are different when each needs a fix of its own, even at one line.")
        .instruct("Say unsure rather than guess.")
        .output("Give one ruling for each pair, by the number of the pair.")
        .forbid("Do not judge whether a finding is right.");
    doubts.iter().fold(brief, |brief, doubt| {
        let text = format!("First: {}\nSecond: {}", told(&doubt.one), told(&doubt.other));
        brief.material(Material::new(
            format!("pair {}", doubt.pair),
            "claims of two reviewers",
            text,
        ))
    })
}

/// One finding on one line.
fn told(reported: &Reported) -> String {
    let finding = &reported.finding;
    let claim = plain::line(&finding.claim, 1_000);
    match (&finding.path, finding.line) {
        (Some(path), Some(line)) => format!("{}:{line}: {claim}", plain::line(path, 200)),
        (Some(path), None) => format!("{}: {claim}", plain::line(path, 200)),
        _ => claim,
    }
}
