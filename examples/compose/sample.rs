//! A few notes with things to mend in them, and things that only somebody who knows can mend.

/// The files.
pub(crate) const FILES: [(&str, &str); 4] = [
    (
        "notes/install.md",
        "# Installing\n\nRun the the installer.   \n\nThe port is TBD.\n",
    ),
    (
        "notes/update.md",
        "# Updating\n\nStop it first, then then run the installer again.\n",
    ),
    ("notes/remove.md", "# Removing\n\nDelete the folder.\n"),
    (
        "check.sh",
        "# Ends with 0 when no word stands twice.\n\
         if grep -nE '(the the|then then)' notes/*.md; then exit 1; fi\n",
    ),
];
