//! The plain text of a deliverable: headings and lists, for people and for the next worker's material.

use std::fmt::{self, Display, Formatter};

/// A heading and its entries, further lines set in; nothing at all when there are none.
pub(crate) fn list<T: Display>(
    f: &mut Formatter<'_>,
    heading: &str,
    entries: impl IntoIterator<Item = T>,
) -> fmt::Result {
    let mut entries = entries.into_iter().peekable();
    if entries.peek().is_some() {
        writeln!(f, "{heading}:")?;
    }
    for entry in entries {
        writeln!(f, "- {}", entry.to_string().replace('\n', "\n  "))?;
    }
    Ok(())
}

/// A heading and lines that are set already; nothing at all when there are none.
pub(crate) fn rows(f: &mut Formatter<'_>, heading: &str, rows: &[String]) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f, "{heading}:\n{}", rows.join("\n"))
}

/// A place as `path:line`.
pub(crate) fn place(path: &str, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_owned(),
    }
}
