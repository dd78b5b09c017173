//! The numbers of codex, one by one.

use std::time::Duration;

use super::super::poll::{estimate, split};
use super::super::{ExecCommand, SessionId};
use super::*;

/// What stands on our side of a line of the table.
enum Ours {
    /// A value, to be equal to codex's.
    Is(fn(&Profile) -> String),
    /// There is no such part here, and why.
    NoSuchPart(&'static str),
}
use Ours::{Is, NoSuchPart};

/// Every number of codex's unified exec (July 2026): name, codex's value, ours.
const TABLE: &[(&str, &str, Ours)] = &[
    (
        "exec_command default yield_time_ms",
        "10000",
        Is(|p| ms(p.exec.default)),
    ),
    (
        "write_stdin default yield_time_ms",
        "250",
        Is(|p| ms(p.write.default)),
    ),
    (
        "MIN_YIELD_TIME_MS (exec_command)",
        "250",
        Is(|p| ms(p.exec.least)),
    ),
    (
        "MIN_YIELD_TIME_MS (write_stdin)",
        "250",
        Is(|p| ms(p.write.least)),
    ),
    (
        "MAX_YIELD_TIME_MS (exec_command)",
        "30000",
        Is(|p| ms(p.exec.most)),
    ),
    (
        "MAX_YIELD_TIME_MS (write_stdin)",
        "30000",
        Is(|p| ms(p.write.most)),
    ),
    ("MIN_EMPTY_YIELD_TIME_MS", "5000", Is(|p| ms(p.poll.least))),
    (
        "an empty poll that asks for 250 ms waits",
        "5000",
        Is(|p| ms(p.poll.clamp(Some(Duration::from_millis(250))))),
    ),
    (
        "DEFAULT_MAX_BACKGROUND_TERMINAL_TIMEOUT_MS",
        "300000",
        Is(|p| ms(p.poll.most)),
    ),
    (
        "background_terminal_max_timeout of 1 ms, floored",
        "5000",
        Is(|p| ms(p.clone().longest_poll(Duration::from_millis(1)).poll.most)),
    ),
    (
        "DEFAULT_MAX_OUTPUT_TOKENS",
        "10000",
        Is(|p| p.tokens(None).to_string()),
    ),
    (
        "max_output_tokens of 50000 under the default policy",
        "10000",
        Is(|p| p.tokens(Some(50_000)).to_string()),
    ),
    (
        "max_output_tokens of 6",
        "6",
        Is(|p| p.tokens(Some(6)).to_string()),
    ),
    (
        "token estimate of 0, 1, 4, 5 bytes",
        "0 1 1 2",
        Is(|_| [0, 1, 4, 5].map(|bytes| estimate(bytes).to_string()).join(" ")),
    ),
    (
        "UNIFIED_EXEC_OUTPUT_MAX_BYTES",
        "1048576",
        Is(|p| (p.head + p.tail).to_string()),
    ),
    ("head of the buffer", "524288", Is(|p| p.head.to_string())),
    ("tail of the buffer", "524288", Is(|p| p.tail.to_string())),
    (
        "UNIFIED_EXEC_OUTPUT_MAX_TOKENS",
        "262144",
        Is(|p| estimate((p.head + p.tail) as u64).to_string()),
    ),
    (
        "split of a cut output of 9 bytes",
        "4 5",
        Is(|_| {
            let (left, right) = split(9);
            format!("{left} {right}")
        }),
    ),
    ("MAX_UNIFIED_EXEC_PROCESSES", "64", Is(|p| p.sessions.to_string())),
    (
        "protected from pruning",
        "8",
        Is(|p| p.prune.map_or(0, |prune| prune.protected).to_string()),
    ),
    (
        "first session id (in its tests)",
        "1000",
        Is(|_| SessionId::FIRST.to_string()),
    ),
    (
        "EARLY_EXIT_GRACE_PERIOD",
        "150",
        NoSuchPart(
            "an exit is an event here: it is seen when it happens, so nothing is waited for after a spawn",
        ),
    ),
    (
        "POST_EXIT_CLOSE_WAIT_CAP",
        "50",
        Is(|p| ms(p.after_exit.unwrap_or_default())),
    ),
    (
        "TRAILING_OUTPUT_GRACE",
        "100",
        NoSuchPart("the end of a session comes after all its output, so a stream needs no grace of its own"),
    ),
    ("pause after a stdin write", "100", Is(|p| ms(p.after_write))),
    (
        "UNIFIED_EXEC_OUTPUT_DELTA_MAX_BYTES",
        "8192",
        NoSuchPart("`Session::follow` takes the size of its pieces as an argument"),
    ),
    (
        "MAX_EXEC_OUTPUT_DELTAS_PER_CALL",
        "10000",
        NoSuchPart("a reader that is slow gets larger pieces, so pieces need no limit of their own"),
    ),
    (
        "writer channel",
        "128",
        NoSuchPart("a write goes straight to the terminal, and waits for room there"),
    ),
    (
        "stdout channel",
        "128",
        NoSuchPart("the owner task reads into the transcript; there is no channel that could be full"),
    ),
    (
        "combined broadcast channel",
        "256",
        NoSuchPart("readers read the transcript by offset; nobody lags"),
    ),
    (
        "fan-out broadcast channel",
        "64",
        NoSuchPart("readers read the transcript by offset; nobody lags"),
    ),
    (
        "read buffer",
        "8192",
        NoSuchPart("a read takes up to 65,536 bytes, so that a flood costs fewer wake-ups"),
    ),
    (
        "terminal size",
        "24x80",
        Is(|p| {
            let size = line("true").tty(true).size_in(p);
            format!("{}x{}", size.rows, size.columns)
        }),
    ),
    (
        "environment",
        "CODEX_CI=1 COLORTERM= GH_PAGER=cat GIT_PAGER=cat LANG=C.UTF-8 LC_ALL=C.UTF-8 LC_CTYPE=C.UTF-8 NO_COLOR=1 PAGER=cat TERM=dumb",
        Is(environment),
    ),
    (
        "CODEX_THREAD_ID",
        "the thread's",
        NoSuchPart("a table of sessions belongs to no thread; `ExecCommand::env` sets it"),
    ),
    ("tty by default", "false", Is(|p| p.terminal.to_string())),
    ("login by default", "true", Is(|p| p.shell.login.to_string())),
    (
        "stdin without a tty",
        "Null",
        Is(|p| format!("{:?}", line("true").stdin_in(p))),
    ),
    (
        "an id is forgotten once its end was reported",
        "true",
        Is(|p| p.ended_kept.is_none().to_string()),
    ),
    (
        "input without a tty",
        "Ctrl-C alone",
        Is(|p| {
            if p.only_interrupts_pipes {
                "Ctrl-C alone"
            } else {
                "any"
            }
            .to_owned()
        }),
    ),
];

fn ms(duration: Duration) -> String {
    duration.as_millis().to_string()
}

fn line(line: &str) -> ExecCommand {
    ExecCommand::shell(line)
}

fn environment(profile: &Profile) -> String {
    let command = line("true").to_command(profile);
    let set = command.environment().map(|(key, value)| {
        let value = value.expect("set, not removed").to_string_lossy();
        format!("{}={value}", key.to_string_lossy())
    });
    set.collect::<Vec<_>>().join(" ")
}

#[test]
fn codex_profile_has_every_number_of_codex() {
    let profile = Profile::codex();
    let mut wrong = Vec::new();
    for (name, codex, ours) in TABLE {
        match ours {
            Is(ours) if ours(&profile) != *codex => {
                wrong.push(format!("{name}: {} and not {codex}", ours(&profile)));
            }
            NoSuchPart("") => wrong.push(format!("{name}: no reason")),
            Is(_) | NoSuchPart(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn codex_profile_clamps_every_yield() {
    let profile = Profile::codex();
    let clamped =
        |yields: Yields, asked: Option<u64>| yields.clamp(asked.map(Duration::from_millis)).as_millis();
    for (asked, exec, write, poll) in [
        (None, 10_000, 250, 5_000),
        (Some(0), 250, 250, 5_000),
        (Some(249), 250, 250, 5_000),
        (Some(1_000), 1_000, 1_000, 5_000),
        (Some(29_999), 29_999, 29_999, 29_999),
        (Some(30_001), 30_000, 30_000, 30_001),
        (Some(u64::MAX), 30_000, 30_000, 300_000),
    ] {
        let ours = (
            clamped(profile.exec, asked),
            clamped(profile.write, asked),
            clamped(profile.poll, asked),
        );
        assert_eq!(ours, (exec, write, poll), "{asked:?}");
    }
}

#[test]
fn natively_a_call_waits_as_long_as_it_is_asked_to_and_by_default_not_at_all() {
    let profile = Profile::default();
    for yields in [profile.exec, profile.write, profile.poll] {
        assert_eq!(yields.clamp(None), Duration::ZERO);
        assert_eq!(
            yields.clamp(Some(Duration::from_millis(1))),
            Duration::from_millis(1)
        );
        assert_eq!(yields.clamp(Some(Duration::MAX)), Duration::MAX);
    }
    assert_eq!((profile.after_write, profile.prune), (Duration::ZERO, None));
}
