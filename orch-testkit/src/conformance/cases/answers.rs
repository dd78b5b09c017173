//! Cases in which everything goes well.

use serde_json::json;

use crate::conformance::complaint::check;
use crate::conformance::stage::{Ground, NOTE, check_ending};
use crate::conformance::{Candidate, Case, Complaint, Ending};
use crate::server::{Reply, Request, Rule};

pub(super) async fn plain(candidate: &dyn Candidate, ending: Ending) -> Result<(), Complaint> {
    let rules = [Rule::always().reply(Reply::text("the answer"))];
    let stage = Ground::new()?.stage(Case::PlainAnswer, candidate, rules)?;
    let found = stage.ask::<String>("Say what the answer is.").await?;
    check_ending(ending, &"the answer".to_owned(), &found)?;
    let requests = stage.requests();
    check(requests.len() == 1, || {
        format!("one request was to be made, {} were", requests.len())
    })?;
    let prompt = requests[0].prompt();
    check(prompt.contains("Say what the answer is."), || {
        format!("the model was not told the task: {prompt:?}")
    })?;
    stage.check_clean()
}

pub(super) async fn tool_call(candidate: &dyn Candidate, ending: Ending) -> Result<(), Complaint> {
    let ground = Ground::new()?;
    let first = |request: &Request| request.call_outputs().is_empty();
    let rules = [
        Rule::when(first).reply(Reply::read(ground.file("note.txt"))),
        Rule::always().reply(Reply::text("read")),
    ];
    let stage = ground.stage(Case::ToolCall, candidate, rules)?;
    let found = stage.ask::<String>("Read the note.").await?;
    check_ending(ending, &"read".to_owned(), &found)?;
    let requests = stage.requests();
    let outputs = requests
        .last()
        .map(|last| last.call_outputs())
        .unwrap_or_default();
    check(outputs.len() == 1 && outputs[0].output.contains(NOTE), || {
        format!("the model was not told what the tool returned: {outputs:?}")
    })?;
    stage.check_clean()
}

pub(super) async fn structured(candidate: &dyn Candidate, ending: Ending) -> Result<(), Complaint> {
    let rules = [Rule::always().reply(Reply::json(&json!({ "value": ["one", "two"] })))];
    let stage = Ground::new()?.stage(Case::StructuredAnswer, candidate, rules)?;
    let found = stage.ask::<Vec<String>>("Name the numbers.").await?;
    check_ending(ending, &vec!["one".to_owned(), "two".to_owned()], &found)?;
    let request = stage.requests().remove(0);
    let told = request.schema().is_some() || request.prompt().contains("\"value\"");
    check(told, || {
        "the model was told the schema neither in the API's own way nor in the prompt".to_owned()
    })?;
    stage.check_clean()
}

pub(super) async fn long_prompt(candidate: &dyn Candidate, ending: Ending) -> Result<(), Complaint> {
    let rules = [Rule::always().reply(Reply::text("all read"))];
    let stage = Ground::new()?.stage(Case::LongPrompt, candidate, rules)?;
    let text = long_text();
    let found = stage.ask::<String>(&text).await?;
    check_ending(ending, &"all read".to_owned(), &found)?;
    let prompt = stage.requests()[0].prompt();
    let missing = text.lines().find(|line| !prompt.contains(line));
    check(missing.is_none(), || {
        format!(
            "of the prompt's {} bytes the model did not get {missing:?}; it got {}",
            text.len(),
            prompt.len()
        )
    })?;
    stage.check_clean()
}

/// 200 KB in lines that are all different.
fn long_text() -> String {
    (0..)
        .map(|line| format!("line {line:06}: the quick brown fox jumps over the lazy dog, Überraschung\n"))
        .scan(0, |bytes, line| {
            let whole = *bytes >= 200_000;
            *bytes += line.len();
            (!whole).then_some(line)
        })
        .collect()
}
