//! The `tool` adapter: any program is a worker; a small function reads what it printed.
//!
//! A tool is registered under a name of its own, with its program and arguments fixed by the orchestrator's author:
//! nothing that a worker says becomes a command line. It takes no further turns: a program prints what it prints.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use orch_pty::Exit;

use super::{Agent, AgentError, Decoder, Input, Launch, Program, Turn, WorkerDirs, WorkerEvent};
use crate::job::{End, Job, JobEnd};
use crate::outcome::{FailClass, Failure};

/// The most bytes of standard output that are kept for reading.
const OUTPUT_LIMIT: usize = 32 << 20;

/// What a tool printed.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ToolOutput<'a> {
    /// Its whole standard output.
    pub stdout: &'a [u8],
    /// How it ended.
    pub exit: Exit,
}

impl ToolOutput<'_> {
    /// Its standard output as text; bytes that are no UTF-8 become U+FFFD. Its standard error is not here: the last of
    /// it explains a failure by itself.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.stdout)
    }
}

type Read = Arc<dyn Fn(ToolOutput<'_>) -> Result<String, String> + Send + Sync>;

/// An agent that is an ordinary program.
///
/// ```
/// use orch_core::agent::Tool;
///
/// let counter = Tool::new("counter", "wc").args(["-l", "README.md"]);
/// ```
#[derive(Clone)]
#[must_use = "an agent does nothing until an orchestrator has it"]
pub struct Tool {
    name: String,
    program: PathBuf,
    arguments: Vec<OsString>,
    pass_env: Vec<String>,
    set_env: Vec<(String, String)>,
    prompt_on_stdin: bool,
    install: Option<String>,
    read: Read,
}

impl Tool {
    /// The agent `name` that runs `program`: a path, or a name to look up in `PATH`.
    ///
    /// Until [`Tool::read`] says otherwise its answer is what it printed, and it must end with exit code 0. Its
    /// standard input is empty unless [`Tool::prompt_on_stdin`] is called.
    pub fn new(name: impl Into<String>, program: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            program: program.into(),
            arguments: Vec::new(),
            pass_env: Vec::new(),
            set_env: Vec::new(),
            prompt_on_stdin: false,
            install: None,
            read: Arc::new(read_text),
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable in the tool's environment.
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.set_env.push((key.into(), value.into()));
        self
    }

    /// Lets a variable of the orchestrator's environment through to the tool.
    pub fn pass_env(mut self, key: impl Into<String>) -> Self {
        self.pass_env.push(key.into());
        self
    }

    /// Gives the tool the brief on standard input.
    pub fn prompt_on_stdin(mut self) -> Self {
        self.prompt_on_stdin = true;
        self
    }

    /// Says how to install the program.
    pub fn install(mut self, how: impl Into<String>) -> Self {
        self.install = Some(how.into());
        self
    }

    /// Says how its output, a [`ToolOutput`], becomes an answer. An `Err` is a failure of the tool, in words for a person; the answer is
    /// still validated as the worker's deliverable.
    pub fn read(
        mut self,
        read: impl Fn(ToolOutput<'_>) -> Result<String, String> + Send + Sync + 'static,
    ) -> Self {
        self.read = Arc::new(read);
        self
    }
}

fn read_text(output: ToolOutput<'_>) -> Result<String, String> {
    if output.exit == Exit::Code(0) {
        Ok(output.text().into_owned())
    } else {
        Err(output.exit.to_string())
    }
}

impl Agent for Tool {
    fn name(&self) -> &str {
        &self.name
    }

    fn program(&self) -> Program {
        let program = Program::named(&self.program);
        match &self.install {
            Some(how) => program.install(how),
            None => program,
        }
    }

    fn launch(&self, _job: &Job, _dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError> {
        if !matches!(turn, Turn::First) {
            let what = "take a further turn".to_owned();
            return Err(AgentError::Unsupported {
                agent: self.name.clone(),
                what,
            });
        }
        Ok(Launch {
            arguments: self.arguments.clone(),
            pass_env: self.pass_env.clone(),
            set_env: self.set_env.clone(),
            input: if self.prompt_on_stdin {
                Input::Prompt
            } else {
                Input::Nothing
            },
            ..Launch::default()
        })
    }

    fn decoder(&self, _job: &Job) -> Box<dyn Decoder> {
        Box::new(ToolDecoder {
            read: Arc::clone(&self.read),
            stdout: Vec::new(),
            beyond: 0,
        })
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .field("program", &self.program)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}

struct ToolDecoder {
    read: Read,
    stdout: Vec<u8>,
    beyond: usize,
}

impl Decoder for ToolDecoder {
    fn feed(&mut self, bytes: &[u8]) -> Vec<WorkerEvent> {
        let room = OUTPUT_LIMIT - self.stdout.len();
        let taken = bytes.len().min(room);
        self.stdout.extend_from_slice(&bytes[..taken]);
        self.beyond += bytes.len() - taken;
        vec![WorkerEvent::Activity]
    }

    fn finish(self: Box<Self>, exit: Exit, _last_message: Option<&[u8]>) -> JobEnd {
        let end = if let Exit::Signal { .. } = exit {
            End::Failed(Failure::new(FailClass::Killed, format!("the tool was {exit}")))
        } else if self.beyond > 0 {
            let bytes = self.stdout.len() + self.beyond;
            let detail = format!("the tool printed {bytes} bytes, {OUTPUT_LIMIT} are read");
            End::Failed(Failure::new(FailClass::Other, detail))
        } else {
            match (self.read)(ToolOutput {
                stdout: &self.stdout,
                exit,
            }) {
                Ok(text) => End::Answered(text),
                Err(why) => End::Failed(Failure::new(FailClass::Crashed, why)),
            }
        };
        let mut end = JobEnd::new(end);
        end.exit = Some(exit);
        end
    }
}
