//! Birth by plain `fork`: the way that every Unix has. It copies the parent's page tables, so its cost grows with
//! the parent's memory.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsRawFd;

use nix::libc;
use nix::sys::signal::{SigSet, SigmaskHow, pthread_sigmask};
use nix::unistd::ForkResult;

use super::descriptor;
use super::newborn::{self, Birth, Failure, Stage};

/// Every stage, in the order of its number: the child sends the number over the pipe.
const STAGES: [Stage; 11] = [
    Stage::None,
    Stage::Birth,
    Stage::Session,
    Stage::Terminal,
    Stage::Stdio,
    Stage::Directory,
    Stage::Exec,
    Stage::Unknown,
    Stage::Hold,
    Stage::Namespace,
    Stage::Init,
];

/// The stage of this number.
pub(super) fn stage_of(number: i32) -> Option<Stage> {
    usize::try_from(number)
        .ok()
        .and_then(|at| STAGES.get(at))
        .copied()
}

/// Forks, and waits until the child has become its program or failed to. `pin` takes hold of the child by its
/// number while it is certainly still our unreaped child.
pub(super) fn give_birth<P>(birth: &Birth<'_>, pin: impl Fn(u32) -> io::Result<P>) -> Result<P, Failure> {
    let (reader, writer) = descriptor::close_on_exec_pipe().map_err(|error| Failure::birth(&error))?;

    let mut before = SigSet::empty();
    pthread_sigmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::all()), Some(&mut before))
        .map_err(|error| Failure::birth(&error.into()))?;
    // SAFETY: the child calls `become_program`, `write` and `_exit` alone, all async-signal-safe.
    let forked = match unsafe { nix::unistd::fork() } {
        Ok(ForkResult::Child) => {
            // SAFETY: this is a fresh child with one thread and all signals blocked; it ends in `_exit`.
            let failure = unsafe { newborn::become_program(birth) };
            let record = [failure.stage as i32, failure.errno];
            // SAFETY: `record` lives on this stack and is eight bytes; a pipe takes them in one piece.
            unsafe {
                libc::write(writer.as_raw_fd(), record.as_ptr().cast(), size_of_val(&record));
                libc::_exit(127)
            }
        }
        Ok(ForkResult::Parent { child }) => {
            let number = u32::try_from(child.as_raw()).unwrap_or(0);
            Ok((child, pin(number)))
        }
        Err(error) => Err(Failure::birth(&error.into())),
    };
    // Setting back a mask that was in force cannot fail.
    let _ = pthread_sigmask(SigmaskHow::SIG_SETMASK, Some(&before), None);
    drop(writer);
    let (child, pinned) = forked?;

    let mut record = [0; 8];
    match File::from(reader).read_exact(&mut record) {
        Ok(()) => {
            let [stage, errno] = [0, 4]
                .map(|at| i32::from_ne_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]]));
            reap(child);
            Err(Failure {
                stage: stage_of(stage).unwrap_or(Stage::Exec),
                errno,
            })
        }
        // The pipe closed without a word: exec closed it.
        Err(_) => pinned.map_err(|error| {
            // When it could not even be found, it has ended and left its number to others (SIGCHLD is ignored).
            if error.raw_os_error() != Some(libc::ESRCH) {
                let _ = nix::sys::signal::kill(child, nix::sys::signal::Signal::SIGKILL);
                reap(child);
            }
            Failure {
                stage: Stage::Hold,
                ..Failure::birth(&error)
            }
        }),
    }
}

/// Takes the status of a child that is about to end. There is nobody to tell when it has none.
fn reap(child: nix::unistd::Pid) {
    while nix::sys::wait::waitpid(child, None) == Err(nix::errno::Errno::EINTR) {}
}
