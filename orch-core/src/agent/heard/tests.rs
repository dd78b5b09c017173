//! The rules of the terminal state, as a table: events, exit, last-message file, and what they mean together.

use super::*;

const ZERO: Exit = Exit::Code(0);
const ONE: Exit = Exit::Code(1);
const TERM: Exit = Exit::Signal {
    signal: 15,
    core_dumped: false,
};

/// A name, what was heard, how the process ended, what the file holds, and what that means.
type Row<'a> = (
    &'a str,
    &'a Heard,
    Exit,
    Option<&'a str>,
    Result<(&'a str, Capture), FailClass>,
);

fn check(rows: &[Row<'_>]) {
    for (name, heard, exit, file, expected) in rows {
        let end = (*heard).clone().end("agent", *exit, file.map(str::as_bytes));
        match (expected, &end.end) {
            (Ok((text, capture)), End::Answered(answer)) => {
                assert_eq!((answer.as_str(), end.capture), (*text, Some(*capture)), "{name}");
            }
            (Err(class), End::Failed(failure)) => {
                assert_eq!(
                    (failure.class, end.capture),
                    (*class, None),
                    "{name}: {failure:?}"
                );
            }
            (_, end) => panic!("{name}: {end:?}"),
        }
        assert_eq!(end.exit, Some(*exit), "{name}");
    }
}

fn message() -> Heard {
    Heard {
        message: Some("from events".into()),
        ..Heard::default()
    }
}

fn completed() -> Heard {
    Heard {
        verdict: Some(TurnVerdict::Completed),
        ..message()
    }
}

fn failed(class: FailClass) -> Heard {
    let mut heard = message();
    heard.fail(class, "the agent's words");
    heard
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn an_answer_needs_all_three_signals() {
    let completed = completed();
    let silent = Heard {
        message: None,
        ..completed.clone()
    };
    let retried = Heard {
        complaint: Some((FailClass::Transport, "Reconnecting... 1/5".into())),
        ..completed.clone()
    };
    let dropped = Heard {
        dropped_lines: 1,
        ..completed.clone()
    };
    let mut tools_failed = completed.clone();
    assert!(tools_failed.call_begins("item_1") && tools_failed.call_ends("item_1"));
    check(&[
        (
            "the file is the answer",
            &completed,
            ZERO,
            Some("from file"),
            Ok(("from file", Capture::Differed)),
        ),
        (
            "both agree but for the line end",
            &completed,
            ZERO,
            Some("from events\n"),
            Ok(("from events\n", Capture::Agreed)),
        ),
        (
            "an empty file leaves the events' message",
            &completed,
            ZERO,
            Some(""),
            Ok(("from events", Capture::Events)),
        ),
        (
            "no file leaves the events' message",
            &completed,
            ZERO,
            None,
            Ok(("from events", Capture::Events)),
        ),
        (
            "a message only in the file",
            &silent,
            ZERO,
            Some("from file"),
            Ok(("from file", Capture::File)),
        ),
        (
            "a complaint before a completed turn",
            &retried,
            ZERO,
            Some("f"),
            Ok(("f", Capture::Differed)),
        ),
        (
            "turn.completed after tools that failed",
            &tools_failed,
            ZERO,
            None,
            Ok(("from events", Capture::Events)),
        ),
        (
            "a dropped line may have been the answer",
            &dropped,
            ZERO,
            None,
            Err(FailClass::NoAnswer),
        ),
        (
            "the file is whole though a line was dropped",
            &dropped,
            ZERO,
            Some("f"),
            Ok(("f", Capture::Differed)),
        ),
        (
            "exit 0 without a message",
            &silent,
            ZERO,
            Some(""),
            Err(FailClass::NoAnswer),
        ),
        (
            "exit 0 without a message or a file",
            &silent,
            ZERO,
            None,
            Err(FailClass::NoAnswer),
        ),
        (
            "blank is no message",
            &silent,
            ZERO,
            Some(" \n"),
            Err(FailClass::NoAnswer),
        ),
        (
            "exit 0 without a terminal event",
            &message(),
            ZERO,
            Some("f"),
            Err(FailClass::NoAnswer),
        ),
        (
            "exit 0 and nothing at all",
            &Heard::default(),
            ZERO,
            None,
            Err(FailClass::NoAnswer),
        ),
    ]);
}

#[test]
fn a_turn_that_failed_is_no_answer_whatever_lies_around() {
    let completed = completed();
    let erred = Heard {
        complaint: Some((FailClass::Transport, "stream closed".into())),
        ..Heard::default()
    };
    let quota = failed(FailClass::Quota);
    check(&[
        (
            "a message and exit 1",
            &completed,
            ONE,
            Some("f"),
            Err(FailClass::Crashed),
        ),
        (
            "a message, completed, ended by a signal",
            &completed,
            TERM,
            Some("f"),
            Err(FailClass::Killed),
        ),
        (
            "an interrupted turn: a message, no terminal event",
            &message(),
            ONE,
            None,
            Err(FailClass::Crashed),
        ),
        (
            "an interrupted turn that ended with exit 0",
            &message(),
            ZERO,
            None,
            Err(FailClass::NoAnswer),
        ),
        (
            "a stale last-message file after a failed turn",
            &quota,
            ONE,
            Some("old"),
            Err(FailClass::Quota),
        ),
        (
            "a stale last-message file after an interrupt",
            &Heard::default(),
            ONE,
            Some("old"),
            Err(FailClass::Crashed),
        ),
        (
            "the agent says failed and exits 0",
            &quota,
            ZERO,
            Some("old"),
            Err(FailClass::Quota),
        ),
        (
            "`subtype: success` with `is_error`",
            &failed(FailClass::Refused),
            ZERO,
            None,
            Err(FailClass::Refused),
        ),
        (
            "a complaint and exit 1",
            &erred,
            ONE,
            None,
            Err(FailClass::Transport),
        ),
        (
            "nothing at all and exit 1",
            &Heard::default(),
            ONE,
            None,
            Err(FailClass::Crashed),
        ),
    ]);
}

#[test]
fn a_crash_is_told_from_a_kill() {
    let signal = |signal, core_dumped| Exit::Signal { signal, core_dumped };
    let completed = completed();
    for (exit, class) in [
        (signal(9, false), FailClass::Killed),
        (signal(15, false), FailClass::Killed),
        (signal(1, false), FailClass::Killed),
        (signal(3, true), FailClass::Crashed),
        (signal(6, false), FailClass::Crashed),
        (signal(11, false), FailClass::Crashed),
        // Through a shell, a launcher, or a handler of node.
        (Exit::Code(137), FailClass::Killed),
        (Exit::Code(143), FailClass::Killed),
        (Exit::Code(129), FailClass::Killed),
        (Exit::Code(139), FailClass::Crashed),
        (Exit::Code(134), FailClass::Crashed),
        (Exit::Code(101), FailClass::Crashed),
        (Exit::Code(2), FailClass::Crashed),
    ] {
        check(&[("ended so", &completed, exit, Some("f"), Err(class))]);
    }
    let failure = |exit| match Heard::default().end("agent", exit, None).end {
        End::Failed(failure) => failure.to_string(),
        other => panic!("no failure: {other:?}"),
    };
    assert_eq!(
        failure(Exit::Code(137)),
        "killed: agent ended with exit code 137, as after signal 9"
    );
}

#[test]
fn what_was_denied_is_told_with_a_failure_and_is_none_by_itself() {
    let denied = Heard {
        denied: 2,
        ..completed()
    };
    check(&[(
        "an answer after denied calls",
        &denied,
        ZERO,
        None,
        Ok(("from events", Capture::Events)),
    )]);
    let silent = Heard {
        message: None,
        ..denied
    };
    let End::Failed(failure) = silent.end("agent", ZERO, None).end else {
        panic!("an answer without a message")
    };
    assert_eq!(failure.class, FailClass::NoAnswer);
    assert!(
        failure.detail.ends_with("; 2 of its tool calls were denied"),
        "{failure}"
    );
}

#[test]
fn a_thread_id_that_could_be_an_option_is_not_kept() {
    let mut heard = Heard::default();
    for id in ["--yolo", "a b", "", "../x", "a\nb", &"x".repeat(129)] {
        heard.name_thread("before");
        heard.name_thread(id);
        assert_eq!(heard.thread, None, "{id:?}");
    }
    heard.name_thread("0199a213-81c0_7");
    assert_eq!(heard.thread.as_deref(), Some("0199a213-81c0_7"));
}

#[test]
fn the_calls_under_way_are_bounded() {
    let mut heard = Heard::default();
    let begun = (0..5_000)
        .filter(|id: &u32| heard.call_begins(&id.to_string()))
        .count();
    assert_eq!(begun, CALLS);
    assert!(!heard.call_ends("4999"));
    assert!(heard.call_ends("0"));
    assert!(!heard.call_ends("0"));
}

#[test]
fn what_is_too_long_for_a_name_is_not_kept_and_the_calls_that_change_files_are_bounded() {
    let long = "x".repeat(4_097);
    let mut heard = Heard::default();
    assert!(!heard.call_begins(&long));
    heard.file_changes_by(&long, "a");
    heard.file_changes_by("1", &long);
    heard.file_changed(&long);
    assert_eq!(heard, Heard::default());
    for call in 0..3_000 {
        heard.file_changes_by(&call.to_string(), "a");
        heard.file_changes_by("0", &format!("{call}"));
    }
    assert_eq!(heard.changing.values().map(Vec::len).sum::<usize>(), 1_024);
    heard.change_ended("0", true);
    assert!(heard.changed.contains("a"));
    heard.file_changes_by("again", "b");
    heard.change_ended("again", true);
    assert!(heard.changed.contains("b"), "who has ended makes room");
}
