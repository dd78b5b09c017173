//! What becomes of a worker whose repair turn goes wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use orch_core::agent::Codex;
use orch_core::{Deliverable, Error, Orchestrator, SchemaError, StateDir, Unfinished, Worker};
use orch_prompts::Brief;

/// An answer that is a number.
#[derive(Debug)]
struct Number;

impl Deliverable for Number {
    fn schema() -> Result<Option<serde_json::Value>, SchemaError> {
        Ok(None)
    }

    fn parse(answer: &str) -> Result<Self, String> {
        answer
            .parse::<u32>()
            .map(|_| Self)
            .map_err(|error| error.to_string())
    }
}

/// The program is gone after the first turn, as after an update in between.
#[tokio::test]
async fn a_repair_turn_that_cannot_start_leaves_the_wrong_answer_and_not_a_worker_that_never_ran() {
    let root = tempfile::tempdir().unwrap();
    let (binary, tree) = (root.path().join("codex"), root.path().join("tree"));
    let script = concat!(
        "#!/bin/sh\nrm \"$0\"\n",
        "echo '{\"type\":\"thread.started\",\"thread_id\":\"t1\"}'\n",
        "echo '{\"type\":\"item.completed\",\"item\":{\"type\":\"agent_message\",\"text\":\"many\"}}'\n",
        "echo '{\"type\":\"turn.completed\"}'\n",
    );
    fs::write(&binary, script).unwrap();
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(&tree).unwrap();
    let orch = Orchestrator::builder(&tree)
        .agent(Codex::new().binary(&binary))
        .state_dir(StateDir::at(root.path().join("state")))
        .build()
        .unwrap();
    let worker: Worker<String, Number> = Worker::new(|task: &String| Brief::new(task.clone()));

    let error = orch.run(&worker, "count".to_owned()).await.unwrap_err();

    let Error::Unfinished(Unfinished::Invalid { complaint, raw }) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(raw, "many");
    assert!(complaint.contains("no further turn was started: "), "{complaint}");
}
