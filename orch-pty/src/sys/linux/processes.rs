//! What `/proc` says about processes. Every answer may be out of date when it arrives; who acts on one pins the
//! process first and asks again.

use std::fs::File;
use std::io::{self, Read};
use std::time::Duration;

use super::handle::{self, Handle};
use super::limit;
use crate::signal::Signal;

/// Environments are read up to here; the kernel takes no more than a quarter of the stack limit (2 MiB by default).
const ENVIRONMENT_MOST: u64 = 8 * 1024 * 1024;

/// The numbers of all processes.
pub(crate) fn all() -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// The number that was given out last.
pub(crate) fn newest() -> Option<u32> {
    std::fs::read_to_string("/proc/loadavg")
        .ok()?
        .split_ascii_whitespace()
        .last()?
        .parse()
        .ok()
}

/// One more than the highest number a process can have.
pub(crate) fn number_limit() -> Option<u32> {
    std::fs::read_to_string("/proc/sys/kernel/pid_max")
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// The children of all threads of `pid`.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return found;
    };
    for thread in threads.flatten() {
        let Ok(line) = std::fs::read_to_string(thread.path().join("children")) else {
            continue;
        };
        found.extend(
            line.split_ascii_whitespace()
                .filter_map(|number| number.parse::<u32>().ok()),
        );
    }
    found
}

/// Where a process stands among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) parent: u32,
    pub(crate) group: u32,
    /// Clock ticks between the start of the system and of the process.
    pub(crate) started: u64,
}

/// Where `pid` stands.
pub(crate) fn place(pid: u32) -> Option<Place> {
    parse_stat(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// Whether `pid` is a process that has not ended.
pub(crate) fn is_running(pid: u32) -> bool {
    Handle::open(pid).is_ok_and(|process| !process.has_ended())
}

/// The program's name is in parentheses and may itself hold parentheses, blanks and any byte: fields count from the
/// last one.
fn parse_stat(stat: &[u8]) -> Option<Place> {
    let after = stat.iter().rposition(|&byte| byte == b')')? + 1;
    let mut fields = std::str::from_utf8(stat.get(after..)?)
        .ok()?
        .split_ascii_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    // Field 22 of proc_pid_stat(5); field 5 was just read.
    let started = fields.nth(16)?.parse().ok()?;
    Some(Place {
        parent,
        group,
        started,
    })
}

/// Whether `pid` carries the tag of `worker` in its limit.
pub(crate) fn limit_is(pid: u32, worker: u64) -> bool {
    limit::read(pid).is_some_and(|[soft, _]| soft == worker)
}

/// Whether the environment that `pid` was started with has a variable `key` whose value, cut at colons, holds `word`.
pub(crate) fn environment_has(pid: u32, key: &str, word: &str) -> bool {
    let Ok(file) = File::open(format!("/proc/{pid}/environ")) else {
        return false;
    };
    let mut environment = Vec::new();
    if file.take(ENVIRONMENT_MOST).read_to_end(&mut environment).is_err() {
        return false;
    }
    environment.split(|&byte| byte == 0).any(|variable| {
        let value = variable
            .strip_prefix(key.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"="));
        value.is_some_and(|value| {
            value
                .split(|&byte| byte == b':')
                .any(|part| part == word.as_bytes())
        })
    })
}

pub(crate) fn limit_pair(pid: u32) -> Option<[u64; 2]> {
    limit::read(pid)
}

/// Takes hold of the process that has this number now.
pub(crate) fn pin(pid: u32) -> io::Result<Handle> {
    Handle::open(pid)
}

/// Signals one member of a tree.
pub(crate) fn tell(member: &Handle, signal: Signal) -> io::Result<()> {
    member.signal(signal)
}

/// Signals the group that `member` is in now. The caller has checked that this group is the tree's own.
pub(crate) fn signal_group_of(member: &Handle, signal: Signal) -> io::Result<()> {
    let Some(place) = place(member.pid()) else {
        return Err(io::ErrorKind::NotFound.into());
    };
    if place.group == member.pid() {
        return member.signal_group_led(signal);
    }
    // While a member is unreaped, its group's number means no other group.
    if place.group == std::process::id() || !member.is_unreaped() {
        return Err(io::ErrorKind::NotFound.into());
    }
    handle::signal_group(place.group, signal)
}

/// Waits until all have ended, at most `limit`.
pub(crate) fn wait_for_all(handles: &[&Handle], limit: Duration) -> bool {
    handle::wait_for_all(handles, limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_full_of_parentheses_does_not_shift_the_fields() {
        let stat = b"71 (a) S 1 (\xff) R 40 41 42 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 987654 0 0";
        assert_eq!(
            parse_stat(stat),
            Some(Place {
                parent: 40,
                group: 41,
                started: 987_654
            })
        );
        assert_eq!(parse_stat(b"71 (a"), None);
        assert_eq!(parse_stat(b""), None);
    }

    #[test]
    fn this_process_is_found_by_its_number_and_its_parent() {
        let own = std::process::id();
        assert!(all().contains(&own));
        let place = place(own).expect("own place");
        assert_eq!(place.parent, std::os::unix::process::parent_id());
        assert!(newest().is_some() && number_limit().is_some());
    }
}
