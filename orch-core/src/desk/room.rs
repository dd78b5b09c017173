//! A private directory of a run that may be large: its removal waits for nobody, and only the run's end waits for it.

use std::path::Path;

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use crate::dirs::PrivateDir;

/// The directory. Dropped, it is removed: beside the runtime where there is one, since removing a whole tree blocks.
#[derive(Debug)]
pub(crate) struct Room {
    directory: Option<PrivateDir>,
    removals: TaskTracker,
}

impl Room {
    /// `removals` counts the removals that go on.
    pub(super) fn new(directory: PrivateDir, removals: TaskTracker) -> Self {
        let directory = Some(directory);
        Self {
            directory,
            removals,
        }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        self.directory
            .as_ref()
            .map_or(Path::new(""), PrivateDir::path)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let directory = self.directory.take();
        // Without a runtime it goes here; so it does when the runtime ends before it was begun.
        if let Ok(runtime) = Handle::try_current() {
            self.removals
                .spawn_blocking_on(move || drop(directory), &runtime);
        }
    }
}
