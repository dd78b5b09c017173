//! The local engine alone, with a shell script that stands for codex: what is captured, what is cleared away.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use orch_core::agent::{Agent, Codex, Tool, WorkerEvent};
use orch_core::engine::{
    Capture, Cursor, End, Engine as _, Job, JobEnd, JobHandle, JobId, LocalEngine, Stop,
};
use orch_core::{FailClass, Limits, RunId, StateDir};
use orch_prompts::Scope;

/// Finds the last-message file in its arguments, as codex does.
const FIND_FILE: &str = r#"
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then file=$2; fi
  shift
done
say() { printf '%s\n' "$1"; }
message() { say '{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"'"$1"'"}}'; }
"#;

struct Place {
    root: tempfile::TempDir,
    engine: LocalEngine,
}

impl Place {
    /// An engine whose codex is this script.
    fn new(script: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let binary = root.path().join("codex");
        fs::write(&binary, format!("#!/bin/sh\n{FIND_FILE}\n{script}\n")).unwrap();
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
        let codex: Arc<dyn Agent> = Arc::new(Codex::new().binary(&binary));
        let state = StateDir::at(root.path().join("state"));
        let place = Self {
            engine: LocalEngine::new([codex], state, []),
            root,
        };
        fs::create_dir(place.tree()).unwrap();
        place
    }

    fn tree(&self) -> PathBuf {
        self.root.path().join("tree")
    }

    async fn submit(&self, scope: Scope) -> Arc<dyn JobHandle> {
        self.submit_within(scope, Limits::default()).await
    }

    async fn submit_within(&self, scope: Scope, limits: Limits) -> Arc<dyn JobHandle> {
        let step = serde_json::from_value(serde_json::json!("0".repeat(64))).unwrap();
        let id = JobId {
            run: RunId::fresh(),
            step,
            attempt: 0,
        };
        let mut job = Job::new(id, "W1 Fix", Codex::NAME, self.tree(), "the prompt");
        job.scope = scope;
        job.limits = limits;
        self.engine.submit(&job).await.unwrap()
    }

    /// The end of a reader, and what it complained of.
    async fn read(&self) -> (JobEnd, Vec<String>) {
        let handle = self.submit(Scope::ReadOnly).await;
        let end = handle.wait().await.unwrap();
        let warning = |event: WorkerEvent| match event {
            WorkerEvent::Warning { text } => Some(text),
            _ => None,
        };
        let events: Vec<_> = handle.events(Cursor::default()).collect().await;
        let warnings = events.into_iter().filter_map(|event| warning(event.unwrap().1));
        (end, warnings.collect())
    }
}

#[tokio::test]
async fn the_file_and_the_events_are_compared_and_the_file_is_the_answer() {
    let completed = "say '{\"type\":\"turn.completed\"}'";
    let rows = [
        (
            "message same; printf same > \"$file\"",
            "same",
            Capture::Agreed,
            0,
        ),
        (
            "message events; printf file > \"$file\"",
            "file",
            Capture::Differed,
            1,
        ),
        ("message events", "events", Capture::Events, 0),
        ("printf file > \"$file\"", "file", Capture::File, 0),
    ];
    for (does, answer, capture, complaints) in rows {
        let (end, warnings) = Place::new(&format!("{does}\n{completed}")).read().await;
        assert_eq!(end.end, End::Answered(answer.to_owned()), "{does}");
        assert_eq!(end.capture, Some(capture), "{does}");
        assert_eq!(warnings.len(), complaints, "{does}: {warnings:?}");
    }
}

#[tokio::test]
async fn a_last_message_file_is_no_answer_without_a_completed_turn() {
    let (end, _) = Place::new("message early; printf early > \"$file\"; exit 1")
        .read()
        .await;
    assert!(matches!(end.end, End::Failed(_)), "{end:?}");
    assert_eq!(end.capture, None);
}

/// Silence counts from the end of the tool call, with the limit that holds then.
#[tokio::test]
async fn a_worker_that_says_nothing_after_a_tool_call_is_stalled_by_the_shorter_limit() {
    let place = Place::new(
        "say '{\"type\":\"item.started\",\"item\":{\"id\":\"i\",\"type\":\"command_execution\",\"command\":\"make\"}}'\nsleep 0.3\n\
         say '{\"type\":\"item.completed\",\"item\":{\"id\":\"i\",\"type\":\"command_execution\"}}'\nexec sleep 1000",
    );
    let limits = Limits::default()
        .idle(Duration::from_millis(500))
        .tool_idle(Duration::from_secs(3_000));
    let handle = place.submit_within(Scope::ReadOnly, limits).await;
    let end = handle.wait().await.unwrap();
    let End::Failed(failure) = end.end else {
        panic!("{end:?}")
    };
    assert_eq!(failure.class, FailClass::IdleTimeout);
    assert!(
        failure.detail.contains("no progress for 0.5 s"),
        "{}",
        failure.detail
    );
}

/// What a codex that is interrupted during a tool call leaves behind: the mount points of its sandbox.
#[tokio::test]
async fn an_interrupted_writer_leaves_no_stubs_in_the_work_tree() {
    let place = Place::new(
        "trap 'exit 1' INT\nmkdir .codex .aws .agents; echo kept > .aws/file\nmessage ready\nwhile :; do sleep 0.05; done",
    );
    fs::create_dir(place.tree().join(".agents2")).unwrap();
    let handle = place.submit(Scope::Write(vec!["src".into()])).await;
    let mut events = handle.events(Cursor::default());
    while let Some(event) = events.next().await {
        if matches!(event.unwrap().1, WorkerEvent::Message { .. }) {
            break;
        }
    }
    drop(events);
    handle.stop(Stop::Gently).await.unwrap();
    assert_eq!(handle.wait().await.unwrap().end, End::Cancelled);
    let mut left: Vec<String> = fs::read_dir(place.tree())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, [".agents2", ".aws"]);
}

/// Row 55: what the first turn left is no answer of the next one, however that one ends.
#[tokio::test]
async fn a_last_message_of_the_turn_before_is_no_answer() {
    for (second, class) in [
        ("exit 1", FailClass::Crashed),
        ("kill -9 $$", FailClass::Killed),
        ("exit 0", FailClass::NoAnswer),
        ("say '{\"type\":\"turn.completed\"}'; exit 0", FailClass::NoAnswer),
    ] {
        let place = Place::new(&format!(
            "if [ -e \"$0.again\" ]; then {second}; fi; : > \"$0.again\"\n\
             say '{{\"type\":\"thread.started\",\"thread_id\":\"t1\"}}'\n\
             message first; printf first > \"$file\"; say '{{\"type\":\"turn.completed\"}}'"
        ));
        let handle = place.submit(Scope::ReadOnly).await;
        assert_eq!(
            handle.wait().await.unwrap().end,
            End::Answered("first".to_owned())
        );
        let again = handle.turn("again").await.unwrap();
        let End::Failed(failure) = &again.end else {
            panic!("{second}: {again:?}")
        };
        assert_eq!(failure.class, class, "{second}: {failure:?}");
        assert!(!failure.detail.contains("first"), "{failure:?}");
    }
}

/// Row 50: far beyond what a command line takes, and what a terminal's line takes.
#[tokio::test]
async fn a_prompt_of_ten_megabytes_arrives_byte_for_byte() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    fs::create_dir(&tree).unwrap();
    let digest: Arc<dyn Agent> = Arc::new(Tool::new("digest", "cksum").prompt_on_stdin());
    let engine = LocalEngine::new([digest], StateDir::at(root.path().join("state")), []);
    // Lines of every length, and whatever a terminal would take for a key.
    let mut prompt = String::new();
    for number in 0_u32.. {
        prompt.extend(std::iter::repeat_n('x', number as usize % 5_000));
        writeln!(prompt, "{number}\u{3}\u{4}\r\u{7f}€").unwrap();
        if prompt.len() > 10_000_000 {
            break;
        }
    }
    let file = root.path().join("prompt");
    fs::write(&file, &prompt).unwrap();
    let theirs = std::process::Command::new("cksum")
        .stdin(fs::File::open(&file).unwrap())
        .output()
        .unwrap();
    let step = serde_json::from_value(serde_json::json!("0".repeat(64))).unwrap();
    let id = JobId {
        run: RunId::fresh(),
        step,
        attempt: 0,
    };
    let job = Job::new(id, "W1 Digest", "digest", &tree, prompt.clone());
    let end = engine.submit(&job).await.unwrap().wait().await.unwrap();
    let expected = String::from_utf8(theirs.stdout).unwrap();
    assert!(
        expected.contains(&format!(" {}", prompt.len())),
        "it counts the bytes: {expected}"
    );
    assert_eq!(end.end, End::Answered(expected));
}
