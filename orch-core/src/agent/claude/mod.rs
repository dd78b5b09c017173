//! The Claude Code adapter: workers run as `claude -p --output-format stream-json`.
//!
//! What it must know is measured with 2.1.330, not guessed. The permission mode and the tools are on every command,
//! further turns too; a resumed conversation does not bring back what it had. The prompt is text and nothing else:
//! without [`PLAIN`] the CLI puts the content of every file that the prompt mentions as `@path` before the model, also
//! of files that its tools may not read, and a prompt that begins with `/` is a command of its own. `--tools` and
//! `--allowedTools` take as many words as follow, so an option follows them or nothing.
//!
//! It does not sandbox: Claude Code withholds tools, and a writer's shell is held by nothing but its permissions.

pub(super) mod decoder;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use orch_pty::Exit;
use serde_json::Value;

use super::launch::text_not_command;
use super::line_decoder::LineDecoder;
use super::npm::native_packages;
use super::setup::Setup;
use super::{
    Agent, AgentError, Decoder, Hold, Launch, Outlet, Printed, Probe, Program, Reading, Skills, Turn,
    UsageSpan, WorkerDirs, prompt_with_schema,
};
use crate::job::Job;
use crate::plain;
use decoder::ClaudeDialect;

/// The longest schema that goes as an argument: Linux takes 131,071 bytes in one. A longer one is told in the prompt.
const SCHEMA_LIMIT: usize = 100_000;

/// Variables of the orchestrator's environment that Claude Code needs.
const PASSED: [&str; 13] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_MODEL",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CONFIG_DIR",
    "NODE_EXTRA_CA_CERTS",
];

/// No telemetry, no update, no memory that a worker leaves to others.
const QUIET: [(&str, &str); 5] = [
    ("DISABLE_TELEMETRY", "1"),
    ("DISABLE_ERROR_REPORTING", "1"),
    ("DISABLE_AUTOUPDATER", "1"),
    ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
    ("CLAUDE_CODE_DISABLE_AUTO_MEMORY", "1"),
];

/// The prompt is text: what looks like the mention of a file is none. The first alone still tells the model to read
/// the files.
const PLAIN: [(&str, &str); 2] = [
    ("CLAUDE_CODE_DISABLE_FILE_MENTIONS", "1"),
    ("CLAUDE_CODE_DISABLE_ATTACHMENTS", "1"),
];

/// The agent `claude`: Claude Code.
///
/// The binary is `ORCH_CLAUDE_BIN`, or `claude` in `PATH`; npm's launcher is followed to the native binary. The
/// login and the user's own settings (model, hooks) hold, but for the tools and the permissions, which are ours. The
/// *tree's* settings, hooks and `CLAUDE.md`, and all MCP servers, do not: whoever can change the tree could run
/// commands by them. Name in the brief what a worker should read first.
///
/// A reader has the tools `Read`, `Grep` and `Glob` inside the work tree ([`Hold::ToolsWithheld`]). A writer has also
/// `Edit` and `Write`, in the work tree, and `Bash`, which reaches whatever the user reaches. For Bedrock or Vertex let
/// the cloud's credentials through to the workers with [`Builder::pass_env`](crate::Builder::pass_env).
///
/// It tries again by itself for minutes when the service refuses, also when the login is wrong; `CLAUDE_CODE_MAX_RETRIES`
/// in its environment shortens that.
#[derive(Debug, Clone, Default)]
#[must_use = "an agent does nothing until an orchestrator has it"]
pub struct Claude {
    setup: Setup,
}

impl Claude {
    /// The name under which jobs ask for it.
    pub const NAME: &str = "claude";

    /// Claude Code with the user's own settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs this binary instead of looking for one.
    pub fn binary(mut self, path: impl Into<PathBuf>) -> Self {
        self.setup.binary = Some(path.into());
        self
    }

    /// Sets a variable in its environment, `CLAUDE_CONFIG_DIR` for example. It is seen by whatever it runs.
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.setup.set_env.push((key.into(), value.into()));
        self
    }

    /// Chooses the model of jobs that name none.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.setup.model = Some(model.into());
        self
    }

    /// Ignores the user's settings, hooks, plugins, skills and commands too. The login holds; settings that the
    /// machine's administrator has made hold as well, there is no way around them.
    pub fn hermetic(mut self) -> Self {
        self.setup.hermetic = true;
        self
    }
}

impl Agent for Claude {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn program(&self) -> Program {
        self.setup
            .program("claude", "ORCH_CLAUDE_BIN")
            .native_behind(native_behind)
            .install(
                "install it with `npm install -g @anthropic-ai/claude-code`, or point ORCH_CLAUDE_BIN at the binary",
            )
    }

    fn launch(&self, job: &Job, _dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError> {
        let mut launch = Launch {
            outlet: Outlet::Pipe,
            ..Launch::default()
        };
        let mut prompt = job.prompt.clone();
        let mut push = |arguments: &[&str]| launch.arguments.extend(arguments.iter().map(OsString::from));
        // `--verbose` belongs to `stream-json`: without it the CLI refuses to start.
        push(&["-p", "--output-format", "stream-json", "--verbose"]);
        if self.setup.hermetic {
            push(&["--safe-mode", "--disable-slash-commands", "--setting-sources", ""]);
        } else {
            push(&["--setting-sources", "user"]);
        }
        push(&["--strict-mcp-config"]);
        let Tools {
            mode,
            offered,
            allowed,
        } = tools_of(job);
        push(&["--permission-mode", mode, "--tools", &offered.join(",")]);
        if !allowed.is_empty() {
            push(&["--allowedTools", &allowed.join(",")]);
        }
        if let Some(model) = self.setup.model(job) {
            push(&["--model", model]);
        }
        if let Some(schema) = &job.schema {
            let schema = schema.to_string();
            if schema.len() <= SCHEMA_LIMIT {
                push(&["--json-schema", &schema]);
            } else {
                prompt = prompt_with_schema(job);
            }
        }
        if let Turn::Next { thread } = turn {
            push(&["--resume", thread]);
        }
        launch.input = text_not_command(job, prompt);
        self.setup
            .declare(&mut launch, &PASSED, &[&QUIET[..], &PLAIN].concat());
        Ok(launch)
    }

    fn decoder(&self, _job: &Job) -> Box<dyn Decoder> {
        Box::new(LineDecoder::new(ClaudeDialect::default()))
    }

    fn skills(&self) -> Skills {
        Skills {
            further_turns: true,
            web_search: true,
            schema: true,
            reader: Hold::ToolsWithheld,
            usage: UsageSpan::Conversation,
            cost: true,
        }
    }

    fn secrets(&self) -> Vec<&'static str> {
        vec![
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "CLAUDE_CODE_OAUTH_TOKEN",
        ]
    }

    fn probes(&self) -> Vec<Probe> {
        [
            Probe::version(["--version"]),
            Probe::login(["auth", "status"], read_login),
        ]
        .map(|probe| self.setup.probe(probe, &PASSED, &QUIET))
        .into()
    }
}

/// The tools of a job, and what becomes of a use that nobody has allowed: it is denied.
struct Tools {
    mode: &'static str,
    offered: Vec<&'static str>,
    allowed: Vec<&'static str>,
}

fn tools_of(job: &Job) -> Tools {
    let (mut offered, mut allowed) = (vec!["Read", "Grep", "Glob"], Vec::new());
    let mode = if job.scope.allows_writes() {
        offered.extend(["Edit", "Write", "Bash"]);
        allowed.push("Bash");
        // Edits in the work tree are allowed and no others.
        "acceptEdits"
    } else {
        "dontAsk"
    };
    if job.web {
        offered.extend(["WebSearch", "WebFetch"]);
        allowed.extend(["WebSearch", "WebFetch"]);
    }
    Tools {
        mode,
        offered,
        allowed,
    }
}

/// `claude auth status` prints one JSON object and asks no service; it ends with exit code 1 when nobody is logged in.
fn read_login(printed: &Printed) -> Reading {
    let status: Value = serde_json::from_str(&printed.stdout).unwrap_or_default();
    let logged_in = status.get("loggedIn").and_then(Value::as_bool);
    match (printed.exit, logged_in) {
        (Exit::Code(0), Some(true)) => {
            let method = status.get("authMethod").and_then(Value::as_str);
            Reading::Good(format!("by {}", plain::line(method.unwrap_or("its login"), 80)))
        }
        (_, Some(false)) => Reading::Bad {
            what: "not logged in".to_owned(),
            remedy: "run `claude auth login`, or set ANTHROPIC_API_KEY".to_owned(),
        },
        _ => Reading::Doubtful {
            what: printed.last_line(),
            remedy: "run `claude auth status` and look".to_owned(),
        },
    }
}

fn native_behind(launcher: &Path) -> Vec<PathBuf> {
    let package = "@anthropic-ai/claude-code";
    let packages = native_packages(launcher, package, package);
    packages.into_iter().map(|folder| folder.join("claude")).collect()
}

#[cfg(test)]
mod tests;
