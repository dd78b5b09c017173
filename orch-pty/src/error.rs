//! [`SpawnError`]: why a command could not be started.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::containment::{Containment, Tier};

/// Why a command could not be started. Nothing was started and nothing is left behind.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpawnError {
    /// There is no such program.
    #[error("cannot start `{}`: no such program {}; install it or give its path", program.display(), searched(path.as_ref()))]
    NotFound {
        /// The program as it was given.
        program: PathBuf,
        /// The child's `PATH` that was searched, when the program is a name.
        path: Option<OsString>,
    },
    /// The program is there and may not be executed.
    #[error("cannot start `{}`: permission denied; it must be an executable file on a file system that allows execution", path.display())]
    PermissionDenied {
        /// The program.
        path: PathBuf,
    },
    /// The file is no program that this system can run.
    #[error("cannot start `{}`: not a program of this system; a script needs a first line such as `#!/bin/sh`", path.display())]
    BadFormat {
        /// The program.
        path: PathBuf,
    },
    /// The program is there, but what should run it is not.
    #[error("cannot start `{}`: its interpreter {} cannot be run; install it or correct the path", path.display(), named(interpreter.as_ref()))]
    BadInterpreter {
        /// The program.
        path: PathBuf,
        /// What the script's first line names; `None` for the loader of a binary.
        interpreter: Option<PathBuf>,
    },
    /// Arguments and environment are more than the kernel takes.
    #[error("cannot start `{}`: arguments and environment of {bytes} bytes (longest {longest}) are too long; pass large input by standard input", path.display())]
    ArgumentsTooLong {
        /// The program.
        path: PathBuf,
        /// Bytes of all arguments and variables together.
        bytes: usize,
        /// Bytes of the longest one; Linux takes at most 131,072 in one.
        longest: usize,
    },
    /// The child could not enter its directory.
    #[error("cannot start in directory `{}`: {source}; create it or choose another one", path.display())]
    Directory {
        /// The directory as it was given.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Program, directory, an argument or a variable holds a NUL byte, which cannot be passed.
    #[error("cannot start `{}`: program, directory, an argument or a variable holds a NUL byte; remove it", program.display())]
    NulByte {
        /// The program as it was given.
        program: PathBuf,
    },
    /// The terminal could not be opened or set up.
    #[error("cannot open a terminal: {source}; the limit of terminals (kernel.pty.max) may be reached")]
    Terminal {
        /// What the operating system said.
        source: io::Error,
    },
    /// A stream other than the terminal could not be set up.
    #[error(
        "cannot set up {stream}: {source}; the system's limit of open files (fs.file-max) or of space may be reached"
    )]
    Stream {
        /// `stdin`, `stdout` or `stderr`.
        stream: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// This process has as many open files as it may have, its soft limit raised to the hard one already. The program was
    /// not started, or, when it could not be held, it was ended with all it had started.
    #[error("cannot start `{}`: {} files are open, which is all that this process may have (RLIMIT_NOFILE); close some, or raise the hard limit (ulimit -Hn)", program.display(), counted(*limit))]
    OpenFiles {
        /// The program as it was given.
        program: PathBuf,
        /// The limit, when it is known.
        limit: Option<u64>,
        /// What the operating system said.
        source: io::Error,
    },
    /// There are as many processes as there may be.
    #[error("cannot start `{}`: there are as many processes as there may be: of this user (RLIMIT_NPROC, ulimit -u: {}), of its control group (pids.max) or of the system (kernel.pid_max); end some, or raise the limit", program.display(), counted(*limit))]
    Processes {
        /// The program as it was given.
        program: PathBuf,
        /// The limit of this user's processes, when there is one. It may not be the one that was reached.
        limit: Option<u64>,
        /// What the operating system said.
        source: io::Error,
    },
    /// The system could not make a process.
    #[error("cannot make a process for `{}`: {source}; the limit of memory may be reached, or the kernel is older than Linux 5.11", program.display())]
    Process {
        /// The program as it was given.
        program: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Exec failed in a way that has no name of its own here.
    #[error("cannot start `{}`: {source}", path.display())]
    Exec {
        /// The program.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// There is no tokio runtime here, or its I/O is off.
    #[error("cannot start `{}`: no tokio runtime with I/O; spawn inside one that was built with `enable_all`", program.display())]
    NoRuntime {
        /// The program as it was given.
        program: PathBuf,
    },
    /// The runtime's reactor refused a descriptor.
    #[error("cannot watch `{}`: {source}; the limit of watched files (fs.epoll.max_user_watches) may be reached", program.display())]
    Reactor {
        /// The program as it was given.
        program: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// This process has told the system to forget how its children end, and this kernel does.
    #[error("cannot start `{}`: this program ignores SIGCHLD, so its exit status would be lost; set SIGCHLD to its default", program.display())]
    StatusesIgnored {
        /// The program as it was given.
        program: PathBuf,
    },
    /// `ORCH_PTY_SPAWN` holds a word that is no [`SpawnMethod`](crate::SpawnMethod).
    #[error("cannot choose how to spawn: ORCH_PTY_SPAWN is `{}`; set it to `vfork`, `posix_spawn` or `fork`, or unset it", value.display())]
    UnknownMethod {
        /// What it holds.
        value: OsString,
    },
    /// The command requires a tier of containment that cannot be had here.
    #[error("cannot start `{}`: it requires containment by {required}, and there is {containment}; mend that, or require less", program.display())]
    NotContained {
        /// The program as it was given.
        program: PathBuf,
        /// What the command requires.
        required: Tier,
        /// What there is, and why no more.
        containment: Containment,
    },
    /// No tag could be made.
    #[error("cannot make a tag: {source}; the system has no random bytes to give")]
    Tag {
        /// What the operating system said.
        source: io::Error,
    },
}

fn searched(path: Option<&OsString>) -> String {
    path.map_or_else(
        || "at this path".to_owned(),
        |path| format!("in PATH ({})", path.display()),
    )
}

fn counted(limit: Option<u64>) -> String {
    limit.map_or_else(|| "no number known".to_owned(), |limit| limit.to_string())
}

fn named(interpreter: Option<&PathBuf>) -> String {
    interpreter.map_or_else(
        || "(the loader of a binary)".to_owned(),
        |path| format!("`{}`", path.display()),
    )
}
