//! [`Tombstone`]: what is remembered of a session that is not listed any more.

use std::collections::BTreeMap;
use std::fmt;

use crate::plain;
use crate::session::{Session, SessionId, Status};

/// How many are kept; of a session that went before that, only that there was one is known.
const KEPT: usize = 1_024;

/// What is remembered of a session that is not listed any more.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tombstone {
    /// What it was called.
    pub label: String,
    /// Its command as a line for a shell, to run it again; variables that were set are not in it.
    pub rerun: String,
    /// Why it went.
    pub why: WhyGone,
}

/// Why a session is not listed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyGone {
    /// It has ended, and a call has returned its end.
    Reported(Status),
    /// It was running and was killed, to make room for another one.
    Pruned {
        /// The one that has its place.
        by: SessionId,
    },
    /// It had ended, and its place was wanted: what it said is gone with it.
    Displaced(Status),
    /// The program asked for it.
    Forgotten,
}

/// How much of a label or a command is shown, in characters; the fields have all of it.
const SHOWN: usize = 400;

impl Tombstone {
    pub(super) fn of(session: &Session, why: WhyGone) -> Self {
        Self {
            label: session.label(),
            rerun: session.command_line().to_owned(),
            why,
        }
    }
}

impl fmt::Display for Tombstone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Label and command may be a model's words.
        write!(f, "session `{}` ", plain::line(&self.label, SHOWN))?;
        match self.why {
            WhyGone::Reported(status) => write!(f, "has ended ({status}) and said so")?,
            WhyGone::Pruned { by } => write!(f, "was killed to make room for session {by}")?,
            WhyGone::Displaced(status) => {
                write!(f, "had ended ({status}) and was dropped to make room")?;
            }
            WhyGone::Forgotten => f.write_str("was dropped by the program")?,
        }
        write!(f, "; run it again with: {}", plain::line(&self.rerun, SHOWN))
    }
}

/// The last ones.
#[derive(Debug, Default)]
pub(super) struct Graveyard(BTreeMap<SessionId, Tombstone>);

impl Graveyard {
    pub(super) fn add(&mut self, id: SessionId, tombstone: Tombstone) {
        self.0.insert(id, tombstone);
        if self.0.len() > KEPT {
            self.0.pop_first();
        }
    }

    pub(super) fn find(&self, id: SessionId) -> Option<&Tombstone> {
        self.0.get(&id)
    }
}

#[cfg(test)]
mod tests {
    use orch_pty::Exit;

    use super::*;

    #[test]
    fn it_says_what_became_of_a_session_and_how_to_run_it_again() {
        let told = |why| {
            let (label, rerun) = ("W1 Scout".to_owned(), "sh -c 'make test'".to_owned());
            Tombstone { label, rerun, why }.to_string()
        };
        assert_eq!(
            told(WhyGone::Pruned {
                by: SessionId::new(1064)
            }),
            "session `W1 Scout` was killed to make room for session 1064; run it again with: sh -c 'make test'"
        );
        assert!(told(WhyGone::Reported(Status::Exited(Exit::Code(3)))).contains("has ended (exit code 3)"));
        assert!(told(WhyGone::Displaced(Status::Vanished)).contains("nobody knows how"));
    }

    #[test]
    fn the_oldest_make_room() {
        let mut yard = Graveyard::default();
        for number in 0..2_000 {
            let id = SessionId::new(number);
            yard.add(
                id,
                Tombstone {
                    label: String::new(),
                    rerun: String::new(),
                    why: WhyGone::Forgotten,
                },
            );
        }
        assert_eq!((yard.0.len(), yard.find(SessionId::new(0))), (KEPT, None));
        assert!(yard.find(SessionId::new(1_999)).is_some());
    }
}
