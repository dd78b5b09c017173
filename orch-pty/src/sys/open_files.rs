//! The limit of open files (`RLIMIT_NOFILE`): raised when it stands in the way, and handed to children as it was.
//! Whoever fails although it was raised says so himself.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use nix::libc;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};

use super::refusal;

/// How often it was raised.
static RAISES: AtomicU32 = AtomicU32::new(0);
static RAISING: Mutex<()> = Mutex::new(());
/// Soft and hard value before the first time.
static BEFORE: OnceLock<[rlim_t; 2]> = OnceLock::new();

/// How much room there was, as far as this crate has changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room(u32);

impl Room {
    pub(crate) fn now() -> Self {
        Self(RAISES.load(Ordering::Relaxed))
    }

    /// Says whether there is more room than there was then: raises the soft limit to the hard one, unless another thread
    /// has done so meanwhile.
    pub(crate) fn grows(self) -> bool {
        let _one_at_a_time = RAISING.lock().unwrap_or_else(PoisonError::into_inner);
        if self != Self::now() {
            return true;
        }
        let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
            return false;
        };
        let most = most(hard);
        let raised = soft < most && setrlimit(Resource::RLIMIT_NOFILE, most, hard).is_ok();
        if raised {
            BEFORE.get_or_init(|| [soft, hard]);
            RAISES.fetch_add(1, Ordering::Relaxed);
        }
        raised
    }
}

/// Apple's systems report no hard limit and refuse more than this, `OPEN_MAX`.
fn most(hard: rlim_t) -> rlim_t {
    if cfg!(target_vendor = "apple") {
        hard.min(10_240)
    } else {
        hard
    }
}

/// Does what needs a descriptor, and does it again when none was free and there is more room now.
pub(crate) fn with_room<T>(mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    let room = Room::now();
    match work() {
        Err(error) if refusal::is_at_own_limit_of_descriptors(&error) && room.grows() => work(),
        result => result,
    }
}

/// How many this process may have open now.
#[allow(clippy::useless_conversion, reason = "the type is not the same everywhere")]
pub(crate) fn limit() -> Option<u64> {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    soft.try_into().ok()
}

/// What children are given: what this process had before it was raised. A program that uses `select` fails at numbers
/// above 1,023, so more than the usual limit is for those who ask for it.
pub(super) fn of_children() -> Option<libc::rlimit> {
    let &[soft, hard] = BEFORE.get()?;
    Some(libc::rlimit {
        rlim_cur: soft,
        rlim_max: hard,
    })
}

/// Sets the limit of the calling process.
///
/// # Safety
/// As `newborn::become_program`: this is called by the child.
pub(super) unsafe fn set_own(limit: &libc::rlimit) {
    // SAFETY: reads a live structure and nothing else; one system call. A refusal leaves what was there.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, limit) };
}
