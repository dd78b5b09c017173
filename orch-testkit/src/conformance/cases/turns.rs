//! Cases of more than one turn.

use orch_core::engine::Engine as _;
use orch_core::job::{End, JobEnd};
use serde_json::json;

use crate::conformance::complaint::{check, setting_up};
use crate::conformance::stage::{Ground, check_ending};
use crate::conformance::{Candidate, Case, Complaint, Ending};
use crate::server::{Reply, Request, Rule};

const RUBBISH: &str = "I looked and it is fine.";

pub(super) async fn repaired(candidate: &dyn Candidate, ending: Ending) -> Result<(), Complaint> {
    // By the words of the repair and not by number: a CLI may ask again by itself in the first turn.
    let is_repair = |request: &Request| request.prompt().contains("Your last answer could not be read");
    let rules = [
        Rule::when(is_repair).reply(Reply::json(&json!({ "value": ["mended"] }))),
        Rule::always().reply(Reply::text(RUBBISH)),
    ];
    let stage = Ground::new()?.stage(Case::RepairedStructure, candidate, rules)?;
    let found = stage.ask::<Vec<String>>("Name the numbers.").await?;
    check_ending(ending, &vec!["mended".to_owned()], &found)?;
    if stage.agent().skills().further_turns {
        let answers = stage
            .requests()
            .last()
            .map(|last| last.answers())
            .unwrap_or_default();
        check(answers.iter().any(|answer| answer == RUBBISH), || {
            format!("the repair was not in the same conversation, where the model had said {answers:?}")
        })?;
    }
    stage.check_clean()
}

pub(super) async fn further(candidate: &dyn Candidate) -> Result<(), Complaint> {
    let again = |request: &Request| request.prompt().contains("And again?");
    let rules = [
        Rule::when(again).reply(Reply::text("the second answer")),
        Rule::always().reply(Reply::text("the first answer")),
    ];
    let stage = Ground::new()?.stage(Case::FurtherTurn, candidate, rules)?;
    let (engine, job) = stage.job("Say what the answer is.")?;
    let job = engine
        .submit(&job)
        .await
        .map_err(setting_up("submitting the job"))?;
    let first = job.wait().await.map_err(setting_up("waiting for the job"))?;
    check_answer("the first answer", &first)?;
    check(job.takes_turns(), || {
        format!("it takes no further turn after {first:?}")
    })?;
    let second = job
        .turn("And again?")
        .await
        .map_err(setting_up("taking a further turn"))?;
    check_answer("the second answer", &second)?;
    check(first.thread == second.thread, || {
        format!(
            "the conversation was {:?} and is {:?}",
            first.thread, second.thread
        )
    })?;
    let answers = stage
        .requests()
        .last()
        .map(|last| last.answers())
        .unwrap_or_default();
    check(answers == ["the first answer"], || {
        format!("in the further turn the model was reminded of {answers:?}")
    })?;
    stage.check_clean()
}

fn check_answer(answer: &str, found: &JobEnd) -> Result<(), Complaint> {
    check(found.end == End::Answered(answer.to_owned()), || {
        format!("expected the answer {answer:?}, found {found:?}")
    })
}
