//! Starts the warden: this executable once more, in a session of its own, as nobody's child.
//!
//! It must not be the host's child: a host that waits for any child would see it. So a throw-away child starts it and
//! ends; that one announces its end by no signal, and is waited for by its number.

use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::ptr;

use nix::errno::Errno;
use nix::libc::{self, c_char, c_int, c_void};

use super::post;
use super::table::Table;
use crate::sys::Limit;
use crate::sys::linux::birth::AllBlocked;
use crate::sys::linux::handle::Handle;
use crate::sys::linux::limit;
use crate::sys::linux::stack::Stack;

/// Sources of the warden's descriptors lie above its targets.
const ABOVE: c_int = 10;

/// The trial is made with a tag of no run: nobody is to be hunted for it.
const NOBODYS_RUN: u64 = 1 << 32;
const NOBODYS_PREFIX: u64 = 1 << 40;

/// A warden that was started. It has not yet said that it is ready.
#[derive(Debug)]
pub(crate) struct Orphan {
    /// It reads as ended when the warden is gone, and the warden's end reads as ended when this process is.
    pub(crate) lifeline: OwnedFd,
    /// Whether a child of this process can carry a tag in its limit.
    pub(crate) limit_holds: bool,
}

/// What could not be done.
#[derive(Debug)]
pub(crate) struct StartError {
    pub(crate) what: &'static str,
    pub(crate) source: io::Error,
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> StartError {
    move |source| StartError { what, source }
}

/// What the two children need, prepared before there is one.
struct Plan {
    argv: [*const c_char; 2],
    envp: Vec<*const c_char>,
    /// Table, lifeline, host, `/dev/null`.
    sources: [c_int; 4],
    inner_stack: *mut c_void,
    /// The tag that the throw-away child tries on itself.
    trial: Option<[u64; 2]>,
    /// Told through shared memory.
    errno: c_int,
    limit_holds: bool,
}

/// Starts it. `variables` are added to its environment, which is otherwise empty.
pub(crate) fn start(
    table: &Table,
    nonce: [u64; 2],
    variables: &[(&'static str, OsString)],
) -> Result<Orphan, StartError> {
    let (ours, theirs) = lifeline().map_err(failed("its lifeline"))?;
    let host = Handle::open(std::process::id()).map_err(failed("a handle of this process"))?;
    let null = crate::sys::descriptor::null().map_err(failed("/dev/null"))?;
    let memory = above(table.memory()).map_err(failed("a descriptor"))?;
    let theirs = above(std::os::fd::AsFd::as_fd(&theirs)).map_err(failed("a descriptor"))?;
    let host = above(std::os::fd::AsFd::as_fd(&host)).map_err(failed("a descriptor"))?;
    let null = above(std::os::fd::AsFd::as_fd(&null)).map_err(failed("a descriptor"))?;

    let marker = OsString::from(post::marker(nonce));
    let environment: Vec<CString> = variables
        .iter()
        .cloned()
        .chain([(post::VARIABLE, marker)])
        .filter_map(|(key, value)| {
            let mut text = OsString::from(key);
            text.push("=");
            text.push(value);
            CString::new(text.into_vec()).ok()
        })
        .collect();
    let outer = Stack::take().map_err(failed("a stack"))?;
    let inner = Stack::take().map_err(failed("a stack"))?;
    let (run, prefix) = table.run();
    let mut plan = Plan {
        argv: [post::NAME.as_ptr(), ptr::null()],
        envp: environment
            .iter()
            .map(|text| text.as_ptr())
            .chain([ptr::null()])
            .collect(),
        sources: [
            memory.as_raw_fd(),
            theirs.as_raw_fd(),
            host.as_raw_fd(),
            null.as_raw_fd(),
        ],
        inner_stack: inner.top(),
        trial: limit::limit_for(run ^ NOBODYS_RUN, prefix ^ NOBODYS_PREFIX),
        errno: 0,
        limit_holds: false,
    };
    let blocked = AllBlocked::new().map_err(failed("a signal mask"))?;
    // SAFETY: as in `birth::vfork`: this thread waits until the child has left the shared memory, the stacks are private
    // and large enough, and signals are blocked. No exit signal: nobody is told of its end.
    let child = unsafe {
        libc::clone(
            throw_away,
            outer.top(),
            libc::CLONE_VM | libc::CLONE_VFORK,
            (&raw mut plan).cast(),
            ptr::null_mut::<c_void>(),
            ptr::null_mut::<c_void>(),
            ptr::null_mut::<c_void>(),
        )
    };
    let cloned = Errno::result(child).map_err(io::Error::from);
    if cloned.is_ok() {
        let mut status = 0;
        // SAFETY: writes one int; waits for the child just made, which no ordinary wait sees.
        while unsafe { libc::waitpid(child, &raw mut status, libc::__WALL) } == -1
            && Errno::last() == Errno::EINTR
        {}
    }
    drop(blocked);
    outer.release();
    inner.release();
    cloned.map_err(failed("a process"))?;
    // SAFETY: a live local that the child has written to through a pointer; the child is gone.
    let errno = unsafe { ptr::read_volatile(&raw const plan.errno) };
    if errno != 0 {
        return Err(failed("this executable once more")(io::Error::from_raw_os_error(
            errno,
        )));
    }
    // SAFETY: as above.
    let limit_holds = unsafe { ptr::read_volatile(&raw const plan.limit_holds) };
    Ok(Orphan {
        lifeline: ours,
        limit_holds,
    })
}

/// `(ours, the warden's)`; ours does not block.
fn lifeline() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [-1; 2];
    // SAFETY: writes two ints through the pointer.
    let made = unsafe {
        libc::socketpair(
            libc::AF_UNIX,
            libc::SOCK_STREAM | libc::SOCK_CLOEXEC,
            0,
            ends.as_mut_ptr(),
        )
    };
    Errno::result(made)?;
    // SAFETY: the call has just made both and nothing else knows of them.
    let [ours, theirs] = ends.map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    Ok((crate::sys::descriptor::raised(ours)?, theirs))
}

/// A copy that no target overwrites.
pub(in crate::sys::linux) fn above(fd: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let copy = nix::fcntl::fcntl(fd, nix::fcntl::FcntlArg::F_DUPFD_CLOEXEC(ABOVE))?;
    // SAFETY: fcntl has just made this descriptor and nothing else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(copy) })
}

/// Starts the warden, tries whether a limit can carry a tag, and ends: its child becomes an orphan at once.
extern "C" fn throw_away(plan: *mut c_void) -> c_int {
    let plan: *mut Plan = plan.cast();
    // SAFETY: `start` keeps the plan alive while this runs and is suspended meanwhile. Only system calls follow, as in
    // `newborn::become_program`.
    unsafe {
        let inner = libc::clone(
            warden,
            (*plan).inner_stack,
            libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD,
            plan.cast(),
            ptr::null_mut::<c_void>(),
            ptr::null_mut::<c_void>(),
            ptr::null_mut::<c_void>(),
        );
        if inner == -1 {
            (*plan).errno = Errno::last_raw();
        }
        // Out of the host's group and session: should the host die now, a group that this leads is nobody's.
        libc::setsid();
        if let Some(trial) = (*plan).trial {
            limit::set_tag_limit(&trial);
            (*plan).limit_holds = matches!(limit::read(0), Ok(Limit::Is(found)) if found == trial);
        }
        libc::_exit(0)
    }
}

/// Becomes the warden.
extern "C" fn warden(plan: *mut c_void) -> c_int {
    let plan: *mut Plan = plan.cast();
    // SAFETY: as in `throw_away`.
    unsafe {
        libc::setsid();
        let [memory, lifeline, host, null] = (*plan).sources;
        let targets = [
            (null, 0),
            (null, 1),
            (null, 2),
            (memory, post::MEMORY),
            (lifeline, post::LIFELINE),
            (host, post::HOST),
        ];
        for (source, target) in targets {
            if libc::dup2(source, target) == -1 {
                (*plan).errno = Errno::last_raw();
                libc::_exit(127);
            }
        }
        crate::sys::linux::birth::close_on_exec_from(post::HOST + 1);
        libc::execve(
            c"/proc/self/exe".as_ptr(),
            (*plan).argv.as_ptr(),
            (*plan).envp.as_ptr(),
        );
        (*plan).errno = Errno::last_raw();
        libc::_exit(127)
    }
}
