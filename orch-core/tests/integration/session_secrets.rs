//! Named secrets in what sessions say: taken out before anything is kept, wherever reads and polls cut them.

use std::fmt::Write as _;
use std::fs;

use orch_core::session::{ExecCommand, Offset, Poll, Session, SessionId, Sessions, Status, WriteStdin};
use orch_core::{Redactor, StateDir};

const SECRET: &str = "hunter2-it's/4711";
const MARK: &str = "[redacted KEY]";

fn redactor() -> Redactor {
    Redactor::new([("KEY", SECRET)]).unwrap()
}

fn id(poll: &Poll) -> SessionId {
    poll.status.running().expect("it runs")
}

/// Writes `chars`, and waits until the session has said `words`.
async fn answered(sessions: &Sessions, id: SessionId, chars: &str, words: &str) -> String {
    let mut said = String::new();
    let mut write = WriteStdin::new(id).chars(chars);
    loop {
        said += &sessions.write_stdin(write).await.unwrap().output;
        if said.contains(words) {
            return said;
        }
        sessions.select(&[id]).await.unwrap();
        write = WriteStdin::new(id);
    }
}

fn all(session: &Session) -> String {
    let chunk = session.read(Offset::START, usize::MAX);
    assert_eq!((chunk.omitted, chunk.next), (0, session.position()));
    String::from_utf8(chunk.bytes).unwrap()
}

#[tokio::test]
async fn a_secret_that_two_polls_cut_at_any_place_is_in_no_answer_and_in_no_file() {
    let state = tempfile::tempdir().unwrap();
    let sessions = Sessions::native()
        .redact(redactor())
        .spill(&StateDir::at(state.path().join("state")), 1 << 20)
        .unwrap();
    let cat = ExecCommand::program("cat", ["-"]).tty(false).open_input();
    let id = id(&sessions.exec_command(cat).await.unwrap());
    let session = sessions.session(id).unwrap();
    let mut expected = String::new();
    for cut in 1..SECRET.len() {
        let (begin, end) = SECRET.split_at(cut);
        let first = format!("<{cut}>");
        // One write, and so one read: when its first half is seen, the other one was read.
        let said = answered(&sessions, id, &format!("{first}{begin}"), &first).await;
        assert_eq!(said, first, "nothing of the secret at {cut}");
        assert_eq!(session.withheld(), cut);
        let before = session.position();
        // Polls do not wear it down.
        for _ in 0..3 {
            let poll = sessions.write_stdin(WriteStdin::new(id)).await.unwrap();
            assert_eq!((poll.output.as_str(), session.position()), ("", before));
        }
        let said = answered(&sessions, id, &format!("{end}\n"), "\n").await;
        assert_eq!(said, format!("{MARK}\n"), "cut at {cut}");
        writeln!(expected, "{first}{MARK}").unwrap();
    }
    // Every way to read has one text, and one count.
    assert_eq!(all(&session), expected);
    assert_eq!(session.position().get(), expected.len() as u64);
    assert_eq!(session.transcript().output.to_text(), expected);
    let spilled = session.spilled().unwrap();
    assert_eq!(spilled.bytes, expected.len() as u64);
    assert_eq!(fs::read_to_string(&spilled.path).unwrap(), expected);
    let line = sessions.list().await.remove(0);
    assert_eq!(line.bytes, expected.len() as u64);
    let middle = Offset::new(expected.find("<9>").unwrap() as u64);
    assert!(session.read(middle, 64).bytes.starts_with(b"<9>[redacted KEY]\n"));
}

#[tokio::test]
async fn a_secret_is_in_no_label_no_command_line_and_no_tombstone() {
    let sessions = Sessions::native().redact(redactor());
    let command = ExecCommand::program("printf", ["%s", SECRET])
        .label(format!("say {SECRET}"))
        .tty(false)
        .yield_time(std::time::Duration::MAX);
    let poll = sessions.exec_command(command).await.unwrap();
    assert_eq!(poll.output, MARK, "the program itself was given the secret");
    let line = sessions.list().await.remove(0);
    assert_eq!(line.label, format!("say {MARK}"));
    assert_eq!(line.command, format!("printf %s '{MARK}'"));
    sessions.rename(line.id, format!("again {SECRET}")).unwrap();
    sessions.forget(line.id).unwrap();
    let tombstone = sessions.tombstone(line.id).unwrap();
    assert_eq!(
        (tombstone.label, tombstone.rerun),
        (format!("again {MARK}"), line.command)
    );
    let missing = ExecCommand::program("/no/such/program", [""; 0]).label(SECRET);
    let error = sessions.exec_command(missing).await.unwrap_err().to_string();
    assert!(error.contains(MARK) && !error.contains(SECRET), "{error}");
}

#[tokio::test]
async fn what_standard_error_says_in_between_does_not_part_a_secret() {
    let sessions = Sessions::native().redact(redactor());
    let (begin, end) = SECRET.split_at(9);
    let line = "printf '%s' \"$1\"; read a; printf '(error)' >&2; read a; printf '%s' \"$2\"";
    let command = ExecCommand::program("sh", ["-c", line, "sh", begin, end])
        .tty(false)
        .open_input();
    let id = id(&sessions.exec_command(command).await.unwrap());
    let session = sessions.session(id).unwrap();
    while session.withheld() < begin.len() {
        tokio::task::yield_now().await;
    }
    assert_eq!(answered(&sessions, id, "\n", "(error)").await, "(error)");
    assert_eq!(session.withheld(), begin.len());
    session.write(b"\n").await.unwrap();
    session.ended().await.unwrap();
    assert_eq!(all(&session), format!("(error){MARK}"));
}

#[tokio::test]
async fn what_only_began_like_a_secret_comes_with_the_end() {
    let sessions = Sessions::native().redact(redactor());
    let command = ExecCommand::program("printf", ["%s", &SECRET[..9]]).tty(false);
    let first = sessions.exec_command(command).await.unwrap();
    let id = match first.status {
        Status::Running(id) => id,
        _ => sessions.list().await.remove(0).id,
    };
    let session = sessions.session(id).unwrap();
    session.ended().await.unwrap();
    let last = sessions.write_stdin(WriteStdin::new(id)).await.unwrap();
    assert_eq!(first.output + &last.output, SECRET[..9]);
    assert_eq!(session.withheld(), 0);
}

#[tokio::test]
async fn a_secret_that_is_typed_key_by_key_is_not_echoed_to_a_poll() {
    let sessions = Sessions::native().redact(redactor());
    // A terminal that echoes, and a program that only reads.
    let command = ExecCommand::shell("read key; read more");
    let id = id(&sessions.exec_command(command).await.unwrap());
    let session = sessions.session(id).unwrap();
    for key in SECRET.chars() {
        let poll = sessions
            .write_stdin(WriteStdin::new(id).chars(key))
            .await
            .unwrap();
        assert!(
            poll.output.is_empty() || poll.output == MARK,
            "{key}: {}",
            poll.output
        );
    }
    session.write(b"\n").await.unwrap();
    session.changed(Offset::new(MARK.len() as u64 + 1)).await.unwrap();
    assert_eq!(all(&session), format!("{MARK}\r\n"));
}

#[tokio::test]
async fn a_secret_of_several_lines_is_taken_out_with_a_terminals_line_ends() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let pem =
        "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nEFAASCBKcwggSjAgEAAoIBAQ\n-----END KEY-----\n";
    fs::write(&file, pem).unwrap();
    let sessions = Sessions::native().redact(Redactor::new([("KEY", pem)]).unwrap());
    let command = ExecCommand::shell(format!("cat {}; read line", file.path().display()));
    let id = id(&sessions.exec_command(command).await.unwrap());
    let said = answered(&sessions, id, "", MARK).await;
    assert!(!said.contains("MIIE"), "{said}");
    let session = sessions.session(id).unwrap();
    session.write(b"\n").await.unwrap();
    session.ended().await.unwrap();
    assert!(all(&session).starts_with(&format!("{MARK}\r\n")));
}
