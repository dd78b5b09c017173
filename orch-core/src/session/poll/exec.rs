//! [`ExecCommand`]: what to start, and how long to wait for it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orch_pty::{Command, Output, Size, Stdin};

use super::super::Profile;

/// A command to run in the background. What is not said is the [`Profile`]'s to say.
///
/// It is read from, and written as, the arguments of codex's `exec_command` tool: `cmd`, `workdir`, `shell`, `login`,
/// `tty`, `yield_time_ms`, `max_output_tokens`; other arguments are passed over. Label, environment, size, input and
/// what to do when the table is full are not among those.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a command does nothing until a table executes it"]
pub struct ExecCommand {
    pub(super) what: What,
    pub(super) label: Option<String>,
    pub(super) directory: Option<PathBuf>,
    pub(super) environment: BTreeMap<OsString, Option<OsString>>,
    pub(super) clear: bool,
    pub(super) terminal: Option<bool>,
    pub(super) size: Size,
    pub(super) open_input: bool,
    pub(super) yield_time: Option<Duration>,
    pub(super) max_output_tokens: Option<usize>,
    pub(super) when_full: WhenFull,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Program(OsString, Vec<OsString>),
    Line {
        line: String,
        shell: Option<OsString>,
        login: Option<bool>,
    },
}

/// What to do when there are as many live sessions as there may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// Say so, and start nothing.
    #[default]
    Refuse,
    /// Wait until one has ended.
    Wait,
}

impl ExecCommand {
    /// A program and its arguments, without a shell.
    pub fn program(
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self::new(What::Program(program.into(), arguments))
    }

    /// A line for a shell: `/bin/sh`, or in codex's profile the user's own.
    pub fn shell(line: impl Into<String>) -> Self {
        Self::new(What::Line {
            line: line.into(),
            shell: None,
            login: None,
        })
    }

    pub(super) fn new(what: What) -> Self {
        Self {
            what,
            label: None,
            directory: None,
            environment: BTreeMap::new(),
            clear: false,
            terminal: None,
            size: Size::default(),
            open_input: false,
            yield_time: None,
            max_output_tokens: None,
            when_full: WhenFull::default(),
        }
    }

    /// The shell for the line, by name or path. Without a line it changes nothing.
    pub fn in_shell(mut self, path: impl Into<OsString>) -> Self {
        if let What::Line { shell, .. } = &mut self.what {
            *shell = Some(path.into());
        }
        self
    }

    /// Whether the shell is a login shell (`-l`), which reads the user's profile. Without a line it changes nothing.
    pub fn login(mut self, is_login: bool) -> Self {
        if let What::Line { login, .. } = &mut self.what {
            *login = Some(is_login);
        }
        self
    }

    /// What people call it: `W1 Scout`, `W2 Review`. By default `session N`.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Where it starts. By default where this program stands.
    pub fn current_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Sets one variable, also against the profile's.
    pub fn env(mut self, key: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.insert(key.into(), Some(value.into()));
        self
    }

    /// Takes one variable out, also one of the profile's.
    pub fn env_remove(mut self, key: impl Into<OsString>) -> Self {
        self.environment.insert(key.into(), None);
        self
    }

    /// Starts from an empty environment and not from this program's. The profile's variables and those that are set by
    /// [`env`](Self::env) are all there is then.
    pub fn env_clear(mut self) -> Self {
        self.clear = true;
        self
    }

    /// Whether it runs in a terminal, or on pipes: one for standard output and one for standard error, which are read as
    /// one output, and `/dev/null` for standard input.
    pub fn tty(mut self, terminal: bool) -> Self {
        self.terminal = Some(terminal);
        self
    }

    /// The size of its terminal; 24 by 80 by default.
    pub fn size(mut self, size: Size) -> Self {
        self.size = size;
        self
    }

    /// On pipes, gives it a pipe for standard input too, which is written to and ended by
    /// [`Session::send_eof`](super::super::Session::send_eof).
    pub fn open_input(mut self) -> Self {
        self.open_input = true;
        self
    }

    /// How long to wait for its end, within what the profile allows.
    pub fn yield_time(mut self, time: Duration) -> Self {
        self.yield_time = Some(time);
        self
    }

    /// How long the text of its output may be, in tokens of 4 bytes, within what the profile allows.
    pub fn max_output_tokens(mut self, tokens: usize) -> Self {
        self.max_output_tokens = Some(tokens);
        self
    }

    /// What to do when the table is full. Where the profile makes room by itself it changes nothing.
    pub fn when_full(mut self, what: WhenFull) -> Self {
        self.when_full = what;
        self
    }

    /// The command as it is spawned.
    pub(in crate::session) fn to_command(&self, profile: &Profile) -> Command {
        let mut command = match &self.what {
            What::Program(program, arguments) => Command::new(program).args(arguments),
            What::Line { line, shell, login } => {
                let shell = shell
                    .clone()
                    .unwrap_or_else(|| default_shell(profile.shell.is_users));
                let flag = if login.unwrap_or(profile.shell.login) {
                    "-lc"
                } else {
                    "-c"
                };
                Command::new(shell).args([flag, line])
            }
        };
        if self.clear {
            command = command.env_clear();
        }
        command = command.envs(profile.environment.iter().copied());
        for (key, value) in &self.environment {
            command = match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        if let Some(directory) = &self.directory {
            command = command.current_dir(directory);
        }
        command = command.stdin(self.stdin_in(profile)).size(self.size);
        if self.is_on_terminal(profile) {
            command
        } else {
            command.stdout(Output::Pipe).stderr(Output::Pipe)
        }
    }

    pub(in crate::session) fn stdin_in(&self, profile: &Profile) -> Stdin {
        match (self.is_on_terminal(profile), self.open_input) {
            (true, _) => Stdin::Terminal,
            (false, true) => Stdin::Pipe,
            (false, false) => Stdin::Null,
        }
    }

    #[cfg(test)]
    pub(in crate::session) fn size_in(&self, _profile: &Profile) -> Size {
        self.size
    }

    fn is_on_terminal(&self, profile: &Profile) -> bool {
        self.terminal.unwrap_or(profile.terminal)
    }

    pub(in crate::session) fn take_label(&self) -> Option<String> {
        self.label.clone()
    }

    pub(in crate::session) fn asked_yield(&self) -> Option<Duration> {
        self.yield_time
    }

    pub(in crate::session) fn asked_tokens(&self) -> Option<usize> {
        self.max_output_tokens
    }

    pub(in crate::session) fn asked_when_full(&self) -> WhenFull {
        self.when_full
    }
}

/// The user's shell where it is a program that is there, else `/bin/sh`.
fn default_shell(users: bool) -> OsString {
    std::env::var_os("SHELL")
        .filter(|shell| users && Path::new(shell).is_absolute() && Path::new(shell).exists())
        .unwrap_or_else(|| "/bin/sh".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &Command) -> Vec<String> {
        std::iter::once(command.program())
            .chain(command.arguments().iter().map(AsRef::as_ref))
            .map(|word| word.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_shell_is_chosen_by_the_call_before_the_profile() {
        let native = Profile::native();
        let line = ExecCommand::shell("make test");
        assert_eq!(words(&line.to_command(&native)), ["/bin/sh", "-c", "make test"]);
        let chosen = line.clone().in_shell("bash").login(true);
        assert_eq!(words(&chosen.to_command(&native)), ["bash", "-lc", "make test"]);
        let codex = line.to_command(&Profile::codex());
        assert_eq!(words(&codex)[1..], ["-lc", "make test"]);
        let program = ExecCommand::program("make", ["test"])
            .in_shell("bash")
            .login(true);
        assert_eq!(words(&program.to_command(&native)), ["make", "test"]);
    }

    #[test]
    fn the_callers_variables_outrank_the_profiles() {
        let command = ExecCommand::shell("env")
            .env("TERM", "xterm")
            .env_remove("PAGER")
            .env("CODEX_THREAD_ID", "t1")
            .to_command(&Profile::codex());
        let set: BTreeMap<_, _> = command.environment().collect();
        for (key, value) in [
            ("TERM", Some("xterm")),
            ("PAGER", None),
            ("NO_COLOR", Some("1")),
            ("CODEX_THREAD_ID", Some("t1")),
        ] {
            assert_eq!(
                set[std::ffi::OsStr::new(key)],
                value.map(std::ffi::OsStr::new),
                "{key}"
            );
        }
        let cleared = ExecCommand::shell("env")
            .env("A", "1")
            .env_clear()
            .to_command(&Profile::native());
        assert!(cleared.clears_environment());
        assert_eq!(
            cleared.environment().count(),
            1,
            "the order of the calls does not matter"
        );
    }
}
