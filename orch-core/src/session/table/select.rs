//! Who has news, of many.

use std::sync::Arc;

use super::{Sessions, SessionsError};
use crate::session::SessionId;
use crate::session::meter::{Meter, Metered};

/// A session of which no poll has returned everything yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct News {
    /// The session.
    pub id: SessionId,
    /// Whether it has said something since the last poll.
    pub output: bool,
    /// Whether it has ended, or is lost, and no call has said so.
    pub ended: bool,
}

impl Sessions {
    /// Waits until one of these sessions has said something that was not polled, or has ended and no poll has said so. It
    /// takes nothing: [`write_stdin`](Self::write_stdin) polls. Those with news take turns, so that one that never stops
    /// talking does not hide the others.
    ///
    /// # Errors
    /// [`SessionsError::Unknown`] for the first id that means no session; [`SessionsError::NoNews`] when all have ended
    /// and were polled, or there are none.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn select(&self, ids: &[SessionId]) -> Result<News, SessionsError> {
        // Who asks in a loop lets those be read whom it asks for.
        tokio::task::coop::consume_budget().await;
        Metered::new(&self.tally, |meter| self.first_with_news(ids, meter)).await
    }

    async fn first_with_news(&self, ids: &[SessionId], meter: Arc<Meter>) -> Result<News, SessionsError> {
        let mut bell = self.bell.subscribe();
        loop {
            bell.mark_unchanged();
            let mut live = 0;
            let turn = self.turn(ids.len());
            for &id in ids[turn..].iter().chain(&ids[..turn]) {
                meter.session().await;
                let table = self.table();
                let entry = table.entries.get(&id).ok_or_else(|| table.unknown(id))?;
                let is_over = entry.is_over();
                let news = News {
                    id,
                    output: entry.session.has_news(),
                    ended: is_over && !entry.reported,
                };
                if news.output || news.ended {
                    return Ok(news);
                }
                live += usize::from(!is_over);
            }
            if live == 0 {
                return Err(SessionsError::NoNews { sessions: ids.len() });
            }
            // The table holds the other end, so it goes on.
            let _ = bell.changed().await;
        }
    }
}
