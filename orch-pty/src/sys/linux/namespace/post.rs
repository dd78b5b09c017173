//! [`Post`]: where a first process stands, and its way in.

use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::libc;

use super::ears;
use super::errand::{self, Errand};
use super::ledger::Ledger;
use super::lifeline::Lifeline;
use crate::sys::Dispositions;
use crate::sys::image::{Image, Texts};
use crate::sys::linux::birth;
use crate::sys::linux::handle::Handle;
use crate::sys::linux::warden::{leave, post as warden_post};
use crate::sys::newborn::{Birth, Failure, Stage};

/// The variable that makes a start of this executable a first process; its value is a nonce that the ledger repeats.
pub(super) const VARIABLE: &str = "ORCH_PTY_INIT";
/// How the process is called.
pub(super) const NAME: &CStr = c"orch-init";

/// Its descriptors. 0 to 2 are `/dev/null`; those of the program follow, and last the terminal it is to control.
const LEDGER: RawFd = 3;
const LIFELINE: RawFd = 4;
const HOST: RawFd = 5;
const STDIO: [RawFd; 3] = [6, 7, 8];
const TERMINAL: RawFd = 9;
pub(super) const FIRST_FREE: RawFd = 10;
/// How many there are.
pub(super) const TARGETS: usize = 10;

/// Where a first process stands.
#[derive(Debug)]
pub(crate) struct Post {
    pub(super) lifeline: Lifeline,
    pub(super) ledger: Ledger,
    pub(super) host: Handle,
    pub(super) signals: OwnedFd,
    /// Until the program has them.
    luggage: Option<Luggage>,
}

/// What the program is to be given.
#[derive(Debug)]
struct Luggage {
    errand: Errand,
    stdio: [OwnedFd; 3],
    terminal: OwnedFd,
}

/// Called before `main`: takes the post if this start is a first process's, and says so to no other start.
pub(crate) fn take_post() -> Option<Post> {
    let nonce = warden_post::parse(&std::env::var_os(VARIABLE)?)?;
    // A marker that was inherited by accident says nothing: only a first process is called so.
    if !warden_post::is_started_as(NAME) {
        return None;
    }
    // From here on this is no start of the program: whatever is wrong, it must not get to `main`.
    Some(attach(nonce).unwrap_or_else(|| leave()))
}

fn attach(nonce: [u64; 2]) -> Option<Post> {
    // A program with more rights than its caller must not do what the caller's environment says.
    if warden_post::is_privileged() || std::process::id() != 1 || !(LEDGER..=TERMINAL).all(is_open) {
        return None;
    }
    // SAFETY: it is open, and nothing else runs that could close it.
    let ledger = Ledger::attach(unsafe { BorrowedFd::borrow_raw(LEDGER) }, nonce)?;
    let errand = errand::decode(&ledger.errand().ok()?)?;
    settle();
    // From here on it is certain whose these are.
    drop(adopt(LEDGER));
    Some(Post {
        lifeline: Lifeline::adopt(adopt(LIFELINE)),
        ledger,
        host: Handle::of_unknown_number(adopt(HOST)),
        signals: ears::open()?,
        luggage: Some(Luggage {
            errand,
            stdio: STDIO.map(adopt),
            terminal: adopt(TERMINAL),
        }),
    })
}

impl Post {
    /// Starts the program, in a session of its own and with the terminal as its controlling terminal. Whether it starts or
    /// not, nothing that was to be given to it is held any longer.
    pub(crate) fn start_program(&mut self) -> Result<Handle, Failure> {
        let unprepared = |errno| Failure {
            stage: Stage::Birth,
            errno,
        };
        let luggage = self.luggage.take().ok_or_else(|| unprepared(libc::EALREADY))?;
        let Errand {
            path,
            directory,
            arguments,
            environment,
            has_terminal,
        } = luggage.errand;
        let image = Texts::checked(environment)
            .and_then(|texts| Image::new(&path, directory.as_deref(), arguments, texts))
            .map_err(|_| unprepared(libc::EINVAL))?;
        let terminal = has_terminal.then(|| luggage.terminal.as_fd());
        // The tag came with the namespace; and whoever watches over the orchestrator ends this process.
        let stdio = luggage.stdio.each_ref().map(AsFd::as_fd);
        let birth = Birth::new(&image, stdio, terminal, None, None, Dispositions::in_force());
        let born = birth::vfork(&birth);
        // A directory that it is in could not be unmounted.
        // SAFETY: takes a string that lives for ever; a refusal leaves things as they were.
        unsafe { libc::chdir(c"/".as_ptr()) };
        // What cannot be erased goes with the last of the two processes.
        let _ = self.ledger.erase_errand();
        born
    }

    /// Says that the program runs, or why not; whether there is somebody to hear it.
    pub(crate) fn report(&self, failure: Option<Failure>) -> bool {
        self.lifeline.report(failure)
    }
}

fn is_open(fd: RawFd) -> bool {
    // SAFETY: asks for flags by number.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

fn adopt(fd: RawFd) -> OwnedFd {
    // SAFETY: it is open, was handed over to this start alone, and is adopted once.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// A name of its own, nothing that exec would hand on, and out of the reach of the program: one of the same user could
/// otherwise trace this process, or take its descriptors.
fn settle() {
    // SAFETY: each takes numbers or a string that lives for ever; a refusal leaves things as they were.
    unsafe {
        for fd in LEDGER..=TERMINAL {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
        }
        libc::prctl(libc::PR_SET_NAME, NAME.as_ptr());
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
}
