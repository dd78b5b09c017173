//! [`Tag`]: the mark that a whole process tree carries.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::sys;

/// Set in every run part and in no worker part: as values of one limit, the worker's is below the run's.
const RUN_BIT: u64 = 1 << 63;
/// A worker part is a random prefix, the same throughout a run, above a number.
const NUMBER_BITS: u32 = 24;

/// A mark of 128 bits that a child passes on to everything that descends from it.
///
/// It travels in two ways, because each can be lost: as the limit `RLIMIT_LOCKS` (Linux; without effect since 2.4,
/// but inherited, kept across exec, and not part of the environment that a program may scrub), and as the variable
/// `ORCH_TAG`. One half names a run and the other one worker of it.
///
/// Inside another tagged process, `ORCH_TAG` holds the tags of all levels, outermost first, divided by colons; the
/// limit's hard value stays the outer run's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag {
    run: u64,
    worker: u64,
}

impl Tag {
    /// The variable of the environment that carries the tag.
    pub const VARIABLE: &'static str = "ORCH_TAG";

    /// The first worker of a run that nobody else has.
    ///
    /// # Errors
    /// The operating system has no random bytes to give.
    pub fn fresh() -> io::Result<Self> {
        let [high, low] = sys::random()?;
        // All ones would read as "no limit".
        let run = (high | RUN_BIT) & !1;
        let prefix = (low & !RUN_BIT) >> NUMBER_BITS << NUMBER_BITS;
        Ok(Self {
            run,
            worker: prefix | next_number(),
        })
    }

    /// Another worker of the same run. Numbers are unique among the last 16,777,216 of this process.
    #[must_use]
    pub fn sibling(self) -> Self {
        let prefix = self.worker >> NUMBER_BITS << NUMBER_BITS;
        Self {
            run: self.run,
            worker: prefix | next_number(),
        }
    }

    /// Another worker of the run that this process starts by itself when a command has no tag.
    pub(crate) fn of_this_process() -> io::Result<Self> {
        // With the process it was made in: a program that forks itself must not share its tags with its copy.
        static OWN: Mutex<Option<(u32, Tag)>> = Mutex::new(None);
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        let this = sys::own_number();
        let tag = match *own {
            Some((process, tag)) if process == this => tag,
            _ => Self::fresh()?,
        };
        *own = Some((this, tag));
        Ok(tag.sibling())
    }

    /// The run of which this is a worker.
    pub fn run_tag(self) -> RunTag {
        RunTag {
            hard: self.run,
            prefix: self.worker >> NUMBER_BITS << NUMBER_BITS,
        }
    }

    pub(crate) fn run(self) -> u64 {
        self.run
    }

    pub(crate) fn worker(self) -> u64 {
        self.worker
    }
}

/// The mark of all workers of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RunTag {
    hard: u64,
    prefix: u64,
}
impl RunTag {
    pub(crate) fn from_parts(hard: u64, prefix: u64) -> Self {
        Self { hard, prefix }
    }
    pub(crate) fn hard(self) -> u64 {
        self.hard
    }
    pub(crate) fn prefix(self) -> u64 {
        self.prefix
    }
    pub(crate) fn matches(self, [soft, hard]: [u64; 2]) -> bool {
        hard == self.hard || soft >> NUMBER_BITS << NUMBER_BITS == self.prefix
    }
}
impl fmt::Display for RunTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.hard, self.prefix)
    }
}
impl fmt::Debug for RunTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RunTag({self})")
    }
}
impl std::str::FromStr for RunTag {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hard = u64::from_str_radix(text.get(..16).unwrap_or("x"), 16)?;
        let prefix = u64::from_str_radix(text.get(16..).unwrap_or("x"), 16)?;
        Ok(Self { hard, prefix })
    }
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed) & ((1 << NUMBER_BITS) - 1)
}

/// 32 hexadecimal digits: run, then worker.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.run, self.worker)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_always_below_its_run_and_a_run_is_never_unlimited() {
        for _ in 0..1000 {
            let tag = Tag::fresh().expect("random bytes");
            assert!(tag.worker < tag.run && tag.run != u64::MAX, "{tag}");
            assert_eq!(tag.to_string().len(), 32);
        }
    }

    #[test]
    fn siblings_share_the_run_and_nothing_else() {
        let tag = Tag::fresh().expect("random bytes");
        let sibling = tag.sibling();
        assert_eq!(tag.run, sibling.run);
        assert_ne!(tag.worker, sibling.worker);
        assert_eq!(tag.worker >> NUMBER_BITS, sibling.worker >> NUMBER_BITS);
        assert_ne!(Tag::fresh().expect("random bytes").run, tag.run);
    }
}
