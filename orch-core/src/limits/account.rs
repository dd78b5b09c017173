//! One account of a service: a fair queue before its places, a gate that a used-up quota closes, and a pace.
//!
//! Who waits holds the queue's turn, so that workers enter in the order in which they came. It knows no worker and no
//! run; what became of a worker it is told through the [`Seat`].

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::{Instant, sleep_until};

use super::deadlines::from_now;
use super::pace::{Pace, Since};
use super::quota::QuotaPolicy;
use super::resets::Resets;
use crate::outcome::NotStarted;

/// How long an account is closed whose service did not say until when: then one round of workers asks again.
const ASK_AGAIN: Duration = Duration::from_secs(15 * 60);

/// One account.
#[derive(Debug)]
pub(super) struct Account {
    name: String,
    /// Least time between two starts: agents that refresh one login at the same moment break it.
    gap: Duration,
    turn: tokio::sync::Mutex<()>,
    changed: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    in_use: usize,
    closed: Option<Closed>,
    next_start: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Closed {
    /// As it was said; none where nothing was said.
    until: Option<Timestamp>,
    opens: Instant,
}

/// A change of an account's gate, to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gate {
    /// It closed.
    Closed {
        account: String,
        until: Option<Timestamp>,
    },
    /// It opened again.
    Opened { account: String },
}

/// A place in an account, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    account: Arc<Account>,
    since: Since,
}

enum Door {
    Enter(Since),
    Closed,
    WaitUntil(Instant),
    WaitForChange,
}

impl Account {
    pub(super) fn new(name: impl Into<String>, most: Option<usize>, gap: Duration) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            gap,
            turn: tokio::sync::Mutex::default(),
            changed: Notify::new(),
            state: Mutex::new(State {
                pace: Pace::new(most.unwrap_or(usize::MAX)),
                in_use: 0,
                closed: None,
                next_start: None,
            }),
        })
    }

    /// Waits until the gate is open, and holds nothing meanwhile. `patience` is the moment until which this worker
    /// waits; it is set when it first meets a closed gate. Returns the change, where this one found it open again.
    ///
    /// # Errors
    /// [`NotStarted::QuotaUntil`] when the account stays closed for longer than `policy` allows.
    ///
    /// # Cancel safety
    /// Safe.
    pub(super) async fn opened(
        &self,
        policy: QuotaPolicy,
        patience: &mut Option<Instant>,
    ) -> Result<Option<Gate>, NotStarted> {
        loop {
            let mut changed = self.change();
            let now = Instant::now();
            let closed = {
                let mut state = self.lock();
                let Some(closed) = state.closed else {
                    return Ok(None);
                };
                if closed.opens <= now {
                    state.closed = None;
                    drop(state);
                    self.changed.notify_waiters();
                    let account = self.name.clone();
                    return Ok(Some(Gate::Opened { account }));
                }
                closed
            };
            let most = match policy {
                QuotaPolicy::Fail => now,
                QuotaPolicy::WaitAtMost(wait) => *patience.get_or_insert_with(|| from_now(wait)),
            };
            if closed.opens > most {
                return Err(NotStarted::QuotaUntil(closed.until));
            }
            tokio::select! {
                () = &mut changed => {}
                () = sleep_until(closed.opens) => {}
            }
        }
    }

    /// Waits for a place, in the order of asking; none when the gate closes before there is one.
    ///
    /// # Cancel safety
    /// Safe: who is dropped leaves the queue.
    pub(super) async fn enter(self: &Arc<Self>) -> Option<Seat> {
        let _turn = self.turn.lock().await;
        loop {
            let mut changed = self.change();
            match self.door() {
                Door::Enter(since) => {
                    let account = Arc::clone(self);
                    return Some(Seat { account, since });
                }
                Door::Closed => return None,
                Door::WaitForChange => changed.await,
                Door::WaitUntil(moment) => {
                    tokio::select! {
                        () = &mut changed => {}
                        () = sleep_until(moment) => {}
                    }
                }
            }
        }
    }

    fn door(&self) -> Door {
        let now = Instant::now();
        let mut state = self.lock();
        if state.closed.is_some() {
            return Door::Closed;
        }
        if state.in_use >= state.pace.limit() {
            return Door::WaitForChange;
        }
        if let Some(next) = state.next_start.filter(|next| *next > now) {
            return Door::WaitUntil(next);
        }
        state.in_use += 1;
        state.next_start = (!self.gap.is_zero()).then(|| from_now(self.gap));
        Door::Enter(state.pace.since())
    }

    /// The next change, also when it comes before this is waited for.
    fn change(&self) -> Pin<Box<Notified<'_>>> {
        let mut changed = Box::pin(self.changed.notified());
        changed.as_mut().enable();
        changed
    }

    /// Whether workers may start.
    pub(super) fn is_open(&self) -> bool {
        self.lock().closed.is_none()
    }

    /// Closes the gate at once. Returns what changed: nothing where it was closed for as long already.
    pub(super) fn close(&self, resets: Option<Resets>) -> Option<Gate> {
        let said = Timestamp::now();
        let until = resets.map(|resets| resets.moment(said));
        let wait = until.map_or(ASK_AGAIN, |until| {
            Duration::try_from(until.duration_since(said)).unwrap_or_default()
        });
        let opens = from_now(wait);
        let mut state = self.lock();
        let known = state
            .closed
            // Two workers that are told the same moment tell it some milliseconds apart.
            .is_some_and(|closed| {
                closed.opens > Instant::now() && closed.opens + Duration::from_secs(5) >= opens
            });
        if known {
            return None;
        }
        state.closed = Some(Closed { until, opens });
        drop(state);
        self.changed.notify_waiters();
        Some(Gate::Closed {
            account: self.name.clone(),
            until,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    /// The service complained of too many requests.
    pub(super) fn slow(&self) {
        let mut state = self.account.lock();
        let in_use = state.in_use;
        state.pace.slow(self.since, in_use);
    }

    /// The worker got its answer.
    pub(super) fn succeed(&self) {
        self.account.lock().pace.succeed();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.account.lock().in_use -= 1;
        self.account.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures::future::poll_immediate;

    use super::*;

    fn account(most: usize) -> Arc<Account> {
        Account::new("a", Some(most), Duration::ZERO)
    }

    #[tokio::test]
    async fn places_are_given_out_in_the_order_of_asking_and_given_back_when_dropped() {
        let account = account(1);
        let first = account.enter().await.unwrap();
        let mut second = Box::pin(account.enter());
        let mut third = Box::pin(account.enter());
        assert!(poll_immediate(&mut second).await.is_none());
        assert!(poll_immediate(&mut third).await.is_none());
        drop(first);
        assert!(
            poll_immediate(&mut third).await.is_none(),
            "the second came before"
        );
        drop(second);
        assert!(
            poll_immediate(&mut third).await.is_some(),
            "who is dropped leaves the queue"
        );
        assert_eq!(account.lock().in_use, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_gate_refuses_or_is_waited_for_by_choice() {
        let account = account(2);
        let wait = Duration::from_secs(60);
        let closed = account.close(Some(Resets::After(wait)));
        let Some(Gate::Closed { until: Some(_), .. }) = closed else {
            panic!("{closed:?}")
        };
        assert_eq!(account.close(Some(Resets::After(wait))), None, "it is known");
        for impatient in [
            QuotaPolicy::Fail,
            QuotaPolicy::WaitAtMost(Duration::from_secs(50)),
        ] {
            let refused = account.opened(impatient, &mut None).await.unwrap_err();
            assert!(matches!(refused, NotStarted::QuotaUntil(Some(_))), "{refused}");
        }
        assert!(!account.is_open());
        let patient = QuotaPolicy::WaitAtMost(Duration::from_secs(70));
        let opened = account.opened(patient, &mut None).await.unwrap();
        assert_eq!(opened, Some(Gate::Opened { account: "a".into() }));
        assert!(account.is_open());
        assert_eq!(
            account.opened(patient, &mut None).await.unwrap(),
            None,
            "told once"
        );
    }

    #[tokio::test]
    async fn a_gate_that_closes_turns_away_those_who_wait_for_a_place() {
        let account = account(1);
        let seat = account.enter().await.unwrap();
        let mut waiting = Box::pin(account.enter());
        assert!(poll_immediate(&mut waiting).await.is_none());
        account.close(None);
        assert!(poll_immediate(&mut waiting).await.unwrap().is_none());
        drop(seat);
    }

    #[tokio::test(start_paused = true)]
    async fn starts_of_one_login_keep_their_distance() {
        let gap = Duration::from_secs(3);
        let account = Account::new("a", None, gap);
        let begun = Instant::now();
        let _first = account.enter().await.unwrap();
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let _second = account.enter().await.unwrap();
        assert!(begun.elapsed() >= gap);
    }
}
