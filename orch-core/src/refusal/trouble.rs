//! Why the house itself could not do something: the machine refused it, or something else, in words.
//!
//! It travels from where the system said no to where it is known what that was for.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use orch_pty::SpawnError;

use super::{Refusal, RefusalKind};

/// Why something could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The machine refused it.
    Refused {
        path: PathBuf,
        kind: RefusalKind,
        why: String,
    },
    /// What else stands against it, in words that need no more.
    Said(String),
}

impl Trouble {
    /// What came of using `path`, which somebody else may have made what it is: what says something of the path alone,
    /// and not of the machine, stays words.
    pub(crate) fn at(path: impl Into<PathBuf>, error: &io::Error) -> Self {
        let path = path.into();
        let why = error.to_string();
        match RefusalKind::of(error) {
            Some(kind) => Self::Refused { path, kind, why },
            None => Self::Said(format!("{}: {why}", shown(&path))),
        }
    }

    /// What came of using a private place of our own: nobody else makes it what it is, so whatever the system says is the
    /// machine's. Errors of our own words stay words.
    pub(crate) fn of_ours(path: &Path, error: &io::Error) -> Self {
        match (Self::at(path, error), error.raw_os_error()) {
            (Self::Said(_), Some(_)) => Self::Refused {
                path: path.to_owned(),
                kind: RefusalKind::Other,
                why: error.to_string(),
            },
            (trouble, _) => trouble,
        }
    }

    /// As [`Trouble::at`], to be given to `map_err`.
    pub(crate) fn with(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::at(path, &error)
    }

    /// The same of a copy into `to`: where only who writes can be refused so, it is there that it was refused.
    pub(crate) fn of_writing(self, to: &Path) -> Self {
        match self {
            Self::Refused { kind, why, .. } if kind.is_of_writing() => Self::Refused {
                path: to.to_owned(),
                kind,
                why,
            },
            other => other,
        }
    }

    /// Why `program` could not be started in `directory`.
    pub(crate) fn of_start(program: &str, directory: &Path, error: &SpawnError) -> Self {
        let source = error
            .source()
            .and_then(|source| source.downcast_ref::<io::Error>());
        let (path, kind) = match (error, source.and_then(RefusalKind::of)) {
            (SpawnError::NotFound { .. }, _) => (program.into(), RefusalKind::NotInstalled),
            (SpawnError::PermissionDenied { path }, _) => (path.clone(), RefusalKind::Rights),
            (SpawnError::OpenFiles { .. }, _) => (directory.into(), RefusalKind::OpenFiles),
            (SpawnError::Processes { .. }, _) => (directory.into(), RefusalKind::Processes),
            (SpawnError::Process { source, .. }, _) if source.kind() == io::ErrorKind::WouldBlock => {
                (directory.into(), RefusalKind::Processes)
            }
            (_, Some(kind)) => (directory.into(), kind),
            (_, None) => return Self::Said(error.to_string()),
        };
        let why = error.to_string();
        Self::Refused { path, kind, why }
    }

    /// What `program` said in `directory` when it failed; `shown` is that for a person.
    pub(crate) fn of_words(directory: &Path, said: &str, shown: String) -> Self {
        match RefusalKind::of_words(said) {
            Some(kind) => Self::Refused {
                path: directory.to_owned(),
                kind,
                why: shown,
            },
            None => Self::Said(shown),
        }
    }

    /// What the machine refused, once it is known what that was for.
    ///
    /// # Errors
    /// The words, where it was not the machine.
    pub(crate) fn refusal(self, doing: impl Into<String>) -> Result<Refusal, String> {
        match self {
            Self::Refused { path, kind, why } => Ok(Refusal {
                doing: doing.into(),
                path,
                kind,
                why,
            }),
            Self::Said(why) => Err(why),
        }
    }
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        Self::Said(why)
    }
}

impl From<&str> for Trouble {
    fn from(why: &str) -> Self {
        Self::Said(why.to_owned())
    }
}

/// For who has no other use of it than to say it.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { path, why, .. } => write!(f, "{}: {why}", shown(path)),
            Self::Said(why) => f.write_str(why),
        }
    }
}

fn shown(path: &Path) -> String {
    crate::plain::line(&path.to_string_lossy(), 300)
}

#[cfg(test)]
mod tests {
    use nix::errno::Errno;

    use super::*;

    fn refused(trouble: Trouble) -> (PathBuf, RefusalKind) {
        let refusal = trouble
            .refusal("it cannot be done")
            .expect("the machine refused it");
        (refusal.path, refusal.kind)
    }

    #[test]
    fn in_a_place_of_our_own_the_system_s_word_is_the_machine_s_and_elsewhere_it_may_say_something_of_the_path()
     {
        let gone = io::Error::from(Errno::ENOENT);
        let ours = Trouble::of_ours(Path::new("/state"), &gone);
        assert_eq!(refused(ours), ("/state".into(), RefusalKind::Other));
        let theirs = Trouble::at("/tree/a", &gone).refusal("it");
        assert_eq!(
            theirs,
            Err("/tree/a: No such file or directory (os error 2)".to_owned())
        );
        let taken = Trouble::of_ours(Path::new("/state"), &io::Error::other("the run goes on"));
        assert_eq!(taken.refusal("it"), Err("/state: the run goes on".to_owned()));
    }

    #[test]
    fn a_program_that_is_not_there_is_to_be_installed() {
        let error = SpawnError::NotFound {
            program: "git".into(),
            path: None,
        };
        let trouble = Trouble::of_start("git", Path::new("/tree"), &error);
        assert_eq!(refused(trouble), ("git".into(), RefusalKind::NotInstalled));
    }

    #[test]
    fn a_start_that_the_system_refuses_keeps_its_kind() {
        for (errno, kind) in [
            (Errno::ENOMEM, RefusalKind::Memory),
            (Errno::EAGAIN, RefusalKind::Processes),
            (Errno::EMFILE, RefusalKind::OpenFiles),
        ] {
            let error = SpawnError::Process {
                program: "git".into(),
                source: errno.into(),
            };
            let trouble = Trouble::of_start("git", Path::new("/tree"), &error);
            assert_eq!(refused(trouble), ("/tree".into(), kind));
        }
    }

    #[test]
    fn what_git_says_of_a_full_disk_is_the_machine_s_refusal_and_the_rest_is_words() {
        let full = "fatal: write error: No space left on device\n";
        let trouble = Trouble::of_words(Path::new("/room"), full, "git says so".to_owned());
        assert_eq!(refused(trouble), ("/room".into(), RefusalKind::DiskFull));
        let wrong = "fatal: bad revision 'x'\n";
        let trouble = Trouble::of_words(Path::new("/room"), wrong, "git says so".to_owned());
        assert_eq!(trouble.refusal("it"), Err("git says so".to_owned()));
    }
}
