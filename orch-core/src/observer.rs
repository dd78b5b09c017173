//! Who watches a run: sees every event after it was recorded, and changes nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::event::{Event, EventKind};
use crate::ids::RunId;
use crate::roster::Roster;

mod line;

/// Sees every event of every run, in order within a run. It is called on the run's own task: be quick, do not block.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// One event, after it is in the store.
    fn on_event(&self, event: &Event);
}

/// Writes a plain line for each event that a person cares about. No colours, no cursor movements, no control
/// characters from any worker.
pub struct Lines {
    inner: Mutex<Inner>,
}

struct Inner {
    out: Box<dyn Write + Send>,
    /// The runs that go on now: an orchestrator may have several.
    runs: BTreeMap<RunId, Shown>,
}

/// One run as it is shown.
struct Shown {
    roster: Roster,
    begun: jiff::Timestamp,
}

impl Lines {
    /// Lines on standard error.
    pub fn stderr() -> Self {
        Self::to(io::stderr())
    }

    /// Lines to `out`.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        Self {
            inner: Mutex::new(Inner {
                out: Box::new(out),
                runs: BTreeMap::new(),
            }),
        }
    }
}

impl Observer for Lines {
    fn on_event(&self, event: &Event) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { out, runs } = &mut *inner;
        let shown = runs.entry(event.run).or_insert_with(|| Shown {
            roster: Roster::default(),
            begun: event.at,
        });
        shown.roster.apply(event);
        let text = line::of(&shown.roster, &event.kind);
        let seconds = event.at.duration_since(shown.begun).as_secs_f64();
        let tag = if runs.len() > 1 {
            format!("{}  ", event.run.short())
        } else {
            String::new()
        };
        if let EventKind::RunFinished { .. } = event.kind {
            runs.remove(&event.run);
        }
        if let Some(text) = text {
            // A reader of standard error that has gone away must not stop the run.
            let _ = writeln!(out, "{seconds:7.2}s  {tag}{text}");
        }
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").finish_non_exhaustive()
    }
}
