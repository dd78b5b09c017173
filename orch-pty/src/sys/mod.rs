//! Every call into the operating system, and every `unsafe` line of the workspace.
//!
//! `linux` and `portable` offer the same names; the rest of the crate asks no further which one it stands on.
//! Types of nix and libc end here.

#![allow(unsafe_code)]

pub(crate) mod descriptor;
mod dispositions;
mod fork;
pub(crate) mod image;
mod limit;
pub(crate) mod lookup;
mod newborn;
pub(crate) mod open_files;
pub(crate) mod reactor;
pub(crate) mod refusal;
pub(crate) mod reserve;
pub(crate) mod settings;
pub(crate) mod signals;
pub(crate) mod terminal;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;

#[cfg(not(target_os = "linux"))]
mod portable;
#[cfg(not(target_os = "linux"))]
use portable as platform;

pub(crate) use dispositions::Dispositions;
pub(crate) use limit::Limit;
#[cfg(target_os = "linux")]
pub(crate) use linux::warden;
pub(crate) use newborn::{Birth, Failure, Stage};
pub(crate) use platform::{
    Handle, births_by_vfork, fork_and_pin, limit_for, namespace, own_number, posix_spawn, processes, random,
    stdin_from_bytes, vfork,
};

#[cfg(target_os = "linux")]
pub(crate) use linux::processes::since_boot;

/// Opens no symbolic link.
#[cfg(target_os = "linux")]
pub(crate) const NO_FOLLOW: i32 = nix::libc::O_NOFOLLOW;
/// Waits for nobody at the other end of a pipe.
#[cfg(target_os = "linux")]
pub(crate) const NO_WAIT: i32 = nix::libc::O_NONBLOCK;

/// How many processes this process's user may have; `None` when nothing is said about it.
#[cfg(target_os = "linux")]
pub(crate) fn limit_of_processes() -> Option<u64> {
    use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
    let (soft, _) = getrlimit(Resource::RLIMIT_NPROC).ok()?;
    (soft != RLIM_INFINITY).then_some(soft)
}

/// How many processes this process's user may have: not asked here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn limit_of_processes() -> Option<u64> {
    None
}

/// The user on whose behalf this process acts.
#[cfg(target_os = "linux")]
pub(crate) fn own_user() -> u32 {
    nix::unistd::geteuid().as_raw()
}
