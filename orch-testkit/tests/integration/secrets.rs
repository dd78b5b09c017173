//! A canary in environment, prompt and worker output: it is found nowhere in the run's directory nor in any event.

use std::fs;
use std::path::Path;

use orch_core::{MemoryStore, RunId, Store as _};
use orch_patterns::agent::Tool;
use orch_patterns::{Brief, Error, Orchestrator, StateDir, Worker};
use std::sync::Arc;

use crate::stages::Seen;

const CANARY: &str = "cANary/\"4711\\ü-9f3b2c";

/// Everything in every file under `folder`.
fn contents(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
            let path = entry.path();
            all.extend(path.as_os_str().as_encoded_bytes());
            if path.is_dir() {
                waiting.push(path);
            } else {
                all.extend(fs::read(&path).unwrap());
            }
        }
    }
    all
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|part| part == needle.as_bytes())
}

/// Says the canary in every way that a shell knows, on both streams, and in two writes.
const SAY: &str = r#"
c=$CANARY_KEY
printf 'plain %s\n' "$c"
printf '%s' "$c" | head -c 7; sleep 0.1; printf '%s' "$c" | tail -c +8; echo
printf 'hex %s\n' "$(printf '%s' "$c" | od -An -v -tx1 | tr -d ' \n')"
printf 'base64 %s\n' "$(printf '%s' "$c" | base64 | tr -d '\n')"
printf 'base64 of more %s\n' "$(printf 'user:%s' "$c" | base64 | tr -d '\n')"
printf 'percent %s\n' "$(printf '%s' "$c" | od -An -v -tx1 | tr -d '\n' | tr ' ' '%')"
printf 'json "%s"\n' "$(printf '%s' "$c" | sed 's/[\\"]/\\&/g')"
printf 'HEX %s\n' "$(printf '%s' "$c" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F)"
cat >&2
printf 'and %s' "$c" >&2
"#;

#[tokio::test]
async fn a_canary_is_in_no_event_no_file_and_no_answer() {
    let root = tempfile::tempdir().unwrap();
    let (tree, state) = (root.path().join("tree"), root.path().join("state"));
    fs::create_dir(&tree).unwrap();
    let store = Arc::new(MemoryStore::default());
    let seen = Seen::default();
    let say = |exit: &str| {
        Tool::new(format!("say{exit}"), "/bin/sh")
            .args(["-c", &format!("{SAY}\nexit {exit}")])
            .env("CANARY_KEY", CANARY)
            .prompt_on_stdin()
    };
    let orch = Orchestrator::builder(&tree)
        .agent(say("0"))
        .agent(say("3"))
        .state_dir(StateDir::at(&state))
        .store(store.clone())
        .secret("CANARY_KEY", CANARY)
        .observe(seen.clone())
        .build()
        .unwrap();
    let worker: Worker<String, String> = Worker::new(|_: &String| Brief::new(format!("Use {CANARY}.")));
    let run = RunId::fresh();
    let answer = orch.run_as(run, &worker, String::new()).await.unwrap();
    assert_eq!(answer.matches("[redacted CANARY_KEY]").count(), 8, "{answer}");

    let failing = worker.agent("say3");
    let Err(Error::Unfinished(why)) = orch.run(&failing, String::new()).await else {
        panic!("it ends with 3");
    };
    let mut everything = contents(&state);
    everything.extend(answer.bytes());
    everything.extend(why.to_string().bytes());
    everything.extend(serde_json::to_vec(&store.read(run).await.unwrap()).unwrap());
    everything.extend(serde_json::to_vec(&seen.all()).unwrap());
    let json = serde_json::to_string(CANARY).unwrap();
    let hex = CANARY
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat();
    // Of base64 the part that its place in the text does not change.
    for needle in [
        CANARY,
        &hex.to_uppercase(),
        "%c3%bc",
        "cANary",
        "9f3b2c",
        json.trim_matches('"'),
        &hex,
        "Y0FOYXJ5",
    ] {
        assert!(!holds(&everything, needle), "{needle}");
    }
}
