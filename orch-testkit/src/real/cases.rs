//! The account of the cases that need a real agent: one file each, so that processes need not talk to each other.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The folder of the account; without it nothing is recorded.
const FOLDER: &str = "ORCH_REAL_CASES";

/// What became of a case.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    Ran,
    LeftOut,
}

/// Records the case where the environment asks for it.
///
/// # Panics
/// When the record cannot be written, or another case has the name: the account would be wrong without anybody
/// noticing.
pub(super) fn record(case: &str, fate: Fate) {
    if let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) {
        write(&folder, case, fate)
            .unwrap_or_else(|error| panic!("recording the case {case} in {}: {error}", folder.display()));
    }
}

/// Says on standard error that a case was left out, past the capture of the test harness.
pub(super) fn announce(case: &str, reason: &str) {
    let line = format!("left out: {case}: {reason}\n");
    // Nobody listens on a closed standard error; the record still says it.
    let _unheard = io::stderr().write_all(line.as_bytes()).is_err();
}

fn write(folder: &Path, case: &str, fate: Fate) -> io::Result<()> {
    let fit = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if case.is_empty() || !case.chars().all(fit) {
        return Err(io::Error::other(
            "a case's name has only letters, digits, `_` and `-`",
        ));
    }
    let ending = match fate {
        Fate::Ran => "ran",
        Fate::LeftOut => "left-out",
    };
    fs::create_dir_all(folder)?;
    let taken = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            io::Error::other("a case of that name is recorded already; each has its own name")
        }
        _ => error,
    };
    fs::File::create_new(folder.join(format!("{case}.{ending}")))
        .map(drop)
        .map_err(taken)
}

#[cfg(test)]
mod tests {
    use super::{Fate, write};

    #[test]
    fn a_case_is_a_file_named_after_its_fate() {
        let folder = tempfile::tempdir().unwrap();
        let account = folder.path().join("new");
        write(&account, "one", Fate::Ran).unwrap();
        write(&account, "two", Fate::LeftOut).unwrap();
        assert!(account.join("one.ran").is_file());
        assert!(account.join("two.left-out").is_file());
    }

    #[test]
    fn two_cases_of_one_name_are_never_counted_as_one() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "one", Fate::Ran).unwrap();
        let error = write(folder.path(), "one", Fate::Ran).unwrap_err();
        assert!(error.to_string().contains("each has its own name"), "{error}");
    }

    #[test]
    fn a_case_s_name_is_no_path() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(folder.path(), "../one", Fate::Ran).is_err());
        assert!(write(folder.path(), "", Fate::Ran).is_err());
    }
}
