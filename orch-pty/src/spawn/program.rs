//! Which file a program's name means: looked up before the child exists, in the child's own `PATH`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::SpawnError;
use crate::sys::lookup::{Candidate, inspect};

/// Where a program is looked for when the child has no `PATH` (as `execvp` does).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The path to give to exec. A relative one counts from `directory`, where the child will be.
///
/// # Errors
/// No directory of `path` holds the program, or it may not be executed.
pub(super) fn find(
    program: &OsStr,
    directory: Option<&Path>,
    path: Option<&OsStr>,
) -> Result<PathBuf, SpawnError> {
    if program.as_bytes().contains(&b'/') {
        return Ok(program.into());
    }
    let path = path.unwrap_or_else(|| OsStr::new(DEFAULT_PATH));
    let mut forbidden = None;
    for entry in path
        .as_bytes()
        .split(|&byte| byte == b':')
        .filter(|_| !program.is_empty())
    {
        // An empty entry means the directory the child is in.
        let entry = if entry.is_empty() {
            Path::new(".")
        } else {
            Path::new(OsStr::from_bytes(entry))
        };
        let candidate = entry.join(program);
        match inspect(&seen_from(directory, &candidate)) {
            Candidate::Executable => return Ok(candidate),
            Candidate::Forbidden => {
                forbidden.get_or_insert(candidate);
            }
            Candidate::Missing => {}
        }
    }
    Err(match forbidden {
        Some(path) => SpawnError::PermissionDenied { path },
        None => SpawnError::NotFound {
            program: program.into(),
            path: Some(OsString::from(path)),
        },
    })
}

/// A path of the child as this process has to write it.
pub(super) fn seen_from(directory: Option<&Path>, path: &Path) -> PathBuf {
    directory.map_or_else(|| path.to_owned(), |directory| directory.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_as_it_is_and_a_name_is_looked_up() {
        let found = find(OsStr::new("./x"), None, None).expect("a path");
        assert_eq!(found, Path::new("./x"));
        let found = find(OsStr::new("sh"), None, Some(OsStr::new("/nowhere:/bin"))).expect("sh");
        assert_eq!(found, Path::new("/bin/sh"));
    }

    #[test]
    fn a_missing_name_tells_where_it_was_looked_for() {
        let error = find(OsStr::new("no-such-program"), None, Some(OsStr::new("/bin"))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot start `no-such-program`: no such program in PATH (/bin); install it or give its path"
        );
        assert!(matches!(
            find(OsStr::new(""), None, None),
            Err(SpawnError::NotFound { .. })
        ));
    }

    #[test]
    fn a_relative_entry_of_path_counts_from_the_childs_directory() {
        let found = find(OsStr::new("sh"), Some(Path::new("/")), Some(OsStr::new("bin"))).expect("sh");
        assert_eq!(found, Path::new("bin/sh"));
    }
}
