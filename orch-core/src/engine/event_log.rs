//! A job's events, kept for readers that come late and bounded for readers that never come.
//!
//! Many readers by cursor, no reader holds up the writer. It does not store anything: the run's events do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::watch;

use super::EngineError;
use crate::agent::WorkerEvent;

/// The most events that are kept for a late reader.
const KEPT: usize = 4_096;

/// A place in a job's events: the default is their beginning, the one that comes with an event is behind that event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(u64);

/// The events of one job. A cheap clone of the same log.
#[derive(Debug, Clone)]
pub struct EventLog {
    kept: Arc<Mutex<Kept>>,
    /// How many events were written, and whether the job has ended: what readers wait on.
    written: Arc<watch::Sender<(u64, bool)>>,
}

#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<WorkerEvent>,
    first: u64,
}

impl Default for EventLog {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            written: Arc::new(watch::Sender::new((0, false))),
        }
    }
}

impl EventLog {
    /// Writes an event. Never waits.
    pub fn push(&self, event: WorkerEvent) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.events.len() == KEPT {
            kept.events.pop_front();
            kept.first += 1;
        }
        kept.events.push_back(event);
        let count = kept.first + kept.events.len() as u64;
        drop(kept);
        self.written.send_modify(|(written, _)| *written = count);
    }

    /// Says that no more events will come, so that readers end.
    pub fn close(&self) {
        self.written.send_modify(|(_, closed)| *closed = true);
    }

    /// Says that events come again: a further turn has begun.
    pub fn reopen(&self) {
        self.written.send_modify(|(_, closed)| *closed = false);
    }

    /// The events from `from` on, as they come; what is no longer kept is skipped.
    pub fn stream(&self, from: Cursor) -> BoxStream<'static, Result<(Cursor, WorkerEvent), EngineError>> {
        let state = (self.clone(), self.written.subscribe(), from.0);
        stream::unfold(state, |(log, mut written, mut at)| async move {
            let (_, closed) = *written
                .wait_for(|(count, closed)| *count > at || *closed)
                .await
                .ok()?;
            let event = log.get(&mut at);
            debug_assert!(event.is_some() || closed, "a reader woke up with nothing to read");
            let event = event?;
            Some((Ok((Cursor(at), event)), (log, written, at)))
        })
        .boxed()
    }

    fn get(&self, at: &mut u64) -> Option<WorkerEvent> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *at = (*at).max(kept.first);
        let index = usize::try_from(*at - kept.first).ok()?;
        let event = kept.events.get(index)?.clone();
        *at += 1;
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(n: usize) -> WorkerEvent {
        WorkerEvent::Message { text: n.to_string() }
    }

    #[tokio::test]
    async fn two_readers_see_the_same_events_and_the_end() {
        let log = EventLog::default();
        log.push(message(0));
        let early = log.stream(Cursor::default());
        log.push(message(1));
        log.close();
        let late = log.stream(Cursor::default());
        let early: Vec<_> = early.map(|event| event.expect("a local log").1).collect().await;
        let late: Vec<_> = late.map(|event| event.expect("a local log").1).collect().await;
        assert_eq!(early, [message(0), message(1)]);
        assert_eq!(late, early);
    }

    #[tokio::test]
    async fn a_reader_that_is_far_behind_skips_and_goes_on() {
        let log = EventLog::default();
        (0..KEPT + 3).for_each(|n| log.push(message(n)));
        log.close();
        let seen: Vec<_> = log.stream(Cursor::default()).collect().await;
        assert_eq!(seen.len(), KEPT);
        assert_eq!(seen[0].as_ref().expect("a local log").1, message(3));
    }

    #[tokio::test]
    async fn a_reader_goes_on_behind_the_event_it_saw_last() {
        let log = EventLog::default();
        log.push(message(0));
        log.close();
        let (cursor, _) = log
            .stream(Cursor::default())
            .next()
            .await
            .expect("an event")
            .expect("a local log");
        log.reopen();
        log.push(message(1));
        log.close();
        let more: Vec<_> = log
            .stream(cursor)
            .map(|event| event.expect("a local log").1)
            .collect()
            .await;
        assert_eq!(more, [message(1)]);
    }
}
