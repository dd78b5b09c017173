//! `codex exec --json`: one JSON object a line, among lines that are not JSON.
//!
//! Unknown events and items are counted, never fatal: versions move.

use orch_pty::Exit;
use serde_json::Value;

use super::state::{Seen, end_of};
use crate::agent::{Decoder, JsonLines, WorkerEvent};
use crate::job::{JobEnd, Usage};
use crate::plain;

/// The longest event line that is read: an answer of 8 MiB with every byte escaped fits.
const LINE_LIMIT: usize = 16 << 20;

/// How much of a message is an event; all of the last one is the answer.
const MESSAGE_WIDTH: usize = 400;

/// How much of a tool call is shown.
const CALL_WIDTH: usize = 120;

/// Reads one turn.
#[derive(Debug)]
pub(super) struct CodexDecoder {
    lines: JsonLines,
    seen: Seen,
}

impl CodexDecoder {
    pub(super) fn new() -> Self {
        Self {
            lines: JsonLines::new(LINE_LIMIT),
            seen: Seen::default(),
        }
    }
}

impl Decoder for CodexDecoder {
    fn feed(&mut self, bytes: &[u8]) -> Vec<WorkerEvent> {
        let mut events = Vec::new();
        let seen = &mut self.seen;
        self.lines
            .feed(bytes, |line| events.extend(read_line(seen, line)));
        events
    }

    fn finish(mut self: Box<Self>, exit: Exit, last_message: Option<&[u8]>) -> JobEnd {
        let seen = &mut self.seen;
        self.lines.finish(|line| drop(read_line(seen, line)));
        self.seen.dropped_lines = self.lines.dropped();
        let mut end = JobEnd::new(end_of(&self.seen, exit, last_message));
        end.exit = Some(exit);
        end.usage = self.seen.usage;
        end.thread = self.seen.thread;
        end
    }
}

fn read_line(seen: &mut Seen, line: &[u8]) -> Option<WorkerEvent> {
    if line.first() != Some(&b'{') {
        return Some(WorkerEvent::Activity);
    }
    let Ok(event) = serde_json::from_slice::<Value>(line) else {
        seen.unknown += 1;
        return Some(WorkerEvent::Unknown {
            name: "a line that is not JSON".to_owned(),
        });
    };
    let kind = text_of(&event, "type");
    match kind {
        "thread.started" => {
            let id = text_of(&event, "thread_id").to_owned();
            seen.thread = Some(id.clone()).filter(|id| is_thread_id(id));
            Some(WorkerEvent::Thread { id })
        }
        "turn.started" => Some(WorkerEvent::TurnStarted),
        "turn.completed" => {
            seen.completed = true;
            seen.usage = event.get("usage").map(usage_of);
            seen.usage.map(|usage| WorkerEvent::Used { usage })
        }
        "turn.failed" => {
            let message = event.get("error").map_or("", |error| text_of(error, "message"));
            seen.failed = Some(message.to_owned());
            Some(WorkerEvent::Warning {
                text: plain::line(message, 400),
            })
        }
        // Not terminal: codex says so also when it is about to try again.
        "error" => {
            let message = text_of(&event, "message");
            seen.last_error = Some(message.to_owned());
            Some(WorkerEvent::Warning {
                text: plain::line(message, 400),
            })
        }
        "item.started" | "item.updated" | "item.completed" => {
            event.get("item").map(|item| read_item(seen, kind, item))
        }
        other => {
            seen.unknown += 1;
            Some(WorkerEvent::Unknown {
                name: plain::line(other, 80),
            })
        }
    }
}

fn read_item(seen: &mut Seen, event: &str, item: &Value) -> WorkerEvent {
    let begins = event == "item.started";
    match text_of(item, "type") {
        "agent_message" if event == "item.completed" => {
            let text = text_of(item, "text");
            seen.message = Some(text.to_owned());
            WorkerEvent::Message {
                text: plain::line(text, MESSAGE_WIDTH),
            }
        }
        "command_execution" if begins => WorkerEvent::ToolCall {
            text: plain::line(text_of(item, "command"), CALL_WIDTH),
        },
        "file_change" => {
            let paths = item
                .get("changes")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            let paths: Vec<&str> = paths.map(|change| text_of(change, "path")).collect();
            WorkerEvent::ToolCall {
                text: plain::line(&format!("changes {}", paths.join(", ")), CALL_WIDTH),
            }
        }
        "web_search" if begins => WorkerEvent::ToolCall {
            text: plain::line(
                &format!("searches the web for {}", text_of(item, "query")),
                CALL_WIDTH,
            ),
        },
        "mcp_tool_call" | "collab_tool_call" if begins => WorkerEvent::ToolCall {
            text: plain::line(text_of(item, "tool"), CALL_WIDTH),
        },
        "error" => WorkerEvent::Warning {
            text: plain::line(text_of(item, "message"), 400),
        },
        "agent_message" | "command_execution" | "web_search" | "mcp_tool_call" | "collab_tool_call"
        | "reasoning" | "todo_list" => WorkerEvent::Activity,
        other => {
            seen.unknown += 1;
            WorkerEvent::Unknown {
                name: plain::line(other, 80),
            }
        }
    }
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn usage_of(value: &Value) -> Usage {
    let count = |key: &str| value.get(key).and_then(Value::as_u64).unwrap_or(0);
    Usage::new(
        count("input_tokens"),
        count("cached_input_tokens"),
        count("output_tokens"),
    )
}

/// A thread id comes back as an argument of the next command, so it must look like one and like no option.
fn is_thread_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !id.is_empty() && id.len() <= 128 && !id.starts_with('-') && id.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::End;

    const TURN: &str = concat!(
        "Reading additional input from stdin...\r\n",
        r#"{"type":"thread.started","thread_id":"0199a213-81c0-7800-8aa1-bbab2a035a53"}"#,
        "\r\n",
        r#"{"type":"turn.started"}"#,
        "\r\n",
        r#"{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"I will look."}}"#,
        "\r\n",
        r#"{"type":"item.started","item":{"id":"item_1","type":"command_execution","command":"bash -c 'ls\u001b[2J'"}}"#,
        "\r\n",
        r#"{"type":"error","message":"Reconnecting... 1/5"}"#,
        "\r\n",
        r#"{"type":"item.completed","item":{"id":"item_2","type":"agent_message","text":"ümläut"}}"#,
        "\r\n",
        r#"{"type":"brand.new","x":1}"#,
        "\r\n",
        r#"{"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":4,"output_tokens":3}}"#,
        "\r\n",
    );

    #[test]
    fn a_turn_is_read_the_same_however_it_is_cut() {
        let mut whole = CodexDecoder::new();
        let events = whole.feed(TURN.as_bytes());
        assert_eq!(
            events,
            [
                WorkerEvent::Activity,
                WorkerEvent::Thread {
                    id: "0199a213-81c0-7800-8aa1-bbab2a035a53".into()
                },
                WorkerEvent::TurnStarted,
                WorkerEvent::Message {
                    text: "I will look.".into()
                },
                WorkerEvent::ToolCall {
                    text: "bash -c 'ls[2J'".into()
                },
                WorkerEvent::Warning {
                    text: "Reconnecting... 1/5".into()
                },
                WorkerEvent::Message {
                    text: "ümläut".into()
                },
                WorkerEvent::Unknown {
                    name: "brand.new".into()
                },
                WorkerEvent::Used {
                    usage: Usage::new(10, 4, 3)
                },
            ]
        );
        for cut in 0..TURN.len() {
            let mut parts = CodexDecoder::new();
            let mut seen = parts.feed(&TURN.as_bytes()[..cut]);
            seen.extend(parts.feed(&TURN.as_bytes()[cut..]));
            assert_eq!(seen, events, "cut at {cut}");
        }
        let end = Box::new(whole).finish(Exit::Code(0), None);
        assert_eq!(end.end, End::Answered("ümläut".into()));
        assert_eq!(end.usage, Some(Usage::new(10, 4, 3)));
    }

    #[test]
    fn a_thread_id_that_could_be_an_option_is_not_kept() {
        for id in ["--yolo", "a b", "", "../x", "a\nb"] {
            let mut decoder = CodexDecoder::new();
            let line = serde_json::json!({"type": "thread.started", "thread_id": id}).to_string() + "\n";
            decoder.feed(line.as_bytes());
            assert_eq!(decoder.seen.thread, None, "{id:?}");
        }
    }

    #[test]
    fn rubbish_is_counted_and_never_fatal() {
        let mut decoder = CodexDecoder::new();
        decoder.feed(b"{\xff\xfe}\n{\"type\":7}\n{\"type\":\"item.completed\"}\n{}\n[]\n");
        assert_eq!(decoder.seen.unknown, 3);
    }
}
