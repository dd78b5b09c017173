//! What a writer did whose program was killed: made a patch and kept, before its place is removed. And the entry of its
//! linked work tree in the user's repository, which is removed with it.
//!
//! It removes no place, and applies nothing: whether such work is worth anything is the user's to say.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::copies::{beside, compare};
use super::record::{Record, read_register};
use crate::beneath::walk;
use crate::dirs::{self, Abandoned, StateDir, is_folder};
use crate::patch::file_of;
use crate::refusal::Trouble;
use crate::work_tree::Rules;

/// The most bytes of git's word for where a linked work tree is: more than a path can have.
const POINTER_LIMIT: usize = 16 << 10;

/// Work of a killed program's writer that is kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Saved {
    /// The patch, owner-only. `git apply` brings it in.
    pub(super) patch: PathBuf,
    /// How many files it changes.
    pub(super) files: usize,
}

/// Keeps what writers did in the places of the run that `left` was, as patches in `state`, and removes the entries that
/// name these places from the user's repositories.
///
/// The second half is what could not be made a patch, and why: then nobody else has it, and `left` is to stay.
pub(super) async fn salvage(state: &StateDir, left: &Abandoned) -> (Vec<Saved>, Result<(), Trouble>) {
    let (mut saved, mut all) = (Vec::new(), Ok(()));
    let was = left.was();
    if was.parent().and_then(Path::file_name) != Some(OsStr::new("runs")) {
        return (saved, all);
    }
    for room in folders_in(left.path()) {
        match work_in(state, &room, left).await {
            Ok(work) => {
                saved.extend(work);
                Record::strike(&room);
            }
            Err(why) => all = Err(why),
        }
        strike(&room, &was);
    }
    (saved, all)
}

/// What the writer in `room` did, kept; `None` where there was none, or nothing was done.
async fn work_in(state: &StateDir, room: &Path, left: &Abandoned) -> Result<Option<Saved>, Trouble> {
    let Some(record) = Record::read(room).map_err(Trouble::with(room))? else {
        return Ok(None);
    };
    let scratch = state.fresh("patches", &uuid::Uuid::new_v4().simple().to_string());
    let scratch = scratch.map_err(Trouble::with(state.path()))?;
    let (base, tree) = (room.join("base"), room.join("tree"));
    if [&base, &tree].iter().any(|folder| !is_folder(folder)) {
        return Err("what the writer had is not where it was".into());
    }
    let exclude = room.join("rules.git/info/exclude");
    // Somebody may have put a pipe there, which has no end.
    let exclude = exclude
        .symlink_metadata()
        .is_ok_and(|meta| meta.is_file())
        .then_some(exclude);
    let rules = Rules::new(scratch.path(), exclude.as_deref()).await?;
    let within: Vec<PathBuf> = record.paths.iter().map(|path| record.prefix.join(path)).collect();
    let listed = rules.list(&tree, &within).await?;
    let here = |path: PathBuf| Some(path.strip_prefix(&record.prefix).ok()?.to_owned());
    let mut paths: BTreeSet<PathBuf> = listed.into_iter().filter_map(here).collect();
    let mut known = Vec::new();
    walk(&base, Path::new(""), &mut known).map_err(Trouble::with(&base))?;
    paths.extend(known);
    let changes = compare(&base, &tree.join(&record.prefix), paths).await?;
    if changes.is_empty() {
        return Ok(None);
    }
    let text = file_of(scratch.path(), &changes).await?;
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let name = format!("{}.{}.patch", name(&left.was()), name(room));
    let state = state.clone();
    let patch = beside(move || kept(&state, &name, &text).map_err(Trouble::with(state.path()))).await?;
    let files = changes.len();
    Ok(Some(Saved { patch, files }))
}

/// Writes what is to be kept: it is on the disk, and whole, before the only other copy goes.
fn kept(state: &StateDir, name: &str, text: &[u8]) -> io::Result<PathBuf> {
    let folder = state.kind("kept")?;
    let (path, begun) = (folder.join(name), dirs::unused_beneath(&folder));
    dirs::write_private(&begun, text)?;
    let written = File::open(&begun).and_then(|file| file.sync_all());
    written
        .and_then(|()| fs::rename(&begun, &path))
        .inspect_err(|_| {
            let _ = fs::remove_file(&begun);
        })?;
    File::open(&folder)?.sync_all()?;
    Ok(path)
}

/// Removes the entries that name a tree in `room` from the repository in which it was registered. An entry that names
/// something else is not touched, whatever the room says.
fn strike(room: &Path, was: &Path) {
    let (Some(register), Some(name)) = (read_register(room), room.file_name()) else {
        return;
    };
    // git writes the path without links in it.
    let above = was.parent().and_then(|kind| kind.canonicalize().ok());
    let (Some(above), Some(run)) = (above, was.file_name()) else {
        return;
    };
    let tree = above.join(run).join(name).join("tree/.git");
    for entry in folders_in(&register) {
        let said = dirs::read_bounded(&entry.join("gitdir"), POINTER_LIMIT);
        let said = said.ok().flatten().unwrap_or_default();
        if said.trim_ascii_end() == tree.as_os_str().as_bytes() {
            // Not by git, which would obey a configuration that the writer may have written.
            let _ = dirs::remove_all(&entry);
        }
    }
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::record::write_register;

    /// git locks an entry while it makes it, and never removes one that is locked.
    #[test]
    fn only_the_entry_of_the_room_goes_also_one_that_was_half_made() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let home = home.path().canonicalize().expect("its real path");
        let (register, was) = (home.join("worktrees"), home.join("state/runs/r1"));
        let room = home.join("state/runs/r1.aside.swept/room");
        fs::create_dir_all(&room).expect("a room");
        write_register(&room, &register).expect("a file");
        let entry = |name: &str, tree: &Path| {
            let entry = register.join(name);
            fs::create_dir_all(&entry).expect("an entry");
            fs::write(entry.join("locked"), "initializing").expect("a file");
            fs::write(entry.join("gitdir"), format!("{}\n", tree.display())).expect("a file");
            entry
        };
        let own = entry("tree", &was.join("room/tree/.git"));
        let others = [
            entry("tree1", &home.join("state/runs/r2/room/tree/.git")),
            entry("tree2", &was.join("room/tree")),
            entry("users", &home.join("elsewhere/.git")),
        ];
        let link = register.join("link");
        std::os::unix::fs::symlink(&own, &link).expect("a link");
        strike(&room, &was);
        assert!(!own.exists());
        assert!(others.iter().all(|other| other.join("gitdir").exists()));
        assert!(link.is_symlink());
    }
}
