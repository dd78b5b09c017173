//! [`Command::spawn`].

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::streams::{self, Ours};
use super::{diagnosis, environment, program};
use crate::child::Child;
use crate::command::{Command, SpawnMethod};
use crate::error::SpawnError;
use crate::leader::Leader;
use crate::process::Process;
use crate::signal::Signal;
use crate::sys::image::Image;
use crate::sys::reactor::Unregistered;
use crate::sys::{self, Birth, Handle};
use crate::tag::Tag;
use crate::watch::Watch;

/// How long a failed spawn waits for the child that it takes back.
const TAKE_BACK_LIMIT: Duration = Duration::from_millis(500);

impl Command {
    /// Starts the command. When this returns, the child has become its program.
    ///
    /// This is no `async fn`: it blocks for about a millisecond, nearly all of it the kernel's exec.
    ///
    /// # Errors
    /// Every reason why the program did not start, exec's own included; nothing is left behind then.
    pub fn spawn(&self) -> Result<Process, SpawnError> {
        let program = || PathBuf::from(self.program());
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(SpawnError::NoRuntime { program: program() });
        }
        let method = self.chosen_method()?;
        if sys::statuses_are_lost() {
            return Err(SpawnError::StatusesIgnored { program: program() });
        }
        let tag = self
            .tag
            .map_or_else(Tag::of_this_process, Ok)
            .map_err(|source| SpawnError::Tag { source })?;

        let directory = self.absolute_directory()?;
        let environment = environment::compose(self, directory.as_deref(), tag);
        let search = environment
            .get(std::ffi::OsStr::new("PATH"))
            .map(std::ffi::OsString::as_os_str);
        let path = program::find(self.program(), self.directory(), search)?;
        let image = self.image(&path, environment)?;
        let (ours, theirs) = streams::open(self)?;

        let stdio = theirs.stdio().ok_or_else(|| SpawnError::Terminal {
            source: std::io::ErrorKind::NotFound.into(),
        })?;
        let limit = sys::limit_for(tag.run(), tag.worker());
        let birth = Birth::new(&image, stdio, theirs.controlling(), limit);
        let born = match method {
            SpawnMethod::Vfork => sys::vfork(&birth),
            SpawnMethod::Fork => sys::fork_and_pin(&birth),
        };
        let handle = born.map_err(|failure| diagnosis::diagnose(self, &path, &image, failure))?;
        drop(theirs);

        let watch = self.watch(handle)?;
        let Ours {
            terminal,
            stdin,
            stdout,
            stderr,
        } = ours;
        Ok(Process {
            child: Child::new(Leader::new(watch, tag)),
            terminal,
            stdin,
            stdout,
            stderr,
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

    fn image(&self, path: &Path, environment: environment::Environment) -> Result<Image, SpawnError> {
        let arguments = std::iter::once(self.program().to_owned()).chain(self.arguments().iter().cloned());
        Image::new(
            path,
            self.directory(),
            arguments,
            environment::assignments(environment),
        )
        .map_err(|_| SpawnError::NulByte {
            program: self.program().into(),
        })
    }

    /// Puts the new child into the reactor, or takes it back.
    fn watch(&self, handle: Handle) -> Result<Watch, SpawnError> {
        let handle = Arc::new(handle);
        Watch::new(Arc::clone(&handle)).map_err(|failure| {
            // It was born a moment ago; nobody else has seen it. A failure here leaves nothing better to do.
            let _ = handle.signal(Signal::Kill);
            handle.wait_for_end(TAKE_BACK_LIMIT);
            let _ = handle.reap();
            let program = PathBuf::from(self.program());
            match failure {
                Unregistered::NoReactor => SpawnError::NoRuntime { program },
                Unregistered::Refused(source) => SpawnError::Reactor { program, source },
            }
        })
    }
}
