//! The events of `codex exec --json`.
//!
//! Measured with codex-cli 0.169.0. An `error` event is not terminal; several agent messages come in a turn and the
//! last one counts; nothing terminal is written on a signal; an item that was started may never be completed. A patch
//! that the sandbox refuses, and a command that it makes fail at once, are no events; a longer command is one, and its
//! output says so.

use serde_json::Value;

use super::Codex;
use crate::agent::failure::classify;
use crate::agent::line_decoder::{Dialect, Saying, count_of, text_of};
use crate::agent::{Heard, TurnVerdict, WorkerEvent};
use crate::job::Usage;
use crate::outcome::FailClass;

/// What the objects of codex mean.
#[derive(Debug, Default)]
pub(in crate::agent) struct CodexDialect;

impl Dialect for CodexDialect {
    const NAME: &'static str = Codex::NAME;

    fn read(&mut self, event: &Value, heard: &mut Heard, say: &mut Saying) {
        let kind = text_of(event, "type");
        match kind {
            "thread.started" => say.thread(heard, text_of(event, "thread_id")),
            "turn.started" => {
                heard.open_again();
                say.push(WorkerEvent::TurnStarted);
            }
            "turn.completed" => {
                // A turn that failed stays failed.
                heard.verdict.get_or_insert(TurnVerdict::Completed);
                heard.usage = event.get("usage").map(usage_of);
                match heard.usage {
                    Some(usage) => say.push(WorkerEvent::Used { usage }),
                    None => say.activity(),
                }
            }
            "turn.failed" => {
                let message = event.get("error").map_or("", |error| text_of(error, "message"));
                say.warning(message);
                match classify(message) {
                    FailClass::Auth => {
                        heard.fail(FailClass::Auth, format!("{message}; log in with `codex login`"));
                    }
                    class => heard.fail(class, message),
                }
            }
            "error" => {
                let message = text_of(event, "message");
                heard.complaint = Some((classify(message), message.to_owned()));
                say.warning(message);
            }
            "item.started" | "item.updated" | "item.completed" => match event.get("item") {
                Some(item) => read_item(kind, item, heard, say),
                None => say.unknown(heard, kind),
            },
            other => say.unknown(heard, other),
        }
    }
}

fn read_item(event: &str, item: &Value, heard: &mut Heard, say: &mut Saying) {
    let (kind, id) = (text_of(item, "type"), text_of(item, "id"));
    let call = match kind {
        "command_execution" => text_of(item, "command").to_owned(),
        "file_change" => changes(event, item, heard),
        "web_search" => format!("searches the web for {}", text_of(item, "query")),
        "mcp_tool_call" | "collab_tool_call" => text_of(item, "tool").to_owned(),
        "agent_message" if event == "item.completed" => {
            let text = text_of(item, "text");
            heard.message = Some(text.to_owned());
            return say.message(text);
        }
        "error" => return say.warning(text_of(item, "message")),
        "agent_message" | "reasoning" | "todo_list" => return say.activity(),
        other => return say.unknown(heard, other),
    };
    if event == "item.completed"
        && let Some(why) = denial_of(item)
    {
        say.denied(heard, &format!("{call}: {why}"));
    }
    match event {
        "item.started" => say.call_begins(heard, id, &call),
        "item.completed" if heard.call_ends(id) => say.push(WorkerEvent::ToolDone),
        // Some calls are told of only when they are over.
        "item.completed" => say.call(&call),
        _ => say.activity(),
    }
}

/// What says that the sandbox refused a call. A sandbox of codex makes all that may not be written a read-only file
/// system; other complaints of a command (a file that is another user's) are not the sandbox's.
fn denial_of(item: &Value) -> Option<&str> {
    match text_of(item, "status") {
        "declined" => Some("it was declined"),
        "failed" => {
            let mut lines = text_of(item, "aggregated_output").lines();
            lines.find(|line| line.contains("Read-only file system"))
        }
        _ => None,
    }
}

fn changes(event: &str, item: &Value, heard: &mut Heard) -> String {
    let changes = item.get("changes").and_then(Value::as_array);
    let paths: Vec<&str> = changes
        .into_iter()
        .flatten()
        .map(|change| text_of(change, "path"))
        .collect();
    if event == "item.completed" && !matches!(text_of(item, "status"), "failed" | "declined") {
        for path in &paths {
            heard.file_changed(path);
        }
    }
    format!("changes {}", paths.join(", "))
}

fn usage_of(value: &Value) -> Usage {
    Usage {
        input_tokens: count_of(value, "input_tokens"),
        cached_input_tokens: count_of(value, "cached_input_tokens"),
        output_tokens: count_of(value, "output_tokens"),
        cost_micro_usd: None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use orch_pty::Exit;

    use super::*;
    use crate::agent::Decoder;
    use crate::agent::line_decoder::{LineDecoder, trial};
    use crate::job::{Capture, End};
    use crate::limits::{Quota, Resets};

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
        r#"{"type":"item.completed","item":{"id":"item_1","type":"command_execution","command":"x","exit_code":1,"status":"failed"}}"#,
        "\r\n",
        r#"{"type":"item.completed","item":{"id":"item_2","type":"agent_message","text":"ümläut"}}"#,
        "\r\n",
        r#"{"type":"brand.new","x":1}"#,
        "\r\n",
        r#"{"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":4,"output_tokens":3}}"#,
        "\r\n",
    );

    fn decoder() -> LineDecoder<CodexDialect> {
        LineDecoder::new(CodexDialect)
    }

    #[test]
    fn a_turn_is_read_the_same_however_it_is_cut() {
        let mut whole = decoder();
        let events = whole.feed(TURN.as_bytes());
        let message = |text: &str| WorkerEvent::Message { text: text.into() };
        assert_eq!(
            events,
            [
                WorkerEvent::Activity,
                WorkerEvent::Thread {
                    id: "0199a213-81c0-7800-8aa1-bbab2a035a53".into()
                },
                WorkerEvent::TurnStarted,
                message("I will look."),
                WorkerEvent::ToolCall {
                    text: "bash -c 'ls'".into()
                },
                WorkerEvent::Warning {
                    text: "Reconnecting... 1/5".into()
                },
                WorkerEvent::ToolDone,
                message("ümläut"),
                WorkerEvent::Unknown {
                    name: "brand.new".into()
                },
                WorkerEvent::Used {
                    usage: Usage::new(10, 4, 3)
                },
            ]
        );
        for cut in 0..TURN.len() {
            let mut parts = decoder();
            let mut seen = parts.feed(&TURN.as_bytes()[..cut]);
            seen.extend(parts.feed(&TURN.as_bytes()[cut..]));
            assert_eq!(seen, events, "cut at {cut}");
        }
        let end = Box::new(whole).finish(Exit::Code(0), Some("ümläut".as_bytes()));
        assert_eq!(end.end, End::Answered("ümläut".into()));
        assert_eq!(end.capture, Some(Capture::Agreed));
        assert_eq!(end.usage, Some(Usage::new(10, 4, 3)));
    }

    #[test]
    fn a_count_that_is_not_there_is_unknown() {
        let mut decoder = decoder();
        decoder.feed(
            b"{\"type\":\"turn.completed\",\"usage\":{\"output_tokens\":7,\"input_tokens\":\"many\"}}\n",
        );
        let usage = Box::new(decoder)
            .finish(Exit::Code(0), None)
            .usage
            .expect("a usage");
        assert_eq!((usage.input_tokens, usage.output_tokens), (None, Some(7)));
    }

    #[test]
    fn an_event_that_cannot_be_read_may_have_been_the_answer() {
        trial::misses(CodexDialect::default, TURN, "turn.completed");
    }

    #[test]
    fn a_change_that_failed_or_was_declined_is_none() {
        let changed = |event: &str, status: &str| {
            let mut decoder = decoder();
            let line = format!(
                "{{\"type\":\"{event}\",\"item\":{{\"id\":\"i\",\"type\":\"file_change\",\"changes\":[{{\"path\":\"/w/a\"}}],\"status\":\"{status}\"}}}}\n"
            );
            decoder.feed(line.as_bytes());
            Box::new(decoder).finish(Exit::Code(0), None).changed
        };
        assert_eq!(changed("item.completed", "completed"), ["/w/a"]);
        assert!(changed("item.started", "in_progress").is_empty());
        assert!(changed("item.completed", "failed").is_empty());
        assert!(changed("item.completed", "declined").is_empty());
    }

    #[test]
    fn a_turn_that_goes_on_is_not_completed() {
        let mut decoder = decoder();
        decoder.feed(TURN.as_bytes());
        decoder.feed(b"{\"type\":\"turn.started\"}\n");
        let end = Box::new(decoder).finish(Exit::Code(0), None).end;
        assert!(
            matches!(&end, End::Failed(failure) if failure.class == FailClass::NoAnswer),
            "{end:?}"
        );
    }

    #[test]
    fn rubbish_is_counted_and_never_fatal() {
        let mut decoder = decoder();
        let events = decoder.feed(b"{\xff\xfe}\n{\"type\":7}\n{\"type\":\"item.completed\"}\n{}\n[]\n");
        let unknown = |event: &&WorkerEvent| matches!(event, WorkerEvent::Unknown { .. });
        assert_eq!(events.iter().filter(unknown).count(), 4);
    }

    #[test]
    fn what_a_refusal_says_about_the_quota_is_read() {
        let quota = |words: &str| {
            let mut decoder = decoder();
            let line = format!("{{\"type\":\"turn.failed\",\"error\":{{\"message\":\"{words}\"}}}}\n");
            decoder.feed(line.as_bytes());
            match Box::new(decoder).finish(Exit::Code(1), None).end {
                End::Failed(failure) => failure.quota.expect("a refusal of class quota"),
                other => panic!("no failure: {other:?}"),
            }
        };
        let transient = |retry_after| Quota::Transient { retry_after };
        assert_eq!(
            quota("exceeded retry limit, last status: 429 Too Many Requests"),
            transient(None)
        );
        let wait = Duration::from_millis(1_500);
        assert_eq!(
            quota("Rate limit reached for x. Please try again in 1.5s."),
            transient(Some(wait))
        );
        let resets = Some(Resets::After(Duration::from_secs(2 * 86_400)));
        assert_eq!(
            quota("You've hit your usage limit. Try again in 2 days."),
            Quota::Terminal { resets }
        );
    }
}
