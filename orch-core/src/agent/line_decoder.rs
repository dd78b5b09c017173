//! The decoder of every CLI that writes one JSON object a line: lines are found, read and counted here, and each
//! CLI's [`Dialect`] says what an object means.
//!
//! Tolerant: lines that are no JSON, events nobody knows and fields of the wrong kind are counted, never fatal. But an
//! event that cannot be read may have been the answer: no message from before it is.

use orch_pty::Exit;
use serde_json::Value;

use super::{Decoder, Heard, JsonLines, WorkerEvent, read_json_line};
use crate::job::JobEnd;
use crate::outcome::FailClass;
use crate::plain;
use crate::redact::Redactor;

/// The longest event line that is read: an answer of 8 MiB with every byte escaped fits.
const LINE_LIMIT: usize = 16 << 20;

/// How much of a message is an event; all of the last one is the answer.
const MESSAGE_WIDTH: usize = 400;

/// How much of a tool call is shown.
const CALL_WIDTH: usize = 120;

/// What the objects of one CLI mean.
pub(super) trait Dialect: Send {
    /// The agent's name, for people.
    const NAME: &'static str;

    /// Folds one event into `heard` and says it in words that all agents share.
    fn read(&mut self, event: &Value, heard: &mut Heard, say: &mut Saying);

    /// An event came that could not be read: what was said before it may not be the last word.
    fn missed(&mut self, heard: &mut Heard) {
        heard.message = None;
    }

    /// Takes a last look at what was heard, when no more events come.
    fn finish(&mut self, _heard: &mut Heard) {}
}

/// The events that one line came to.
#[derive(Debug, Default)]
pub(super) struct Saying {
    events: Vec<WorkerEvent>,
    redactor: Redactor,
}

/// Reads one turn.
#[derive(Debug)]
pub(super) struct LineDecoder<D> {
    lines: JsonLines,
    heard: Heard,
    dialect: D,
    redactor: Redactor,
}

impl<D: Dialect> LineDecoder<D> {
    pub(super) fn new(dialect: D) -> Self {
        Self {
            lines: JsonLines::new(LINE_LIMIT),
            heard: Heard::default(),
            dialect,
            redactor: Redactor::default(),
        }
    }
}

impl<D: Dialect> Decoder for LineDecoder<D> {
    fn redact(&mut self, redactor: &Redactor) {
        self.redactor = redactor.clone();
    }

    fn feed(&mut self, bytes: &[u8]) -> Vec<WorkerEvent> {
        let mut say = Saying {
            events: Vec::new(),
            redactor: self.redactor.clone(),
        };
        let (heard, dialect) = (&mut self.heard, &mut self.dialect);
        self.lines
            .feed(bytes, |line| read_line(dialect, heard, &mut say, line));
        say.events
    }

    fn finish(mut self: Box<Self>, exit: Exit, last_message: Option<&[u8]>) -> JobEnd {
        let (mut heard, mut dialect) = (self.heard, self.dialect);
        let mut unsaid = Saying::default();
        self.lines
            .finish(|line| read_line(&mut dialect, &mut heard, &mut unsaid, line));
        heard.dropped_lines = self.lines.dropped();
        dialect.finish(&mut heard);
        heard.end(D::NAME, exit, last_message)
    }
}

fn read_line<D: Dialect>(dialect: &mut D, heard: &mut Heard, say: &mut Saying, line: &[u8]) {
    if line.first() != Some(&b'{') {
        return say.activity();
    }
    match read_json_line(line) {
        Ok(event) => dialect.read(&event, heard, say),
        Err(why) => {
            say.unknown(heard, &why.to_string());
            // As all these CLIs begin an event; what else a program prints with a brace is none.
            if line.starts_with(b"{\"") {
                let words = format!("an event could not be read: {why}");
                heard.complaint.get_or_insert((FailClass::Crashed, words));
                dialect.missed(heard);
            }
        }
    }
}

impl Saying {
    pub(super) fn push(&mut self, event: WorkerEvent) {
        self.events.push(event);
    }

    pub(super) fn activity(&mut self) {
        self.push(WorkerEvent::Activity);
    }

    /// The agent named the conversation.
    pub(super) fn thread(&mut self, heard: &mut Heard, id: &str) {
        heard.name_thread(id);
        match heard.thread.clone() {
            Some(id) => self.push(WorkerEvent::Thread { id }),
            None => self.unknown(heard, "a name of the conversation that is none"),
        }
    }

    /// The agent said `text`.
    pub(super) fn message(&mut self, text: &str) {
        let text = self.line(text, MESSAGE_WIDTH);
        self.push(WorkerEvent::Message { text });
    }

    /// The agent complained and goes on.
    pub(super) fn warning(&mut self, text: &str) {
        let text = self.line(text, MESSAGE_WIDTH);
        self.push(WorkerEvent::Warning { text });
    }

    /// A tool call that nobody tells the end of, or that is over at once.
    pub(super) fn call(&mut self, what: &str) {
        self.call_shown(what);
        self.push(WorkerEvent::ToolDone);
    }

    /// The tool call `id` has begun.
    pub(super) fn call_begins(&mut self, heard: &mut Heard, id: &str, what: &str) {
        if heard.call_begins(id) {
            self.call_shown(what);
        } else {
            self.activity();
        }
    }

    /// The tool call `id` has ended.
    pub(super) fn call_ends(&mut self, heard: &mut Heard, id: &str) {
        if heard.call_ends(id) {
            self.push(WorkerEvent::ToolDone);
        } else {
            self.activity();
        }
    }

    /// A tool call was not let through.
    pub(super) fn denied(&mut self, heard: &mut Heard, text: &str) {
        heard.denied += 1;
        let text = self.line(text, MESSAGE_WIDTH);
        self.push(WorkerEvent::Denied { text });
    }

    /// An event that this version does not know.
    pub(super) fn unknown(&mut self, heard: &mut Heard, name: &str) {
        heard.unknown += 1;
        let name = self.line(name, 80);
        self.push(WorkerEvent::Unknown { name });
    }

    fn call_shown(&mut self, what: &str) {
        let text = self.line(what, CALL_WIDTH);
        self.push(WorkerEvent::ToolCall { text });
    }

    /// `text` on one line without secrets: they go before it is cut, since nobody knows half of one again.
    fn line(&self, text: &str, width: usize) -> String {
        plain::line(&self.redactor.text(text), width)
    }
}

/// The text under `key`; empty when there is none.
pub(super) fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The count under `key`; none when there is none.
pub(super) fn count_of(value: &Value, key: &str) -> Option<u64> {
    value.get(key).and_then(Value::as_u64)
}

#[cfg(test)]
pub(super) mod trial;
