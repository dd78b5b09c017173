//! The raw way to end a tree: walk the children of children and kill each by pidfd, until there are none.
//!
//! It counts on this process being a subreaper with no other children, so that every orphan of the tree becomes its
//! own: a price that a library cannot ask of its host.

use std::os::fd::AsFd as _;

use anyhow::{Context as _, Result};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::raw;

/// Returns when no descendant is left and all of them that came to this process are reaped.
pub(super) fn kill_all_descendants() -> Result<()> {
    let own = std::process::id();
    loop {
        let mut found = Vec::new();
        walk(own, &mut found);
        if found.is_empty() {
            return Ok(());
        }
        let mut pins = Vec::with_capacity(found.len());
        for pid in found {
            // Whoever has ended and was reaped meanwhile needs no signal.
            if let Ok(pin) = raw::open_process(pid) {
                let _ = raw::kill(&pin);
                pins.push(pin);
            }
        }
        for pin in &pins {
            poll(
                &mut [PollFd::new(pin.as_fd(), PollFlags::POLLIN)],
                PollTimeout::NONE,
            )
            .context("an end")?;
            // Another's child is reaped by that other, or comes here with its death.
            let _ = raw::wait(pin);
        }
    }
}

/// All descendants of `pid`, parents first.
fn walk(pid: u32, found: &mut Vec<i32>) {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return;
    };
    for thread in threads.flatten() {
        let line = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in line
            .split_ascii_whitespace()
            .filter_map(|word| word.parse::<u32>().ok())
        {
            found.push(child.cast_signed());
            walk(child, found);
        }
    }
}
