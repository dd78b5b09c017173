//! Where the private files of one turn lie: a path that nobody can have foreseen, made only when something lies there.
//!
//! Most tools have no private file, and a directory costs as much as a tenth of a short worker's life. What is made here
//! goes with the run's own directory, which is the run's to remove; where there is no run, the turns share it and the last
//! of them removes it.

use std::io;
use std::path::{Path, PathBuf};

use super::JobId;
use crate::agent::{Input, Launch};
use crate::dirs::{self, PrivateDir, StateDir};
use crate::outcome::NotStarted;
use crate::refusal::Trouble;

/// The private place of one turn.
pub(super) struct PrivatePlace<'a> {
    state: &'a StateDir,
    run: String,
    path: PathBuf,
    /// The run's directory, where nobody else has it.
    shared: Option<PrivateDir>,
}

impl<'a> PrivatePlace<'a> {
    /// A fresh place beneath the run's own directory in `state`. Nothing is made yet.
    pub(super) fn choose(state: &'a StateDir, job: &JobId) -> Self {
        let run = job.run.to_string();
        let path = dirs::unused_beneath(&state.place_of("runs", &run));
        Self {
            state,
            run,
            path,
            shared: None,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the directory and writes the files of `launch`, if there are any or its command line says the path: the
    /// name is fresh, so a worker that is not told it cannot know it. The place must be kept as long as the worker lives.
    pub(super) fn furnish(&mut self, launch: &Launch) -> Result<(), NotStarted> {
        if !self.is_said_by(launch) {
            return Ok(());
        }
        let path = self.path.clone();
        let failed = |doing: &'static str| {
            let path = &path;
            move |error: io::Error| NotStarted::of(Trouble::of_ours(path, &error), doing)
        };
        self.shared = self
            .state
            .share("runs", &self.run)
            .map_err(failed("making the run's private directory failed"))?;
        dirs::make_private(&self.path).map_err(failed("making the worker's private directory failed"))?;
        for name in &launch.folders {
            dirs::make_private(&self.path.join(name))
                .map_err(failed("making the worker's private directory failed"))?;
        }
        for (name, bytes) in &launch.files {
            dirs::write_private(&self.path.join(name), bytes)
                .map_err(failed("writing the worker's private file failed"))?;
        }
        Ok(())
    }

    fn is_said_by(&self, launch: &Launch) -> bool {
        let name = self.path.file_name().unwrap_or_default().as_encoded_bytes();
        let says = |text: &[u8]| text.windows(name.len().max(1)).any(|part| part == name);
        // By name, so that whoever adds a field thinks of it here.
        let Launch {
            arguments,
            pass_env: _,
            set_env,
            folders,
            files,
            last_message,
            stubs: _,
            input,
            outlet: _,
        } = launch;
        !files.is_empty()
            || !folders.is_empty()
            || last_message.is_some()
            || arguments.iter().any(|word| says(word.as_encoded_bytes()))
            || set_env.iter().any(|(_, value)| says(value.as_bytes()))
            || matches!(input, Input::Text(text) if says(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Digest, RunId};
    use crate::step_key::StepKey;

    fn job() -> JobId {
        let step: StepKey = serde_json::from_value(serde_json::json!(Digest::of("step"))).expect("a key");
        JobId {
            run: RunId::fresh(),
            step,
            attempt: 0,
        }
    }

    fn made_for(launch: impl FnOnce(&Path, &mut Launch)) -> (bool, bool) {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let job = job();
        let mut place = PrivatePlace::choose(&state, &job);
        let mut told = Launch::default();
        launch(place.path(), &mut told);
        place.furnish(&told).expect("a place");
        (state.path().exists(), place.path().is_dir())
    }

    #[test]
    fn turns_of_no_run_share_a_directory_and_the_last_removes_it() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let state = StateDir::at(root.path().join("state"));
        let job = job();
        let launch = Launch {
            files: vec![("a".to_owned(), b"b".to_vec())],
            ..Launch::default()
        };
        let furnished = || {
            let mut place = PrivatePlace::choose(&state, &job);
            place.furnish(&launch).expect("a place");
            place
        };
        let runs = || std::fs::read_dir(state.path().join("runs")).map_or(0, Iterator::count);
        let (first, second) = (furnished(), furnished());
        drop(first);
        assert!(second.path().join("a").is_file());
        drop(second);
        assert_eq!(runs(), 0);
        let run = state.claim("runs", &job.run.to_string()).expect("nobody has it");
        let place = furnished();
        let path = place.path().to_owned();
        drop(place);
        assert!(path.join("a").is_file(), "it is the run's to remove");
        drop(run);
        assert_eq!(runs(), 0);
    }

    #[test]
    fn a_launch_that_says_nothing_of_it_costs_no_directory() {
        assert_eq!(made_for(|_, _| ()), (false, false));
        let others = |_: &Path, launch: &mut Launch| launch.arguments = vec!["-c".into(), "true".into()];
        assert_eq!(made_for(others), (false, false));
    }

    #[test]
    fn whoever_is_told_of_it_finds_it() {
        let argument = |path: &Path, launch: &mut Launch| {
            launch
                .arguments
                .push(format!("--home={}/home", path.display()).into());
        };
        let variable = |path: &Path, launch: &mut Launch| {
            let value = path.join("home").display().to_string();
            launch.set_env.push(("TOOL_HOME".to_owned(), value));
        };
        let input = |path: &Path, launch: &mut Launch| {
            launch.input = Input::Text(format!("Write to {}.", path.display()));
        };
        let file = |_: &Path, launch: &mut Launch| launch.files.push(("a".to_owned(), b"b".to_vec()));
        let message = |_: &Path, launch: &mut Launch| launch.last_message = Some("last".to_owned());
        let folder = |_: &Path, launch: &mut Launch| launch.folders.push("tmp".to_owned());
        assert_eq!(made_for(folder), (true, true));
        assert_eq!(made_for(argument), (true, true));
        assert_eq!(made_for(variable), (true, true));
        assert_eq!(made_for(input), (true, true));
        assert_eq!(made_for(file), (true, true));
        assert_eq!(made_for(message), (true, true));
    }
}
