//! Streams as the real CLIs wrote them, version by version, and what later versions or broken bytes may make of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use orch_core::agent::{Agent, Claude, Codex, Gemini, Opencode, WorkerEvent};
use orch_core::engine::{End, Job, JobEnd, JobId};
use orch_core::{Exit, RunId};
use serde_json::{Value, json};

/// The recorded streams by their place: agent, version, case.
fn recorded() -> BTreeMap<String, Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded");
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.clone()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let place = path.strip_prefix(&root).unwrap().with_extension("");
            found.insert(place.to_str().unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
    assert!(found.len() > 60, "{} recorded streams", found.len());
    found
}

fn agent_of(place: &str) -> Box<dyn Agent> {
    match place.split('/').next().unwrap() {
        "codex" => Box::new(Codex::new()),
        "claude" => Box::new(Claude::new()),
        "opencode" => Box::new(Opencode::new()),
        "gemini" => Box::new(Gemini::new()),
        other => panic!("nobody reads the streams of {other}"),
    }
}

/// What an agent's decoder makes of a stream, when its process ended well.
fn read(place: &str, bytes: &[u8]) -> (Vec<WorkerEvent>, JobEnd) {
    let agent = agent_of(place);
    let id = JobId {
        run: RunId::fresh(),
        step: serde_json::from_value(json!("0".repeat(64))).unwrap(),
        attempt: 0,
    };
    let mut decoder = agent.decoder(&Job::new(id, "W1 Read", agent.name(), "/", "a prompt"));
    let events = decoder.feed(bytes);
    (events, decoder.finish(Exit::Code(0), None))
}

/// The events that say something, and the names of those that nobody knows.
fn told(events: &[WorkerEvent]) -> (Vec<&WorkerEvent>, Vec<&str>) {
    let mut unknown = Vec::new();
    let mut known = Vec::new();
    for event in events {
        match event {
            WorkerEvent::Unknown { name } => unknown.push(name.as_str()),
            WorkerEvent::Activity => {}
            event => known.push(event),
        }
    }
    (known, unknown)
}

/// A new version's streams come in with a look at this table: what each one comes to, and which of its events nobody
/// knows.
#[test]
fn event_drift_is_seen_in_what_each_recorded_stream_comes_to() {
    let mut table = String::new();
    for (place, bytes) in recorded() {
        let (events, end) = read(&place, &bytes);
        let (known, unknown) = told(&events);
        let unknown: BTreeSet<&str> = unknown.into_iter().collect();
        let end = match end.end {
            End::Answered(_) => "answered".to_owned(),
            End::Failed(failure) => format!("failed: {}", failure.class),
            other => format!("{other:?}"),
        };
        writeln!(
            table,
            "{place}: {end}; {} events, unknown {unknown:?}",
            known.len()
        )
        .unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn event_drift_of_unknown_kinds_changes_no_answer_and_is_counted() {
    let stranger = b"{\"type\":\"kind.of.tomorrow\",\"item\":{\"type\":\"thing\"},\"text\":\"no answer\"}\n";
    for (place, mut bytes) in recorded() {
        // One that was cancelled may end within a line.
        if !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        let (events, end) = read(&place, &bytes);
        let (known, unknown) = told(&events);
        let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
        for at in 0..=lines.len() {
            let drifted = [&lines[..at].concat(), &stranger[..], &lines[at..].concat()].concat();
            let (events, drifted) = read(&place, &drifted);
            let (still_known, still_unknown) = told(&events);
            assert_eq!(drifted.end, end.end, "{place}, before line {at}");
            assert_eq!(
                (drifted.usage, &drifted.thread, drifted.capture),
                (end.usage, &end.thread, end.capture)
            );
            assert_eq!(still_known, known, "{place}, before line {at}");
            assert_eq!(
                still_unknown.len(),
                unknown.len() + 1,
                "{place}, before line {at}"
            );
        }
    }
}

#[test]
fn event_drift_of_new_fields_changes_nothing() {
    /// In every object of the line, since a version may add a field anywhere; but not in the worker's own answer, and not
    /// where the keys are names of models, for a model whose use cannot be read makes the sum unknown.
    fn grow(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map.iter_mut() {
                    match value {
                        Value::Object(models) if ["modelUsage", "models"].contains(&key.as_str()) => {
                            models.values_mut().for_each(grow);
                        }
                        Value::Object(_) if key == "structured_output" => {}
                        value => grow(value),
                    }
                }
                map.insert(
                    "field_of_tomorrow".to_owned(),
                    json!({"type": "x", "text": ["y"], "n": 1}),
                );
            }
            Value::Array(values) => values.iter_mut().for_each(grow),
            _ => {}
        }
    }
    for (place, bytes) in recorded() {
        let grown: Vec<u8> = bytes
            .split_inclusive(|&byte| byte == b'\n')
            .flat_map(|line| match serde_json::from_slice::<Value>(line) {
                Ok(mut value) => {
                    grow(&mut value);
                    format!("{value}\n").into_bytes()
                }
                Err(_) => line.to_vec(),
            })
            .collect();
        assert_ne!(grown, bytes, "{place}");
        assert_eq!(read(&place, &grown).1, read(&place, &bytes).1, "{place}");
    }
}

/// Row 62: a byte that is no text costs its line, and an answer that came through it is no answer.
#[test]
fn no_byte_at_any_place_is_a_panic_or_another_answer() {
    /// Bytes that end, begin or go on with nothing where they stand alone.
    const NO_TEXT: [u8; 8] = [0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xf4, 0xff];
    let every_byte: Vec<u8> = (0..=255).collect();
    let mut answers = 0;
    for (place, bytes) in recorded() {
        if !place.ends_with("/plain_answer") {
            continue;
        }
        assert!(bytes.is_ascii(), "{place}: a byte alone is no text in it");
        let End::Answered(answer) = read(&place, &bytes).1.end else {
            panic!("{place} has an answer")
        };
        // The longest one gets some in each of its lines.
        let stride = if bytes.len() < 2_000 { 1 } else { 17 };
        for at in (0..bytes.len()).step_by(stride) {
            let is_full = bytes.len() < 700 && at % 5 == 0;
            for &byte in if is_full { &every_byte[..] } else { &NO_TEXT } {
                let mut broken = bytes.clone();
                broken[at] = byte;
                let end = read(&place, &broken).1.end;
                if let (End::Answered(text), false) = (end, byte.is_ascii()) {
                    assert_eq!(text, answer, "{place}: {byte:#x} at {at}");
                    answers += 1;
                }
            }
        }
    }
    assert!(answers > 0, "what lies beside the answer may break");
}
