//! What became of a codex turn: one pure function of events, exit status and last-message file.

use orch_pty::Exit;

use super::failure::classify;
use crate::job::{End, Usage};
use crate::outcome::{FailClass, Failure};

/// What a turn's events said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) thread: Option<String>,
    /// The last agent message; earlier ones are thinking aloud, or were left by an attempt that was dropped.
    pub(super) message: Option<String>,
    pub(super) completed: bool,
    /// The text of `turn.failed`.
    pub(super) failed: Option<String>,
    /// The text of the last `error`, which is not terminal by itself.
    pub(super) last_error: Option<String>,
    pub(super) usage: Option<Usage>,
    pub(super) unknown: u64,
    pub(super) dropped_lines: u64,
}

/// Decides the end.
///
/// An answer needs all of: exit code 0, `turn.completed`, and a message. The file is what codex promises to be the
/// last message, so it goes before the events' message; an empty file with a message in the events is the message.
pub(super) fn end_of(seen: &Seen, exit: Exit, last_message: Option<&[u8]>) -> End {
    let failed = |class: FailClass, detail: &str| End::Failed(Failure::new(class, detail));
    if let Some(message) = &seen.failed {
        return match classify(message) {
            FailClass::Auth => failed(FailClass::Auth, &format!("{message}; log in with `codex login`")),
            class => failed(class, message),
        };
    }
    match exit {
        Exit::Signal { .. } => return failed(FailClass::Killed, &format!("codex was {exit}")),
        Exit::Code(0) if seen.completed => {}
        Exit::Code(0) => {
            return failed(
                FailClass::NoAnswer,
                "codex ended with exit code 0 and without completing its turn",
            );
        }
        Exit::Code(_) => {
            let why = seen.last_error.as_deref().unwrap_or_default();
            let class = if why.is_empty() {
                FailClass::Crashed
            } else {
                classify(why)
            };
            let after = if seen.completed {
                " after completing its turn"
            } else {
                ""
            };
            return failed(
                class,
                format!("codex ended with {exit}{after}: {why}").trim_end_matches([':', ' ']),
            );
        }
    }
    let file = last_message
        .map(String::from_utf8_lossy)
        .filter(|text| !text.trim().is_empty());
    if file.is_none() && seen.dropped_lines > 0 {
        // The line that was dropped may have been the answer; an older message is none.
        return failed(FailClass::NoAnswer, "codex wrote an event line beyond the bound");
    }
    let message = file
        .map(std::borrow::Cow::into_owned)
        .or_else(|| seen.message.clone());
    match message.filter(|text| !text.trim().is_empty()) {
        Some(text) => End::Answered(text),
        None => failed(
            FailClass::NoAnswer,
            "codex completed its turn without a final message",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class_of(end: &End) -> Option<FailClass> {
        match end {
            End::Failed(failure) => Some(failure.class),
            _ => None,
        }
    }

    /// What was seen, how the process ended, what the file holds, and what that means.
    type Row<'a> = (
        &'a str,
        &'a Seen,
        Exit,
        Option<&'a str>,
        Result<&'a str, FailClass>,
    );

    const TERM: Exit = Exit::Signal {
        signal: 15,
        core_dumped: false,
    };

    fn check(rows: &[Row<'_>]) {
        for (name, seen, exit, file, expected) in rows {
            let end = end_of(seen, *exit, file.map(str::as_bytes));
            match expected {
                Ok(text) => assert_eq!(end, End::Answered((*text).to_owned()), "{name}"),
                Err(class) => assert_eq!(class_of(&end), Some(*class), "{name}: {end:?}"),
            }
        }
    }

    #[test]
    fn an_answer_needs_all_three_signals() {
        let message = Seen {
            message: Some("from events".into()),
            ..Seen::default()
        };
        let completed = Seen {
            completed: true,
            ..message.clone()
        };
        let silent = Seen {
            completed: true,
            ..Seen::default()
        };
        let retried = Seen {
            last_error: Some("Reconnecting... 1/5".into()),
            ..completed.clone()
        };
        let dropped = Seen {
            dropped_lines: 1,
            ..completed.clone()
        };
        let zero = Exit::Code(0);
        check(&[
            (
                "the file is the answer",
                &completed,
                zero,
                Some("from file"),
                Ok("from file"),
            ),
            (
                "an empty file leaves the events' message",
                &completed,
                zero,
                Some(""),
                Ok("from events"),
            ),
            (
                "no file leaves the events' message",
                &completed,
                zero,
                None,
                Ok("from events"),
            ),
            (
                "a dropped line may have been the answer",
                &dropped,
                zero,
                None,
                Err(FailClass::NoAnswer),
            ),
            (
                "the file is whole though a line was dropped",
                &dropped,
                zero,
                Some("f"),
                Ok("f"),
            ),
            (
                "a message only in the file",
                &silent,
                zero,
                Some("from file"),
                Ok("from file"),
            ),
            (
                "an error that was retried is none",
                &retried,
                zero,
                Some("f"),
                Ok("f"),
            ),
            (
                "exit 0 without a message",
                &silent,
                zero,
                Some(""),
                Err(FailClass::NoAnswer),
            ),
            (
                "blank is no message",
                &silent,
                zero,
                Some(" \n"),
                Err(FailClass::NoAnswer),
            ),
            (
                "exit 0 without a terminal event",
                &message,
                zero,
                Some("f"),
                Err(FailClass::NoAnswer),
            ),
        ]);
    }

    #[test]
    fn a_turn_that_failed_is_no_answer_whatever_lies_around() {
        let message = Seen {
            message: Some("from events".into()),
            ..Seen::default()
        };
        let completed = Seen {
            completed: true,
            ..message.clone()
        };
        let failed = Seen {
            failed: Some("exceeded retry limit, last status: 429".into()),
            ..message.clone()
        };
        let dropped = "stream closed before response.completed";
        let erred = Seen {
            last_error: Some(dropped.into()),
            ..Seen::default()
        };
        let one = Exit::Code(1);
        check(&[
            (
                "a message and exit 1",
                &completed,
                one,
                Some("f"),
                Err(FailClass::Crashed),
            ),
            (
                "interrupted: a message, no terminal event",
                &message,
                one,
                None,
                Err(FailClass::Crashed),
            ),
            (
                "a stale file after a failed turn",
                &failed,
                one,
                Some("old"),
                Err(FailClass::Quota),
            ),
            (
                "turn.failed and exit 0",
                &failed,
                Exit::Code(0),
                Some("old"),
                Err(FailClass::Quota),
            ),
            (
                "an error and exit 1",
                &erred,
                one,
                None,
                Err(FailClass::Transport),
            ),
            (
                "nothing at all and exit 1",
                &Seen::default(),
                one,
                None,
                Err(FailClass::Crashed),
            ),
            (
                "ended by a signal",
                &completed,
                TERM,
                Some("f"),
                Err(FailClass::Killed),
            ),
        ]);
    }
}
