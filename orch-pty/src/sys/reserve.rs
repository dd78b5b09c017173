//! Descriptors kept for the moment in which there are no others: without one, `/proc` cannot be read and a process
//! cannot be held, so that a program that has used up its limit could not end its children either.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{descriptor, refusal};

/// A file in a directory, and two processes held meanwhile.
const SIZE: usize = 4;

static RESERVE: Mutex<Reserve> = Mutex::new(Reserve {
    process: 0,
    spare: Vec::new(),
});
static IS_FULL: AtomicBool = AtomicBool::new(false);

struct Reserve {
    /// A fork of this program may have closed what it inherited, and the numbers may be anything there.
    process: u32,
    spare: Vec<OwnedFd>,
}

impl Reserve {
    fn refill(&mut self) {
        let this = std::process::id();
        if self.process != this {
            std::mem::forget(std::mem::take(&mut self.spare));
            self.process = this;
        }
        while self.spare.len() < SIZE {
            // None is to be had now; the next hunt tries again.
            let Ok(spare) = descriptor::null() else { break };
            self.spare.push(spare);
        }
        IS_FULL.store(self.spare.len() == SIZE, Ordering::Relaxed);
    }
}

/// Opens what is missing of the reserve, as far as there is room. Costs nothing when it is full.
pub(crate) fn fill() {
    if !IS_FULL.load(Ordering::Relaxed) {
        lock().refill();
    }
}

/// Does what needs a descriptor; when none is free, with the room that the reserve makes.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // only a look through all processes needs it
pub(crate) fn with_room<T>(mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    match work() {
        Err(error) if refusal::is_out_of_descriptors(&error) => {}
        result => return result,
    }
    let mut reserve = lock();
    if reserve.process == std::process::id() {
        reserve.spare.clear();
    }
    let result = work();
    reserve.refill();
    result
}

fn lock() -> std::sync::MutexGuard<'static, Reserve> {
    RESERVE.lock().unwrap_or_else(PoisonError::into_inner)
}
