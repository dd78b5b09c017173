//! The Gemini CLI adapter: workers run as `gemini -o stream-json`, the prompt on standard input.
//!
//! What it must know is measured with 0.61.0, not guessed. The tools of a worker are rules of its policy engine, which
//! stand above those of the user and hold without asking in every turn; a tool that a rule denies is not offered. The
//! tree is said to be untrusted, so that its settings, hooks, instructions and `.env` do not hold; the approval mode is
//! `default` then, whatever was asked for, which is why the rules and not the mode give a writer its tools. The CLI
//! attaches files that a prompt mentions as `@path`, and looks for files *like* that where there is none, so every `@`
//! is written as `\@`. It starts itself a second time unless it is told not to: one process is what a signal finds.
//!
//! It does not sandbox: tools are withheld, and a writer's shell is held by nothing. Its events come on a terminal of
//! their own, since it ends with exit code 0 before a pipe has taken a long answer.

pub(super) mod decoder;
mod prompt;

use std::ffi::OsString;
use std::path::PathBuf;

use serde_json::json;

use super::line_decoder::LineDecoder;
use super::setup::Setup;
use super::{
    Agent, AgentError, Decoder, Hold, Input, Launch, Outlet, Probe, Program, Skills, Turn, UsageSpan,
    WorkerDirs,
};
use crate::job::Job;
use decoder::GeminiDialect;

/// The private file that holds the rules for the worker's tools.
const POLICY: &str = "tools.toml";

/// What the CLI reads of its standard input; the rest is cut off with a warning (gemini-cli 0.61.0).
const PROMPT_LIMIT: usize = 8 * 1024 * 1024;

/// Variables of the orchestrator's environment that Gemini CLI needs.
const PASSED: [&str; 14] = [
    "GEMINI_API_KEY",
    "GEMINI_CLI_CUSTOM_HEADERS",
    "GEMINI_CLI_HOME",
    "GEMINI_MODEL",
    "GOOGLE_API_KEY",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_LOCATION",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_GENAI_USE_GCA",
    "GOOGLE_GENAI_USE_VERTEXAI",
    "GOOGLE_VERTEX_BASE_URL",
    "NODE_EXTRA_CA_CERTS",
    "XDG_STATE_HOME",
];

/// One process, a tree that configures nothing, no telemetry.
const QUIET: [(&str, &str); 3] = [
    ("GEMINI_CLI_NO_RELAUNCH", "true"),
    ("GEMINI_CLI_TRUST_WORKSPACE", "false"),
    ("GEMINI_TELEMETRY_ENABLED", "false"),
];

/// The agent `gemini`: Gemini CLI.
///
/// The program is `ORCH_GEMINI_BIN`, or `gemini` in `PATH`; it is a script for Node.js, there is no native binary. The
/// login and the user's own settings (model, extensions) hold, but for the tools and the permissions, which are ours.
/// The *tree's* settings, hooks and `GEMINI.md` do not: whoever can change the tree could give itself tools by them.
/// Name in the brief what a worker should read first. Two limits come with that: an API key in `~/.gemini/.env` is not
/// read, and of a `.env` in the tree the CLI still takes a key where there is none. So put the key into the environment.
/// The CLI sends usage statistics unless the user's settings say `privacy.usageStatisticsEnabled: false`: no flag does.
///
/// A reader has the tools `read_file`, `read_many_files`, `grep_search`, `glob` and `list_directory` inside the work
/// tree ([`Hold::ToolsWithheld`]). A writer has also `write_file` and `replace`, in the work tree, and
/// `run_shell_command`, which reaches whatever the user reaches.
///
/// It has no schema flag: the schema is told in the prompt. It reports no cost. It says nothing of a stream that was
/// dropped and tried again, nor of an answer that was cut at the model's output limit: what a dropped attempt had said
/// stands before the answer then. A schema finds such an answer out, free text does not.
#[derive(Debug, Clone, Default)]
#[must_use = "an agent does nothing until an orchestrator has it"]
pub struct Gemini {
    setup: Setup,
}

impl Gemini {
    /// The name under which jobs ask for it.
    pub const NAME: &str = "gemini";

    /// Gemini CLI with the user's own settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs this program instead of looking for one.
    pub fn binary(mut self, path: impl Into<PathBuf>) -> Self {
        self.setup.binary = Some(path.into());
        self
    }

    /// Sets a variable in its environment, `GEMINI_CLI_HOME` for example. It is seen by whatever it runs.
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.setup.set_env.push((key.into(), value.into()));
        self
    }

    /// Chooses the model of jobs that name none.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.setup.model = Some(model.into());
        self
    }

    /// Ignores the user's extensions and MCP servers too. The CLI has no way to ignore the rest of the user's settings
    /// (hooks, skills, instructions) but another home: set `GEMINI_CLI_HOME` to one that has nothing but a login.
    pub fn hermetic(mut self) -> Self {
        self.setup.hermetic = true;
        self
    }
}

impl Agent for Gemini {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn program(&self) -> Program {
        self.setup.program("gemini", "ORCH_GEMINI_BIN").install(
            "install it with `npm install -g @google/gemini-cli`, or point ORCH_GEMINI_BIN at gemini.js",
        )
    }

    fn launch(&self, job: &Job, dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError> {
        let mut launch = Launch::default();
        let prompt = prompt::render(job);
        if prompt.len() > PROMPT_LIMIT {
            return Err(AgentError::PromptTooLong {
                characters: prompt.chars().count(),
                limit: PROMPT_LIMIT,
            });
        }
        launch.input = Input::Text(prompt);
        launch.outlet = Outlet::OwnTerminal;
        let policy = dirs.private_file(POLICY).to_string_lossy().into_owned();
        let mut push = |arguments: &[&str]| launch.arguments.extend(arguments.iter().map(OsString::from));
        push(&["-o", "stream-json", "--approval-mode", "default"]);
        // As the administrator's, they stand above all others; where the machine has such rules of its own, those are
        // the only ones, and ours stand in for the user's.
        push(&["--policy", &policy, "--admin-policy", &policy]);
        if self.setup.hermetic {
            push(&["--extensions", "none", "--allowed-mcp-server-names", "none"]);
        }
        if let Some(model) = self.setup.model(job) {
            push(&["--model", model]);
        }
        if let Turn::Next { thread } = turn {
            push(&["--resume", thread]);
        }
        launch.files = vec![(POLICY.to_owned(), policy_of(job).into_bytes())];
        self.setup.declare(&mut launch, &PASSED, &QUIET);
        Ok(launch)
    }

    fn decoder(&self, _job: &Job) -> Box<dyn Decoder> {
        Box::new(LineDecoder::new(GeminiDialect::default()))
    }

    fn skills(&self) -> Skills {
        Skills {
            further_turns: true,
            web_search: true,
            schema: false,
            reader: Hold::ToolsWithheld,
            usage: UsageSpan::Turn,
            cost: false,
        }
    }

    /// It has no command that tells whether it is logged in.
    fn secrets(&self) -> Vec<&'static str> {
        vec!["GEMINI_API_KEY", "GOOGLE_API_KEY"]
    }

    fn probes(&self) -> Vec<Probe> {
        let version = Probe::version(["--version"]);
        vec![self.setup.probe(version, &PASSED, &QUIET)]
    }
}

/// The worker's tools as rules: all are denied but these. Without `allowRedirection` a line of shell with `>` in it would
/// be asked about, which nobody can answer here.
fn policy_of(job: &Job) -> String {
    let mut tools = vec![
        "read_file",
        "read_many_files",
        "grep_search",
        "glob",
        "list_directory",
    ];
    if job.scope.allows_writes() {
        tools.extend(["write_file", "replace", "run_shell_command"]);
    }
    if job.web {
        tools.extend(["google_web_search", "web_fetch"]);
    }
    format!(
        "[[rule]]\ntoolName = \"*\"\ndecision = \"deny\"\npriority = 1\n\n[[rule]]\ntoolName = {}\ndecision = \"allow\"\n\
         allowRedirection = true\npriority = 2\n",
        json!(tools)
    )
}

#[cfg(test)]
mod tests;
