//! Changes as text for a person: made by git outside every repository, from private copies.

use std::fmt::Write as _;
use std::path::Path;

use orch_pty::Exit;

use super::Change;
use crate::beneath::Beneath;
use crate::dirs;
use crate::git::Git;
use crate::refusal::Trouble;

/// The most bytes of a diff that are kept.
const DIFF_LIMIT: usize = 1 << 20;

/// `changes` as a unified diff, made in the private directory `scratch`; cut, and said so, where it is very long.
pub(super) async fn text_of(scratch: &Path, changes: &[Change]) -> Result<String, Trouble> {
    let all = diff(scratch, changes, None).await?;
    let mut text = String::from_utf8_lossy(&all).into_owned();
    if text.len() > DIFF_LIMIT {
        let all = text.len();
        let cut = (0..=DIFF_LIMIT).rev().find(|&at| text.is_char_boundary(at));
        text.truncate(cut.unwrap_or(0));
        let shown = text.len();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "\n[cut: {shown} of {all} bytes are shown]");
    }
    Ok(text)
}

/// `changes` as git applies them, whole: also of files that are no text.
pub(crate) async fn file_of(scratch: &Path, changes: &[Change]) -> Result<Vec<u8>, Trouble> {
    diff(scratch, changes, Some("--binary")).await
}

async fn diff(scratch: &Path, changes: &[Change], binary: Option<&str>) -> Result<Vec<u8>, Trouble> {
    let failed = |error: std::io::Error| Trouble::at(scratch, &error);
    let place = dirs::unused_beneath(scratch);
    dirs::make_private(&place).map_err(failed)?;
    for (name, side) in [("a", true), ("b", false)] {
        dirs::make_private(&place.join(name)).map_err(failed)?;
        let folder = Beneath::open(&place.join(name)).map_err(failed)?;
        for change in changes {
            let leaf = if side { &change.before } else { &change.after };
            if let Some(leaf) = leaf {
                folder.put(&change.path, leaf).map_err(failed)?;
            }
        }
    }
    let command = [
        "diff",
        "--no-index",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-renames",
        "--no-prefix",
    ];
    let command = command.into_iter().chain(binary).chain(["--", "a", "b"]);
    let git = Git::alone(&place).writes_in(&place);
    let said = git.run(command).await?;
    // 1: they differ.
    if !matches!(said.exit, Exit::Code(0 | 1)) {
        return Err(git.failed(&said, format!("git diff ended with {}", said.exit)));
    }
    Ok(said.out)
}
