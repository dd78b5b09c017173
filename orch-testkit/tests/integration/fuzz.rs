//! Hostile bytes: mutations of recorded streams by a fixed seed, and the large shapes that no mutation reaches.

use orch_core::agent::{Agent, Claude, Codex, Decoder, Gemini, Opencode};
use orch_core::engine::{End, Job, JobId};
use orch_core::{Exit, RunId};
use orch_testkit::fuzz::{Mutator, Target, corpus, targets};

/// Mutations of each target, in CI; `cargo xtask fuzz` runs for as long as it is told.
const ROUNDS: u32 = 2_000;

fn target(name: &str) -> Target {
    targets()
        .into_iter()
        .find(|target| target.name == name)
        .unwrap_or_else(|| panic!("no target {name}"))
}

/// Runs a target over the corpus itself, then over mutations of it. A failure is told with its seed and its number.
fn mutated(name: &str) {
    let target = target(name);
    let corpus = corpus();
    for bytes in &corpus {
        (target.run)(bytes);
    }
    let mut mutator = Mutator::new(corpus, 4);
    for round in 0..ROUNDS {
        let bytes = mutator.mutation();
        let done = std::panic::catch_unwind(|| (target.run)(&bytes));
        assert!(
            done.is_ok(),
            "{name} broke at mutation {round}: {}",
            bytes.escape_ascii()
        );
    }
}

/// One test for each target, so that each has a process of its own; and none is forgotten.
macro_rules! each_target {
    ($($name:ident),+ $(,)?) => {
        $(#[test]
        fn $name() {
            mutated(stringify!($name));
        })+

        #[test]
        fn every_target_is_mutated() {
            let named = [$(stringify!($name)),+];
            let all: Vec<&str> = targets().iter().map(|target| target.name).collect();
            assert_eq!(named.as_slice(), all);
        }
    };
}

each_target!(
    codex, claude, opencode, gemini, tool, json_lines, json_line, plan, strip, redact, fence
);

fn agents() -> Vec<Box<dyn Agent>> {
    vec![
        Box::new(Codex::new()),
        Box::new(Claude::new()),
        Box::new(Opencode::new()),
        Box::new(Gemini::new()),
    ]
}

fn decoder(agent: &dyn Agent) -> Box<dyn Decoder> {
    let step = serde_json::from_value(serde_json::json!("0".repeat(64))).unwrap();
    let id = JobId {
        run: RunId::fresh(),
        step,
        attempt: 0,
    };
    agent.decoder(&Job::new(id, "W1 Fuzz", agent.name(), "/", "a prompt"))
}

/// This process's memory in use, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

/// Feeds `times` times `piece` between `head` and `tail` and returns by how much this process has grown at most.
fn flood(agent: &dyn Agent, head: &[u8], piece: &[u8], times: usize, tail: &[u8]) -> (usize, End) {
    let mut decoder = decoder(agent);
    let before = resident();
    let mut most = before;
    decoder.feed(head);
    for round in 0..times {
        decoder.feed(piece);
        if round % 64 == 0 {
            most = most.max(resident());
        }
    }
    decoder.feed(tail);
    most = most.max(resident());
    (most - before, decoder.finish(Exit::Code(0), None).end)
}

/// A line of 100 MB, in chunks as a terminal gives them: dropped, counted, and what comes behind it is read.
#[test]
fn a_line_of_100_megabytes_does_not_grow_the_memory() {
    if !cfg!(target_os = "linux") {
        eprintln!("left out: this process's memory is read from /proc");
        return;
    }
    let piece = vec![b'x'; 64 << 10];
    for agent in agents() {
        let head = b"{\"type\":\"item.completed\",\"item\":{\"type\":\"agent_message\",\"text\":\"";
        let (grown, end) = flood(
            &*agent,
            head,
            &piece,
            1_600,
            b"\"}}\n{\"type\":\"turn.completed\"}\n",
        );
        assert!(grown < 48 << 20, "{}: {grown} bytes", agent.name());
        assert!(matches!(end, End::Failed(_)), "{}: {end:?}", agent.name());
    }
}

/// Nesting of a million, and a hundred thousand lines or calls that nobody knows.
#[test]
fn a_hundred_thousand_of_anything_is_no_panic_and_no_growth() {
    if !cfg!(target_os = "linux") {
        eprintln!("left out: this process's memory is read from /proc");
        return;
    }
    for agent in agents() {
        let nested = [b"[".repeat(1_000), b"{\"a\":".repeat(200)].concat();
        let lines = b"{\"type\":\"never.seen\",\"x\":[1,2,3]}\n".repeat(100);
        let calls =
            b"{\"type\":\"item.started\",\"item\":{\"type\":\"command_execution\",\"command\":\"x\"}}\n"
                .repeat(100);
        for (piece, times) in [(&nested, 1_000), (&lines, 1_000), (&calls, 1_000)] {
            let (grown, end) = flood(&*agent, b"{\"type\":", piece, times, b"\n");
            assert!(grown < 48 << 20, "{}: {grown} bytes", agent.name());
            assert!(matches!(end, End::Failed(_)), "{}: {end:?}", agent.name());
        }
    }
}
