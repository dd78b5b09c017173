//! [`Handle`]: a pidfd. It names one process for ever, whatever becomes of the number.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc::{self, c_int, c_long};

use super::status;
use crate::signal::Signal;
use crate::sys::descriptor::raised;
use crate::sys::signals;

/// `PIDFD_SIGNAL_PROCESS_GROUP` of `linux/pidfd.h`, Linux 6.9: the group that the process leads.
const TO_GROUP_LED: u32 = 1 << 2;

#[derive(Debug)]
pub(crate) struct Handle {
    fd: OwnedFd,
    pid: u32,
}

impl Handle {
    pub(super) fn new(fd: OwnedFd, pid: u32) -> Self {
        Self { fd, pid }
    }

    /// Takes hold of the process that has this number now, alive or not yet reaped.
    pub(crate) fn open(pid: u32) -> io::Result<Self> {
        let number = c_int::try_from(pid).map_err(|_| io::ErrorKind::InvalidInput)?;
        // SAFETY: takes numbers alone and returns a new descriptor.
        let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, number, 0) })?;
        let fd = RawFd::try_from(fd).map_err(|_| io::ErrorKind::InvalidData)?;
        // SAFETY: the call has just made this descriptor (close-on-exec) and nothing else knows of it.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { fd: raised(fd)?, pid })
    }

    /// A handle that was handed over, of a process whose number does not matter.
    pub(super) fn of_unknown_number(fd: OwnedFd) -> Self {
        Self { fd, pid: 0 }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        self.send(signals::number(signal), 0)
    }

    /// Signals the process group that this process leads or led.
    pub(crate) fn signal_group_led(&self, signal: Signal) -> io::Result<()> {
        match self.send(signals::number(signal), TO_GROUP_LED) {
            // Before 6.9. While the process is unreaped, its number, and so its group's, means nobody else.
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) && self.is_unreaped() => {
                signal_group(self.pid, signal)
            }
            result => result,
        }
    }

    fn send(&self, number: c_int, flags: u32) -> io::Result<()> {
        let nothing = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: takes numbers and a null pointer, which asks for the siginfo that kill(2) would send.
        let result = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.fd.as_raw_fd(),
                number,
                nothing,
                flags,
            )
        };
        Errno::result(result)?;
        Ok(())
    }

    /// Whether the number still means this process: it is alive, or a zombie that nobody has waited for.
    pub(crate) fn is_unreaped(&self) -> bool {
        // Any other refusal (of a sandbox too) says nothing about the process.
        !matches!(self.send(0, 0), Err(error) if error.raw_os_error() == Some(libc::ESRCH))
    }

    /// Whether the number certainly still means this process, and it may be signalled.
    pub(super) fn may_be_signalled(&self) -> bool {
        self.send(0, 0).is_ok()
    }

    /// The parent's number, since Linux 6.13.
    pub(super) fn parent(&self) -> Option<u32> {
        status::parent(self.fd.as_fd())
    }

    /// Whether it has ended (all of its threads have), reaped or not.
    pub(crate) fn has_ended(&self) -> bool {
        wait_for_any(&[self], Duration::ZERO)
    }

    /// Waits until it has ended, at most `limit`; says whether it has.
    pub(crate) fn wait_for_end(&self, limit: Duration) -> bool {
        wait_for_all(&[self], limit)
    }

    /// Takes the wait status of this child (as `wait(2)` lays it out) if it has ended. Waits for nobody else.
    ///
    /// # Errors
    /// `ECHILD` when somebody else has taken the status, or the system was told to keep none (`SIGCHLD` ignored),
    /// and the kernel does not remember it (before 6.15).
    pub(crate) fn reap(&self) -> io::Result<Option<i32>> {
        self.take_status(libc::WEXITED | libc::WNOHANG)
    }

    /// Blocks until this child has ended and takes its status: one system call. `None` when its end is near and its
    /// status is not to be had yet.
    pub(crate) fn reap_at_end(&self) -> io::Result<Option<i32>> {
        self.take_status(libc::WEXITED)
    }

    /// Takes the status of a child that is certain to end at once.
    pub(super) fn reap_now(&self) {
        // There is nobody to tell when it has none.
        let _ = self.take_status(libc::WEXITED);
    }

    /// The number of the signal that has stopped this child and not let it go on since. Takes no status.
    pub(crate) fn stopped_by(&self) -> io::Result<Option<i32>> {
        let options = libc::WSTOPPED | libc::WCONTINUED | libc::WNOHANG | libc::WNOWAIT;
        match self.wait_id(options) {
            Ok(Some(info)) if info.si_code == libc::CLD_STOPPED => {
                // SAFETY: after a successful waitid this field is set.
                Ok(Some(unsafe { info.si_status() }))
            }
            // Nobody's child any more: it has ended.
            Ok(_) | Err(Errno::ECHILD) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    fn take_status(&self, options: c_int) -> io::Result<Option<i32>> {
        match self.wait_id(options) {
            Ok(info) => Ok(info.map(|info| {
                // SAFETY: after a successful waitid this field is set.
                let value = unsafe { info.si_status() };
                match info.si_code {
                    libc::CLD_EXITED => (value & 0xff) << 8,
                    libc::CLD_DUMPED => value | 0x80,
                    _ => value,
                }
            })),
            Err(Errno::ECHILD) => match status::remembered(self.fd.as_fd()) {
                Some(status) => Ok(Some(status)),
                // Somebody is about to have taken it: what the kernel remembers is there once the pidfd hangs up.
                None if status::kernel_remembers() && !self.hung_up() => Ok(None),
                None if !self.has_ended() => Ok(None),
                None => Err(Errno::ECHILD.into()),
            },
            Err(errno) => Err(errno.into()),
        }
    }

    fn wait_id(&self, options: c_int) -> Result<Option<libc::siginfo_t>, Errno> {
        let id = self.fd.as_raw_fd().cast_unsigned();
        // SAFETY: zeros are a valid siginfo.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        loop {
            // SAFETY: writes one siginfo through the pointer, which points to a live local.
            let result = unsafe { libc::waitid(libc::P_PIDFD, id, &raw mut info, options) };
            match Errno::result(result) {
                // SAFETY: after a successful waitid this field is set, or still zero.
                Ok(_) => return Ok((unsafe { info.si_pid() } != 0).then_some(info)),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Whether it was reaped, as the pidfd shows it since 6.9.
    fn hung_up(&self) -> bool {
        let mut look = libc::pollfd {
            fd: self.fd.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: one pollfd, which lives here.
        unsafe { libc::poll(&raw mut look, 1, 0) == 1 && look.revents & libc::POLLHUP != 0 }
    }
}

impl AsRawFd for Handle {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Signals a process group by its number. The caller holds somebody who keeps that number taken.
pub(super) fn signal_group(group: u32, signal: Signal) -> io::Result<()> {
    let group = c_int::try_from(group).map_err(|_| io::ErrorKind::InvalidInput)?;
    if group <= 1 {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // SAFETY: takes numbers alone.
    Errno::result(unsafe { libc::killpg(group, signals::number(signal)) })?;
    Ok(())
}

/// Waits until all have ended, at most `limit`; says whether they have.
pub(crate) fn wait_for_all(handles: &[&Handle], limit: Duration) -> bool {
    let deadline = Instant::now() + limit;
    let mut alive: Vec<&Handle> = handles.to_vec();
    loop {
        alive.retain(|handle| !handle.has_ended());
        let left = deadline.saturating_duration_since(Instant::now());
        if alive.is_empty() || left.is_zero() {
            return alive.is_empty();
        }
        wait_for_any(&alive, left);
    }
}

/// Waits until one has ended, at most `limit` (rounded up to a millisecond); says whether one has.
fn wait_for_any(handles: &[&Handle], limit: Duration) -> bool {
    let mut polls: Vec<libc::pollfd> = handles
        .iter()
        .map(|handle| libc::pollfd {
            fd: handle.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        })
        .collect();
    let limit = c_int::try_from(limit.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX);
    // SAFETY: the pointer and the length describe the vector, which lives through the call.
    let ready = unsafe { libc::poll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, limit) };
    c_long::from(ready) > 0
}
