//! Writes embedded files into a directory of our own.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Writes `files`, each a path relative to `into` and its text, into the directory `into`, which is made when it is
/// missing: folders 0700, files 0600.
///
/// Every folder and file is made new, so nothing is overwritten and no symbolic link that waits there is followed.
///
/// # Errors
/// When `into` is no directory or cannot be made, or when one of the names is already taken in it.
pub fn unpack(into: &Path, files: &[(&str, &str)]) -> io::Result<()> {
    let mut private = DirBuilder::new();
    private.mode(0o700);
    match private.create(into) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(at(into, &error)),
        _ => {}
    }
    if !fs::symlink_metadata(into)?.is_dir() {
        return Err(at(into, &io::Error::from(io::ErrorKind::NotADirectory)));
    }
    for folder in folders(files) {
        let path = into.join(folder);
        private.create(&path).map_err(|error| at(&path, &error))?;
    }
    for (name, text) in files {
        let path = into.join(name);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| at(&path, &error))?;
    }
    Ok(())
}

/// The folders that the files need, parents first.
fn folders<'a>(files: &[(&'a str, &str)]) -> Vec<&'a Path> {
    let mut folders: Vec<&Path> = Vec::new();
    for &(name, _) in files {
        let above = Path::new(name).ancestors().skip(1);
        let mut needed: Vec<&Path> = above.take_while(|path| *path != Path::new("")).collect();
        needed.reverse();
        needed.retain(|path| !folders.contains(path));
        folders.extend(needed);
    }
    folders
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("unpacking the sample failed at {}: {error}", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folders_come_parents_first_and_once() {
        let files = [("a.md", ""), ("src/deep/x", ""), ("src/y", ""), ("docs/z", "")];
        let expected = ["src", "src/deep", "docs"].map(Path::new);
        assert_eq!(folders(&files), expected);
    }
}
