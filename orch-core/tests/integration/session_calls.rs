//! `exec_command` and `write_stdin`, on real processes.

use std::collections::BTreeSet;
use std::time::Duration;

use orch_core::Exit;
use orch_core::session::{
    ExecCommand, Listed, Poll, Profile, SessionError, SessionId, Sessions, SessionsError, Status, Stop,
    WhenFull, WhyGone, WriteStdin,
};

/// Longer than any machine takes.
const LONG: Duration = Duration::from_secs(120);

fn exited(code: u8) -> Status {
    Status::Exited(Exit::Code(code))
}

fn sh(line: &str) -> ExecCommand {
    ExecCommand::shell(line)
}

fn id(poll: &Poll) -> SessionId {
    poll.status.running().expect("it runs")
}

fn poll(id: SessionId) -> WriteStdin {
    WriteStdin::new(id)
}

/// Polls until `words` were said; returns all that was.
async fn until(sessions: &Sessions, id: SessionId, words: &str) -> String {
    let mut said = String::new();
    while !said.contains(words) {
        sessions.select(&[id]).await.unwrap();
        said += &sessions.write_stdin(poll(id)).await.unwrap().output;
    }
    said
}

async fn listed(sessions: &Sessions, id: SessionId) -> Listed {
    let list = sessions.list().await;
    list.into_iter().find(|line| line.id == id).expect("it is listed")
}

#[tokio::test]
async fn a_command_that_ends_in_time_answers_with_its_output_and_code() {
    let sessions = Sessions::native();
    let command = sh("echo out; echo err >&2; exit 7").tty(false).yield_time(LONG);
    let poll = sessions.exec_command(command).await.unwrap();
    assert_eq!(poll.status, exited(7));
    let lines: BTreeSet<&str> = poll.output.lines().collect();
    assert_eq!(lines, BTreeSet::from(["out", "err"]));
    assert_eq!((poll.original_token_count, poll.omitted), (2, 0));
    assert!(poll.chunk_id.len() == 6 && poll.chunk_id.chars().all(|c| c.is_ascii_hexdigit()));
}

#[tokio::test]
async fn natively_a_call_returns_at_once_and_the_session_is_answered_and_ends() {
    let sessions = Sessions::native();
    let command =
        sh("stty -echo; echo 'your name?'; read name; echo \"hello $name\"; exit 3").label("W1 Scout");
    let first = sessions.exec_command(command).await.unwrap();
    let id = id(&first);
    assert_eq!(id.get(), 1_000);
    until(&sessions, id, "your name?").await;
    let answered = sessions
        .write_stdin(WriteStdin::new(id).chars("Ada\n").yield_time(LONG))
        .await
        .unwrap();
    assert_eq!(
        (answered.output.as_str(), answered.status),
        ("hello Ada\r\n", exited(3))
    );
    let line = listed(&sessions, id).await;
    assert_eq!(
        (line.label.as_str(), line.status, line.has_news),
        ("W1 Scout", exited(3), false)
    );
    // Its end may be asked for again, and what it said is read again.
    let again = sessions.write_stdin(poll(id)).await.unwrap();
    assert_eq!((again.output.as_str(), again.status), ("", exited(3)));
}

#[tokio::test]
async fn two_sessions_know_nothing_of_each_other() {
    let sessions = Sessions::native();
    let mut ids = Vec::new();
    for value in ["one", "two"] {
        let shell = sh("while read line; do eval \"$line\"; done").label(value);
        let id = id(&sessions.exec_command(shell).await.unwrap());
        let set = format!("VALUE={value}; echo se''t\n");
        sessions.write_stdin(poll(id).chars(set)).await.unwrap();
        until(&sessions, id, "set\r\n").await;
        ids.push(id);
    }
    for (id, value) in ids.into_iter().zip(["one", "two"]) {
        sessions
            .write_stdin(poll(id).chars("echo \"=$VALUE=\"\n"))
            .await
            .unwrap();
        let said = until(&sessions, id, &format!("={value}=")).await;
        assert!(
            !said.contains(if value == "one" { "=two=" } else { "=one=" }),
            "{said}"
        );
    }
}

#[tokio::test]
async fn codex_profile_forgets_an_id_once_its_end_was_reported() {
    let sessions = Sessions::codex();
    let first = sessions
        .exec_command(sh("exit 5").login(false).yield_time(LONG))
        .await
        .unwrap();
    assert_eq!(first.status, exited(5));
    assert_eq!(sessions.list().await, []);
    let unknown = sessions
        .write_stdin(poll(SessionId::new(1_000)))
        .await
        .unwrap_err();
    let text = unknown.tool_text();
    assert!(text.starts_with("Unknown process id 1000"), "{text}");
    assert!(
        text.contains("exit code 5") && text.contains("run it again with: "),
        "{text}"
    );
    let never = sessions.write_stdin(poll(SessionId::new(7))).await.unwrap_err();
    assert_eq!(
        never.tool_text(),
        "Unknown process id 7: there was no such session"
    );
}

#[tokio::test]
async fn codex_profile_runs_on_pipes_and_takes_an_interrupt_and_nothing_else() {
    let sessions = Sessions::codex();
    // A child in the group gets the interrupt too, so that the pipes end with it.
    let script = "trap 'echo caught; exit 130' INT; [ -t 1 ] || echo pipes; cat; while :; do sleep 1; done";
    let command = sh(script)
        .in_shell("/bin/sh")
        .login(false)
        .yield_time(Duration::ZERO);
    let started = sessions.exec_command(command).await.unwrap();
    let id = id(&started);
    let session = sessions.session(id).unwrap();
    assert_eq!(session.terminal(), None);
    session.changed(orch_core::session::Offset::START).await.unwrap();
    let refused = sessions.write_stdin(poll(id).chars("hello\n")).await.unwrap_err();
    assert!(matches!(refused, SessionsError::InputClosed { .. }), "{refused}");
    let interrupted = sessions
        .write_stdin(poll(id).chars("\u{3}").yield_time(LONG))
        .await
        .unwrap();
    assert_eq!(interrupted.status.exit_code(), Some(130));
    let said = started.output + &interrupted.output;
    assert_eq!(said, "pipes\ncaught\n");
}

#[tokio::test]
async fn on_a_terminal_the_interrupt_character_interrupts() {
    let sessions = Sessions::native();
    let command = sh("trap 'echo caught; exit 130' INT; echo ready; while :; do sleep 0.05; done");
    let id = id(&sessions.exec_command(command).await.unwrap());
    until(&sessions, id, "ready").await;
    let end = sessions
        .write_stdin(poll(id).chars("\u{3}").yield_time(LONG))
        .await
        .unwrap();
    assert_eq!(end.status.exit_code(), Some(130));
    assert!(end.output.contains("caught"), "{}", end.output);
}

/// The clock stands still and goes on to the next deadline whenever everybody waits: these times are exact.
#[tokio::test(start_paused = true)]
async fn codex_profile_waits_as_long_as_codex_does() {
    let sessions = Sessions::codex();
    let ms = Duration::from_millis;
    let sleeper = || sh("exec sleep 1000").in_shell("/bin/sh").login(false).tty(true);
    let mut last = None;
    for (asked, waited) in [(None, 10_000), (Some(ms(0)), 250), (Some(LONG), 30_000)] {
        let mut command = sleeper();
        if let Some(asked) = asked {
            command = command.yield_time(asked);
        }
        let poll = sessions.exec_command(command).await.unwrap();
        last = poll.status.running();
        assert_millis(poll.wall_time, waited);
    }
    // After something was written: 100 ms, and then what was asked for.
    for (chars, asked, waited) in [
        ("", None, 5_000),
        ("", Some(ms(250)), 5_000),
        ("", Some(ms(60_000)), 60_000),
        ("", Some(ms(400_000)), 300_000),
        ("x", None, 350),
        ("x", Some(ms(1)), 350),
        ("x", Some(ms(1_000)), 1_100),
        ("x", Some(ms(60_000)), 30_100),
    ] {
        let mut write = poll(last.unwrap()).chars(chars);
        if let Some(asked) = asked {
            write = write.yield_time(asked);
        }
        assert_millis(sessions.write_stdin(write).await.unwrap().wall_time, waited);
    }
    sessions.stop_all(Stop::Now, Duration::ZERO).await;
}

/// Timers count whole milliseconds, and go off in the next one.
fn assert_millis(time: Duration, expected: u128) {
    let millis = time.as_millis();
    assert!(
        (expected..=expected + 3).contains(&millis),
        "{millis} and not {expected}"
    );
}

#[tokio::test(start_paused = true)]
async fn natively_no_call_sleeps() {
    let sessions = Sessions::native();
    let started = sessions.exec_command(sh("sleep 1000")).await.unwrap();
    let written = sessions
        .write_stdin(poll(id(&started)).chars("x\n"))
        .await
        .unwrap();
    let polled = sessions.write_stdin(poll(id(&started))).await.unwrap();
    let waited = WriteStdin::new(id(&started)).yield_time(Duration::from_millis(1));
    let waited = sessions.write_stdin(waited).await.unwrap();
    for poll in [started, written, polled] {
        assert_eq!(poll.wall_time, Duration::ZERO);
    }
    assert_millis(waited.wall_time, 1);
}

#[tokio::test]
async fn codex_profile_does_not_wait_for_who_holds_the_output_after_the_exit() {
    let sessions = Sessions::codex();
    let command = sh("sleep 1000 & echo started").in_shell("/bin/sh").login(false);
    let poll = sessions.exec_command(command.yield_time(LONG)).await.unwrap();
    assert_eq!((poll.output.as_str(), poll.status), ("started\n", exited(0)));
}

#[tokio::test]
async fn codex_profile_sets_its_environment_and_the_size_of_the_terminal() {
    let sessions = Sessions::codex();
    let command = sh("stty size; echo $NO_COLOR $TERM $LANG [$COLORTERM] $PAGER $CODEX_CI")
        .in_shell("/bin/sh")
        .tty(true)
        .login(false)
        .yield_time(LONG);
    let poll = sessions.exec_command(command).await.unwrap();
    assert_eq!(poll.output, "24 80\r\n1 dumb C.UTF-8 [] cat 1\r\n");
}

#[tokio::test]
async fn large_output_is_cut_in_the_middle_and_counted() {
    let sessions = Sessions::native();
    let command = sh("seq 1 20000; printf '€%.0s' 1 2 3")
        .tty(false)
        .max_output_tokens(50)
        .yield_time(LONG);
    let poll = sessions.exec_command(command).await.unwrap();
    let bytes: u64 = (1..=20_000)
        .map(|n: u64| n.to_string().len() as u64 + 1)
        .sum::<u64>()
        + 9;
    assert_eq!(poll.original_token_count, bytes.div_ceil(4));
    let header = format!(
        "Warning: truncated output (original token count: {})\nTotal output lines: 20001\n\n1\n2\n3\n",
        bytes.div_ceil(4)
    );
    assert!(poll.output.starts_with(&header), "{}", poll.output);
    assert!(poll.output.ends_with("20000\n€€€"), "{}", poll.output);
    let shown = &poll.output[header.len() - "1\n2\n3\n".len()..];
    let marker = shown.find('…').unwrap()..shown.rfind('…').unwrap() + '…'.len_utf8();
    assert_eq!(shown.len() as u64 - marker.len() as u64 + poll.omitted, bytes);
}

#[tokio::test]
async fn what_comes_late_is_collected_and_a_further_poll_goes_on() {
    let sessions = Sessions::native();
    let command = sh("stty -echo; read a; echo first $a; read b; echo second $b");
    let id = id(&sessions.exec_command(command).await.unwrap());
    sessions.write_stdin(poll(id).chars("x\n")).await.unwrap();
    let said = until(&sessions, id, "first x").await;
    assert!(!said.contains("second"));
    let end = sessions
        .write_stdin(poll(id).chars("y\n").yield_time(LONG))
        .await
        .unwrap();
    assert_eq!((end.output.as_str(), end.status), ("second y\r\n", exited(0)));
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_a_listed_session() {
    let sessions = Sessions::native();
    let command = sh("echo begun; read line; exit 4")
        .label("W3 Build")
        .yield_time(LONG);
    let given_up = tokio::time::timeout(Duration::from_millis(1), sessions.exec_command(command)).await;
    assert!(given_up.is_err());
    let list = sessions.list().await;
    assert_eq!(list.len(), 1);
    assert_eq!(
        (list[0].label.as_str(), list[0].status.running()),
        ("W3 Build", Some(list[0].id))
    );
    until(&sessions, list[0].id, "begun").await;
    let end = sessions
        .write_stdin(poll(list[0].id).chars("\n").yield_time(LONG))
        .await
        .unwrap();
    assert_eq!(end.status, exited(4));
}

#[tokio::test]
async fn a_full_table_refuses_and_waits_and_ends_nobody() {
    let sessions = Sessions::new(Profile::native().sessions(2));
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(id(&sessions.exec_command(sh("read line")).await.unwrap()));
    }
    let capacity = sessions.capacity();
    assert_eq!((capacity.used, capacity.limit, capacity.free()), (2, 2, 0));
    let refused = sessions.exec_command(sh("true")).await.unwrap_err();
    assert!(matches!(refused, SessionsError::Full { limit: 2 }), "{refused}");
    assert!(refused.to_string().contains("WhenFull::Wait"), "{refused}");
    let third = sh("echo third").yield_time(LONG).when_full(WhenFull::Wait);
    let waiting = sessions.exec_command(third);
    tokio::pin!(waiting);
    assert!(futures_pending(&mut waiting).await, "there is no place yet");
    sessions.write_stdin(poll(ids[0]).chars("\n")).await.unwrap();
    let third = waiting.await.unwrap();
    assert_eq!((third.output.as_str(), third.status), ("third\r\n", exited(0)));
    assert!(sessions.session(ids[1]).unwrap().state().is_none(), "it lives");
}

/// Whether a future is not ready at its first poll.
async fn futures_pending<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|cx| {
        let polled = std::pin::Pin::new(&mut *future).poll(cx);
        std::task::Poll::Ready(polled.is_pending())
    })
    .await
}

#[tokio::test]
async fn codex_profile_prunes_who_has_ended_before_who_lives_and_both_say_so() {
    let sessions = Sessions::new(Profile::codex().sessions(10));
    let quick = |line: &str| {
        sh(line)
            .in_shell("/bin/sh")
            .login(false)
            .tty(true)
            .yield_time(Duration::ZERO)
    };
    let mut ids = Vec::new();
    for number in 0..10 {
        // The second one ends, and nobody polls it.
        let line = if number == 1 {
            "read go; exit 9"
        } else {
            "read line"
        };
        ids.push(id(&sessions.exec_command(quick(line)).await.unwrap()));
    }
    let second = sessions.session(ids[1]).unwrap();
    second.write(b"go\n").await.unwrap();
    second.ended().await.unwrap();
    for (by, gone) in [(10, 1), (11, 0)] {
        ids.push(id(&sessions.exec_command(quick("read line")).await.unwrap()));
        let error = sessions.write_stdin(poll(ids[gone])).await.unwrap_err();
        let SessionsError::Unknown {
            tombstone: Some(stone),
            ..
        } = &error
        else {
            panic!("{error}");
        };
        match stone.why {
            WhyGone::Displaced(status) => assert_eq!((gone, status), (1, exited(9))),
            WhyGone::Pruned { by: other } => assert_eq!((gone, other), (0, ids[by])),
            why => panic!("{why:?}"),
        }
        assert!(
            error.to_string().contains("run it again with: /bin/sh -c 'read "),
            "{error}"
        );
        assert_eq!(sessions.capacity().used, 10);
    }
    for kept in &ids[2..] {
        assert!(sessions.session(*kept).is_ok());
    }
    let ends = sessions.stop_all(Stop::Now, Duration::ZERO).await;
    assert_eq!(ends.len(), 10);
}

#[tokio::test]
async fn codex_profile_makes_room_also_where_there_are_fewer_places_than_it_protects() {
    let sessions = Sessions::new(Profile::codex().sessions(3));
    for _ in 0..12 {
        let waits = sh("read line").in_shell("/bin/sh").login(false).tty(true);
        sessions
            .exec_command(waits.yield_time(Duration::ZERO))
            .await
            .unwrap();
        assert!(sessions.capacity().used <= 3, "{:?}", sessions.capacity());
    }
    let ends = sessions.stop_all(Stop::Now, Duration::ZERO).await;
    let kept: Vec<u32> = ends.iter().map(|(id, _)| id.get()).collect();
    assert_eq!(kept, [1_009, 1_010, 1_011]);
}

#[tokio::test]
async fn who_was_forgotten_takes_no_room_of_the_ended_that_are_kept() {
    let sessions = Sessions::new(Profile::native().ended_kept(2));
    let run = async |line: &str| {
        let command = sh(line).yield_time(LONG);
        sessions.exec_command(command).await.unwrap();
        // The place is given back by the task, shortly after the end is known.
        while sessions.capacity().used > 0 {
            tokio::task::yield_now().await;
        }
    };
    run("echo first").await;
    for id in 1_001..1_010 {
        run("echo other").await;
        sessions.forget(SessionId::new(id)).unwrap();
    }
    run("echo last").await;
    let listed: Vec<u32> = sessions.list().await.iter().map(|line| line.id.get()).collect();
    assert_eq!(listed, [1_000, 1_010]);
}

#[tokio::test]
async fn natively_the_last_ended_are_kept_and_who_makes_room_for_them_says_so() {
    let sessions = Sessions::new(Profile::native().ended_kept(2));
    for number in 0..4 {
        let command = sh(&format!("exit {number}")).yield_time(LONG);
        sessions.exec_command(command).await.unwrap();
        // The place is given back by the task, shortly after the end is known.
        while sessions.capacity().used > 0 {
            tokio::task::yield_now().await;
        }
    }
    let last = sessions
        .exec_command(sh("exit 4").yield_time(LONG))
        .await
        .unwrap();
    assert_eq!(last.status, exited(4));
    let gone = sessions
        .tombstone(SessionId::new(1_000))
        .expect("it is remembered");
    assert_eq!(gone.why, WhyGone::Displaced(exited(0)));
    assert!(sessions.list().await.len() <= 3);
    sessions.forget(SessionId::new(1_004)).unwrap();
    assert_eq!(
        sessions.tombstone(SessionId::new(1_004)).unwrap().why,
        WhyGone::Forgotten
    );
}

#[tokio::test]
async fn a_program_that_is_not_there_is_an_error_and_takes_no_place() {
    let sessions = Sessions::native();
    let missing = ExecCommand::program("no-such-program-anywhere", ["x"]).label("W4");
    let error = sessions.exec_command(missing).await.unwrap_err();
    assert!(matches!(error, SessionsError::Spawn { .. }), "{error}");
    assert!(
        error.to_string().starts_with("session `W4` was not started: "),
        "{error}"
    );
    assert_eq!((sessions.capacity().used, sessions.list().await.len()), (0, 0));
}

#[tokio::test]
async fn a_live_session_cannot_be_forgotten_and_one_that_is_killed_exits_by_its_signal() {
    let sessions = Sessions::native();
    let id = id(&sessions.exec_command(sh("exec sleep 1000")).await.unwrap());
    assert!(matches!(sessions.forget(id), Err(SessionsError::Runs { .. })));
    let session = sessions.session(id).unwrap();
    session.signal(orch_pty::Signal::Kill).unwrap();
    let end = sessions.write_stdin(poll(id).yield_time(LONG)).await.unwrap();
    assert_eq!(end.status.exit_code(), Some(137));
    assert!(matches!(
        session.write(b"x").await,
        Err(SessionError::Ended { .. })
    ));
    // Writing to it through the table is a poll that says that it has ended.
    let written = sessions.write_stdin(poll(id).chars("x\n")).await.unwrap();
    assert_eq!(written.status, end.status);
}

#[tokio::test]
async fn a_call_under_way_hears_of_a_stop() {
    let sessions = Sessions::native();
    let exec = sessions.exec_command(sh("exec sleep 1000").yield_time(LONG));
    let stop = async {
        let list = sessions.list().await;
        sessions
            .session(list[0].id)
            .unwrap()
            .stop(Stop::Now, Duration::ZERO);
    };
    let (ended, ()) = tokio::join!(exec, stop);
    assert_eq!(ended.unwrap().status.exit_code(), Some(137));

    let id = id(&sessions.exec_command(sh("exec sleep 1000")).await.unwrap());
    let polled = sessions.write_stdin(poll(id).yield_time(LONG));
    let stop = async { sessions.session(id).unwrap().stop(Stop::Now, Duration::ZERO) };
    let (ended, ()) = tokio::join!(polled, stop);
    assert_eq!(ended.unwrap().status.exit_code(), Some(137));
}

#[tokio::test]
async fn a_tool_call_as_json_is_run_as_it_is() {
    let sessions = Sessions::codex();
    let folder = tempfile::tempdir().unwrap();
    let call = serde_json::json!({
        "cmd": "pwd", "workdir": folder.path(), "shell": "/bin/sh", "login": false, "yield_time_ms": 30000
    });
    let command: ExecCommand = serde_json::from_value(call).unwrap();
    let poll = sessions.exec_command(command).await.unwrap();
    let text = poll.to_string();
    let expected = format!(
        "\nProcess exited with code 0\nOriginal token count: {}\nOutput:\n{}\n",
        poll.original_token_count,
        folder.path().canonicalize().unwrap().display()
    );
    assert!(
        text.starts_with("Chunk ID: ") && text.ends_with(&expected),
        "{text}"
    );
}
