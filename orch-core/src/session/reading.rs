//! What a session said, read by its handles: at an offset of the reader's own, as often and by as many as like.
//!
//! Nothing here waits for anybody but the session; nothing here takes output away from another reader, but for the polls
//! of the table, which share one place.

use std::sync::atomic::Ordering;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};

use super::transcript::{Unread, unfinished};
use super::{Chunk, Offset, Session, SessionError, Spilled, Transcript};

impl Session {
    /// At most `most` bytes (and 64 KiB) of the output from `from` on: what is there now, which may be nothing. What is
    /// not kept any more is skipped, and counted in [`Chunk::omitted`].
    ///
    /// On pipes without a terminal, a session of a table has its standard error in here, in the order of reading.
    pub fn read(&self, from: Offset, most: usize) -> Chunk {
        self.shared.output.read(from, most)
    }

    /// How many bytes of output came so far, as the place behind them. Where secrets are taken out, what is kept is
    /// counted, with their names in their places, and not what was read.
    pub fn position(&self) -> Offset {
        Offset::new(self.shared.output.total())
    }

    /// How many bytes were read and are shown to nobody yet, since they may be the beginning of a secret: fewer than the
    /// longest form of the longest secret has, on pipes twice that. They follow when what comes next decides it, or at
    /// the end; not because time passes. 0 without [`Sessions::redact`](super::Sessions::redact).
    ///
    /// A prompt whose last characters begin a secret is shown without them: who waits for all of it looks here, too.
    pub fn withheld(&self) -> usize {
        self.shared.withheld.load(Ordering::Acquire)
    }

    /// Waits until there is output behind `from`, and says how far it goes; at the end of the session, at once.
    ///
    /// # Errors
    /// [`SessionError::Lost`] when there is none and there will be none, since the owner task is gone.
    ///
    /// # Cancel safety
    /// Safe.
    pub async fn changed(&self, from: Offset) -> Result<Offset, SessionError> {
        let mut news = self.news.clone();
        let arrived = news.wait_for(|total| *total > from.get()).await.is_ok();
        // Where nobody will tell any more, the session has ended or is lost.
        if !arrived && self.state().is_none() && self.position() <= from {
            return Err(self.lost());
        }
        Ok(self.position())
    }

    /// All output from `from` on as it comes, until the end. No piece ends within a code point or an escape sequence of up
    /// to 256 bytes, unless the output itself does. A reader that is slow loses nothing that is kept, and gets larger
    /// pieces, of at most `most` bytes and 64 KiB; less than 4 is 4.
    pub fn follow(&self, from: Offset, most: usize) -> BoxStream<'static, Chunk> {
        let most = most.max(4);
        stream::unfold((self.clone(), from), move |(session, from)| async move {
            let chunk = session.next_piece(from, most).await?;
            let next = chunk.next;
            Some((chunk, (session, next)))
        })
        .boxed()
    }

    /// What was printed so far, as far as memory keeps it. Never waits.
    pub fn transcript(&self) -> Transcript {
        Transcript {
            output: self.shared.output.snapshot(),
            errors: self.shared.errors.snapshot(),
        }
    }

    /// The file that its output is spilled to, where there is one.
    pub fn spilled(&self) -> Option<Spilled> {
        self.shared.output.spilled()
    }

    /// What came since the last poll, and whether something did.
    pub(super) fn take_unread(&self, most: usize, ended: bool) -> Unread {
        self.shared.output.take_unread(most, ended)
    }

    pub(super) fn has_news(&self) -> bool {
        self.shared.output.has_news()
    }

    async fn next_piece(&self, from: Offset, most: usize) -> Option<Chunk> {
        let mut before = None;
        loop {
            // Asked before reading: once it has ended, what is read then is all.
            let over = self.state().is_some() || self.is_lost();
            let mut chunk = self.read(from, most);
            let length = chunk.bytes.len();
            if over && chunk.next >= self.position() {
                return (length > 0).then_some(chunk);
            }
            let hold = unfinished(&chunk.bytes);
            if hold < length {
                chunk.bytes.truncate(length - hold);
                chunk.next = Offset::new(chunk.next.get() - hold as u64);
                return Some(chunk);
            }
            // What would complete it does not fit, or is not kept.
            if length >= most || before == Some(length) && length > 0 {
                return Some(chunk);
            }
            if self.position() > chunk.next {
                before = Some(length);
            }
            // An owner task that is gone is seen above.
            let _ = self.changed(chunk.next).await;
        }
    }
}
