//! What a writer's place says of itself, for whoever finds it after the program was killed: beside the tree in which the
//! writer stands, and not in it.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::dirs::{read_bounded, write_private};

/// The most bytes of it that are read.
const LIMIT: usize = 1 << 20;

/// Says where a linked work tree of this room is, or will be, registered.
const REGISTER: &str = "register";

/// Says what a writer may write here.
const WRITER: &str = "writer";

/// A writer's place, found again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Where it stands, from the tree's root.
    pub(super) prefix: PathBuf,
    /// What it may write, from there.
    pub(super) paths: Vec<PathBuf>,
}

impl Record {
    /// Says in `room` that its writer begins.
    pub(super) fn write(&self, room: &Path) -> io::Result<()> {
        let mut text = Vec::new();
        for path in std::iter::once(&self.prefix).chain(&self.paths) {
            text.extend_from_slice(path.as_os_str().as_bytes());
            text.push(0);
        }
        // Whole or not at all.
        let begun = room.join("writer.begun");
        write_private(&begun, &text)?;
        fs::rename(begun, room.join(WRITER))
    }

    /// Takes it back, before anything else is removed of `room`: half of a tree is nobody's work.
    pub(super) fn strike(room: &Path) {
        let _ = fs::remove_file(room.join(WRITER));
    }

    /// What was said in `room`; `None` where no writer had begun.
    pub(super) fn read(room: &Path) -> io::Result<Option<Self>> {
        let Some(text) = read_bounded(&room.join(WRITER), LIMIT)? else {
            return Ok(None);
        };
        let text = text.strip_suffix(&[0]).unwrap_or(&text);
        let mut paths = text.split(|&byte| byte == 0).map(path_of);
        let prefix = paths.next().unwrap_or_default();
        let paths = paths.collect();
        Ok(Some(Self { prefix, paths }))
    }
}

/// Says in `room` that a tree of it is to be registered in the folder `register`.
pub(super) fn write_register(room: &Path, register: &Path) -> io::Result<()> {
    write_private(&room.join(REGISTER), register.as_os_str().as_bytes())
}

/// Where a tree of `room` may be registered.
pub(super) fn read_register(room: &Path) -> Option<PathBuf> {
    let text = read_bounded(&room.join(REGISTER), LIMIT).ok()??;
    Some(path_of(&text)).filter(|path| path.is_absolute())
}

fn path_of(bytes: &[u8]) -> PathBuf {
    OsString::from_vec(bytes.to_vec()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_place_says_is_read_again() {
        let room = tempfile::tempdir().expect("a temporary directory");
        assert_eq!(Record::read(room.path()).expect("no error"), None);
        let odd = OsString::from_vec(b"not \xff text\n".to_vec());
        for (prefix, paths) in [
            ("", vec![PathBuf::new()]),
            ("a/b", vec!["src".into(), odd.into()]),
        ] {
            let room = tempfile::tempdir().expect("a temporary directory");
            let prefix = prefix.into();
            let record = Record { prefix, paths };
            record.write(room.path()).expect("a file");
            assert_eq!(Record::read(room.path()).expect("no error"), Some(record));
        }
        assert_eq!(read_register(room.path()), None);
        write_register(room.path(), Path::new("/r/.git/worktrees")).expect("a file");
        assert_eq!(read_register(room.path()), Some("/r/.git/worktrees".into()));
    }
}
