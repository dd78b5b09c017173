//! What a failed birth means in terms of the command.

use std::io;
use std::path::Path;

use super::program::seen_from;
use crate::command::Command;
use crate::error::SpawnError;
use crate::sys::image::Image;
use crate::sys::lookup::{Candidate, can_be_entered, inspect, interpreter};
use crate::sys::refusal::{self, Refusal};
use crate::sys::{self, Failure, Stage, open_files};

/// Names the cause. It looks at the file system again, after the fact.
pub(super) fn diagnose(command: &Command, path: &Path, image: &Image, failure: Failure) -> SpawnError {
    let source = io::Error::from_raw_os_error(failure.errno);
    match failure.stage {
        // Of the two, the directory comes first.
        Stage::Unknown if cannot_be_entered(command) => directory(command, source),
        Stage::Birth | Stage::Exec | Stage::Unknown if refusal::is_out_of_processes(&source) => {
            SpawnError::Processes {
                program: command.program().into(),
                limit: sys::limit_of_processes(),
                source,
            }
        }
        Stage::Exec | Stage::Unknown => exec(command, path, image, source),
        Stage::Directory => directory(command, source),
        Stage::Terminal => SpawnError::Terminal { source },
        Stage::Hold if refusal::is_at_own_limit_of_descriptors(&source) => SpawnError::OpenFiles {
            program: command.program().into(),
            limit: open_files::limit(),
            source,
        },
        Stage::None
        | Stage::Birth
        | Stage::Session
        | Stage::Stdio
        | Stage::Hold
        | Stage::Namespace
        | Stage::Init => SpawnError::Process {
            program: command.program().into(),
            source,
        },
    }
}

fn directory(command: &Command, source: io::Error) -> SpawnError {
    SpawnError::Directory {
        path: command.directory().unwrap_or_else(|| Path::new(".")).to_owned(),
        source,
    }
}

fn cannot_be_entered(command: &Command) -> bool {
    command.directory().is_some_and(|path| !can_be_entered(path))
}

fn exec(command: &Command, path: &Path, image: &Image, source: io::Error) -> SpawnError {
    let seen = seen_from(command.directory(), path);
    let path = path.to_owned();
    match Refusal::of_exec(&source) {
        Refusal::Missing if inspect(&seen) == Candidate::Missing => SpawnError::NotFound {
            program: path,
            path: None,
        },
        // The program is there: so what is missing is what runs it.
        Refusal::Missing => SpawnError::BadInterpreter {
            interpreter: interpreter(&seen),
            path,
        },
        Refusal::Forbidden if inspect(&seen) == Candidate::Executable => match interpreter(&seen) {
            Some(interpreter) => SpawnError::BadInterpreter {
                path,
                interpreter: Some(interpreter),
            },
            None => SpawnError::PermissionDenied { path },
        },
        Refusal::Forbidden => SpawnError::PermissionDenied { path },
        Refusal::BadFormat => SpawnError::BadFormat { path },
        Refusal::TooLong => {
            let (bytes, longest) = image.weight();
            SpawnError::ArgumentsTooLong { path, bytes, longest }
        }
        Refusal::Other => SpawnError::Exec { path, source },
    }
}
