//! What is done again because it is not good enough yet: `repeat_until`, `repeat_with`, `gate`; and `tap`, which only
//! looks.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use orch_patterns::engine::Job;
use orch_patterns::prelude::*;
use orch_patterns::{FailClass, Pack};
use orch_testkit::memory_engine::Play;

use crate::fan::{Fan, ask, ask_as, asked, fan};

/// Every worker says its word with one letter more.
fn growing() -> Fan {
    fan(|job: &Job| Play::answer(format!("{}+", asked(job))), |b| b)
}

#[tokio::test]
async fn repeat_until_feeds_the_output_back_and_says_how_it_ended() {
    let fan = growing();
    let long = |word: &String| word.ends_with("+++");
    let result = fan
        .orch
        .run(&ask().repeat_until(5, long), "x".to_owned())
        .await
        .unwrap();
    let (value, rounds) = ("x+++".to_owned(), 3);
    assert_eq!(result, Repeated::Done { value, rounds });
    assert_eq!(fan.paths(), ["round 1", "round 2", "round 3"]);

    let result = fan
        .orch
        .run(&ask().repeat_until(2, long), "x".to_owned())
        .await
        .unwrap();
    let (value, rounds) = ("x++".to_owned(), 2);
    assert_eq!(result, Repeated::OutOfRounds { value, rounds });
    assert!(!result.is_done());
    assert_eq!(result.clone().accept_either(), "x++");
    let error = result.into_done().unwrap_err();
    assert!(
        matches!(&error, Error::Unfinished(_)) && error.to_string().contains("after 2 rounds"),
        "{error}"
    );
}

#[tokio::test]
async fn repeat_until_that_is_done_in_its_last_round_is_done() {
    let fan = growing();
    let result = fan
        .orch
        .run(&ask().repeat_until(1, |_: &String| true), "x".to_owned())
        .await
        .unwrap();
    assert_eq!((result.is_done(), result.rounds()), (true, 1));
}

#[tokio::test]
async fn a_round_that_fails_is_the_end() {
    let script = |job: &Job| match asked(job).as_str() {
        "x" => Play::answer("y"),
        _ => Play::fail(FailClass::Crashed, "it broke"),
    };
    let fan = fan(script, |b| b);
    let error = fan
        .orch
        .run(&ask().repeat_until(5, |_: &String| false), "x".to_owned())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("it broke"), "{error}");
    assert_eq!(fan.starts(), 2);
}

#[tokio::test]
async fn repeat_with_makes_the_next_input_from_the_output() {
    let fan = growing();
    let length = ask().map(|word: String| word.len());
    let next = |length: &usize| match length {
        4.. => ControlFlow::Break(()),
        short => ControlFlow::Continue("z".repeat(short + 1)),
    };
    let result = fan
        .orch
        .run(&length.repeat_with(5, next), "x".to_owned())
        .await
        .unwrap();
    // "x+" has two letters, "zzz+" four.
    assert_eq!(result, Repeated::Done { value: 4, rounds: 2 });
    assert_eq!(fan.paths(), ["round 1", "round 2"]);
}

type Shown = Arc<Mutex<Vec<String>>>;

/// A gate that says these, in order, and keeps what it was shown.
fn gate_of(
    shown: &Shown,
    decisions: Vec<Decision>,
) -> impl Fn(Cx, Arc<String>) -> std::future::Ready<Result<Decision>> + use<> {
    let shown = Arc::clone(shown);
    move |_cx: Cx, output: Arc<String>| {
        let mut shown = shown.lock().unwrap();
        shown.push((*output).clone());
        std::future::ready(Ok(decisions[shown.len() - 1].clone()))
    }
}

#[tokio::test]
async fn gate_that_approves_passes_on_what_it_was_shown() {
    let fan = growing();
    let shown = Shown::default();
    let decide = gate_of(&shown, vec![Decision::Approve]);
    assert_eq!(
        fan.orch.run(&ask().gate(decide), "x".to_owned()).await.unwrap(),
        "x+"
    );
    assert_eq!(*shown.lock().unwrap(), ["x+"]);
    assert_eq!(fan.paths(), [""]);
}

#[tokio::test]
async fn gate_that_asks_for_a_revision_is_heard_and_asked_again() {
    let fan = growing();
    let shown = Shown::default();
    let decide = gate_of(
        &shown,
        vec![
            Decision::revise("use fewer words"),
            Decision::revise("and no jargon"),
            Decision::Approve,
        ],
    );
    fan.orch.run(&ask().gate(decide), "x".to_owned()).await.unwrap();
    assert_eq!(shown.lock().unwrap().len(), 3);
    assert_eq!(fan.paths(), ["", "revision 1", "revision 2"]);
    let prompts = fan.engine.prompts();
    assert!(!prompts[0].contains("fewer words"));
    assert!(prompts[1].contains("fewer words") && !prompts[1].contains("jargon"));
    assert!(
        prompts[2].contains("fewer words") && prompts[2].contains("jargon"),
        "earlier notes stay"
    );
}

#[tokio::test]
async fn gate_that_is_never_content_is_unfinished_after_its_revisions() {
    let fan = growing();
    let shown = Shown::default();
    let decide = gate_of(&shown, vec![Decision::revise("again"); 9]);
    let error = fan
        .orch
        .run(&ask().gate(decide).revisions(2), "x".to_owned())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Unfinished(_)) && error.to_string().contains("again"),
        "{error}"
    );
    assert_eq!(shown.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn gate_that_rejects_ends_the_run_and_nothing_tries_again() {
    let fan = growing();
    let shown = Shown::default();
    let decide = gate_of(
        &shown,
        vec![Decision::reject("too risky\u{1b}[2J"), Decision::Approve],
    );
    let pattern = ask()
        .gate(decide)
        .retry_when(Retry::transient(3), |_: &Unfinished| true)
        .fallback(ask_as("other"));
    let error = fan.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
    let Error::Halt(Halt::Rejected(why)) = error else {
        panic!("{error}")
    };
    assert_eq!(
        why, "too risky",
        "what is shown on a terminal has no escape sequences"
    );
    assert_eq!((shown.lock().unwrap().len(), fan.starts()), (1, 1));
}

#[tokio::test]
async fn gate_may_ask_a_worker_under_a_path_of_its_own() {
    let fan = growing();
    let pattern = ask().gate(|cx: Cx, output: Arc<String>| async move {
        let judge = ask_as("judge ");
        let reading = cx.read(&judge, &output);
        let judged = reading.await?;
        Ok(if judged.ends_with("++") {
            Decision::Approve
        } else {
            Decision::reject(judged)
        })
    });
    assert_eq!(fan.orch.run(&pattern, "x".to_owned()).await.unwrap(), "x+");
    assert_eq!(fan.paths(), ["", "gate"]);
}

#[test]
fn a_note_becomes_a_constraint_of_a_pack() {
    let pack = Pack::new("Parse it.")
        .constraint("No new crate.")
        .revise("Keep it short.");
    assert_eq!(pack.constraints, ["No new crate.", "Keep it short."]);
}

#[tokio::test]
async fn tap_sees_what_passes_and_changes_nothing() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let look = {
        let seen = Arc::clone(&seen);
        move |word: &String| seen.lock().unwrap().push(word.clone())
    };
    let fan = growing();
    let pattern = ask().tap(look).then(ask());
    assert_eq!(fan.orch.run(&pattern, "x".to_owned()).await.unwrap(), "x++");
    assert_eq!(*seen.lock().unwrap(), ["x+"]);
}

#[tokio::test]
async fn tap_is_not_shown_a_failure() {
    let fan = fan(|_| Play::fail(FailClass::Crashed, "it broke"), |b| b);
    let pattern = ask().tap(|word: &String| panic!("{word}"));
    fan.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
}
