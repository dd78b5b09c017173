//! Several patterns on one input: `join`, `race`, and `several` with and without a quorum.

use orch_patterns::combinator::race;
use orch_patterns::engine::Job;
use orch_patterns::prelude::*;
use orch_patterns::{FailClass, NotStarted};
use orch_testkit::memory_engine::Play;

use crate::fan::{Fan, a_while, ask, ask_as, asked, fan};

/// The first letter of the word decides: `s` is silent, `c` crashes, `l` loses its connection, `w` answers after a
/// while, any other answers at once.
fn by_letter(job: &Job) -> Play {
    let word = asked(job);
    match word.as_bytes()[0] {
        b's' => Play::silence(),
        b'c' => Play::fail(FailClass::Crashed, "it broke"),
        b'l' => Play::fail(FailClass::Transport, "connection lost"),
        b'w' => Play::answer_after(a_while, word),
        _ => Play::answer(word),
    }
}

fn stage() -> Fan {
    fan(by_letter, |b| b.max_parallel(8))
}

/// Cancelled, or let go before it began: which of the two is a matter of moments.
fn is_let_go(outcome: &Outcome<String>) -> bool {
    matches!(
        outcome,
        Outcome::Unfinished(Unfinished::Cancelled | Unfinished::NotStarted(NotStarted::LetGo))
    )
}

#[tokio::test]
async fn join_gives_both_outputs_under_the_keys_of_their_branches() {
    let fan = stage();
    let both = fan.orch.run(&ask().join(ask()), "x".to_owned()).await.unwrap();
    assert_eq!(both, ("x".to_owned(), "x".to_owned()));
    assert_eq!(fan.paths(), ["0", "1"]);
    let keys = fan.keys();
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn join_is_unfinished_as_soon_as_one_is_and_the_other_is_cancelled() {
    for pattern in [ask_as("s").join(ask_as("c")), ask_as("c").join(ask_as("s"))] {
        let fan = stage();
        let error = fan.orch.run(&pattern, "x".to_owned()).await.unwrap_err();
        assert!(matches!(&error, Error::Unfinished(_)), "{error}");
        assert!(error.to_string().contains("it broke"), "{error}");
        // The other one has not begun, or it was cancelled: nothing answered.
        assert!(!fan.outcomes().iter().any(Outcome::is_done));
        assert_eq!(fan.orch.free_places(), 8);
    }
}

#[tokio::test]
async fn race_gives_the_first_that_delivers_and_cancels_the_other() {
    for pattern in [ask_as("s").race(ask_as("w")), ask_as("w").race(ask_as("s"))] {
        let fan = stage();
        assert_eq!(fan.orch.run(&pattern, "x".to_owned()).await.unwrap(), "wx");
        let ends = fan.outcomes();
        assert!(
            matches!(&ends[..], [Outcome::Done(answer), loser] if answer == "wx" && is_let_go(loser)),
            "the run waits for the end of the loser: {ends:?}"
        );
        assert_eq!(fan.orch.free_places(), 8);
    }
}

#[tokio::test]
async fn race_is_not_lost_by_who_fails_first() {
    let fan = stage();
    let pattern = race([ask_as("c"), ask_as("w"), ask_as("l")]);
    assert_eq!(fan.orch.run(&pattern, "x".to_owned()).await.unwrap(), "wx");
    assert_eq!(fan.paths(), ["0", "1", "2"]);
}

#[tokio::test]
async fn race_that_nobody_wins_names_everybody_and_keeps_the_class_that_all_have() {
    let class = |error: Error| match error {
        Error::Unfinished(Unfinished::Failed(failure)) => (failure.class, failure.detail),
        other => panic!("{other}"),
    };
    let fan = stage();
    let differing = fan.orch.run(&ask_as("c").race(ask_as("l")), "x".to_owned()).await;
    let (differ, detail) = class(differing.unwrap_err());
    assert_eq!(differ, FailClass::Other);
    for part in ["branch 0", "it broke", "branch 1", "connection lost"] {
        assert!(detail.contains(part), "{detail}");
    }
    let agreeing = fan
        .orch
        .run(&race([ask_as("l"), ask_as("l")]), "x".to_owned())
        .await;
    assert_eq!(class(agreeing.unwrap_err()).0, FailClass::Transport);
}

#[tokio::test]
async fn race_of_nobody_is_unfinished() {
    let fan = stage();
    let nobody: Vec<Worker<String, String>> = Vec::new();
    let error = fan.orch.run(&race(nobody), "x".to_owned()).await.unwrap_err();
    assert!(matches!(error, Error::Unfinished(_)), "{error}");
}

#[tokio::test]
async fn several_keeps_the_order_and_says_who_is_missing() {
    let fan = stage();
    let pattern = several([ask_as("w"), ask_as("c"), ask_as("a")]);
    let covered = fan.orch.run(&pattern, "x".to_owned()).await.unwrap();
    assert_eq!(covered.coverage().to_string(), "2 of 3");
    assert_eq!(covered.missing()[0].label, "branch 1");
    assert!(covered.spared().is_empty());
    assert_eq!(covered.accept_partial(), ["wx", "ax"]);
    assert_eq!(fan.paths(), ["0", "1", "2"]);
}

#[tokio::test]
async fn several_patterns_of_different_types_are_one_type_when_boxed() {
    let fan = stage();
    let counted = ask().map(|word: String| format!("{} letters", word.len()));
    let pattern = several([ask().boxed(), counted.boxed()]).require(Quorum::All);
    let answers = fan.orch.run(&pattern, "xyz".to_owned()).await.unwrap();
    assert_eq!(answers, ["xyz", "3 letters"]);
}

#[tokio::test]
async fn quorum_lets_the_rest_go_and_those_are_no_failures() {
    let fan = stage();
    let pattern = several(["s", "a", "s", "b", "s"].map(ask_as)).quorum(2);
    let covered = fan.orch.run(&pattern, "x".to_owned()).await.unwrap();
    assert_eq!(covered.spared(), ["branch 0", "branch 2", "branch 4"]);
    assert!(covered.missing().is_empty() && covered.coverage().is_full());
    assert_eq!(covered.coverage().to_string(), "2 of 2");
    assert_eq!(covered.require(Quorum::All).unwrap(), ["ax", "bx"]);
    // Who had not begun by then never does.
    let let_go: Vec<_> = fan.outcomes().into_iter().filter(|end| !end.is_done()).collect();
    assert!(!let_go.is_empty() && let_go.iter().all(is_let_go), "{let_go:?}");
    assert_eq!(fan.orch.free_places(), 8);
}

#[tokio::test]
async fn quorum_tells_who_failed_on_the_way_from_who_was_let_go() {
    let fan = stage();
    let pattern = several(["c", "w", "s", "w"].map(ask_as)).quorum(2);
    let covered = fan.orch.run(&pattern, "x".to_owned()).await.unwrap();
    assert_eq!(covered.coverage().to_string(), "2 of 3");
    assert_eq!(covered.missing()[0].label, "branch 0");
    assert_eq!(covered.spared(), ["branch 2"]);
    assert!(covered.clone().require(Quorum::at_least(2)).is_ok());
    assert!(covered.require(Quorum::All).is_err());
}

#[tokio::test]
async fn quorum_that_is_missed_has_waited_for_everybody_and_names_them() {
    let fan = stage();
    let pattern = several(["c", "w", "l"].map(ask_as)).quorum(2);
    let covered = fan.orch.run(&pattern, "x".to_owned()).await.unwrap();
    assert_eq!(covered.coverage().to_string(), "1 of 3");
    assert!(covered.spared().is_empty());
    let error = covered.require(Quorum::at_least(2)).unwrap_err().to_string();
    assert!(
        error.contains("branch 0") && error.contains("branch 2"),
        "{error}"
    );
}

#[tokio::test]
async fn quorum_with_as_many_at_a_time_asks_nobody_in_vain() {
    let starts = async |letters: [&'static str; 4]| {
        let fan = stage();
        let pattern = several(letters.map(ask_as)).quorum(2).at_most(2);
        let covered = fan.orch.run(&pattern, "x".to_owned()).await.unwrap();
        assert_eq!(covered.require(Quorum::at_least(2)).unwrap().len(), 2);
        fan.starts()
    };
    assert_eq!(starts(["w", "w", "s", "s"]).await, 2);
    assert_eq!(starts(["w", "c", "w", "s"]).await, 3);
}

#[tokio::test]
async fn a_halt_ends_every_branch() {
    let halt = || {
        step(|_cx: Cx, _: String| async move {
            a_while().await;
            Err::<String, _>(Halt::Rejected("not this".to_owned()).into())
        })
    };
    let silent = || ask_as("s");
    let alone = |both: (String, String)| both.0;
    for pattern in [
        halt().join(silent()).map(alone).boxed(),
        silent().join(halt()).map(alone).boxed(),
        halt().race(silent()).boxed(),
        silent().race(halt()).boxed(),
        several([halt().boxed(), silent().boxed()])
            .quorum(1)
            .map(|covered| covered.accept_partial().concat())
            .boxed(),
    ] {
        let fan = stage();
        let result = fan.orch.run(&pattern, "x".to_owned()).await;
        assert!(
            matches!(result, Err(Error::Halt(Halt::Rejected(_)))),
            "{result:?}"
        );
        assert!(matches!(&fan.outcomes()[..], [end] if is_let_go(end)));
        assert_eq!(fan.orch.free_places(), 8);
    }
}
