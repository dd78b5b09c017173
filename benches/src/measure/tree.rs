//! A tree whose members leave it in every way that an ordinary program has.

use anyhow::Result;

use super::marker::Marker;

/// What else it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Nothing.
    Plain,
    /// Everybody has an empty environment.
    Scrubbed,
    /// One starts its own successor in a new session and ends, for ever.
    Reforking,
}

/// A leader, and: a plain child, one in a process group of its own, one in a session of its own, a daemon whose parent
/// is gone, one that ignores polite signals. `$1` is the mark, `$2` this program, `$3` what keeps a re-forker going.
const FIVE: &str = r#"
    sleep "$1" &
    "$2" member own-group "$1" &
    setsid sleep "$1" &
    (setsid sleep "$1" &)
    (trap '' HUP INT TERM; exec sleep "$1") &
    wait"#;
const REFORKER: &str = r#"(setsid "$2" member reforker "$3" &)"#;
/// With the leader.
const SIZE: usize = 6;

/// The command line of the tree.
pub(crate) fn words(marker: &Marker, habit: Habit) -> Result<Vec<String>> {
    let own = std::env::current_exe()?.to_string_lossy().into_owned();
    let script = match habit {
        Habit::Plain | Habit::Scrubbed => FIVE.to_owned(),
        Habit::Reforking => format!("{REFORKER}\n{FIVE}"),
    };
    let mut words: Vec<String> = match habit {
        Habit::Scrubbed => vec![
            "/usr/bin/env".to_owned(),
            "-i".to_owned(),
            "PATH=/usr/bin:/bin".to_owned(),
        ],
        Habit::Plain | Habit::Reforking => Vec::new(),
    };
    let file = marker.file().to_string_lossy().into_owned();
    words.extend(["/bin/sh", "-c", &script, "sh", marker.number(), &own, &file].map(str::to_owned));
    if habit == Habit::Reforking {
        std::fs::write(marker.file(), "")?;
    }
    Ok(words)
}

/// Waits until everybody is what they end up as. A re-forker is now there and now between two lives, so it may be
/// missing from the count and must have been seen.
pub(crate) fn grown(marker: &Marker) -> Result<()> {
    marker.until("the whole tree runs", |bearers| {
        let of = |name: &str| bearers.iter().filter(|(_, other)| other == name).count();
        // The re-forker has the same name as the one with a group of its own: that of this program, cut by the kernel.
        let members = of("orch-bench-pty");
        of("sh") == 1 && of("sleep") == SIZE - 2 && members >= 1 && of("setsid") == 0
    })
}
