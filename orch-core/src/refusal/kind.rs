//! Which thing it is that the machine refuses, read from an error of the system or from what git prints of one.

use std::io;

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

/// What the machine refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RefusalKind {
    /// Room: the disk is full (`ENOSPC`).
    DiskFull,
    /// Room: the user's quota on the disk is used up (`EDQUOT`).
    DiskQuota,
    /// A file of this size (`EFBIG`).
    FileSize,
    /// Writing: the file system may only be read (`EROFS`).
    ReadOnly,
    /// The right to the path (`EACCES`, `EPERM`).
    Rights,
    /// More open files (`EMFILE`, `ENFILE`).
    OpenFiles,
    /// More memory (`ENOMEM`).
    Memory,
    /// More processes (`EAGAIN`, where one was to be started).
    Processes,
    /// The disk itself fails (`EIO`).
    DiskError,
    /// A program that the house needs is not installed.
    NotInstalled,
    /// A private place of the house's own, for a reason that has no name here; the words of the system say which.
    Other,
}

/// What the C library calls each of them, which is what git prints (it is run in the C locale).
const WORDS: [(&str, RefusalKind); 11] = [
    ("No space left on device", RefusalKind::DiskFull),
    ("Disk quota exceeded", RefusalKind::DiskQuota),
    ("File too large", RefusalKind::FileSize),
    ("Read-only file system", RefusalKind::ReadOnly),
    ("Permission denied", RefusalKind::Rights),
    ("Operation not permitted", RefusalKind::Rights),
    ("Too many open files", RefusalKind::OpenFiles),
    ("Too many open files in system", RefusalKind::OpenFiles),
    ("Cannot allocate memory", RefusalKind::Memory),
    ("Resource temporarily unavailable", RefusalKind::Processes),
    ("Input/output error", RefusalKind::DiskError),
];

impl RefusalKind {
    /// What a system error refuses; none where it says something of the path alone (it is not there, it is a folder), or
    /// is not the system's own.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        if let Some(code) = error.raw_os_error() {
            return match Errno::from_raw(code) {
                Errno::ENOSPC => Some(Self::DiskFull),
                Errno::EDQUOT => Some(Self::DiskQuota),
                Errno::EFBIG => Some(Self::FileSize),
                Errno::EROFS => Some(Self::ReadOnly),
                Errno::EACCES | Errno::EPERM => Some(Self::Rights),
                Errno::EMFILE | Errno::ENFILE => Some(Self::OpenFiles),
                Errno::ENOMEM => Some(Self::Memory),
                Errno::EIO => Some(Self::DiskError),
                _ => None,
            };
        }
        // Without a number, as some layer between may hand it on.
        match error.kind() {
            io::ErrorKind::StorageFull => Some(Self::DiskFull),
            io::ErrorKind::QuotaExceeded => Some(Self::DiskQuota),
            io::ErrorKind::FileTooLarge => Some(Self::FileSize),
            io::ErrorKind::ReadOnlyFilesystem => Some(Self::ReadOnly),
            io::ErrorKind::PermissionDenied => Some(Self::Rights),
            io::ErrorKind::OutOfMemory => Some(Self::Memory),
            _ => None,
        }
    }

    /// Whether it is refused to writers alone.
    pub(crate) fn is_of_writing(self) -> bool {
        matches!(
            self,
            Self::DiskFull | Self::DiskQuota | Self::FileSize | Self::ReadOnly
        )
    }

    /// The same of what a program printed: a line that ends with the C library's words for it. Those stand at the end,
    /// behind a colon, so that no name of a file is taken for them.
    pub(crate) fn of_words(text: &str) -> Option<Self> {
        text.lines().find_map(|line| {
            let (_, last) = line.trim_end().rsplit_once(": ")?;
            let said = WORDS.iter().find(|(words, _)| *words == last);
            said.map(|(_, kind)| *kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_the_system_is_told_by_its_number() {
        for (errno, kind) in [
            (Errno::ENOSPC, RefusalKind::DiskFull),
            (Errno::EDQUOT, RefusalKind::DiskQuota),
            (Errno::EFBIG, RefusalKind::FileSize),
            (Errno::EROFS, RefusalKind::ReadOnly),
            (Errno::EACCES, RefusalKind::Rights),
            (Errno::EPERM, RefusalKind::Rights),
            (Errno::EMFILE, RefusalKind::OpenFiles),
            (Errno::ENFILE, RefusalKind::OpenFiles),
            (Errno::ENOMEM, RefusalKind::Memory),
            (Errno::EIO, RefusalKind::DiskError),
        ] {
            assert_eq!(RefusalKind::of(&errno.into()), Some(kind), "{errno}");
        }
    }

    #[test]
    fn what_lies_at_a_path_and_our_own_words_are_no_refusal_of_the_machine() {
        for errno in [
            Errno::ENOENT,
            Errno::EISDIR,
            Errno::ENOTDIR,
            Errno::ELOOP,
            Errno::EEXIST,
        ] {
            assert_eq!(RefusalKind::of(&errno.into()), None, "{errno}");
        }
        let ours = io::Error::other("it is neither a file nor a link");
        assert_eq!(RefusalKind::of(&ours), None);
        let named = io::Error::new(io::ErrorKind::StorageFull, "the layer between says so");
        assert_eq!(RefusalKind::of(&named), Some(RefusalKind::DiskFull));
    }

    #[test]
    fn what_the_system_calls_them_is_what_is_looked_for() {
        for errno in [
            Errno::ENOSPC,
            Errno::EDQUOT,
            Errno::EFBIG,
            Errno::EROFS,
            Errno::EACCES,
            Errno::EPERM,
            Errno::EMFILE,
            Errno::ENFILE,
            Errno::ENOMEM,
            Errno::EIO,
        ] {
            let said = io::Error::from(errno).to_string();
            let words = said.split(" (os error").next().unwrap_or_default();
            let printed = format!("hint: x\nerror: unable to write file src/a: {words}\nfatal: gone\n");
            assert_eq!(
                RefusalKind::of_words(&printed),
                RefusalKind::of(&errno.into()),
                "{said}"
            );
        }
    }

    #[test]
    fn a_file_that_is_called_like_a_refusal_is_none() {
        for printed in [
            "fatal: bad path 'No space left on device'",
            "fatal: No space left on device is no revision",
            "fatal: detected dubious ownership in repository at '/x'",
            "",
        ] {
            assert_eq!(RefusalKind::of_words(printed), None, "{printed}");
        }
    }
}
