//! Reading by offset, following, selecting, and what sessions do beyond codex's two calls.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use futures::StreamExt as _;
use orch_core::session::{
    ExecCommand, Offset, Profile, Session, SessionError, SessionId, Sessions, SessionsError, SpillStop,
    Status, Stop, WriteStdin,
};
use orch_core::{Exit, StateDir};
use orch_pty::{Signal, Size};

async fn start(sessions: &Sessions, command: ExecCommand) -> (SessionId, Session) {
    let poll = sessions
        .exec_command(command.yield_time(Duration::ZERO))
        .await
        .unwrap();
    // It may have ended by now.
    let id = match poll.status {
        Status::Running(id) => id,
        _ => sessions.list().await.last().expect("it is listed").id,
    };
    (id, sessions.session(id).unwrap())
}

fn sh(line: &str) -> ExecCommand {
    ExecCommand::shell(line)
}

/// All that is kept from `from` on, and how many bytes are not.
fn read_all(session: &Session, mut from: Offset) -> (Vec<u8>, u64) {
    let (mut all, mut omitted) = (Vec::new(), 0);
    loop {
        let chunk = session.read(from, 10_000);
        omitted += chunk.omitted;
        if chunk.bytes.is_empty() {
            return (all, omitted);
        }
        all.extend_from_slice(&chunk.bytes);
        from = chunk.next;
    }
}

/// What `seq 1 last` prints.
fn numbers(last: u32) -> String {
    (1..=last).map(|number| number.to_string() + "\n").collect()
}

async fn until(session: &Session, words: &str) {
    let mut seen = Offset::START;
    while !String::from_utf8_lossy(&read_all(session, Offset::START).0).contains(words) {
        seen = session.changed(seen).await.unwrap();
    }
}

#[tokio::test]
async fn several_readers_read_the_whole_at_their_own_pace_and_again() {
    let sessions = Sessions::native();
    let (id, session) = start(&sessions, sh("seq 1 5000").tty(false)).await;
    session.ended().await.unwrap();
    let expected = numbers(5_000);
    for _ in 0..2 {
        assert_eq!(
            read_all(&session, Offset::START),
            (expected.clone().into_bytes(), 0)
        );
    }
    assert_eq!(
        read_all(&session, Offset::new(1_000)).0,
        expected.as_bytes()[1_000..]
    );
    // The polls have a place of their own, which readers do not move.
    let poll = sessions.write_stdin(WriteStdin::new(id)).await.unwrap();
    assert!(poll.output.ends_with("5000\n"));
    assert_eq!(session.position().get(), expected.len() as u64);
}

#[tokio::test]
async fn a_follower_gets_all_as_it_comes_in_whole_characters_until_the_end() {
    let sessions = Sessions::native();
    let script =
        r"stty -echo -opost; printf '\342\202'; read a; printf '\254 \033[1'; read b; printf 'm.\342\202'";
    let (_, session) = start(&sessions, sh(script)).await;
    let mut pieces = session.follow(Offset::START, 8_192);
    // Nothing comes of half a character; what completes it brings it.
    session.changed(Offset::new(1)).await.unwrap();
    session.write(b"\n").await.unwrap();
    let mut said = Vec::new();
    while !said.ends_with(b" ") {
        let piece = pieces.next().await.expect("a piece");
        assert_eq!(piece.omitted, 0);
        said.extend_from_slice(&piece.bytes);
    }
    assert_eq!(said, "€ ".as_bytes());
    session.write(b"\n").await.unwrap();
    let rest: Vec<_> = pieces.collect().await;
    assert!(rest[0].bytes.starts_with(b"\x1b[1m"), "{rest:?}");
    let rest: Vec<u8> = rest.into_iter().flat_map(|piece| piece.bytes).collect();
    assert_eq!(rest, b"\x1b[1m.\xe2\x82", "what is cut at the end comes as it is");
}

#[tokio::test]
async fn a_follower_gets_pieces_of_at_most_what_it_asked_for_and_no_broken_character() {
    let sessions = Sessions::native();
    let line = "i=0; while [ $i -lt 500 ]; do printf 'ab€𝄞'; i=$((i+1)); done";
    let (_, session) = start(&sessions, sh(line).tty(false)).await;
    let pieces: Vec<_> = session.follow(Offset::START, 10).collect().await;
    for piece in &pieces {
        assert!(
            piece.bytes.len() <= 10 && std::str::from_utf8(&piece.bytes).is_ok(),
            "{piece:?}"
        );
    }
    let all: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.bytes).collect();
    assert_eq!(all, "ab€𝄞".repeat(500).as_bytes());
}

#[tokio::test]
async fn polls_never_break_a_character_or_an_escape_sequence() {
    let sessions = Sessions::native();
    let script = r"stty -echo -opost; printf 'a\342'; read a; printf '\202\254\033]0;ti'; read b; printf 'tle\033'; read c; printf '\\z'";
    let (id, session) = start(&sessions, sh(script)).await;
    let mut said = Vec::new();
    for seen in [1, 8] {
        session.changed(Offset::new(seen)).await.unwrap();
        said.push(
            sessions
                .write_stdin(WriteStdin::new(id).chars("\n"))
                .await
                .unwrap()
                .output,
        );
    }
    session.changed(Offset::new(12)).await.unwrap();
    let last = WriteStdin::new(id)
        .chars("\n")
        .yield_time(Duration::from_secs(120));
    said.push(sessions.write_stdin(last).await.unwrap().output);
    assert_eq!(said.concat(), "a€\x1b]0;title\x1b\\z");
    assert!(said.iter().all(|piece| !piece.contains('\u{fffd}')), "{said:?}");
}

#[tokio::test]
async fn what_memory_does_not_keep_is_counted_exactly() {
    let profile = Profile::native().memory(1_000, 2_000);
    let sessions = Sessions::new(profile);
    let (id, session) = start(&sessions, sh("seq 1 100000").tty(false)).await;
    session.ended().await.unwrap();
    let expected = numbers(100_000);
    let (kept, omitted) = read_all(&session, Offset::START);
    assert_eq!(kept.len() as u64 + omitted, expected.len() as u64);
    assert_eq!(
        &kept[kept.len() - 2_000..],
        &expected.as_bytes()[expected.len() - 2_000..]
    );
    let poll = sessions.write_stdin(WriteStdin::new(id)).await.unwrap();
    assert_eq!(poll.original_token_count, (expected.len() as u64).div_ceil(4));
    assert!(poll.omitted >= expected.len() as u64 - 3_000, "{}", poll.omitted);
}

#[tokio::test]
async fn spilled_output_is_whole_private_and_gone_with_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::at(folder.path().join("orch"));
    let profile = Profile::native().memory(1_000, 2_000);
    let sessions = Sessions::new(profile).spill(&state, 10 << 20).unwrap();
    let (_, session) = start(&sessions, sh("seq 1 100000").tty(false)).await;
    session.ended().await.unwrap();
    let expected = numbers(100_000);
    assert_eq!(
        read_all(&session, Offset::START),
        (expected.clone().into_bytes(), 0)
    );
    let spilled = session.spilled().expect("a file");
    assert_eq!((spilled.bytes, spilled.stopped), (expected.len() as u64, None));
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(&spilled.path), mode(spilled.path.parent().unwrap())),
        (0o600, 0o700)
    );
    drop(sessions);
    assert!(!spilled.path.parent().unwrap().exists());
    // Whoever holds the handle reads on.
    assert_eq!(read_all(&session, Offset::new(50_000)).1, 0);
}

#[tokio::test]
async fn beyond_the_files_bound_output_goes_on_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let state = StateDir::at(folder.path().join("orch"));
    let profile = Profile::native().memory(0, 1_000);
    let sessions = Sessions::new(profile).spill(&state, 100_000).unwrap();
    let (_, session) = start(&sessions, sh("seq 1 100000").tty(false)).await;
    session.ended().await.unwrap();
    let expected = numbers(100_000);
    let (kept, omitted) = read_all(&session, Offset::START);
    assert_eq!(omitted, expected.len() as u64 - 101_000);
    assert!(kept[..100_000] == expected.as_bytes()[..100_000]);
    let stopped = session.spilled().expect("a file").stopped;
    assert_eq!(stopped, Some(SpillStop::Limit { limit: 100_000 }));
}

#[tokio::test]
async fn select_finds_who_has_news_and_who_has_ended() {
    let sessions = Sessions::native();
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(start(&sessions, sh("stty -echo; echo up; read a; echo $a; read b")).await);
    }
    let ids: Vec<SessionId> = all.iter().map(|(id, _)| *id).collect();
    for (id, session) in &all {
        until(session, "up").await;
        sessions.write_stdin(WriteStdin::new(*id)).await.unwrap();
    }
    all[1].1.write(b"news\n").await.unwrap();
    let news = sessions.select(&ids).await.unwrap();
    assert_eq!((news.id, news.output, news.ended), (ids[1], true, false));
    until(&all[1].1, "news").await;
    assert_eq!(
        sessions
            .write_stdin(WriteStdin::new(ids[1]))
            .await
            .unwrap()
            .output,
        "news\r\n"
    );
    all[2].1.stop(Stop::Now, Duration::ZERO);
    let news = sessions.select(&ids).await.unwrap();
    assert_eq!((news.id, news.ended), (ids[2], true));
    let end = sessions.write_stdin(WriteStdin::new(ids[2])).await.unwrap();
    assert_eq!(end.status.exit_code(), Some(137));
    let none = sessions.select(&ids[2..]).await.unwrap_err();
    assert!(matches!(none, SessionsError::NoNews { sessions: 1 }), "{none}");
    assert!(matches!(
        sessions.select(&[]).await,
        Err(SessionsError::NoNews { sessions: 0 })
    ));
}

#[tokio::test]
async fn one_that_never_stops_talking_does_not_hide_another() {
    let sessions = Sessions::native();
    let (loud, _) = start(&sessions, sh("yes").tty(false)).await;
    let (quiet, session) = start(&sessions, sh("echo here; read line")).await;
    session.changed(Offset::START).await.unwrap();
    // Both have news at all times: each is found within as many calls as there are sessions.
    let mut found = Vec::new();
    for _ in 0..2 {
        let mut news = sessions.select(&[loud, quiet]).await.unwrap();
        while found.is_empty() && news.id == quiet {
            news = sessions.select(&[loud, quiet]).await.unwrap();
        }
        found.push(news.id);
    }
    assert_eq!(found, [loud, quiet]);
}

#[tokio::test]
async fn a_terminal_is_resized_renamed_signalled_and_its_input_ended() {
    let sessions = Sessions::native();
    let script = "trap 'echo hup' HUP; trap 'stty size' WINCH; echo up; while ! read line; do :; done; echo got; cat; echo end";
    let (id, session) = start(&sessions, sh(script)).await;
    until(&session, "up").await;
    session.resize(Size::new(50, 132)).unwrap();
    until(&session, "50 132").await;
    session.signal(Signal::Hangup).unwrap();
    until(&session, "hup").await;
    session.write(b"line\n").await.unwrap();
    until(&session, "got").await;
    session.send_eof().await.unwrap();
    assert_eq!(session.ended().await.unwrap().exit, Some(Exit::Code(0)));
    sessions.rename(id, "W2 Review").unwrap();
    assert_eq!(
        (session.label().as_str(), sessions.list().await[0].label.as_str()),
        ("W2 Review", "W2 Review")
    );
    assert!(matches!(
        session.resize(Size::new(1, 1)),
        Err(SessionError::Ended { .. })
    ));
}

#[tokio::test]
async fn on_pipes_the_input_is_written_to_and_ended() {
    let sessions = Sessions::native();
    let (id, session) = start(&sessions, sh("cat; echo end").tty(false).open_input()).await;
    assert!(matches!(
        session.resize(Size::new(1, 1)),
        Err(SessionError::NoTerminal { .. })
    ));
    sessions
        .write_stdin(WriteStdin::new(id).chars("hello\n"))
        .await
        .unwrap();
    session.send_eof().await.unwrap();
    session.ended().await.unwrap();
    assert_eq!(read_all(&session, Offset::START).0, b"hello\nend\n");
}

#[tokio::test]
async fn a_child_that_does_not_read_takes_a_deadline_and_the_rest_goes_on() {
    let sessions = Sessions::native();
    let (_, stuck) = start(&sessions, sh("sleep 1000").tty(false).open_input()).await;
    let (other, _) = start(&sessions, sh("echo alive")).await;
    let error = stuck
        .write_within(&vec![b'x'; 1 << 20], Duration::from_millis(50))
        .await
        .unwrap_err();
    assert!(matches!(error, SessionError::Write { .. }), "{error}");
    let poll = WriteStdin::new(other).yield_time(Duration::from_secs(120));
    assert_eq!(sessions.write_stdin(poll).await.unwrap().output, "alive\r\n");
}

#[tokio::test]
async fn stopping_all_leaves_nobody_and_says_how_each_ended() {
    let sessions = Sessions::native();
    for line in [
        "exit 3",
        "trap '' INT TERM; echo deaf; while :; do sleep 0.05; done",
        "echo kind; sleep 1000",
    ] {
        let (_, session) = start(&sessions, sh(line)).await;
        if line.contains("echo") {
            session.changed(Offset::START).await.unwrap();
        } else {
            session.ended().await.unwrap();
        }
    }
    let ends = sessions.stop_all(Stop::Gently, Duration::from_millis(100)).await;
    let exits: Vec<Option<Exit>> = ends.iter().map(|(_, end)| end.as_ref().unwrap().exit).collect();
    let killed = |signal| {
        Some(Exit::Signal {
            signal,
            core_dumped: false,
        })
    };
    assert_eq!(exits[..2], [Some(Exit::Code(3)), killed(9)]);
    // On a busy machine the interrupt may not have done its work before the next signal comes.
    assert!([killed(2), killed(15)].contains(&exits[2]), "{exits:?}");
    assert!(ends.iter().all(|(_, end)| end.as_ref().unwrap().left.is_empty()));
    assert_eq!(sessions.capacity().used, 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn dropping_the_table_ends_all_sessions_and_their_handles_say_that_they_are_lost() {
    let sessions = Sessions::native();
    let (_, session) = start(
        &sessions,
        sh("setsid sleep 1000 & echo up; sleep 1000").label("W1 Scout"),
    )
    .await;
    until(&session, "up").await;
    let process = std::path::PathBuf::from(format!("/proc/{}", session.pid()));
    assert!(process.exists());
    drop(sessions);
    let error = session.ended().await.unwrap_err();
    assert!(matches!(error, SessionError::Lost { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("W1 Scout") && text.contains("run it again with: /bin/sh -c 'setsid"),
        "{text}"
    );
    assert!(session.is_lost() && session.state().is_none());
    assert!(!process.exists(), "its task was dropped, and has ended it");
    assert!(matches!(
        session.write(b"x").await,
        Err(SessionError::Lost { .. })
    ));
    assert!(matches!(
        session.changed(session.position()).await,
        Err(SessionError::Lost { .. })
    ));
    assert!(
        String::from_utf8_lossy(&read_all(&session, Offset::START).0).contains("up"),
        "what it said is there"
    );
    assert_eq!(session.follow(session.position(), 10).count().await, 0);
}
