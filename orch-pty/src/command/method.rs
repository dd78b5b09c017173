//! [`SpawnMethod`]: how a child is made.

use std::ffi::OsStr;

/// How a child is made. The default is [`Vfork`](Self::Vfork) on Linux and [`Fork`](Self::Fork) elsewhere, unless the
/// variable `ORCH_PTY_SPAWN` of this process names another one (`vfork`, `posix_spawn` or `fork`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpawnMethod {
    /// The child runs in this process's memory until it execs, while the calling thread waits. No page table is
    /// copied, so the cost does not grow with this process's memory. Where there is no such call, this forks.
    Vfork,
    /// The C library's `posix_spawn`. It copies no page table either, and makes about ten times as many system calls.
    /// It cannot put the [`Tag`](crate::Tag) in the child's limit before the program starts: this process sets it
    /// straight after, and what the program has started by then and has left its lineage is found only by its
    /// environment. Elsewhere than on Linux, this forks.
    PosixSpawn,
    /// Plain `fork`, as every Unix has it. It copies the page tables: about 0.3 s for 1 GiB of touched memory.
    Fork,
}

impl SpawnMethod {
    /// The variable of this process's environment that chooses the method.
    pub const VARIABLE: &'static str = "ORCH_PTY_SPAWN";

    /// Reads the word that [`VARIABLE`](Self::VARIABLE) holds.
    pub(crate) fn parse(word: &OsStr) -> Option<Self> {
        match word.to_str()? {
            "vfork" => Some(Self::Vfork),
            "posix_spawn" => Some(Self::PosixSpawn),
            "fork" => Some(Self::Fork),
            _ => None,
        }
    }
}
