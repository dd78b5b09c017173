//! A spawn that meets the limit of open files: once more with a higher one, or an error that names it.

use std::path::PathBuf;

use crate::command::Command;
use crate::error::SpawnError;
use crate::sys::open_files::{self, Room};
use crate::sys::refusal;

/// Spawns by `attempt`, which leaves nothing behind when it fails; a second time when the limit of open files stood in
/// the way and could be raised.
pub(super) fn with_room<T>(
    command: &Command,
    mut attempt: impl FnMut() -> Result<T, SpawnError>,
) -> Result<T, SpawnError> {
    let room = Room::now();
    let again = match attempt() {
        Err(error) if is_at_the_limit(&error) && room.grows() => attempt(),
        result => result,
    };
    again.map_err(|error| {
        if is_at_the_limit(&error) {
            named(command, error)
        } else {
            error
        }
    })
}

/// Whether it failed for want of a descriptor before the program was started. That a program was started and could not
/// be held has its name already.
fn is_at_the_limit(error: &SpawnError) -> bool {
    match error {
        SpawnError::Terminal { source }
        | SpawnError::Stream { source, .. }
        | SpawnError::Process { source, .. }
        | SpawnError::Exec { source, .. } => refusal::is_at_own_limit_of_descriptors(source),
        _ => false,
    }
}

fn named(command: &Command, error: SpawnError) -> SpawnError {
    match error {
        SpawnError::Terminal { source }
        | SpawnError::Stream { source, .. }
        | SpawnError::Process { source, .. }
        | SpawnError::Exec { source, .. } => SpawnError::OpenFiles {
            program: PathBuf::from(command.program()),
            limit: open_files::limit(),
            source,
        },
        other => other,
    }
}
