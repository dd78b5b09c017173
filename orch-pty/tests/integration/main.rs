//! Real processes in real terminals. `ORCH_PTY_SPAWN=vfork|posix_spawn|fork` runs the whole suite with one or another way
//! of birth.
#![cfg(unix)]

mod support;

mod drain;
mod exec_failure;
mod exit;
#[cfg(target_os = "linux")]
mod given_up;
mod good_guest;
#[cfg(target_os = "linux")]
mod good_guest_at_once;
mod input;
#[cfg(target_os = "linux")]
mod leaks;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(target_os = "linux")]
mod namespace;
#[cfg(target_os = "linux")]
mod newborn;
mod output;
#[cfg(target_os = "linux")]
mod statuses;
mod stdin;
mod streams;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(target_os = "linux")]
mod threads;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(target_os = "linux")]
mod users_terminal;
#[cfg(target_os = "linux")]
mod wall_clock;
#[cfg(target_os = "linux")]
mod warden;
