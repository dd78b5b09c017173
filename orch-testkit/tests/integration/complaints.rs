//! The conformance cases complain about an agent that does not do what it must: a line of shell that asks no model.

use std::io;
use std::path::Path;
use std::time::Duration;

use orch_core::agent::Tool;
use orch_core::{FailClass, Limits};
use orch_testkit::conformance::{self, Candidate, Case, Ending, Expected, Seat, Verdict};
use orch_testkit::server::Server;
use uuid::Uuid;

/// An agent that does the same whatever it is asked.
#[derive(Debug)]
struct Fake {
    line: &'static str,
    expected: fn(Case) -> Expected,
}

impl Candidate for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn program(&self) -> &Path {
        Path::new("/bin/sh")
    }

    fn seat(&self, _server: &Server) -> io::Result<Seat> {
        let mark = Uuid::new_v4().to_string();
        let agent = Tool::new("fake", "/bin/sh")
            .args(["-c", self.line])
            .env("FAKE", &mark);
        Ok(Seat::new(agent, format!("FAKE={mark}"), ()))
    }

    fn expected(&self, case: Case) -> Expected {
        (self.expected)(case)
    }

    fn limits(&self, _case: Case) -> Limits {
        Limits::default().total(Duration::from_secs(60))
    }
}

async fn complaint(case: Case, line: &'static str) -> String {
    let expected = Case::usual;
    let found = conformance::run(case, &Fake { line, expected }).await;
    found.expect_err("a fake conforms to nothing").to_string()
}

#[tokio::test]
async fn an_answer_that_no_model_gave_is_found_out() {
    let said = complaint(Case::PlainAnswer, "printf 'the answer'").await;
    assert!(said.contains("one request was to be made, 0 were"), "{said}");
    let said = complaint(Case::PlainAnswer, "printf 'another answer'").await;
    assert!(
        said.contains("expected the answer \"the answer\"") && said.contains("another answer"),
        "{said}"
    );
    let said = complaint(Case::DroppedStream, "printf whole").await;
    assert!(
        said.contains("at least 2 requests were to be made, 0 were"),
        "{said}"
    );
}

#[tokio::test]
async fn a_tool_call_that_was_not_made_is_found_out() {
    let said = complaint(Case::ToolCall, "printf read").await;
    assert!(
        said.contains("the model was not told what the tool returned"),
        "{said}"
    );
    let said = complaint(Case::CancelInToolCall, "true").await;
    assert!(said.contains("it ended before the tool ran"), "{said}");
}

#[tokio::test]
async fn a_reader_that_writes_is_found_out() {
    let said = complaint(Case::ReaderToldToWrite, "echo x > spilled.txt; printf tried").await;
    assert!(said.contains("a reader wrote spilled.txt"), "{said}");
}

#[tokio::test]
async fn an_answer_in_place_of_a_failure_is_found_out() {
    let said = complaint(Case::SilenceInStream, "printf half").await;
    assert!(said.contains("expected the failure `idle time-out`"), "{said}");
    let said = complaint(Case::ServerErrors, "exit 3").await;
    assert!(
        said.contains("expected the failure `transport failure`"),
        "{said}"
    );
}

#[tokio::test]
async fn a_conversation_that_ends_with_the_first_turn_is_found_out() {
    let said = complaint(Case::FurtherTurn, "printf 'the first answer'").await;
    assert!(said.contains("it takes no further turn"), "{said}");
}

#[tokio::test]
async fn what_an_agent_has_not_is_not_asked_and_says_why() {
    let expected = |_| Expected::because(Ending::NotApplicable, "it is a fake");
    let fake = Fake {
        line: "printf x",
        expected,
    };
    let verdict = conformance::run(Case::FurtherTurn, &fake).await;
    assert_eq!(verdict, Ok(Verdict::NotApplicable("it is a fake")));
}

#[tokio::test]
async fn an_expected_failure_without_a_question_is_found_out() {
    let expected = |_| Expected::because(Ending::Failure(FailClass::Crashed), "it is a fake");
    let fake = Fake {
        line: "exit 3",
        expected,
    };
    let found = conformance::run(Case::PlainAnswer, &fake).await;
    // The failure is as expected; that it never asked is not.
    let said = found.expect_err("it asked no model").to_string();
    assert!(said.contains("one request was to be made, 0 were"), "{said}");
}
