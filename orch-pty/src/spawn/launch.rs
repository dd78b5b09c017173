//! [`Command::spawn`] and [`Command::spawn_blocking`]: the birth itself, and who gets what.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::environment::Environment;
use super::streams::{self, Heard, Ours, Theirs};
use super::{diagnosis, program, room};
use crate::blocking;
use crate::child::Child;
use crate::command::{Command, SpawnMethod};
use crate::containment::{Containment, Tier};
use crate::error::SpawnError;
use crate::hold::{Hold, Leader};
use crate::namespace::{self, NoStart, Room};
use crate::output::OutputReader;
use crate::owned::Owned;
use crate::pipe::PipeWriter;
use crate::process::Process;
use crate::sys::descriptor::Ends;
use crate::sys::image::Image;
use crate::sys::reactor::{self, Unregistered};
use crate::sys::{self, Birth, Dispositions, Failure, Handle, Stage};
use crate::tag::Tag;
use crate::terminal::Terminal;
use crate::tree::{self, Tree};
use crate::warden::Guard;

impl Command {
    /// Starts the command, its streams in the reactor of the calling thread's tokio runtime. When this returns, the
    /// child has become its program.
    ///
    /// When this process may have no more open files, its soft limit (`RLIMIT_NOFILE`) is raised to the hard one. The
    /// child has the limit that was in force before.
    ///
    /// This is no `async fn`: it blocks for about a millisecond, nearly all of it the kernel's exec.
    ///
    /// # Errors
    /// Every reason why the program did not start, exec's own included; nothing is left behind then.
    pub fn spawn(&self) -> Result<Process, SpawnError> {
        room::with_room(self, || self.spawn_once())
    }

    fn spawn_once(&self) -> Result<Process, SpawnError> {
        let unregistered = |failure| self.unregistered(failure);
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(unregistered(Unregistered::NoReactor));
        }
        let (draft, ours) = Draft::new(self, Ends::Nonblocking)?;
        // Before the birth: a runtime that takes no descriptors must not have started a program.
        if ours.is_empty() {
            reactor::probe().map_err(unregistered)?;
        }
        let Ours {
            terminal,
            stdin,
            stdout,
            stderr,
        } = ours;
        let reader = |heard: Option<Heard>| {
            heard
                .map(|heard| OutputReader::new(heard.fd, heard.kind))
                .transpose()
                .map_err(unregistered)
        };
        let terminal = terminal.map(Terminal::new).transpose().map_err(unregistered)?;
        let stdin = stdin.map(PipeWriter::new).transpose().map_err(unregistered)?;
        let (stdout, stderr) = (reader(stdout)?, reader(stderr)?);
        let child = Child::new(draft.birth()?).map_err(unregistered)?;
        let terminal = terminal.map(|terminal| terminal.of(child.leader()));
        Ok(Process {
            child,
            terminal,
            stdin,
            stdout,
            stderr,
        })
    }

    /// Starts the command for code without a runtime: every stream blocks. When this returns, the child has become
    /// its program.
    ///
    /// # Errors
    /// As [`spawn`](Self::spawn), those of a runtime apart.
    pub fn spawn_blocking(&self) -> Result<blocking::Process, SpawnError> {
        room::with_room(self, || self.spawn_blocking_once())
    }

    fn spawn_blocking_once(&self) -> Result<blocking::Process, SpawnError> {
        let (draft, ours) = Draft::new(self, Ends::Blocking)?;
        let child = blocking::Child::new(draft.birth()?);
        let reader = |heard: Heard| blocking::OutputReader::new(heard.fd, heard.kind);
        Ok(blocking::Process {
            child,
            terminal: ours.terminal.map(blocking::Terminal::new),
            stdin: ours.stdin.map(Into::into),
            stdout: ours.stdout.map(reader),
            stderr: ours.stderr.map(reader),
        })
    }

    fn chosen_method(&self) -> Result<SpawnMethod, SpawnError> {
        if let Some(method) = self.method {
            return Ok(method);
        }
        match std::env::var_os(SpawnMethod::VARIABLE) {
            Some(value) => SpawnMethod::parse(&value).ok_or(SpawnError::UnknownMethod { value }),
            None if sys::births_by_vfork() => Ok(SpawnMethod::Vfork),
            None => Ok(SpawnMethod::Fork),
        }
    }

    fn absolute_directory(&self) -> Result<Option<PathBuf>, SpawnError> {
        let Some(directory) = self.directory() else {
            return Ok(None);
        };
        match std::path::absolute(directory) {
            Ok(absolute) => Ok(Some(absolute)),
            Err(source) => Err(SpawnError::Directory {
                path: directory.into(),
                source,
            }),
        }
    }

    fn image(&self, path: &Path, environment: &Environment<'_>) -> Result<Image, SpawnError> {
        let arguments =
            std::iter::once(self.program()).chain(self.arguments().iter().map(OsString::as_os_str));
        environment
            .texts()
            .and_then(|texts| Image::new(path, self.directory(), arguments, texts))
            .map_err(|_| SpawnError::NulByte {
                program: self.program().into(),
            })
    }

    fn unregistered(&self, failure: Unregistered) -> SpawnError {
        let program = PathBuf::from(self.program());
        match failure {
            Unregistered::NoReactor => SpawnError::NoRuntime { program },
            Unregistered::Refused(source) => SpawnError::Reactor { program, source },
        }
    }
}

/// A child before its birth: everything that can fail without one has been done.
struct Draft<'c> {
    command: &'c Command,
    method: SpawnMethod,
    dispositions: Dispositions,
    guard: Arc<Guard>,
    containment: Containment,
    tag: Tag,
    path: PathBuf,
    image: Image,
    theirs: Theirs,
}

impl<'c> Draft<'c> {
    fn new(command: &'c Command, ends: Ends) -> Result<(Self, Ours), SpawnError> {
        let method = command.chosen_method()?;
        let dispositions = Dispositions::in_force();
        if dispositions.lose_statuses() {
            return Err(SpawnError::StatusesIgnored {
                program: command.program().into(),
            });
        }
        let tag = command
            .tag
            .map_or_else(Tag::of_this_process, Ok)
            .map_err(|source| SpawnError::Tag { source })?;

        let directory = command.absolute_directory()?;
        let environment = Environment::new(command, directory.as_deref(), tag);
        let search = environment.get(OsStr::new("PATH"));
        let path = program::find(command.program(), command.directory(), search)?;
        let image = command.image(&path, &environment)?;
        let (ours, theirs) = streams::open(command, ends)?;

        // After the streams: a first spawn that finds no descriptor for them has not yet failed to start a warden.
        let guard = Guard::of_this_process();
        // What a namespace holds does not depend on what else is there; whether it can be had shows at the birth.
        let in_namespace = command.required == Tier::PidNamespace;
        let mut containment = guard.containment(method == SpawnMethod::PosixSpawn && !in_namespace);
        if command.tag.is_some() && !guard.hunts(tag.run_tag()) {
            containment.tier = Tier::ProcessGroup;
            containment.why_not =
                Some("the command's tag is of a run of its own, which no warden hunts".to_owned());
        }
        if containment.tier < command.required && !in_namespace {
            return Err(SpawnError::NotContained {
                program: command.program().into(),
                required: command.required,
                containment,
            });
        }
        let draft = Self {
            command,
            method,
            dispositions,
            guard,
            containment,
            tag,
            path,
            image,
            theirs,
        };
        Ok((draft, ours))
    }

    fn birth(self) -> Result<Owned, SpawnError> {
        let stdio = self.theirs.stdio().ok_or_else(|| SpawnError::Terminal {
            source: std::io::ErrorKind::NotFound.into(),
        })?;
        let limit = sys::limit_for(self.tag.run(), self.tag.worker());
        let birth = Birth::new(
            &self.image,
            stdio,
            self.theirs.controlling(),
            limit,
            self.guard.gone(),
            self.dispositions,
        );
        let mut containment = self.containment.clone();
        let before = tree::clock();
        let (handle, room) = if self.command.required == Tier::PidNamespace {
            let (handle, room) = self.in_namespace(&birth)?;
            (containment.tier, containment.why_not) = (Tier::PidNamespace, None);
            (handle, Some(room))
        } else {
            let born = match self.method {
                SpawnMethod::Vfork => sys::vfork(&birth),
                SpawnMethod::PosixSpawn => {
                    tree::expect_late_tags();
                    sys::posix_spawn(&birth)
                }
                SpawnMethod::Fork => sys::fork_and_pin(&birth),
            };
            (born.map_err(|failure| self.stillborn(failure))?, None)
        };
        sys::reserve::fill();
        let pid = handle.pid();
        let listed = self.guard.list(&handle);
        let mut leader = Leader::new(Hold::new(handle, listed, room), pid, self.tag);
        // Who brings a tag may have given it to others before.
        if self.command.tag.is_none() {
            leader = leader.first_of_its_tag(before);
        }
        Ok(Owned::new(leader, containment))
    }

    fn in_namespace(&self, birth: &Birth<'_>) -> Result<(Handle, Room), SpawnError> {
        namespace::start(birth, &self.image).map_err(|no| match no {
            NoStart::Program(failure) => self.stillborn(failure),
            NoStart::Namespace(why) => SpawnError::NotContained {
                program: self.command.program().into(),
                required: Tier::PidNamespace,
                containment: Containment {
                    why_not: Some(why),
                    ..self.containment.clone()
                },
            },
        })
    }

    fn stillborn(&self, failure: Failure) -> SpawnError {
        if failure.stage == Stage::Hold {
            // It was a program for a moment. Who hunts for its tag finds what it has started.
            Tree::new(Arc::new(Leader::taken_already(self.tag))).kill_now();
        }
        diagnosis::diagnose(self.command, &self.path, &self.image, failure)
    }
}
