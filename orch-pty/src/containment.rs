//! [`Containment`]: what holds the children of this process when it dies. A value to read, and to require.

use std::fmt;

use crate::warden::Guard;

/// How surely the children of this process end with it. Later ones hold more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tier {
    /// The kernel hangs the terminals up: what ignores that, or has left its session, lives on.
    ProcessGroup,
    /// A warden ends everybody whom lineage or environment shows. Who scrubs its environment *and* has left the lineage
    /// lives on: the limit that carries the tag cannot be set here, or was set late (`posix_spawn`).
    Environment,
    /// A warden ends everybody, by lineage, by the tag in a limit, and by environment. Who changes that limit on purpose,
    /// scrubs its environment *and* has left the lineage lives on.
    Warden,
    /// The kernel ends everybody: the program runs in a PID namespace of its own (Linux), which nobody can leave, and
    /// whose first process ends when this process does, also when this process and its warden are both killed. Only a
    /// child whose command [requires](crate::Command::require) this tier has it.
    ///
    /// In the namespace:
    /// - It ends with the program: a daemon that the program has started does not outlive it.
    /// - Process numbers are the namespace's own and `/proc` shows its processes alone, except where a container's
    ///   masks over `/proc` forbid to mount one: there it shows the system's.
    /// - Mounts are the namespace's own too; later ones of the system still come in.
    /// - Where this process may make no PID namespace by itself, it makes a user namespace with it, in which users and
    ///   groups keep their numbers: what is setuid gains nothing there, and files of other users seem to be nobody's.
    /// - A program that runs as root without a user namespace has root's ways out of a namespace.
    ///
    /// Where the warden was killed too, everybody is gone as soon as the kernel has taken this process apart: after a
    /// moment, and about 130 ms later for each GiB of its memory.
    ///
    /// It costs a process more (this executable, started once more, about 0.5 MiB), a few milliseconds at the spawn,
    /// and two more descriptors while the program runs.
    PidNamespace,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ProcessGroup => "process group",
            Self::Environment => "warden, by environment",
            Self::Warden => "warden",
            Self::PidNamespace => "PID namespace",
        })
    }
}

/// What holds the children of this process when it dies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Containment {
    /// How much is held.
    pub tier: Tier,
    /// The warden's number.
    pub warden: Option<u32>,
    /// How often a warden died while this process lived and another one took its place.
    pub replaced: u32,
    /// Whether this process is on record, so that [`janitor`](crate::janitor) ends its children should it and its
    /// warden both be killed.
    pub recorded: bool,
    /// Why no more is held, in a sentence; `None` from [`Tier::Warden`] on.
    pub why_not: Option<String>,
}

impl fmt::Display for Containment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.tier)?;
        if let Some(warden) = self.warden {
            write!(f, " (process {warden})")?;
        }
        match &self.why_not {
            Some(why) => write!(f, ": {why}"),
            None => Ok(()),
        }
    }
}

/// What holds children of this process that are born now. The first call, or the first spawn, starts the warden, which
/// takes some milliseconds.
pub fn containment() -> Containment {
    Guard::of_this_process().containment(false)
}
