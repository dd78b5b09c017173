//! Stories of answers that are not to the contract: read, mended once, never guessed.

use orch_patterns::FailClass;
use orch_patterns::prelude::*;
use orch_testkit::memory_engine::Play;

use crate::fan::{fan, questions};

fn list() -> Worker<String, Vec<String>> {
    Worker::new(|word: &String| Brief::new(format!("List {word}.")))
}

const RIGHT: &str = r#"{"value":["a","b"]}"#;

#[tokio::test]
async fn structured_output_is_mended_by_one_repair_turn_in_the_same_thread() {
    let fan = fan(|_| Play::answer("a and b").then_answer(RIGHT), |b| b);
    let answer = fan.orch.run(&list(), "x".to_owned()).await.unwrap();
    assert_eq!(answer, ["a", "b"]);
    let prompts = fan.engine.prompts();
    assert_eq!(
        (fan.starts(), prompts.len()),
        (1, 2),
        "a turn, and no other worker"
    );
    // It is told what is wrong, in a fence, and not its task again.
    assert!(prompts[1].contains("ORCH-MATERIAL-BEGIN"), "{}", prompts[1]);
    assert!(prompts[1].contains("Do not start the work again."));
    assert!(!prompts[1].contains("List x."));
}

#[tokio::test]
async fn structured_output_that_stays_wrong_is_invalid_after_one_repair_turn_and_keeps_the_words() {
    let script = |_: &_| {
        Play::answer("a and b")
            .then_answer(r#"{"value":"a and b"}"#)
            .then_answer(RIGHT)
    };
    let fan = fan(script, |b| b);
    let error = fan.orch.run(&list(), "x".to_owned()).await.unwrap_err();
    let Error::Unfinished(Unfinished::Invalid { raw, complaint }) = error else {
        panic!("{error}")
    };
    assert_eq!(raw, r#"{"value":"a and b"}"#);
    assert!(complaint.contains("value"), "{complaint}");
    assert_eq!(fan.engine.prompts().len(), 2, "it is not asked until it fits");
}

#[tokio::test]
async fn structured_output_of_a_failed_worker_is_not_asked_for_again() {
    let fan = fan(
        |_| Play::fail(FailClass::Crashed, "it broke").then_answer(RIGHT),
        |b| b,
    );
    let covered = fan.orch.run(&list().for_each(2), questions(2)).await.unwrap();
    assert_eq!(covered.missing().len(), 2);
    assert_eq!(fan.engine.prompts().len(), 2, "a repair is for answers");
}
