//! Who there is.

use std::fmt;
use std::ops::Bound;
use std::path::PathBuf;

use jiff::Timestamp;

use super::Sessions;
use crate::plain;
use crate::session::meter::{Meter, Metered};
use crate::session::{Session, SessionId, Status};

/// One session, as it is at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// Its number.
    pub id: SessionId,
    /// What people call it.
    pub label: String,
    /// Whether it goes on.
    pub status: Status,
    /// Its command as a line for a shell; variables that were set are not in it.
    pub command: String,
    /// The process that leads it, or led it.
    pub pid: u32,
    /// Its terminal, `/dev/pts/N`; none on pipes.
    pub terminal: Option<PathBuf>,
    /// When it was started.
    pub started: Timestamp,
    /// How many bytes it has said.
    pub bytes: u64,
    /// Whether there is something that no poll has returned: output, or its end.
    pub has_news: bool,
}

impl fmt::Display for Listed {
    /// One line: number, label, whether it goes on, and how much it has said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = plain::line(&self.label, 120);
        let status = match self.status {
            Status::Running(_) => "running".to_owned(),
            ended => ended.to_string(),
        };
        write!(f, "{} {label}: {status}, {} bytes", self.id, self.bytes)
    }
}

impl Sessions {
    /// All sessions that are listed, in the order of their start. A long list is made in several polls, so that others
    /// have their turn; each line is as it was at its moment.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn list(&self) -> Vec<Listed> {
        let mut lines = Vec::new();
        for (id, _) in self.paced(|_| ()).await {
            let table = self.table();
            // It may have gone meanwhile.
            let Some(entry) = table.entries.get(&id) else {
                continue;
            };
            let session = &entry.session;
            lines.push(Listed {
                id,
                label: session.label(),
                status: entry.status(id),
                command: session.command_line().to_owned(),
                pid: session.pid(),
                terminal: session.terminal().map(ToOwned::to_owned),
                started: session.started(),
                bytes: session.position().get(),
                has_news: session.has_news() || entry.is_over() && !entry.reported,
            });
        }
        lines
    }

    /// Calls a session something else from now on.
    ///
    /// # Errors
    /// [`SessionsError::Unknown`](super::SessionsError::Unknown).
    pub fn rename(&self, id: SessionId, label: impl Into<String>) -> Result<(), super::SessionsError> {
        self.session(id)?.rename(label);
        Ok(())
    }

    /// Does something with every session, some in each poll, and returns them.
    pub(super) async fn paced(&self, act: impl Fn(&Session)) -> Vec<(SessionId, Session)> {
        Metered::new(&self.tally, |meter| self.each(meter, act)).await
    }

    async fn each(&self, meter: std::sync::Arc<Meter>, act: impl Fn(&Session)) -> Vec<(SessionId, Session)> {
        let mut all = Vec::new();
        let mut after = Bound::Unbounded;
        loop {
            meter.session().await;
            let next = {
                let table = self.table();
                let next = table.entries.range((after, Bound::Unbounded)).next();
                next.map(|(&id, entry)| (id, entry.session.clone()))
            };
            let Some((id, session)) = next else {
                return all;
            };
            act(&session);
            all.push((id, session));
            after = Bound::Excluded(id);
        }
    }
}
