//! The processes of a case, as /proc shows them: found by an entry in their environment, wherever they are in the tree.

use std::fs;

/// A process that is no zombie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) words: Vec<String>,
}

impl Process {
    /// Whether its command line begins with these words.
    pub(super) fn begins(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(a, b)| a == b)
    }
}

/// Every process with this `NAME=value` in its environment.
pub(super) fn marked(mark: &str) -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|&pid| entries_of(pid, "environ").iter().any(|entry| entry == mark))
        .filter(|&pid| !is_zombie(pid))
        .map(|pid| Process {
            pid,
            words: entries_of(pid, "cmdline"),
        })
        .collect()
}

fn entries_of(pid: u32, file: &str) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
    bytes
        .split(|&byte| byte == 0)
        .map(|entry| String::from_utf8_lossy(entry).into_owned())
        .collect()
}

/// A process that is gone is taken for one.
fn is_zombie(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name is in parentheses and may hold anything.
    stat.rsplit_once(") ")
        .is_none_or(|(_, rest)| rest.starts_with('Z'))
}
