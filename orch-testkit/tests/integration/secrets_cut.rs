//! A secret that stands where a text is cut: it is taken out before, so that no half of it is left.

use std::fs;

use orch_core::agent::{Agent as _, Codex, Decoder, Gemini, Tool, WorkerEvent};
use orch_core::engine::{Job, JobId};
use orch_core::{Check, Cx, Isolation, Orchestrator, Redactor, RunId, StateDir, Worker, check};
use orch_prompts::Brief;

use crate::house::{House, within, writer};

const CANARY: &str = "cANary-4711-9f3b2c";

fn orch(house: &House, script: &str) -> Orchestrator {
    let agent = Tool::new("sh", "/bin/sh")
        .args(["-c", script])
        .env("CANARY", CANARY);
    Orchestrator::builder(&house.tree)
        .agent(agent)
        .state_dir(StateDir::at(house.root.path().join("state")))
        .secret("KEY", CANARY)
        .observe(house.seen.clone())
        .build()
        .unwrap()
}

fn reader() -> Worker<String, String> {
    Worker::new(|what: &String| Brief::new(format!("Read {what}."))).label("Reader")
}

/// No part of the canary that is long enough to know it by.
fn assert_clean(what: &str, text: &str) {
    for part in ["cANary-4", "y-4711-9", "11-9f3b2", "9f3b2c"] {
        assert!(!text.contains(part), "{what}: {part} of {text}");
    }
}

async fn output_of(orch: &Orchestrator, asked: &Check) -> String {
    let checked = within(orch, |cx: Cx| {
        let asked = asked.clone();
        async move { cx.check(&asked).await }
    });
    checked.await.unwrap().output
}

#[tokio::test]
async fn the_cut_output_of_a_check_has_no_half_of_a_secret() {
    for fill in [16_366, 16_370, 16_382] {
        let house = House::new();
        let orch = orch(&house, "true");
        let print = format!("echo {CANARY}; head -c {fill} /dev/zero | tr '\\0' x");
        let asked = check("sh", ["-c", &print]);
        assert_clean("its output", &output_of(&orch, &asked).await);
        assert_clean("its events", &format!("{:?}", house.seen.all()));
    }
}

/// As `grep --color` prints a line of which a part was looked for.
#[tokio::test]
async fn a_secret_that_is_coloured_in_part_is_in_no_output_no_answer_and_no_event() {
    let house = House::new();
    let line = house.root.path().join("line");
    fs::write(&line, CANARY.replace("4711", "\x1b[31m4711\x1b[0m")).unwrap();
    let line = line.display();
    let orch = orch(&house, &format!("cat {line}; echo ' done'"));
    for fill in [0, 16_366, 16_370, 16_374] {
        let print = format!("cat {line}; head -c {fill} /dev/zero | tr '\\0' x");
        let asked = check("sh", ["-c", &print]);
        assert_clean("its output", &output_of(&orch, &asked).await);
    }
    let answer = orch.run(&reader(), "it".to_owned()).await.unwrap();
    assert_eq!(answer.trim_end(), "[redacted KEY] done");
    let told = format!("{:?}", house.seen.all());
    assert!(!told.contains("4711"), "{told}");
}

#[tokio::test]
async fn the_tail_of_standard_error_has_no_half_of_a_secret() {
    for fill in [3_980, 3_985, 3_990] {
        let house = House::new();
        let script = format!("echo $CANARY >&2; head -c {fill} /dev/zero | tr '\\0' x >&2; exit 3");
        let why = orch(&house, &script)
            .run(&reader(), "it".to_owned())
            .await
            .unwrap_err();
        assert!(why.to_string().contains("xxx"), "{why}");
        assert_clean("its failure", &why.to_string());
        assert_clean("its events", &format!("{:?}", house.seen.all()));
    }
}

#[tokio::test]
async fn a_violation_names_files_without_the_secrets_in_their_names() {
    let house = House::new();
    let reads = orch(&house, "echo x > \"src/$CANARY\"; echo done");
    let why = reads.run(&reader().apart(), "it".to_owned()).await.unwrap_err();
    assert!(why.to_string().contains("src/[redacted KEY]"), "{why}");
    assert_clean("a reader's", &format!("{why:?}"));
    let writes = orch(&house, "echo x > \"$CANARY\"; echo done");
    let why = within(&writes, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
        desk.write(&writer(&["src"]), &()).await
    })
    .await
    .unwrap_err();
    assert_clean("a writer's", &format!("{why:?}"));
    assert_clean("its events", &format!("{:?}", house.seen.all()));
}

fn told(decoder: &mut dyn Decoder, lines: &[serde_json::Value]) -> Vec<WorkerEvent> {
    decoder.redact(&Redactor::new([("KEY", CANARY)]).unwrap());
    let lines = lines.iter().map(|line| format!("{line}\n"));
    lines.flat_map(|line| decoder.feed(line.as_bytes())).collect()
}

fn job(agent: &str) -> Job {
    let step = serde_json::from_value(serde_json::json!("0".repeat(64))).unwrap();
    let id = JobId {
        run: RunId::fresh(),
        step,
        attempt: 0,
    };
    Job::new(id, "W1 Say", agent, "/", "a prompt")
}

#[test]
fn a_message_that_is_cut_short_has_no_half_of_a_secret() {
    for before in [380, 385, 390, 395] {
        let text = format!("{}{CANARY}", "x".repeat(before));
        let item = serde_json::json!({"id": "i", "type": "agent_message", "text": text});
        let event = serde_json::json!({"type": "item.completed", "item": item});
        let events = told(&mut *Codex::new().decoder(&job("codex")), &[event]);
        assert!(matches!(&events[..], [WorkerEvent::Message { .. }]), "{events:?}");
        assert_clean("its message", &format!("{events:?}"));
    }
}

#[test]
fn a_message_that_comes_in_pieces_is_one_without_secrets() {
    let piece = |text: &str| serde_json::json!({"type": "message", "role": "assistant", "content": text, "delta": true});
    let mut lines: Vec<_> = ["the key is cAN", "ary-47", "11-9f", "3b2c ok"].map(piece).into();
    lines.push(serde_json::json!({"type": "tool_use", "tool_name": "read_file", "tool_id": "t"}));
    lines.push(piece("done"));
    lines.push(serde_json::json!({"type": "result", "status": "success"}));
    let events = told(&mut *Gemini::new().decoder(&job("gemini")), &lines);
    let messages: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            WorkerEvent::Message { text } => Some(&text[..]),
            _ => None,
        })
        .collect();
    assert_eq!(messages, ["the key is [redacted KEY] ok", "done"]);
}
