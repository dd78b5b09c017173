//! The raw limit: a program in a terminal by the fewest system calls, without a library in between.
//!
//! A spawn of `/bin/true`, drained and reaped, is 20 calls: in the parent `open`, `TIOCSPTLCK`, `TIOCGPTPEER`, the
//! signal mask twice, `clone`, `close` of the child's side, `poll` on terminal and pidfd, `read` (end), `waitid`, `close`
//! twice; in the child `rt_sigaction` (the `SIGPIPE` that every Rust program ignores), `setsid`, `TIOCSCTTY`, `dup2`
//! three times, the signal mask, `execve`. The test `raw_is_twenty_calls` counts them. This file makes no environment,
//! looks up no program and contains nothing: whoever needs that pays for it on top. It is the one file outside of
//! orch-pty with `unsafe`, so that the limit owes nothing to what is measured against it.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::ptr;

const STACK: usize = 64 * 1024;
const KERNEL_SIGNAL_SET: usize = 8;

/// A program and its arguments as `execve` reads them, with this process's environment.
pub(crate) struct Program {
    _strings: Vec<CString>,
    argv: Vec<*const c_char>,
    envp: Vec<*const c_char>,
}

impl Program {
    pub(crate) fn new(words: &[String]) -> io::Result<Self> {
        let words = words.iter().map(|word| word.clone().into_bytes());
        let variables = std::env::vars_os().map(|(mut key, value)| {
            key.push("=");
            key.push(value);
            std::os::unix::ffi::OsStringExt::into_vec(key)
        });
        let argv: Vec<CString> = words.map(CString::new).collect::<Result<_, _>>()?;
        let envp: Vec<CString> = variables.map(CString::new).collect::<Result<_, _>>()?;
        let pointers = |texts: &[CString]| -> Vec<*const c_char> {
            let pointers = texts.iter().map(|text| text.as_ptr());
            pointers.chain([ptr::null()]).collect()
        };
        Ok(Self {
            argv: pointers(&argv),
            envp: pointers(&envp),
            _strings: argv.into_iter().chain(envp).collect(),
        })
    }
}

/// A started process: its pidfd, and the end of its terminal or pipe that is ours.
pub(crate) struct Child {
    pub(crate) pid: c_int,
    pub(crate) pidfd: OwnedFd,
    pub(crate) output: OwnedFd,
}

/// A stack for children, used by one birth at a time.
pub(crate) struct Spawner {
    stack: *mut c_void,
}

/// What the child is told, on the parent's stack.
struct Orders<'a> {
    program: &'a Program,
    stdio: [RawFd; 3],
    controlling: bool,
    errno: c_int,
}

impl Spawner {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: a fresh private mapping that replaces nothing.
        let stack = unsafe {
            libc::mmap(
                ptr::null_mut(),
                STACK,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK,
                -1,
                0,
            )
        };
        if stack == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { stack })
    }

    /// All three streams on a new terminal, which controls the child.
    pub(crate) fn on_terminal(&mut self, program: &Program) -> io::Result<Child> {
        let [master, slave] = terminal()?;
        let (pid, pidfd) = self.birth(program, [slave.as_raw_fd(); 3], true)?;
        close(slave)?;
        Ok(Child {
            pid,
            pidfd,
            output: master,
        })
    }

    /// Standard output on a pipe, the other two on `/dev/null`.
    pub(crate) fn on_pipe(&mut self, program: &Program) -> io::Result<Child> {
        // SAFETY: the path is a C string; the call returns a new descriptor or -1.
        let null = owned(unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) })?;
        let mut ends = [-1; 2];
        // SAFETY: the call writes two descriptors to the array it is given.
        check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
        let [reader, writer] = [owned(ends[0])?, owned(ends[1])?];
        let stdio = [null.as_raw_fd(), writer.as_raw_fd(), null.as_raw_fd()];
        let (pid, pidfd) = self.birth(program, stdio, false)?;
        Ok(Child {
            pid,
            pidfd,
            output: reader,
        })
    }

    fn birth(
        &mut self,
        program: &Program,
        stdio: [RawFd; 3],
        controlling: bool,
    ) -> io::Result<(c_int, OwnedFd)> {
        let mut orders = Orders {
            program,
            stdio,
            controlling,
            errno: 0,
        };
        let (mut pidfd, mut before): (c_int, u64) = (-1, 0);
        set_mask(u64::MAX, &raw mut before);
        // SAFETY: the stack is this spawner's, which is borrowed alone, and its top is aligned to a page. CLONE_VFORK
        // suspends this thread until the child has left the shared memory by exec or `_exit`, so orders, program and
        // stack outlive its use. CLONE_PIDFD writes one int to `pidfd`.
        let pid = unsafe {
            libc::clone(
                child_main,
                self.stack.byte_add(STACK),
                libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD,
                (&raw mut orders).cast(),
                &raw mut pidfd,
            )
        };
        let refused = io::Error::last_os_error();
        set_mask(before, ptr::null_mut());
        if pid == -1 {
            return Err(refused);
        }
        let pidfd = owned(pidfd)?;
        // SAFETY: the child wrote it, if ever, before this thread went on; volatile, since the compiler saw no call
        // that could.
        let errno = unsafe { (&raw const orders.errno).read_volatile() };
        if errno != 0 {
            wait(&pidfd)?;
            return Err(io::Error::from_raw_os_error(errno));
        }
        Ok((pid, pidfd))
    }
}

impl Drop for Spawner {
    fn drop(&mut self) {
        // SAFETY: the whole mapping, with no child on it.
        unsafe { libc::munmap(self.stack, STACK) };
    }
}

extern "C" fn child_main(orders: *mut c_void) -> c_int {
    // SAFETY: `birth` keeps its orders alive while this runs and does not touch them. Every call is a thin wrapper of
    // one system call with numbers or live pointers; none takes a lock or allocates. `errno` is the suspended
    // thread's. 64 zero bytes are a larger default `sigaction` than the kernel's on every architecture.
    unsafe {
        let orders = orders.cast::<Orders<'_>>();
        let [input, output, error] = (*orders).stdio;
        let default = [0_u64; 8];
        libc::syscall(
            libc::SYS_rt_sigaction,
            libc::SIGPIPE,
            default.as_ptr(),
            ptr::null_mut::<c_void>(),
            KERNEL_SIGNAL_SET,
        );
        let placed = libc::setsid() != -1
            && (!(*orders).controlling || libc::ioctl(input, libc::TIOCSCTTY, 0) != -1)
            && libc::dup2(input, 0) != -1
            && libc::dup2(output, 1) != -1
            && libc::dup2(error, 2) != -1;
        if placed {
            set_mask(0, ptr::null_mut());
            let program = (*orders).program;
            libc::execve(program.argv[0], program.argv.as_ptr(), program.envp.as_ptr());
        }
        (&raw mut (*orders).errno).write_volatile(*libc::__errno_location());
        libc::_exit(127)
    }
}

/// Both ends of a new terminal: ours, and the child's.
pub(crate) fn terminal() -> io::Result<[OwnedFd; 2]> {
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: the path is a C string; the call returns a new descriptor or -1.
    let master = owned(unsafe { libc::open(c"/dev/ptmx".as_ptr(), flags) })?;
    let unlocked: c_int = 0;
    // SAFETY: TIOCSPTLCK reads one int through the pointer, which points to a live local.
    check(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCSPTLCK, &raw const unlocked) })?;
    // SAFETY: TIOCGPTPEER takes open flags by value and returns a new descriptor or -1.
    let slave = owned(unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCGPTPEER, flags) })?;
    Ok([master, slave])
}

/// Waits until the terminal or pipe has something to read (or ends), or the child has ended.
pub(crate) fn poll(child: &Child) -> io::Result<()> {
    let mut fds = [child.output.as_raw_fd(), child.pidfd.as_raw_fd()].map(|fd| libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    });
    // SAFETY: the array lives here and holds two entries.
    check(unsafe { libc::poll(fds.as_mut_ptr(), 2, -1) })?;
    Ok(())
}

/// One `read`; the `EIO` at the end of a terminal is 0.
pub(crate) fn read(fd: &OwnedFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the kernel writes at most `buffer.len()` bytes to it.
    let read = unsafe { libc::read(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len()) };
    usize::try_from(read).or_else(|_| {
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EIO) => Ok(0),
            _ => Err(error),
        }
    })
}

/// One `write`.
pub(crate) fn write(fd: &OwnedFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the kernel reads at most `bytes.len()` bytes from it.
    let written = unsafe { libc::write(fd.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) };
    usize::try_from(written).map_err(|_| io::Error::last_os_error())
}

/// Waits for the end of a child and takes its status: how it ended (`CLD_EXITED` and its like), and the number with it.
pub(crate) fn wait(pidfd: &OwnedFd) -> io::Result<(c_int, c_int)> {
    let id = pidfd.as_raw_fd().unsigned_abs();
    // SAFETY: the call writes to the live local it is given, for which zeros are valid, and it fills the fields of a
    // child's end when it succeeds.
    unsafe {
        let mut status: libc::siginfo_t = std::mem::zeroed();
        check(libc::waitid(libc::P_PIDFD, id, &raw mut status, libc::WEXITED))?;
        Ok((status.si_code, status.si_status()))
    }
}

/// One `close`. Dropping it would do; but in a debug build that first asks whether the
/// descriptor is open.
pub(crate) fn close(fd: OwnedFd) -> io::Result<()> {
    // SAFETY: the descriptor was owned and is given up here.
    check(unsafe { libc::close(fd.into_raw_fd()) })
}

/// Takes hold of a process by its number.
pub(crate) fn open_process(pid: c_int) -> io::Result<OwnedFd> {
    // SAFETY: the call takes numbers alone and returns a new descriptor or -1.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    owned(c_int::try_from(fd).unwrap_or(-1))
}

/// Kills the process that a pidfd names.
pub(crate) fn kill(pidfd: &OwnedFd) -> io::Result<()> {
    let nothing = ptr::null_mut::<c_void>();
    // SAFETY: the call takes numbers and a null pointer, which stands for no further information.
    let sent = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            libc::SIGKILL,
            nothing,
            0,
        )
    };
    check(c_int::try_from(sent).unwrap_or(-1))
}

fn set_mask(mask: u64, before: *mut u64) {
    // SAFETY: both pointers are null or point to eight live bytes, the size that is passed. It cannot be refused.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            &raw const mask,
            before,
            KERNEL_SIGNAL_SET,
        );
    }
}

fn check(result: c_int) -> io::Result<()> {
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

fn owned(fd: RawFd) -> io::Result<OwnedFd> {
    check(fd)?;
    // SAFETY: the caller has just been given this descriptor by the kernel and hands it on.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
