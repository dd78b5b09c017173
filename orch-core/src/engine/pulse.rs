//! When a worker last made progress, and whether a tool call is under way: what stall detection looks at.
//!
//! It decides nothing; the [`Runner`](super::Runner) holds it against the limits.

use std::time::Duration;

use tokio::time::Instant;

use crate::agent::WorkerEvent;
use crate::limits::Limits;

/// The last sign of progress.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulse {
    at: Instant,
    calls: u32,
}

impl Pulse {
    /// A worker that starts now.
    pub(super) fn start() -> Self {
        Self {
            at: Instant::now(),
            calls: 0,
        }
    }

    /// Bytes that are no events: they are progress.
    pub(super) fn bytes(&mut self) {
        self.at = Instant::now();
    }

    /// An event.
    pub(super) fn event(&mut self, event: &WorkerEvent) {
        match event {
            WorkerEvent::ToolCall { .. } => self.calls = self.calls.saturating_add(1),
            WorkerEvent::ToolDone => self.calls = self.calls.saturating_sub(1),
            WorkerEvent::TurnStarted => self.calls = 0,
            _ => {}
        }
        if event.is_progress() {
            self.at = Instant::now();
        }
    }

    /// Whether a tool call is under way.
    pub(super) fn is_in_a_call(&self) -> bool {
        self.calls > 0
    }

    /// How long it may be silent now.
    pub(super) fn limit(&self, limits: &Limits) -> Duration {
        if self.is_in_a_call() {
            limits.tool_idle
        } else {
            limits.idle
        }
    }

    /// When its silence becomes a stall; none when that is beyond the clock's end.
    pub(super) fn stalls_at(&self, limits: &Limits) -> Option<Instant> {
        self.at.checked_add(self.limit(limits))
    }

    /// Whether it stalls now.
    pub(super) fn stalls(&self, limits: &Limits) -> bool {
        self.at.elapsed() >= self.limit(limits)
    }

    /// What is silent, for a person.
    pub(super) fn silent(&self) -> &'static str {
        if self.is_in_a_call() {
            "no progress of a tool call"
        } else {
            "no progress"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::default()
            .idle(Duration::from_secs(10))
            .tool_idle(Duration::from_secs(60))
    }

    fn call() -> WorkerEvent {
        WorkerEvent::ToolCall { text: "make".into() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_tool_call_may_be_silent_for_longer() {
        let mut pulse = Pulse::start();
        pulse.event(&call());
        tokio::time::advance(Duration::from_secs(30)).await;
        assert!(!pulse.stalls(&limits()));
        pulse.event(&WorkerEvent::ToolDone);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(pulse.stalls(&limits()));
    }

    #[tokio::test(start_paused = true)]
    async fn complaints_are_no_progress() {
        let mut pulse = Pulse::start();
        for _ in 0..10 {
            tokio::time::advance(Duration::from_secs(1)).await;
            pulse.event(&WorkerEvent::Warning {
                text: "Reconnecting".into(),
            });
        }
        assert!(pulse.stalls(&limits()));
        pulse.event(&WorkerEvent::Activity);
        assert!(!pulse.stalls(&limits()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_turn_has_no_calls_and_an_end_too_many_counts_for_none() {
        let mut pulse = Pulse::start();
        pulse.event(&WorkerEvent::ToolDone);
        pulse.event(&call());
        assert_eq!(pulse.limit(&limits()), Duration::from_secs(60));
        pulse.event(&WorkerEvent::TurnStarted);
        assert_eq!(pulse.limit(&limits()), Duration::from_secs(10));
    }
}
