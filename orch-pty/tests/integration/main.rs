//! Real processes in real terminals. `ORCH_PTY_SPAWN=vfork|posix_spawn|fork` runs the whole suite with one or another way
//! of birth.
#![cfg(unix)]

mod support;

mod drain;
mod exec_failure;
mod exit;
mod good_guest;
mod input;
#[cfg(target_os = "linux")]
mod leaks;
#[cfg(target_os = "linux")]
mod namespace;
#[cfg(target_os = "linux")]
mod newborn;
mod output;
mod stdin;
mod streams;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(target_os = "linux")]
mod warden;
