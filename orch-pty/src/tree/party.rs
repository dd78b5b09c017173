//! [`Party`]: hunts that are asked for at the same time go together. Whoever finds nobody at it goes the next round
//! for all who wait; so a thousand trees are killed in a few looks through all processes, without a thread of its own.

use std::collections::BTreeMap;

use super::hunt::{Hunt, Request};
use super::kernel::Kernel;
use super::report::KillReport;
use super::round::round;
use super::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The hunts under way.
pub(super) struct Party<K: Kernel> {
    kernel: K,
    board: Mutex<Board<K::Pin>>,
    changed: Condvar,
}

struct Board<P> {
    next: u64,
    /// Between two rounds.
    waiting: Vec<(u64, Hunt<P>)>,
    over: BTreeMap<u64, KillReport>,
    /// Somebody is going a round.
    is_led: bool,
}

impl<K: Kernel> Party<K> {
    pub(super) fn new(kernel: K) -> Self {
        Self {
            kernel,
            board: Mutex::new(Board {
                next: 0,
                waiting: Vec::new(),
                over: BTreeMap::new(),
                is_led: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// What the hunts go through.
    #[cfg(test)]
    pub(super) fn kernel(&self) -> &K {
        &self.kernel
    }

    /// Kills until an exact look finds nobody, or the request's limit has passed. Blocks until then.
    pub(super) fn hunt(&self, request: Request<K::Pin>) -> KillReport {
        let hunt = Hunt::new(request, self.kernel.now());
        let mut board = self.lock();
        let ticket = board.next;
        board.next += 1;
        board.waiting.push((ticket, hunt));
        loop {
            if let Some(report) = board.over.remove(&ticket) {
                return report;
            }
            if board.is_led {
                board = self.changed.wait(board).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            board.is_led = true;
            let (tickets, hunts) = std::mem::take(&mut board.waiting).into_iter().unzip();
            drop(board);
            self.lead(tickets, hunts);
            board = self.lock();
        }
    }

    /// Goes one round with all of `hunts`.
    fn lead(&self, tickets: Vec<u64>, mut hunts: Vec<Hunt<K::Pin>>) {
        let mut lead = Lead {
            party: self,
            tickets,
            waiting: Vec::new(),
            over: Vec::new(),
        };
        let reports = round(&self.kernel, &mut hunts);
        for ((ticket, hunt), report) in lead.tickets.drain(..).zip(hunts).zip(reports) {
            match report {
                Some(report) => lead.over.push((ticket, report)),
                None => lead.waiting.push((ticket, hunt)),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Board<K::Pin>> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands the lead back, also when a round panics: the others get a report then that promises nothing.
struct Lead<'l, K: Kernel> {
    party: &'l Party<K>,
    /// Those of whom nothing is known yet.
    tickets: Vec<u64>,
    waiting: Vec<(u64, Hunt<K::Pin>)>,
    over: Vec<(u64, KillReport)>,
}

impl<K: Kernel> Drop for Lead<'_, K> {
    fn drop(&mut self) {
        let mut board = self.party.lock();
        board.is_led = false;
        board.waiting.append(&mut self.waiting);
        board.over.extend(self.over.drain(..));
        board.over.extend(
            self.tickets
                .drain(..)
                .map(|ticket| (ticket, KillReport::default())),
        );
        drop(board);
        self.party.changed.notify_all();
    }
}
