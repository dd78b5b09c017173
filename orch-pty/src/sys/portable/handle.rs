//! [`Handle`]: a child by its number, which stays its own until we take its status.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc::{self, c_int, pid_t};

use crate::signal::Signal;
use crate::sys::signals;

/// How often a bounded wait looks again.
const STEP: Duration = Duration::from_millis(1);

#[derive(Debug)]
pub(crate) struct Handle {
    pid: pid_t,
    reaped: AtomicBool,
}

impl Handle {
    /// Names a child of this process; no other process can be held here.
    pub(crate) fn open(pid: u32) -> io::Result<Self> {
        let pid = pid_t::try_from(pid).map_err(|_| io::ErrorKind::InvalidInput)?;
        Ok(Self {
            pid,
            reaped: AtomicBool::new(false),
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid.unsigned_abs()
    }

    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        self.send(self.pid, signals::number(signal))
    }

    /// Signals the process group that this process leads.
    pub(crate) fn signal_group_led(&self, signal: Signal) -> io::Result<()> {
        self.send(-self.pid, signals::number(signal))
    }

    fn send(&self, target: pid_t, number: c_int) -> io::Result<()> {
        if self.reaped.load(Ordering::Acquire) {
            return Err(Errno::ESRCH.into());
        }
        // SAFETY: takes numbers alone. The child is unreaped, so its number and its group's mean nobody else.
        Errno::result(unsafe { libc::kill(target, number) })?;
        Ok(())
    }

    pub(crate) fn is_unreaped(&self) -> bool {
        !self.reaped.load(Ordering::Acquire)
    }

    /// Whether it has ended, reaped or not.
    pub(crate) fn has_ended(&self) -> bool {
        if self.reaped.load(Ordering::Acquire) {
            return true;
        }
        // SAFETY: zeros are a valid siginfo.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let options = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: writes one siginfo through the pointer, which points to a live local; takes no status.
        let result = unsafe {
            libc::waitid(
                libc::P_PID,
                self.pid.unsigned_abs() as libc::id_t,
                &raw mut info,
                options,
            )
        };
        // SAFETY: the field is set, or still zero.
        result == -1 || unsafe { info.si_pid() } != 0
    }

    /// Waits until it has ended, at most `limit`; says whether it has.
    pub(crate) fn wait_for_end(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while !self.has_ended() {
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(STEP);
        }
        true
    }

    /// Blocks until this child has ended and takes its status.
    pub(crate) fn reap_at_end(&self) -> io::Result<Option<i32>> {
        while !self.has_ended() {
            thread::sleep(STEP);
        }
        self.reap()
    }

    /// The number of the signal that has stopped this child and not let it go on since. Takes no status.
    pub(crate) fn stopped_by(&self) -> io::Result<Option<i32>> {
        // SAFETY: zeros are a valid siginfo.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let options = libc::WSTOPPED | libc::WCONTINUED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: writes one siginfo through the pointer, which points to a live local; takes no status.
        let result = unsafe {
            libc::waitid(
                libc::P_PID,
                self.pid.unsigned_abs() as libc::id_t,
                &raw mut info,
                options,
            )
        };
        // SAFETY: the fields are set, or still zero.
        let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
        Ok((result == 0 && pid != 0 && info.si_code == libc::CLD_STOPPED).then_some(status))
    }

    /// Takes the wait status of this child if it has ended. Waits for nobody else.
    ///
    /// # Errors
    /// `ECHILD` when somebody else has taken the status, or the system was told to keep none.
    pub(crate) fn reap(&self) -> io::Result<Option<i32>> {
        let mut status = 0;
        // SAFETY: writes one int through the pointer, which points to a live local.
        match Errno::result(unsafe { libc::waitpid(self.pid, &raw mut status, libc::WNOHANG) }) {
            Ok(0) | Err(Errno::EINTR) => Ok(None),
            Ok(_) => {
                self.reaped.store(true, Ordering::Release);
                Ok(Some(status))
            }
            Err(errno) => {
                self.reaped.store(true, Ordering::Release);
                Err(errno.into())
            }
        }
    }
}
