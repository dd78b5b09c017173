//! The birth of a first process: into a new PID namespace, and there this executable once more.

use std::ffi::{CString, OsString, c_char};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::ptr;

use nix::libc::{self, c_int};

use super::errand;
use super::identity::{self, Identity};
use super::ledger::Ledger;
use super::lifeline::Lifeline;
use super::post::{self, TARGETS};
use super::room::Room;
use crate::sys::image::Image;
use crate::sys::linux::birth::{close_on_exec_from, vfork_into};
use crate::sys::linux::handle::Handle;
use crate::sys::linux::memory::random;
use crate::sys::linux::warden::{orphan, post as warden_post};
use crate::sys::newborn::{self, Birth, Failure, Stage};
use crate::sys::open_files;

/// What the child needs between birth and exec.
struct FirstProcess<'a> {
    birth: &'a Birth<'a>,
    /// Taken on in a user namespace of its own; `None` without one.
    identity: Option<&'a Identity>,
    /// What becomes which descriptor; the first lie above all of the second.
    moves: [(c_int, c_int); TARGETS],
    argv: [*const c_char; 2],
    envp: &'a [*const c_char],
}

/// Starts the first process of a new namespace, which is to become the parent of what `birth` and `image` describe. It has
/// not reported yet when this returns. `variables` are all that its own environment holds, beside a marker.
pub(crate) fn open(
    birth: &Birth<'_>,
    image: &Image,
    variables: Vec<(&'static str, OsString)>,
) -> Result<(Handle, Room), Failure> {
    let failed = |error: io::Error| Failure::birth(&error);
    let nonce = random().map_err(failed)?;
    let ledger = Ledger::create(nonce, &errand::encode(image, birth.controlling != -1)).map_err(failed)?;
    let (ours, theirs) = Lifeline::pair().map_err(failed)?;
    let host = Handle::open(std::process::id()).map_err(failed)?;
    let null = crate::sys::descriptor::null().map_err(failed)?;

    // SAFETY: `birth` borrows what it names, so its descriptors are open.
    let [input, output, error] = birth.stdio.map(|fd| unsafe { BorrowedFd::borrow_raw(fd) });
    let terminal = match birth.controlling {
        -1 => null.as_fd(),
        // SAFETY: as above.
        terminal => unsafe { BorrowedFd::borrow_raw(terminal) },
    };
    let null = null.as_fd();
    let (ledger_fd, theirs, host) = (ledger.descriptor(), theirs.as_fd(), host.as_fd());
    let by_target = [
        null, null, null, ledger_fd, theirs, host, input, output, error, terminal,
    ];
    // One for each, so that no target is ever its own source, which would keep its close-on-exec flag.
    let copies: Vec<OwnedFd> = by_target
        .into_iter()
        .map(orphan::above)
        .collect::<io::Result<_>>()
        .map_err(failed)?;
    let mut moves = [(-1, -1); TARGETS];
    for (place, (copy, target)) in moves.iter_mut().zip(copies.iter().zip(0..)) {
        *place = (copy.as_raw_fd(), target);
    }

    let marker = OsString::from(warden_post::marker(nonce));
    let environment: Vec<CString> = variables
        .into_iter()
        .chain([(post::VARIABLE, marker)])
        .filter_map(|(key, value)| {
            let mut text = OsString::from(key);
            text.push("=");
            text.push(value);
            CString::new(text.into_vec()).ok()
        })
        .collect();
    let envp: Vec<*const c_char> = environment
        .iter()
        .map(|text| text.as_ptr())
        .chain([ptr::null()])
        .collect();
    let first = FirstProcess {
        birth,
        identity: None,
        moves,
        argv: [post::NAME.as_ptr(), ptr::null()],
        envp: &envp,
    };
    let handle = give_birth(&first)?;
    Ok((handle, Room::new(ours, ledger)))
}

/// With this process's own privileges where they are enough, else with those that a user namespace gives.
fn give_birth(first: &FirstProcess<'_>) -> Result<Handle, Failure> {
    const SPACES: c_int = libc::CLONE_NEWPID | libc::CLONE_NEWNS;
    // SAFETY: `become_init` is made for this.
    let born = unsafe { vfork_into(first, |first| become_init(first), SPACES) };
    let born = match born {
        Err(failure) if failure.stage == Stage::Birth && failure.errno == libc::EPERM => {
            let identity = Identity::own();
            let first = FirstProcess {
                identity: identity.as_ref(),
                ..*first
            };
            // SAFETY: as above.
            unsafe { vfork_into(&first, |first| become_init(first), SPACES | libc::CLONE_NEWUSER) }
        }
        born => born,
    };
    born.map_err(|failure| Failure {
        stage: match (failure.stage, failure.errno) {
            // Not for want of processes, descriptors or memory: there is to be no (further) namespace.
            (
                Stage::Birth,
                libc::EPERM | libc::EACCES | libc::EINVAL | libc::ENOSPC | libc::EUSERS | libc::ENOSYS,
            ) => Stage::Namespace,
            (stage, _) => stage,
        },
        ..failure
    })
}

/// Becomes this executable's first process of a namespace. Returns only when it cannot.
///
/// # Safety
/// As [`newborn::become_program`].
unsafe fn become_init(first: &FirstProcess<'_>) -> Failure {
    // SAFETY: as in `newborn::become_program`: system calls alone, on numbers and on pointers that `first` keeps good.
    unsafe {
        newborn::reset_signals(first.birth.reset);
        if let Some(identity) = first.identity
            && !identity.take_on()
        {
            return Failure::here(Stage::Namespace);
        }
        identity::mount_proc();
        if libc::setsid() == -1 {
            return Failure::here(Stage::Session);
        }
        for (source, target) in first.moves {
            if libc::dup2(source, target) == -1 {
                return Failure::here(Stage::Stdio);
            }
        }
        newborn::carry_tag(first.birth);
        close_on_exec_from(post::FIRST_FREE);
        if let Some(limit) = &first.birth.open_files {
            open_files::set_own(limit);
        }
        // Signals stay blocked: it hears them by a descriptor, and must not miss one that comes early.
        libc::execve(
            c"/proc/self/exe".as_ptr(),
            first.argv.as_ptr(),
            first.envp.as_ptr(),
        );
        Failure::here(Stage::Init)
    }
}
