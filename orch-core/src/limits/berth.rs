//! What one attempt of a worker holds from its admission until its process is gone.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::account::{Gate, Seat};
use super::costs::Costs;
use super::ledger::{Overrun, Reservation};
use super::quota::Quota;
use crate::desk::Room;
use crate::job::{End, JobEnd};
use crate::outcome::{FailClass, Failure};

/// The places, the seat in the account and the reservation of one attempt. Dropped, all is given back; a worker that
/// had started then counts as its estimate.
#[derive(Debug)]
pub(crate) struct Berth {
    costs: Arc<Costs>,
    agent: String,
    seat: Option<Seat>,
    reservation: Reservation,
    /// Where the worker stands, if that goes with it.
    room: Option<Room>,
    _places: Vec<OwnedSemaphorePermit>,
}

/// What the end of an attempt changed, to be told.
#[derive(Debug, Default)]
pub(crate) struct Paid {
    pub(crate) overruns: Vec<Overrun>,
    pub(crate) gate: Option<Gate>,
}

impl Berth {
    pub(super) fn new(
        costs: Arc<Costs>,
        agent: &str,
        seat: Option<Seat>,
        places: Vec<OwnedSemaphorePermit>,
        reservation: Reservation,
    ) -> Self {
        Self {
            costs,
            agent: agent.to_owned(),
            seat,
            reservation,
            room: None,
            _places: places,
        }
    }

    /// Keeps the place where a worker stands that nobody waits for any more, until it is gone.
    pub(crate) fn keep(&mut self, room: Option<Room>) {
        self.room = room;
    }

    /// Whether its account is open still.
    pub(crate) fn is_welcome(&self) -> bool {
        self.seat.as_ref().is_none_or(|seat| seat.account().is_open())
    }

    /// Says that the worker is about to start.
    pub(crate) fn start(&mut self) {
        self.reservation.start();
    }

    /// Whether the worker may have started.
    pub(crate) fn is_started(&self) -> bool {
        self.reservation.is_started()
    }

    /// Gives everything back, once nothing of the worker runs any more. A quota that is used up closes the account
    /// before its place is free.
    pub(crate) fn settle(self, end: &JobEnd) -> Paid {
        let gate = self.seat.as_ref().and_then(|seat| heard(seat, &end.end));
        let never_ran = matches!(end.end, End::NotStarted(_)) && end.usage.is_none();
        let used = if never_ran {
            (Some(0), Some(0))
        } else {
            self.costs.counted(&self.agent, end.usage.as_ref())
        };
        if let End::Answered(_) = end.end {
            self.costs.learn(&self.agent, used);
        }
        let overruns = self.reservation.settle(used.0, used.1);
        Paid { overruns, gate }
    }
}

/// What an end says about the account.
fn heard(seat: &Seat, end: &End) -> Option<Gate> {
    match end {
        End::Answered(_) => seat.succeed(),
        End::Failed(failure) => match failure.quota {
            Some(Quota::Terminal { resets }) => return seat.account().close(resets),
            Some(Quota::Transient { .. }) => seat.slow(),
            None if is_overload(failure) => seat.slow(),
            None => {}
        },
        _ => {}
    }
    None
}

/// Whether the service had too much to do: the same as being asked too often.
fn is_overload(failure: &Failure) -> bool {
    const WORDS: [&str; 4] = ["overloaded", "high demand", "529", "503"];
    let words = failure.detail.to_lowercase();
    failure.class == FailClass::Transport && WORDS.iter().any(|word| words.contains(word))
}
