//! Whether anybody descends from a leader that has not lived for long, without a look through all processes. It signals
//! nobody and holds nobody: it only tells that there is nobody, or that it cannot tell.
//!
//! # Why there is nobody
//! The kernel gives out numbers in order. Whoever descends from a leader was given a number after the leader's, so all
//! who may be left lie between the leader's number and the one given out last. They are asked whether they carry the mark
//! *in ascending order*, on through the numbers that are given out meanwhile, until the last one asked is the last one
//! given out. Nobody carries it then, and nobody will:
//!
//! Suppose that somebody who descends from the leader is alive after his number was asked. Take of all such the one with
//! the lowest number, X. He was not yet to be seen when he was asked, for he does not lose the mark; so at that moment his
//! fork was under way, and the one who forks him, P, was alive. P descends from the leader as well (the leader itself has
//! ended before the look began), has a lower number, was asked earlier, and is alive after that: X was not the one
//! with the lowest number. So each who was asked is gone for good; and whoever has a number that was not asked would have
//! been forked, after the last question, by one of them.
//!
//! # What that takes
//! - *The numbers have not come round.* To come round, they have to pass all there are: by being given out, or by being in
//!   use (a thread uses at most three: its own, its group's, its session's). At most a million a
//!   second are given out, and at most as many threads end; nobody lowers the highest number meanwhile. The numbers are of
//!   this process's own namespace, as are those that it asks.
//! - *The leader is the first who carries the mark*: its tag was made for it.
//! - *The mark is in the limit.* Who has a limit that somebody changed may carry it elsewhere; that is for the full look.
//! - *Nobody chooses a number*: that takes `CAP_CHECKPOINT_RESTORE`, and intent.
//!
//! Where one of these is not known, the full look decides.

use std::time::Duration;

use super::kernel::{GivenOut, Kernel, Limit};
use super::quarry::{Quarry, Wanted};
use crate::leader::Newborn;

/// The highest number that Linux can be told to give out, plus one.
const LIMIT_MOST: u64 = 4 << 20;
/// Numbers below are given out once, when the system starts.
const RESERVED: u64 = 300;
/// How many numbers one thread keeps in use at most.
const NUMBERS_OF_A_THREAD: u64 = 3;

/// Whether it is certain that nobody is left of the `quarry` that began with `leader`, which has been reaped. Asks at most
/// `most` numbers, a quarter of a microsecond each. When it says no, somebody may be left.
pub(super) fn nobody_since<K: Kernel>(kernel: &K, quarry: Quarry, leader: Newborn, most: u32) -> bool {
    let age = || kernel.now().saturating_sub(leader.before);
    // The commonest no, without a question.
    if passed(age(), 0) >= LIMIT_MOST {
        return false;
    }
    let (Ok(limit), Ok(mut last)) = (kernel.number_limit(), kernel.given_out()) else {
        return false;
    };
    let wanted = Wanted::new([quarry], kernel.own_limit());
    let (mut asked, mut left) = (leader.number, most);
    loop {
        // Below what was asked: the numbers began anew.
        let Some(more) = last.newest.checked_sub(asked) else {
            return false;
        };
        let Some(rest) = left.checked_sub(more) else {
            return false;
        };
        left = rest;
        let is_nobody = |pid| match kernel.limit(pid) {
            Ok(Limit::Nobody | Limit::Withheld) => true,
            Ok(Limit::Is(limit)) => wanted.by_limit(limit).is_empty() && !wanted.may_be_hidden(limit),
            Err(_) => false,
        };
        if !(asked + 1..=last.newest).all(is_nobody) {
            return false;
        }
        asked = last.newest;
        last = match kernel.given_out() {
            Ok(given_out) => given_out,
            Err(_) => return false,
        };
        if last.newest == asked {
            return !may_have_come_round(age(), last, limit);
        }
    }
}

/// Whether the numbers can have come round within `age`.
fn may_have_come_round(age: Duration, now: GivenOut, limit: u32) -> bool {
    passed(age, now.threads).saturating_add(RESERVED) >= u64::from(limit)
}

/// How many numbers can have been passed within `age`, when there are so many `threads` at its end: those given out (a
/// million a second, where a fork takes some ten microseconds of a processor and one lock of the whole system), and those
/// in use at its beginning, by at most as many threads more as can have ended since.
fn passed(age: Duration, threads: u32) -> u64 {
    let given_out = u64::try_from(age.as_micros())
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let at_first = given_out.saturating_add(u64::from(threads));
    given_out.saturating_add(at_first.saturating_mul(NUMBERS_OF_A_THREAD))
}
