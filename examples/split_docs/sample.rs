//! A small handbook: three chapters that want tidying, and a check of the whole.

/// The files.
pub(crate) const FILES: [(&str, &str); 4] = [
    (
        "docs/backup.md",
        "# Backups   \n\nA backup is made every night.\n\n\n\nThe the newest one is kept for a year.\n",
    ),
    (
        "docs/restore.md",
        "# Restoring\t\n\nStop the service, then run `unpack`.\n\n    unpack  --into   /srv\n\nIt takes about an an hour.  \nAsk before you begin.\n",
    ),
    (
        "docs/alerts.md",
        "# Alerts\n\nWhoever is on call gets the mail.\n",
    ),
    (
        "check.sh",
        "# Ends with 0 when the handbook is as it should be.\n\
         failed=0\n\
         say() { echo \"FAILED: $1\"; failed=1; }\n\
         grep -n '[^ ] $' docs/*.md && say 'a blank at the end of a line'\n\
         grep -nE '(the the|an an)' docs/*.md && say 'a word that stands twice'\n\
         for title in Alerts Backups Restoring; do\n\
         \x20 grep -q \"\\[$title\\]\" docs/contents.md || say \"$title is not in the contents\"\n\
         done\n\
         exit $failed\n",
    ),
];
