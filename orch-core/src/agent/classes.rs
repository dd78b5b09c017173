//! The classes of failures, agent by agent: what each CLI really writes when its model, its service, its login, its
//! sandbox or its process fails, the class that is read in it, and what a retry makes of that.
//!
//! `recorded/` has what the real CLIs wrote against a scripted server. A row that says `composed` has words that are
//! documented or stand in the CLI and could not be brought about here. Silence and the total limit are no part of a
//! stream: the runner decides them.

mod claude;
mod codex;
mod gemini;
mod opencode;

use std::time::Duration;

use orch_pty::Exit;

use super::line_decoder::{Dialect, trial};
use crate::job::End;
use crate::limits::{Quota, Resets};
use crate::outcome::FailClass;

/// What a failure means for who wants the same work done.
#[derive(Debug, PartialEq)]
enum Means {
    /// It may succeed when it is tried again, after this pause where one was asked for.
    TryAgain(Option<Duration>),
    /// It would fail again.
    Final,
    /// Nothing of this account succeeds until then, where that is known.
    UsedUp(Option<Resets>),
}

use Means::{Final, TryAgain, UsedUp};

/// It may be tried again whenever one likes.
const AGAIN: Means = TryAgain(None);

const KILLED: Exit = Exit::Signal {
    signal: 9,
    core_dumped: false,
};

/// Where a stream is from, the stream, how its process ended, its class and what that means.
type Row<'a> = (&'a str, &'a str, Exit, FailClass, Means);

fn check<D: Dialect>(dialect: fn() -> D, rows: &[Row<'_>]) {
    for (name, stream, exit, class, means) in rows {
        let End::Failed(failure) = trial::read(dialect, stream, *exit).1.end else {
            panic!("{name}: no failure");
        };
        let found = match failure.quota {
            Some(Quota::Transient { retry_after }) => TryAgain(retry_after),
            Some(Quota::Terminal { resets }) => UsedUp(resets),
            None if failure.is_transient() => AGAIN,
            None => Final,
        };
        assert_eq!((failure.class, &found), (*class, means), "{name}: {failure}");
        assert_eq!(
            failure.is_transient(),
            matches!(found, TryAgain(_)),
            "{name}: {failure}"
        );
    }
}

/// Every class that a stream can tell is in the rows.
fn covers(rows: &[Row<'_>], but: &[FailClass]) {
    for class in [
        FailClass::Transport,
        FailClass::Auth,
        FailClass::Quota,
        FailClass::ContextTooLong,
        FailClass::Refused,
        FailClass::Unsupported,
        FailClass::SandboxRefused,
        FailClass::NoAnswer,
        FailClass::Crashed,
        FailClass::Killed,
        FailClass::Other,
    ] {
        let told = rows.iter().any(|(.., found, _)| *found == class);
        assert_eq!(told, !but.contains(&class), "{class}");
    }
}
