//! One poll: wait for the end, at most so long, and take what was said.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::truncate::{budget, cut, estimate};
use super::{Poll, SessionId, Status};
use crate::session::{Session, SessionError};

/// A call of the table under way.
#[derive(Debug, Clone, Copy)]
pub(in crate::session) struct Call {
    /// When it began.
    pub(in crate::session) began: Instant,
    /// How long it waits for the end.
    pub(in crate::session) wait: Duration,
    /// How long its output may be.
    pub(in crate::session) tokens: usize,
}

/// Waits for the end of `session`, for as long as the call says, and takes what it said since the last poll.
pub(in crate::session) async fn collect(
    session: &Session,
    id: SessionId,
    call: Call,
) -> Result<Poll, SessionError> {
    if !call.wait.is_zero() {
        // Late is no error: then it goes on.
        if let Ok(ended) = tokio::time::timeout(call.wait, session.ended()).await {
            ended?;
        }
    }
    if session.is_lost() {
        return Err(session.lost());
    }
    // Asked before the output is taken: once it has ended, what is taken is all.
    let status = match session.state() {
        None => Status::Running(id),
        Some(ended) => ended.exit.map_or(Status::Vanished, Status::Exited),
    };
    let unread = session.take_unread(budget(call.tokens), status.running().is_none());
    let cut = cut(&unread, call.tokens);
    Ok(Poll {
        output: cut.text,
        status,
        wall_time: call.began.elapsed(),
        original_token_count: estimate(unread.bytes),
        omitted: cut.omitted,
        chunk_id: chunk_id(),
    })
}

fn chunk_id() -> String {
    let mut id = Uuid::new_v4().simple().to_string();
    id.truncate(6);
    id
}
