//! Whether a path is a program, as the kernel would judge it at exec.

use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::AccessFlags;

/// What lies at a path that may be a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Candidate {
    /// A file that this process may execute.
    Executable,
    /// Something is there, and it cannot be executed.
    Forbidden,
    /// Nothing is there, or nothing that this process may see.
    Missing,
}

/// Looks at `path`, following links.
pub(crate) fn inspect(path: &Path) -> Candidate {
    let Ok(found) = std::fs::metadata(path) else {
        return Candidate::Missing;
    };
    let allowed = nix::unistd::faccessat(AT_FDCWD, path, AccessFlags::X_OK, AtFlags::AT_EACCESS).is_ok();
    if found.is_file() && allowed {
        Candidate::Executable
    } else {
        Candidate::Forbidden
    }
}

/// Whether `path` is a directory that this process may enter.
pub(crate) fn can_be_entered(path: &Path) -> bool {
    let allowed = nix::unistd::faccessat(AT_FDCWD, path, AccessFlags::X_OK, AtFlags::AT_EACCESS).is_ok();
    allowed && path.is_dir()
}

/// The interpreter that the first line of the script at `path` names, when it is a script. The kernel reads at most
/// 256 bytes of that line (`BINPRM_BUF_SIZE`), and so does this.
pub(crate) fn interpreter(path: &Path) -> Option<PathBuf> {
    let mut head = Vec::new();
    std::fs::File::open(path)
        .ok()?
        .take(256)
        .read_to_end(&mut head)
        .ok()?;
    let line = head.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let name = line
        .split(u8::is_ascii_whitespace)
        .find(|word| !word.is_empty())?;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(name)))
}
