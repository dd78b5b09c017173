//! What every dialect is put through: the same stream cut anywhere, and streams in which any value is of a wrong kind.

use orch_pty::Exit;
use serde_json::{Value, json};

use super::{Dialect, LineDecoder};
use crate::agent::{Decoder, WorkerEvent};
use crate::job::JobEnd;

/// A stream, whole and in parts, on pipes and on a terminal: asserts that it always says the same.
pub(crate) fn read<D: Dialect>(dialect: fn() -> D, stream: &str, exit: Exit) -> (Vec<WorkerEvent>, JobEnd) {
    let (events, end) = feed(dialect, &[stream.as_bytes()], exit);
    let mut cuts: Vec<usize> = [1, 7, 4_096]
        .iter()
        .flat_map(|&step| [step, step + 1, stream.len().saturating_sub(step)])
        .collect();
    let lines = stream.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
    cuts.extend(lines.flat_map(|(at, _)| [at.saturating_sub(1), at, at + 1]));
    for cut in cuts {
        let (head, tail) = stream.as_bytes().split_at(cut.min(stream.len()));
        assert_eq!(
            feed(dialect, &[head, tail], exit),
            (events.clone(), end.clone()),
            "cut at {cut}"
        );
    }
    for size in [1, 3, 1_000] {
        let parts: Vec<&[u8]> = stream.as_bytes().chunks(size).collect();
        assert_eq!(
            feed(dialect, &parts, exit),
            (events.clone(), end.clone()),
            "{size} bytes at once"
        );
    }
    let terminal = stream.replace('\n', "\r\n");
    assert_eq!(
        feed(dialect, &[terminal.as_bytes()], exit),
        (events.clone(), end.clone())
    );
    (events, end)
}

/// Puts values of every kind in every place of every line: nothing panics.
pub(crate) fn survives<D: Dialect>(dialect: fn() -> D, stream: &str) {
    let strangers = [
        Value::Null,
        json!(true),
        json!(7),
        json!(-1.5e300),
        json!(u64::MAX),
        json!("\u{1b}[2J\u{0}"),
        json!([[{"type": []}]]),
        json!({"type": {"type": 1}}),
    ];
    for line in stream.lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let mut places = Vec::new();
        places_in(&event, String::new(), &mut places);
        for place in places {
            for stranger in &strangers {
                let mut event = event.clone();
                if let Some(value) = event.pointer_mut(&place) {
                    *value = stranger.clone();
                }
                let line = format!("{event}\n");
                feed(dialect, &[line.as_bytes()], Exit::Code(0));
            }
        }
    }
    let rubbish = b"{\xff\xfe}\n{\"type\":7}\n{}\n[]\n{\"type\":\"no such event\"}\n\x1b[?25h\n{\"type\":\"";
    let (events, end) = feed(dialect, &[rubbish], Exit::Code(0));
    let unknown = events
        .iter()
        .filter(|event| matches!(event, WorkerEvent::Unknown { .. }));
    assert_eq!(unknown.count(), 4, "{events:?}");
    assert!(matches!(end.end, crate::job::End::Failed(_)), "{end:?}");
}

/// Puts events that cannot be read before the end of a stream that has an answer: what was said before is no answer.
pub(crate) fn misses<D: Dialect>(dialect: fn() -> D, stream: &str, last: &str) {
    let at = stream.find(last).expect("the stream has it");
    let (before, after) = stream.split_at(stream[..at].rfind('\n').map_or(0, |end| end + 1));
    let torn: [&[u8]; 4] = [
        b"{\"type\":\"\xff\"}\n",
        b"{\"type\":\"a\",\"type\":\"b\"}\n",
        b"{\"type\":\"\\ud800\"}\n",
        b"{\"type\":\n",
    ];
    for line in torn {
        let (_, end) = feed(
            dialect,
            &[before.as_bytes(), line, after.as_bytes()],
            Exit::Code(0),
        );
        let crate::job::End::Failed(failure) = &end.end else {
            panic!("{end:?} after {}", String::from_utf8_lossy(line));
        };
        assert_eq!(failure.class, crate::outcome::FailClass::NoAnswer, "{failure:?}");
    }
    let words = [before.as_bytes(), b"{ a: 1 }\n", after.as_bytes()];
    let (_, end) = feed(dialect, &words, Exit::Code(0));
    assert!(matches!(end.end, crate::job::End::Answered(_)), "{end:?}");
}

fn feed<D: Dialect>(dialect: fn() -> D, parts: &[&[u8]], exit: Exit) -> (Vec<WorkerEvent>, JobEnd) {
    let mut decoder = Box::new(LineDecoder::new(dialect()));
    let events = parts.iter().flat_map(|part| decoder.feed(part)).collect();
    (events, decoder.finish(exit, None))
}

/// The places of at most the first members of each list and object: what an event has of lists repeats itself.
fn places_in(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                places_in(
                    value,
                    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                    places,
                );
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().take(2).enumerate() {
                places_in(value, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}
