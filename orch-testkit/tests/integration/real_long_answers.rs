//! Answers far longer than what a pipe holds, for a host that is busy otherwise: each of the real agents writes its own
//! to the end before it ends.

use std::fmt::Write as _;
use std::time::Duration;

use orch_core::{Limits, Orchestrator, StateDir, Worker};
use orch_prompts::Brief;
use orch_testkit::conformance::{self, Candidate, Case};
use orch_testkit::real;
use orch_testkit::server::{Reply, Rule, Script, Server};

/// 500 KB in lines that are all different.
fn long_answer() -> String {
    (0..10_000).fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "line {line} of an answer that no pipe holds at once");
        text
    })
}

/// Holds the only thread of the runtime most of the time: what the agent writes is read long after it was written.
async fn busy() {
    loop {
        std::thread::sleep(Duration::from_millis(5));
        tokio::task::yield_now().await;
    }
}

async fn comes_whole(candidate: &dyn Candidate) {
    let answer = long_answer();
    let script = Script::new()
        .rule(Rule::errands().reply(Reply::text("A title")))
        .rule(Rule::always().reply(Reply::text(answer.clone())));
    let server = Server::start(script).unwrap();
    let seat = candidate.seat(&server).unwrap();
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let limits: Limits = candidate.limits(Case::PlainAnswer);
    let orch = Orchestrator::builder(&tree)
        .agent_arc(seat.agent())
        .state_dir(StateDir::at(root.path().join("state")))
        .limits(limits)
        .build()
        .unwrap();
    let worker: Worker<String, String> = Worker::new(|task: &String| Brief::new(task.clone()));
    let found = tokio::select! {
        found = orch.run(&worker, "Say all of it.".to_owned()) => found.unwrap(),
        () = busy() => unreachable!("it is busy for ever"),
    };
    assert_eq!(found.len(), answer.len());
    assert!(found == answer, "as long, and something else");
}

#[tokio::test]
async fn real_claude_writes_a_long_answer_to_its_end() {
    if let Some(real) = real::claude("long_answer_claude") {
        comes_whole(&conformance::claude(&real)).await;
    }
}

#[tokio::test]
async fn real_codex_writes_a_long_answer_to_its_end() {
    if let Some(real) = real::codex("long_answer_codex") {
        comes_whole(&conformance::codex(&real)).await;
    }
}

#[tokio::test]
async fn real_opencode_writes_a_long_answer_to_its_end() {
    if let Some(real) = real::opencode("long_answer_opencode") {
        comes_whole(&conformance::opencode(&real)).await;
    }
}

#[tokio::test]
async fn real_gemini_writes_a_long_answer_to_its_end() {
    if let Some(real) = real::gemini("long_answer_gemini") {
        comes_whole(&conformance::gemini(&real)).await;
    }
}
