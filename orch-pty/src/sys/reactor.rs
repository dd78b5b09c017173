//! Registration with tokio's reactor, which panics where this crate returns an error.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::panic::{self, AssertUnwindSafe};
#[cfg(target_os = "linux")]
use std::sync::Arc;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Why a descriptor could not be registered.
#[derive(Debug)]
pub(crate) enum Unregistered {
    /// There is no runtime, or its I/O is off.
    NoReactor,
    /// The reactor refused it.
    Refused(io::Error),
}

/// What owns one descriptor and keeps it, open, for its whole life.
///
/// # Safety
/// `as_raw_fd` names the same open descriptor at every call, until the value (and every clone of it) is dropped.
pub(crate) unsafe trait Steady: AsRawFd {}

// SAFETY: it closes its descriptor when it is dropped and cannot exchange it.
unsafe impl Steady for OwnedFd {}

// SAFETY: a shared handle gives nobody the means to exchange its descriptor, which is closed with the last clone.
#[cfg(target_os = "linux")]
unsafe impl Steady for Arc<super::Handle> {}

/// Whether the runtime of the calling thread takes descriptors.
pub(crate) fn probe() -> Result<(), Unregistered> {
    let (reader, _writer) = super::descriptor::close_on_exec_pipe().map_err(Unregistered::Refused)?;
    register(reader, Interest::READABLE).map(drop)
}

/// Registers `inner` with the runtime of the calling thread.
pub(crate) fn register<T: Steady>(inner: T, interest: Interest) -> Result<AsyncFd<T>, Unregistered> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(Unregistered::NoReactor);
    }
    // There is no way to ask whether the runtime's I/O is on; tokio panics when it is off. Nothing is half done
    // then: `inner` is dropped, and nothing else has been touched.
    let registered = panic::catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: `inner` is steady, nobody mutates it inside the registration, and it is dropped after it.
        unsafe { AsyncFd::register_with_interest(inner, interest) }
    }));
    match registered {
        Ok(Ok(fd)) => Ok(fd),
        Ok(Err(error)) => Err(Unregistered::Refused(error.into_parts().1)),
        Err(_panic) => Err(Unregistered::NoReactor),
    }
}
