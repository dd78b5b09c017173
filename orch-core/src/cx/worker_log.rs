//! What a worker does, recorded while its turn is waited for.
//!
//! Bounded: a worker that talks for ever fills neither the store nor the memory. Signs of life are not recorded; they
//! say nothing afterwards.

use futures::stream::{BoxStream, Fuse, StreamExt as _};

use super::run::Run;
use crate::engine::{Cursor, EngineError, JobHandle};
use crate::error::Result;
use crate::event::EventKind;
use crate::job::{JobEnd, WorkerEvent};

/// The most events of one worker that are recorded.
const RECORDED: u64 = 2_000;

type Events<'a> = Fuse<BoxStream<'a, Result<(Cursor, WorkerEvent), EngineError>>>;

/// Records the events of one worker through all its turns.
pub(super) struct WorkerLog<'a> {
    run: &'a Run,
    worker: u32,
    handle: &'a dyn JobHandle,
    cursor: Cursor,
    recorded: u64,
    omitted: u64,
}

impl<'a> WorkerLog<'a> {
    pub(super) fn new(run: &'a Run, worker: u32, handle: &'a dyn JobHandle) -> Self {
        Self {
            run,
            worker,
            handle,
            cursor: Cursor::default(),
            recorded: 0,
            omitted: 0,
        }
    }

    /// Waits for the end of `turn` and records what the worker does meanwhile.
    pub(super) async fn follow(
        &mut self,
        turn: impl Future<Output = Result<JobEnd, EngineError>> + Send,
    ) -> Result<JobEnd> {
        let mut turn = std::pin::pin!(turn);
        let mut events: Option<Events<'a>> = None;
        let end = loop {
            tokio::select! {
                // The turn first: its first poll is what opens the events of a further turn.
                biased;
                end = &mut turn => break end?,
                Some(event) = next(&mut events, self.handle, self.cursor) => self.record(event?).await?,
            }
        };
        if self.run.config.engine.abilities().live_output {
            // The turn has ended, so its events end too.
            while let Some(event) = next(&mut events, self.handle, self.cursor).await {
                self.record(event?).await?;
            }
        }
        let omitted = std::mem::take(&mut self.omitted);
        if omitted > 0 {
            self.run
                .emit(EventKind::WorkerEventsOmitted {
                    worker: self.worker,
                    count: omitted,
                })
                .await?;
        }
        Ok(end)
    }

    async fn record(&mut self, (behind, did): (Cursor, WorkerEvent)) -> Result<()> {
        self.cursor = behind;
        if did == WorkerEvent::Activity {
            return Ok(());
        }
        if self.recorded == RECORDED {
            self.omitted += 1;
            return Ok(());
        }
        self.recorded += 1;
        self.run
            .emit(EventKind::Worker {
                worker: self.worker,
                did,
            })
            .await
    }
}

/// The next event; the stream is opened at the first call. `None` disables the branch of a `select!`.
async fn next<'a>(
    events: &mut Option<Events<'a>>,
    handle: &'a dyn JobHandle,
    cursor: Cursor,
) -> Option<Result<(Cursor, WorkerEvent), EngineError>> {
    events
        .get_or_insert_with(|| handle.events(cursor).fuse())
        .next()
        .await
}
