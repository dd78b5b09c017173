//! Eight versions of a small guide. Two things that it once said were lost on the way.

use std::fmt::Write as _;

/// How many versions there are.
pub(crate) const VERSIONS: usize = 8;

/// What is asked of them unless the call says otherwise.
pub(crate) const CLAIMS: [&str; 3] = [
    "The guide says how a backup is restored.",
    "The guide says how often a backup is made.",
    "The guide says where the backups are kept.",
];

/// The path of a version, counted from 1.
pub(crate) fn path(version: usize) -> String {
    format!("versions/{version}.md")
}

/// A version's text.
pub(crate) fn text(version: usize) -> String {
    let mut text = format!("# Backups, version {version}\n\nThe backups are kept in cold storage.\n");
    let mut add = |line: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n{line}");
    };
    if version < 4 {
        add("A backup is made every night.");
    } else {
        add("Backups are made by the job on the build machine.");
    }
    if version < 7 {
        add("To restore a backup, stop the service and run `unpack` as root.");
    }
    for topic in ["keys", "tapes", "alerts", "drills"].iter().take(version / 2) {
        add(&format!("See the page about {topic}."));
    }
    text
}
