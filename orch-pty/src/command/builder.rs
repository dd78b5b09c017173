//! [`Command`]: a description of a process to start. It holds no resource and can be started many times.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Output, Size, SpawnMethod, Stdin, TerminalMode};
use crate::containment::Tier;
use crate::tag::Tag;

/// A program, its surroundings, and where its standard streams go.
///
/// By default all three streams are a new terminal of 24 by 80 cells, which is also the child's controlling
/// terminal. When none of the three is the terminal, none is opened; the child still leads a session of its own.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use orch_pty::{Command, Output, Stdin, TerminalMode};
///
/// let mut process = Command::new("wc")
///     .arg("-c")
///     .stdin(Stdin::Bytes(b"twelve bytes".to_vec()))
///     .stderr(Output::Pipe)
///     .terminal_mode(TerminalMode::Clean)
///     .spawn()?;
/// let exit = process.child.wait().await?;
/// assert!(exit.success());
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "a command does nothing until it is spawned"]
pub struct Command {
    pub(crate) program: OsString,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: BTreeMap<OsString, Option<OsString>>,
    pub(crate) clear: bool,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) size: Size,
    pub(crate) mode: TerminalMode,
    pub(crate) stdin: Stdin,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) tag: Option<Tag>,
    pub(crate) method: Option<SpawnMethod>,
    pub(crate) required: Tier,
}

impl Command {
    /// A command that runs `program`: a path when it holds a `/` (a relative one counts from the child's
    /// directory), else a name that is looked up in the child's own `PATH` at each spawn.
    pub fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            clear: false,
            directory: None,
            size: Size::default(),
            mode: TerminalMode::default(),
            stdin: Stdin::default(),
            stdout: Output::default(),
            stderr: Output::default(),
            tag: None,
            method: None,
            required: Tier::ProcessGroup,
        }
    }

    /// Adds one argument. Arguments are visible to every user of the machine: secrets and prompts go by
    /// [`stdin`](Self::stdin).
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments in order.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets one variable of the child's environment, which starts as a copy of this process's own.
    pub fn env(mut self, key: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.insert(key.into(), Some(value.into()));
        self
    }

    /// Sets several variables of the child's environment.
    pub fn envs(
        mut self,
        variables: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>,
    ) -> Self {
        let variables = variables
            .into_iter()
            .map(|(key, value)| (key.into(), Some(value.into())));
        self.environment.extend(variables);
        self
    }

    /// Takes one variable out of the child's environment.
    pub fn env_remove(mut self, key: impl Into<OsString>) -> Self {
        self.environment.insert(key.into(), None);
        self
    }

    /// Empties the child's environment, variables set so far included. Those set afterwards are all it gets,
    /// beside `ORCH_TAG` (see [`Tag`]).
    pub fn env_clear(mut self) -> Self {
        self.environment.clear();
        self.clear = true;
        self
    }

    /// Starts the child in `directory` and sets its `PWD` to it (unless `PWD` was set by [`env`](Self::env)).
    pub fn current_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// The size of the terminal.
    pub fn size(mut self, size: Size) -> Self {
        self.size = size;
        self
    }

    /// How the terminal treats bytes.
    pub fn terminal_mode(mut self, mode: TerminalMode) -> Self {
        self.mode = mode;
        self
    }

    /// Where standard input comes from.
    pub fn stdin(mut self, stdin: Stdin) -> Self {
        self.stdin = stdin;
        self
    }

    /// Where standard output goes.
    pub fn stdout(mut self, stdout: Output) -> Self {
        self.stdout = stdout;
        self
    }

    /// Where standard error goes.
    pub fn stderr(mut self, stderr: Output) -> Self {
        self.stderr = stderr;
        self
    }

    /// The mark under which the child and all that descend from it are found again. Without one, each spawn makes
    /// its own; two live children must not share one. A tag of another run than this process's own is hunted by no warden:
    /// the child's [`containment`](crate::Child::containment) says so.
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }

    /// How the child is made; see [`SpawnMethod`] for the default.
    pub fn method(mut self, method: SpawnMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// The least containment that is good enough: a spawn that cannot have it fails. By default any will do; what there
    /// was is [`Child::containment`](crate::Child::containment).
    ///
    /// [`Tier::PidNamespace`] is had by asking for it: the program runs in a namespace of its own then, and is always born
    /// by [`SpawnMethod::Vfork`].
    pub fn require(mut self, tier: Tier) -> Self {
        self.required = tier;
        self
    }

    /// The program as it was given.
    pub fn program(&self) -> &OsStr {
        &self.program
    }

    /// The arguments, without the program's own name.
    pub fn arguments(&self) -> &[OsString] {
        &self.arguments
    }

    /// The directory that was asked for.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// The variables that were set (`Some`) or removed (`None`), ordered by key.
    pub fn environment(&self) -> impl Iterator<Item = (&OsStr, Option<&OsStr>)> {
        self.environment
            .iter()
            .map(|(key, value)| (key.as_os_str(), value.as_deref()))
    }

    /// Whether the environment starts empty rather than as a copy of this process's own.
    pub fn clears_environment(&self) -> bool {
        self.clear
    }

    /// Whether any stream is the terminal, so that one is opened.
    pub(crate) fn wants_terminal(&self) -> bool {
        matches!(self.stdin, Stdin::Terminal)
            || matches!(self.stdout, Output::Terminal)
            || matches!(self.stderr, Output::Terminal)
    }
}

/// Shows keys of the environment and never values, and of [`Stdin::Bytes`] the length alone.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("program", &self.program)
            .field("arguments", &self.arguments)
            .field("environment", &self.environment.keys().collect::<Vec<_>>())
            .field("clear", &self.clear)
            .field("directory", &self.directory)
            .field("size", &self.size)
            .field("mode", &self.mode)
            .field("stdin", &self.stdin)
            .field("stdout", &self.stdout)
            .field("stderr", &self.stderr)
            .field("tag", &self.tag)
            .field("method", &self.method)
            .field("required", &self.required)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_neither_stdin_nor_environment_values() {
        let command = Command::new("cat")
            .env("TOKEN", "s3cr3t-value")
            .stdin(Stdin::Bytes(b"s3cr3t-prompt".to_vec()));
        let shown = format!("{command:?}");
        assert!(shown.contains("TOKEN") && shown.contains("13 bytes"), "{shown}");
        assert!(!shown.contains("s3cr3t"), "{shown}");
    }

    #[test]
    fn clearing_the_environment_forgets_what_was_set_before() {
        let command = Command::new("env")
            .env("A", "1")
            .env_clear()
            .env("B", "2")
            .env_remove("C");
        let set: Vec<_> = command.environment().collect();
        let expected: Vec<(&OsStr, Option<&OsStr>)> =
            vec![(OsStr::new("B"), Some(OsStr::new("2"))), (OsStr::new("C"), None)];
        assert_eq!(set, expected);
        assert!(command.clears_environment());
    }
}
