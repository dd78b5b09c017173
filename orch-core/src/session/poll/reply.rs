//! [`Poll`]: what a session said since the last poll, and whether it goes on.

use std::fmt;
use std::time::Duration;

use orch_pty::Exit;
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::SessionId;

/// The answer to [`exec_command`](super::super::Sessions::exec_command) and
/// [`write_stdin`](super::super::Sessions::write_stdin).
///
/// Its `Display` is the text with which codex answers these tools; as JSON it is what codex hands to programs:
/// `chunk_id`, `wall_time_seconds`, `exit_code` or `session_id`, `original_token_count`, `output`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Poll {
    /// What it said since the last poll, cut in the middle where it is longer than was asked for. Bytes that are no UTF-8
    /// are shown as U+FFFD; a character or an escape sequence that is not whole yet comes with the next poll.
    pub output: String,
    /// Whether it goes on.
    pub status: Status,
    /// How long this call took.
    pub wall_time: Duration,
    /// How many tokens all that it said since the last poll are, at 4 bytes each, those left out included.
    pub original_token_count: u64,
    /// How many bytes that it said since the last poll are not in `output`.
    pub omitted: u64,
    /// A name for this piece of output: 6 hexadecimal digits.
    pub chunk_id: String,
}

/// Whether a session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// It goes on.
    Running(SessionId),
    /// It has ended so, and said all that it will.
    Exited(Exit),
    /// It has ended, or could not be ended, and nobody knows how: another part of this program took its status.
    Vanished,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running(id) => write!(f, "running as session {id}"),
            Self::Exited(exit) => exit.fmt(f),
            Self::Vanished => f.write_str("nobody knows how"),
        }
    }
}

impl Status {
    /// The code as a shell tells it: 128 and the number of the signal for who was ended by one. None while it runs, and
    /// when nobody knows.
    pub fn exit_code(self) -> Option<i32> {
        match self {
            Self::Exited(Exit::Code(code)) => Some(i32::from(code)),
            Self::Exited(Exit::Signal { signal, .. }) => Some(128 + signal),
            Self::Running(_) | Self::Vanished => None,
        }
    }

    /// The session's id while it runs.
    pub fn running(self) -> Option<SessionId> {
        match self {
            Self::Running(id) => Some(id),
            Self::Exited(_) | Self::Vanished => None,
        }
    }
}

impl fmt::Display for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Chunk ID: {}", self.chunk_id)?;
        writeln!(f, "Wall time: {:.4} seconds", self.wall_time.as_secs_f64())?;
        match (self.status, self.status.exit_code()) {
            (Status::Running(id), _) => writeln!(f, "Process running with session ID {id}")?,
            (_, Some(code)) => writeln!(f, "Process exited with code {code}")?,
            (_, None) => writeln!(f, "Process ended; its exit code is not known")?,
        }
        writeln!(f, "Original token count: {}", self.original_token_count)?;
        write!(f, "Output:\n{}", self.output)
    }
}

impl Serialize for Poll {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("chunk_id", &self.chunk_id)?;
        map.serialize_entry("wall_time_seconds", &self.wall_time.as_secs_f64())?;
        if let Some(code) = self.status.exit_code() {
            map.serialize_entry("exit_code", &code)?;
        }
        if let Some(id) = self.status.running() {
            map.serialize_entry("session_id", &id)?;
        }
        map.serialize_entry("original_token_count", &self.original_token_count)?;
        map.serialize_entry("output", &self.output)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn poll(status: Status) -> Poll {
        Poll {
            output: "hello\n".to_owned(),
            status,
            wall_time: Duration::from_micros(592_310),
            original_token_count: 2,
            omitted: 0,
            chunk_id: "9c08b4".to_owned(),
        }
    }

    #[test]
    fn codex_profile_answers_in_codexs_words() {
        assert_eq!(
            poll(Status::Exited(Exit::Code(0))).to_string(),
            "Chunk ID: 9c08b4\nWall time: 0.5923 seconds\nProcess exited with code 0\nOriginal token count: 2\nOutput:\nhello\n"
        );
        let running = poll(Status::Running(SessionId::new(24_201))).to_string();
        assert!(
            running.contains("\nProcess running with session ID 24201\n"),
            "{running}"
        );
        let interrupted = poll(Status::Exited(Exit::Signal {
            signal: 2,
            core_dumped: false,
        }));
        assert!(interrupted.to_string().contains("exited with code 130"));
        assert!(poll(Status::Vanished).to_string().contains("not known"));
    }

    #[test]
    fn as_json_it_has_an_exit_code_or_a_session_id() {
        let ended = serde_json::to_value(poll(Status::Exited(Exit::Code(3)))).expect("JSON");
        assert_eq!(
            ended,
            json!({ "chunk_id": "9c08b4", "wall_time_seconds": 0.59231, "exit_code": 3, "original_token_count": 2, "output": "hello\n" })
        );
        let runs = serde_json::to_value(poll(Status::Running(SessionId::FIRST))).expect("JSON");
        assert_eq!((&runs["session_id"], runs.get("exit_code")), (&json!(1000), None));
    }
}
