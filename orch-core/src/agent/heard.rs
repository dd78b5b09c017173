//! What became of a turn: one pure function from what its events said, how its process ended, and its last message.
//!
//! Every agent's decoder folds its CLI's events into a [`Heard`]; what these words mean together is decided here and
//! nowhere else, so that no agent can take a failure for an answer. It reads no stream and knows no CLI.

use std::collections::{BTreeMap, BTreeSet};

use orch_pty::Exit;

use crate::job::{Capture, End, JobEnd, Usage};
use crate::outcome::{FailClass, Failure};

/// The most tool calls under way that are told apart; an agent that has more is not held to a tool's limit.
const CALLS: usize = 1_024;

/// The most changed files that are kept of one turn, and as many again of calls that have not ended.
const CHANGED: usize = 1_024;

/// The most bytes of a call's or a file's name: those of a path on Linux (`PATH_MAX`). What is longer names nothing, and
/// a thousand lines of such names must not fill the memory.
const NAME: usize = 4_096;

/// What a turn's events said, in words that all agents share.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Heard {
    /// The agent's own name for the conversation, fit to be an argument.
    pub thread: Option<String>,
    /// The last message that may be the answer; earlier ones are thinking aloud, or were left by an attempt that was
    /// dropped.
    pub message: Option<String>,
    /// What the agent itself said about the end of its turn.
    pub verdict: Option<TurnVerdict>,
    /// The last complaint, which is not terminal by itself.
    pub complaint: Option<(FailClass, String)>,
    /// What the agent says it used.
    pub usage: Option<Usage>,
    /// Tool calls that the sandbox or the permissions refused, as far as the agent told.
    pub denied: u64,
    /// Events that were not understood.
    pub unknown: u64,
    /// Lines that were beyond the bound and are not read.
    pub dropped_lines: u64,
    /// The files that the agent says it changed, as it names them.
    changed: BTreeSet<String>,
    /// The tool calls under way, by the agent's own names for them.
    calls: BTreeSet<String>,
    /// What tool calls will have changed once they have succeeded, by the agent's own names for the calls.
    changing: BTreeMap<String, Vec<String>>,
}

/// What an agent said about the end of its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TurnVerdict {
    /// It completed the turn.
    Completed,
    /// The turn failed.
    Failed {
        /// The kind of failure.
        class: FailClass,
        /// The agent's words, with what to do about it where that is known.
        detail: String,
    },
}

impl Heard {
    /// Keeps the agent's name for the conversation if it is fit to be an argument: it comes back as one in the next
    /// turn's command, so it must look like a name and like no option.
    pub fn name_thread(&mut self, id: &str) {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let fit = !id.is_empty() && id.len() <= 128 && !id.starts_with('-') && id.chars().all(plain);
        self.thread = fit.then(|| id.to_owned());
    }

    /// Says that the agent failed its turn.
    pub fn fail(&mut self, class: FailClass, detail: impl Into<String>) {
        let detail = detail.into();
        self.verdict = Some(TurnVerdict::Failed { class, detail });
    }

    /// Says that a completed turn goes on; one that failed stays failed.
    pub fn open_again(&mut self) {
        self.verdict.take_if(|verdict| *verdict == TurnVerdict::Completed);
    }

    /// Says that the tool call `id` has begun; false when that is known.
    pub fn call_begins(&mut self, id: &str) -> bool {
        id.len() <= NAME && self.calls.len() < CALLS && self.calls.insert(id.to_owned())
    }

    /// Says that the tool call `id` has ended; false when it was not under way.
    pub fn call_ends(&mut self, id: &str) -> bool {
        self.calls.remove(id)
    }

    /// Says that the tool call `id` changes a file if it succeeds.
    pub fn file_changes_by(&mut self, id: &str, path: &str) {
        let pending = self.changing.values().map(Vec::len).sum::<usize>();
        if id.len() <= NAME && is_a_path(path) && pending < CHANGED {
            let paths = self.changing.entry(id.to_owned()).or_default();
            paths.push(path.to_owned());
        }
    }

    /// Says how the tool call `id` went: the files that it was to change are changed if it succeeded.
    pub fn change_ended(&mut self, id: &str, succeeded: bool) {
        for path in self.changing.remove(id).unwrap_or_default() {
            if succeeded {
                self.file_changed(&path);
            }
        }
    }

    /// Says that the agent changed a file by a tool for that.
    pub fn file_changed(&mut self, path: &str) {
        if is_a_path(path) && self.changed.len() < CHANGED {
            self.changed.insert(path.to_owned());
        }
    }

    /// The end of the turn of the agent `name`, from all three signals.
    pub fn end(self, name: &str, exit: Exit, last_message: Option<&[u8]>) -> JobEnd {
        let (end, capture) = end_of(name, &self, exit, last_message);
        let mut ended = JobEnd::new(end);
        ended.exit = Some(exit);
        ended.capture = capture;
        ended.usage = self.usage;
        ended.changed = self.changed.into_iter().collect();
        ended.thread = self.thread;
        ended
    }
}

fn is_a_path(path: &str) -> bool {
    !path.is_empty() && path.len() <= NAME
}

/// Decides the end of a turn.
///
/// An answer needs all of: exit code 0, the agent's own word that the turn is completed, and a message that is not
/// blank. The last-message file goes before the events' message, since it is what the agent promises; an empty file
/// with a message in the events is the message.
fn end_of(name: &str, heard: &Heard, exit: Exit, last_message: Option<&[u8]>) -> (End, Option<Capture>) {
    let failed = |class, detail: &str| (End::Failed(Failure::new(class, detail)), None);
    if let Some(TurnVerdict::Failed { class, detail }) = &heard.verdict {
        return failed(*class, detail);
    }
    let completed = heard.verdict.is_some();
    match exit {
        Exit::Signal { .. } if is_own_fault(exit) => {
            return failed(
                FailClass::Crashed,
                &with_complaint(format!("{name} was {exit}"), heard),
            );
        }
        Exit::Signal { .. } => return failed(FailClass::Killed, &format!("{name} was {exit}")),
        Exit::Code(0) if completed => {}
        Exit::Code(0) => {
            let detail = format!("{name} ended with exit code 0 and without completing its turn");
            // An agent that may not go on says so and nothing more.
            let class = match heard.complaint {
                Some((class @ FailClass::SandboxRefused, _)) => class,
                _ => FailClass::NoAnswer,
            };
            return failed(class, &with_complaint(detail, heard));
        }
        Exit::Code(code) if is_code_of_a_signal(code) => {
            let detail = format!("{name} ended with {exit}, as after signal {}", code - 128);
            return failed(FailClass::Killed, &with_complaint(detail, heard));
        }
        Exit::Code(_) => {
            let class = heard
                .complaint
                .as_ref()
                .map_or(FailClass::Crashed, |(class, _)| *class);
            let after = if completed {
                " after completing its turn"
            } else {
                ""
            };
            return failed(
                class,
                &with_complaint(format!("{name} ended with {exit}{after}"), heard),
            );
        }
    }
    let in_file = last_message
        .map(String::from_utf8_lossy)
        .filter(|text| !text.trim().is_empty());
    let in_events = heard.message.as_deref().filter(|text| !text.trim().is_empty());
    match (in_file, in_events) {
        (Some(file), Some(events)) => {
            let capture = if file.trim_end() == events.trim_end() {
                Capture::Agreed
            } else {
                Capture::Differed
            };
            (End::Answered(file.into_owned()), Some(capture))
        }
        (Some(file), None) => (End::Answered(file.into_owned()), Some(Capture::File)),
        // The line that was dropped may have been the answer; an older message is none.
        (None, _) if heard.dropped_lines > 0 => failed(
            FailClass::NoAnswer,
            &format!("{name} wrote an event line beyond the bound"),
        ),
        (None, Some(events)) => (End::Answered(events.to_owned()), Some(Capture::Events)),
        (None, None) => {
            let detail = format!("{name} completed its turn without a final message");
            failed(FailClass::NoAnswer, &with_complaint(detail, heard))
        }
    }
}

/// Whether a signal is what a program gets for its own mistakes: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV.
fn is_own_fault(exit: Exit) -> bool {
    match exit {
        Exit::Signal {
            core_dumped: true, ..
        } => true,
        Exit::Signal { signal, .. } => matches!(signal, 4..=8 | 11),
        Exit::Code(_) => false,
    }
}

/// Whether an exit code is what shells, launchers and node give after SIGHUP, SIGINT, SIGQUIT, SIGKILL or SIGTERM.
fn is_code_of_a_signal(code: u8) -> bool {
    matches!(code, 129..=131 | 137 | 143)
}

fn with_complaint(mut detail: String, heard: &Heard) -> String {
    if let Some((_, words)) = &heard.complaint
        && !words.is_empty()
    {
        detail = format!("{detail}: {words}");
    }
    match heard.denied {
        0 => detail,
        1 => format!("{detail}; one of its tool calls was denied"),
        denied => format!("{detail}; {denied} of its tool calls were denied"),
    }
}

#[cfg(test)]
mod tests;
