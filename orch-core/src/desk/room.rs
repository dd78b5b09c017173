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
        Self { directory, removals }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        self.directory.as_ref().map_or(Path::new(""), PrivateDir::path)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let directory = self.directory.take();
        // Without a runtime it goes here; so it does when the runtime ends before it was begun.
        if let Ok(runtime) = Handle::try_current() {
            self.removals.spawn_blocking_on(move || drop(directory), &runtime);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dirs::StateDir;

    fn made(home: &Path, removals: &TaskTracker) -> (Room, std::path::PathBuf) {
        let directory = StateDir::at(home.join("state")).room("runs", "r1");
        let room = Room::new(directory.expect("a directory"), removals.clone());
        let path = room.path().to_owned();
        (room, path)
    }

    #[tokio::test]
    async fn a_room_is_removed_beside_the_runtime_and_can_be_waited_for() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let removals = TaskTracker::new();
        let (room, path) = made(home.path(), &removals);
        drop(room);
        assert_eq!(removals.len(), 1, "it goes on elsewhere");
        removals.close();
        removals.wait().await;
        assert!(!path.exists());
    }

    #[test]
    fn without_a_runtime_a_room_is_removed_at_once() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let (room, path) = made(home.path(), &TaskTracker::new());
        drop(room);
        assert!(!path.exists());
    }
}
