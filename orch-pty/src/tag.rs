//! [`Tag`]: the mark that a whole process tree carries, and [`RunTag`]: what the tags of one run have in common.

use std::fmt;
use std::io;
use std::str::FromStr;
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

    /// A further worker of a run. Numbers are unique among the last 16,777,216 of this process.
    #[must_use]
    pub fn of_run(run: RunTag) -> Self {
        Self {
            run: run.hard,
            worker: run.prefix | next_number(),
        }
    }

    /// Another worker of the same run; as [`of_run`](Self::of_run).
    #[must_use]
    pub fn sibling(self) -> Self {
        Self::of_run(self.run_tag())
    }

    /// What all workers of this one's run have in common.
    #[must_use]
    pub fn run_tag(self) -> RunTag {
        RunTag {
            hard: self.run,
            prefix: self.worker >> NUMBER_BITS << NUMBER_BITS,
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

    pub(crate) fn run(self) -> u64 {
        self.run
    }

    pub(crate) fn worker(self) -> u64 {
        self.worker
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

/// What the tags of all workers of one run have in common: enough to find every process of the run when nobody
/// remembers its workers.
///
/// As text it is 32 hexadecimal digits, which [`FromStr`] reads back: made to be kept in a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RunTag {
    /// The run part of every tag, and the hard value of the limit unless an outer run has set a lower one.
    hard: u64,
    /// The worker part of every tag without its number.
    prefix: u64,
}

#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // nothing is on record elsewhere
impl RunTag {
    /// A run that nobody else has.
    ///
    /// # Errors
    /// The operating system has no random bytes to give.
    pub fn fresh() -> io::Result<Self> {
        Tag::fresh().map(Tag::run_tag)
    }

    /// Whether a limit of this soft and hard value was set for a worker of this run, or for one of a run inside it.
    pub(crate) fn is_on_limit(self, [soft, hard]: [u64; 2]) -> bool {
        hard == self.hard || self.is_prefix_of(soft)
    }

    /// Whether a limit of this soft and hard value can have been set for a worker of some run.
    pub(crate) fn is_somebodys_limit([soft, hard]: [u64; 2]) -> bool {
        hard & RUN_BIT != 0 && hard & 1 == 0 && soft & RUN_BIT == 0
    }

    /// As [`hard`](Self::hard) and [`prefix`](Self::prefix) have told.
    pub(crate) fn from_parts(hard: u64, prefix: u64) -> Self {
        Self { hard, prefix }
    }

    /// The worker part of every tag, without its number.
    pub(crate) fn prefix(self) -> u64 {
        self.prefix
    }

    /// The run part of every tag.
    pub(crate) fn hard(self) -> u64 {
        self.hard
    }

    /// Whether `worker` is the worker part of a tag of this run.
    pub(crate) fn is_prefix_of(self, worker: u64) -> bool {
        worker >> NUMBER_BITS == self.prefix >> NUMBER_BITS
    }

    /// Whether `tag` is a tag of this run, as text.
    pub(crate) fn is_on_text(self, tag: &str) -> bool {
        tag.get(..16)
            .is_some_and(|run| u64::from_str_radix(run, 16) == Ok(self.hard))
    }
}

/// 32 hexadecimal digits: the run, then the workers' prefix.
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

impl FromStr for RunTag {
    type Err = InvalidRunTag;

    fn from_str(text: &str) -> Result<Self, InvalidRunTag> {
        let invalid = || InvalidRunTag {
            text: text.to_owned(),
        };
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (run, worker) = text.split_at_checked(16).filter(|_| digits).ok_or_else(invalid)?;
        let parse = |half| u64::from_str_radix(half, 16).map_err(|_| invalid());
        let tag = Self {
            hard: parse(run)?,
            prefix: parse(worker)?,
        };
        // What no run has must not be hunted: a limit of "unlimited" is everybody's.
        let whole = tag.hard & RUN_BIT != 0
            && tag.hard != u64::MAX
            && tag.prefix & RUN_BIT == 0
            && tag.prefix.trailing_zeros() >= NUMBER_BITS
            && tag.prefix != 0;
        whole.then_some(tag).ok_or_else(invalid)
    }
}

/// A text that is no [`RunTag`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read `{}` as the tag of a run: it is not what a run writes; remove it", .text.escape_debug())]
#[non_exhaustive]
pub struct InvalidRunTag {
    /// The text.
    pub text: String,
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

    #[test]
    fn a_run_is_read_back_from_its_text_and_knows_its_workers() {
        let run = RunTag::fresh().expect("random bytes");
        assert_eq!(run.to_string().parse(), Ok(run));
        let (worker, other) = (Tag::of_run(run), Tag::fresh().expect("random bytes"));
        assert_eq!(worker.run_tag(), run);
        assert!(run.is_on_text(&worker.to_string()) && !run.is_on_text(&other.to_string()));
        // On its own, and inside an outer run that has set the hard value.
        assert!(run.is_on_limit([worker.worker, worker.run]) && run.is_on_limit([worker.worker, other.run]));
        // Of this run by the hard value alone: an inner run has set the soft one.
        assert!(run.is_on_limit([other.worker, worker.run]));
        assert!(!run.is_on_limit([other.worker, other.run]));
        assert!(!run.is_on_limit([u64::MAX, u64::MAX]));
    }

    #[test]
    fn a_text_that_no_run_wrote_is_refused() {
        let run = RunTag::fresh().expect("random bytes").to_string();
        let texts = [
            String::new(),
            run[..31].to_owned(),
            format!("{run}0"),
            format!("+{}", &run[1..]),
            "f".repeat(32),
            format!("{}{}", "f".repeat(16), &run[16..]),
            format!("{}{}", &run[..16], "0".repeat(16)),
            format!("0{}", &run[1..]),
            "\u{e9}".repeat(16),
            Tag::fresh().expect("random bytes").to_string(),
        ];
        for text in texts {
            let error = text.parse::<RunTag>().expect_err(&text);
            assert_eq!(error.text, text);
        }
    }
}
