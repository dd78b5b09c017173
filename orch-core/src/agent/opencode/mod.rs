//! The opencode adapter: workers run as `opencode run --format json`.
//!
//! What it must know is measured with 1.18.33, not guessed. Its directory is that of `$PWD` and not the one it stands
//! in, so `PWD` is set. Permissions of the user's configuration and of the tree's `opencode.json` are merged over those
//! of the ordinary agents, so a worker runs as an agent of our own, whose rules come last; the tree's configuration,
//! which could still change that agent, is not read at all. The prompt is text: `/init` and `@path` in it do nothing.
//!
//! It does not sandbox: opencode withholds tools, and a writer's shell is held by nothing but its permissions. Its events
//! come on a terminal of their own, since it ends before a pipe that is read slowly has taken a long answer.

pub(super) mod decoder;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use orch_pty::Exit;
use serde_json::{Value, json};

use super::line_decoder::LineDecoder;
use super::npm::native_packages;
use super::setup::Setup;
use super::{
    Agent, AgentError, Decoder, Hold, Input, Launch, Outlet, Printed, Probe, Program, Reading, Skills, Turn,
    UsageSpan, WorkerDirs, prompt_with_schema,
};
use crate::job::Job;
use decoder::OpencodeDialect;

/// The private file that holds the worker's own agent.
const CONFIG: &str = "opencode.json";

/// The name of the worker's own agent.
const WORKER: &str = "orch-worker";

/// Variables of the orchestrator's environment that opencode needs. It takes the keys of its many providers from
/// variables too: others than these must be let through by name.
const PASSED: [&str; 10] = [
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "OPENAI_API_KEY",
    "OPENCODE_API_KEY",
    "OPENCODE_AUTH_CONTENT",
    "OPENCODE_CONFIG_CONTENT",
    "OPENCODE_CONFIG_DIR",
    "OPENROUTER_API_KEY",
    "XDG_STATE_HOME",
    "NODE_EXTRA_CA_CERTS",
];

/// No update, no sharing, no downloads at a start; and nothing of what is written in the tree as configuration.
const QUIET: [(&str, &str); 5] = [
    ("OPENCODE_DISABLE_AUTOUPDATE", "1"),
    ("OPENCODE_DISABLE_LSP_DOWNLOAD", "1"),
    ("OPENCODE_DISABLE_PROJECT_CONFIG", "1"),
    ("OPENCODE_DISABLE_SHARE", "1"),
    ("OPENCODE_DISABLE_TERMINAL_TITLE", "1"),
];

/// Nothing that belongs to other programs of the user, and no plugins.
const HERMETIC: [(&str, &str); 3] = [
    ("OPENCODE_DISABLE_CLAUDE_CODE", "1"),
    ("OPENCODE_DISABLE_DEFAULT_PLUGINS", "1"),
    ("OPENCODE_DISABLE_EXTERNAL_SKILLS", "1"),
];

/// The agent `opencode`.
///
/// The binary is `ORCH_OPENCODE_BIN`, or `opencode` in `PATH`; npm's launcher is followed to the native binary. The
/// login and the user's own configuration (providers, model) hold, but for the tools and the permissions, which are
/// ours. The *tree's* configuration and its `AGENTS.md` do not: whoever can change the tree could give itself tools by
/// them. Name in the brief what a worker should read first. A configuration that `OPENCODE_CONFIG` names does not hold
/// either: the variable carries the worker's own agent.
///
/// A reader has the tools `read`, `grep` and `glob` inside the work tree, but for `.env` files
/// ([`Hold::ToolsWithheld`]). A writer has also `edit`, `write` and `bash`; the shell reaches whatever the user
/// reaches. A brief for the web gives `webfetch` and `websearch`, the latter by the service Exa.
///
/// It has no schema flag: the schema is told in the prompt. It tells of a tool call only when it is over, so the idle
/// deadline and not the one of tools runs meanwhile; give workers that build for long a longer one.
#[derive(Debug, Clone, Default)]
#[must_use = "an agent does nothing until an orchestrator has it"]
pub struct Opencode {
    setup: Setup,
}

impl Opencode {
    /// The name under which jobs ask for it.
    pub const NAME: &str = "opencode";

    /// opencode with the user's own configuration.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs this binary instead of looking for one.
    pub fn binary(mut self, path: impl Into<PathBuf>) -> Self {
        self.setup.binary = Some(path.into());
        self
    }

    /// Sets a variable in its environment, `OPENCODE_CONFIG_CONTENT` for example. It is seen by whatever it runs.
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.setup.set_env.push((key.into(), value.into()));
        self
    }

    /// Chooses the model of jobs that name none, as `provider/model`.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.setup.model = Some(model.into());
        self
    }

    /// Ignores the user's configuration, plugins, skills and instructions too. The login holds. Programs that the
    /// worker runs do not see the user's `XDG_CONFIG_HOME` then.
    pub fn hermetic(mut self) -> Self {
        self.setup.hermetic = true;
        self
    }
}

impl Agent for Opencode {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn program(&self) -> Program {
        self.setup
            .program("opencode", "ORCH_OPENCODE_BIN")
            .native_behind(native_behind)
            .install("install it with `npm install -g opencode-ai`, or point ORCH_OPENCODE_BIN at the binary")
    }

    fn launch(&self, job: &Job, dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError> {
        let mut launch = Launch {
            outlet: Outlet::OwnTerminal,
            ..Launch::default()
        };
        let mut push = |arguments: &[&str]| launch.arguments.extend(arguments.iter().map(OsString::from));
        push(&["run", "--format", "json", "--agent", WORKER]);
        if self.setup.hermetic {
            push(&["--pure"]);
        }
        if let Some(model) = self.setup.model(job) {
            push(&["--model", model]);
        }
        match turn {
            Turn::Next { thread } => push(&["--session", thread]),
            // Without a title it asks the model for one, which costs a request.
            Turn::First => push(&["--title", WORKER]),
        }
        let config = json!({ "agent": { WORKER: { "mode": "primary", "permission": permission(job) } } });
        launch.files = vec![(CONFIG.to_owned(), config.to_string().into_bytes())];
        if job.schema.is_some() {
            launch.input = Input::Text(prompt_with_schema(job));
        }
        let (file, tree) = (dirs.private_file(CONFIG), dirs.work_tree.to_string_lossy());
        let (file, private) = (file.to_string_lossy(), dirs.private.to_string_lossy());
        let mut set = QUIET.to_vec();
        set.extend([("OPENCODE_CONFIG", &*file), ("PWD", &*tree)]);
        if job.web {
            set.push(("OPENCODE_ENABLE_EXA", "1"));
        }
        if self.setup.hermetic {
            set.extend(HERMETIC);
            set.push(("XDG_CONFIG_HOME", &*private));
        }
        self.setup.declare(&mut launch, &PASSED, &set);
        Ok(launch)
    }

    fn decoder(&self, _job: &Job) -> Box<dyn Decoder> {
        Box::new(LineDecoder::new(OpencodeDialect::default()))
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

    fn secrets(&self) -> Vec<&'static str> {
        vec![
            "ANTHROPIC_API_KEY",
            "GEMINI_API_KEY",
            "OPENAI_API_KEY",
            "OPENCODE_API_KEY",
            "OPENROUTER_API_KEY",
        ]
    }

    fn probes(&self) -> Vec<Probe> {
        [
            Probe::version(["--version"]),
            Probe::login(["auth", "list"], read_login),
        ]
        .map(|probe| self.setup.probe(probe, &PASSED, &QUIET))
        .into()
    }
}

/// What the worker's agent may do: nothing but this. The last rule that fits decides; the order is that of the names,
/// in which the wider pattern comes first.
fn permission(job: &Job) -> Value {
    let mut rules = json!({
        "*": "deny",
        "read": { "*": "allow", "*.env": "deny", "*.env.*": "deny", "*.env.example": "allow" },
        "grep": "allow",
        "glob": "allow",
        "list": "allow",
    });
    if job.scope.allows_writes() {
        rules["edit"] = json!("allow");
        rules["bash"] = json!("allow");
        rules["todowrite"] = json!("allow");
    }
    if job.web {
        rules["webfetch"] = json!("allow");
        rules["websearch"] = json!("allow");
    }
    rules
}

/// `opencode auth list` prints its credentials in a frame, with a count of the stored ones and one of the variables
/// that it knows, and asks no service. A provider of the user's own configuration needs neither.
fn read_login(printed: &Printed) -> Reading {
    let counted = |what: &str| {
        printed.stdout.lines().any(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words
                .windows(2)
                .any(|pair| pair[1].starts_with(what) && pair[0].parse::<u64>().is_ok_and(|count| count > 0))
        })
    };
    match printed.exit {
        Exit::Code(0) if counted("credential") => Reading::Good("by stored credentials".to_owned()),
        Exit::Code(0) if counted("environment") => {
            Reading::Good("by a variable of the environment".to_owned())
        }
        Exit::Code(0) => Reading::Doubtful {
            what: "no credentials".to_owned(),
            remedy:
                "run `opencode auth login`; nothing to do where its configuration names a provider of its own"
                    .to_owned(),
        },
        _ => Reading::Doubtful {
            what: printed.last_line(),
            remedy: "run `opencode auth list` and look".to_owned(),
        },
    }
}

fn native_behind(launcher: &Path) -> Vec<PathBuf> {
    let packages = native_packages(launcher, "opencode-ai", "opencode");
    packages
        .into_iter()
        .map(|folder| folder.join("bin/opencode"))
        .collect()
}

#[cfg(test)]
mod tests;
