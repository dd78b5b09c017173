//! The `codex exec` adapter.
//!
//! What it must know is measured, not guessed: resumed turns ignore `-s`, so the sandbox goes by `-c sandbox_mode=…`
//! on every command; the `-o` file is left stale by a failed turn, so it is a fresh file each turn; the schema is not
//! checked by codex, so we check; nothing terminal is printed on a signal, so the end is decided from three signals.

pub(super) mod decoder;

use std::path::{Path, PathBuf};

use orch_prompts::Scope;
use orch_pty::Exit;

use super::line_decoder::LineDecoder;
use super::{
    Agent, AgentError, Decoder, Hold, Launch, Outlet, Probe, Program, Reading, Skills, Turn, UsageSpan,
    WorkerDirs,
};
use crate::job::Job;
use decoder::CodexDialect;

/// The most characters that codex takes as a prompt (codex-cli 0.169.0; one more ends with exit code 1).
const PROMPT_LIMIT: usize = 1_048_576;

/// The private file in which codex leaves its last message.
const LAST_MESSAGE: &str = "last-message";

/// Variables of the orchestrator's environment that codex needs.
const PASSED: [&str; 5] = [
    "CODEX_HOME",
    "CODEX_API_KEY",
    "CODEX_SQLITE_HOME",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
];

/// What a codex with `workspace-write` leaves in its directory when it is interrupted during a tool call: mount points
/// of its sandbox (0.169.0). The next codex there takes the plain directory for a repository.
const STUBS: [&str; 4] = [".git", ".codex", ".aws", ".agents"];

/// No update, no telemetry of a worker.
const QUIET: [&str; 3] = [
    "check_for_update_on_startup=false",
    "analytics.enabled=false",
    "feedback.enabled=false",
];

/// Instructions that stand in the work tree (`AGENTS.md`) are not read: another worker may have written them.
const NO_PROJECT_DOCS: &str = "project_doc_max_bytes=0";

/// What a worker does without when it is hermetic. Without its plugins it asks no service for their list at every
/// start, and without a login shell the user's profile does not run before every command.
const HERMETIC: [&str; 9] = [
    "features.plugins=false",
    "features.apps=false",
    "features.shell_snapshot=false",
    "features.skill_mcp_dependency_install=false",
    "skills.bundled.enabled=false",
    "history.persistence=\"none\"",
    "allow_login_shell=false",
    "otel.exporter=\"none\"",
    "otel.metrics_exporter=\"none\"",
];

/// A writer's own directory for temporary files. The sandbox lets it write there instead of in `/tmp`, which is
/// everybody's, and where an interrupted codex would leave its mount points too.
const TMP: &str = "tmp";

/// The private file that holds the deliverable's schema.
const SCHEMA: &str = "schema.json";

/// The agent `codex`: workers run as `codex exec --json`.
///
/// The binary is `ORCH_CODEX_BIN`, or `codex` in `PATH`; an npm launcher is followed to the native binary. The user's
/// own configuration (model, provider, login) holds, but for the sandbox and the approvals, which are ours. What stands
/// in the work tree configures no worker: its `AGENTS.md` is read only where
/// [`project_docs`](Self::project_docs) says so.
#[derive(Debug, Clone, Default)]
#[must_use = "an agent does nothing until an orchestrator has it"]
pub struct Codex {
    binary: Option<PathBuf>,
    model: Option<String>,
    set_env: Vec<(String, String)>,
    hermetic: bool,
    project_docs: bool,
}

impl Codex {
    /// The name under which jobs ask for it.
    pub const NAME: &str = "codex";

    /// codex with its own configuration.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs this binary instead of looking for one.
    pub fn binary(mut self, path: impl Into<PathBuf>) -> Self {
        self.binary = Some(path.into());
        self
    }

    /// Sets a variable in codex's environment, `CODEX_HOME` for example. It is seen by whatever codex runs.
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.set_env.push((key.into(), value.into()));
        self
    }

    /// Chooses the model of jobs that name none.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Ignores the user's configuration (model, provider, MCP servers, hooks) and rules, and does without plugins,
    /// apps and a login shell. The login holds.
    pub fn hermetic(mut self) -> Self {
        self.hermetic = true;
        self
    }

    /// Lets workers take the `AGENTS.md` of the work tree as instructions; not unless set. Only for trees in which
    /// everything was written by people you trust: a writer of the same run may have left one for those after it.
    pub fn project_docs(mut self, read: bool) -> Self {
        self.project_docs = read;
        self
    }
}

impl Agent for Codex {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn program(&self) -> Program {
        let program = match &self.binary {
            Some(path) => Program::named(path),
            None => Program::named("codex").or_variable("ORCH_CODEX_BIN"),
        };
        program
            .native_behind(native_behind)
            .install("install it with `npm install -g @openai/codex`, or point ORCH_CODEX_BIN at the binary")
    }

    fn launch(&self, job: &Job, dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError> {
        let characters = job.prompt.chars().count();
        if characters > PROMPT_LIMIT {
            return Err(AgentError::PromptTooLong {
                characters,
                limit: PROMPT_LIMIT,
            });
        }
        let mut launch = Launch {
            last_message: Some(LAST_MESSAGE.to_owned()),
            outlet: Outlet::Pipe,
            ..Launch::default()
        };
        let mut push = |argument: &str| launch.arguments.push(argument.into());
        push("exec");
        if matches!(turn, Turn::Next { .. }) {
            push("resume");
        }
        push("--json");
        push("--skip-git-repo-check");
        push("-c");
        push(sandbox_of(&job.scope));
        if job.scope.allows_writes() {
            push("-c");
            push("sandbox_workspace_write.exclude_slash_tmp=true");
        }
        push("-c");
        push("approval_policy=\"never\"");
        push("-c");
        push(if job.web {
            "web_search=\"live\""
        } else {
            "web_search=\"disabled\""
        });
        for setting in QUIET {
            push("-c");
            push(setting);
        }
        if !self.project_docs {
            push("-c");
            push(NO_PROJECT_DOCS);
        }
        if self.hermetic {
            push("--ignore-user-config");
            push("--ignore-rules");
            for setting in HERMETIC {
                push("-c");
                push(setting);
            }
        }
        if let Some(model) = job.model.as_ref().or(self.model.as_ref()) {
            push("-m");
            push(model);
        }
        if let Some(schema) = &job.schema {
            push("--output-schema");
            launch.arguments.push(dirs.private_file(SCHEMA).into());
            launch
                .files
                .push((SCHEMA.to_owned(), schema.to_string().into_bytes()));
        }
        // Made by us, empty and owner-only: codex would make it readable to others.
        launch.files.push((LAST_MESSAGE.to_owned(), Vec::new()));
        launch.arguments.push("-o".into());
        launch.arguments.push(dirs.private_file(LAST_MESSAGE).into());
        if let Turn::Next { thread } = turn {
            launch.arguments.push(thread.into());
        }
        launch.arguments.push("-".into());
        if job.scope.allows_writes() {
            launch.stubs = STUBS.map(str::to_owned).to_vec();
            launch.folders.push(TMP.to_owned());
            let tmp = dirs.private_file(TMP).to_string_lossy().into_owned();
            launch.set_env.push(("TMPDIR".to_owned(), tmp));
        }
        launch.set_env.extend_from_slice(&self.set_env);
        launch.pass_env = PASSED.map(str::to_owned).to_vec();
        Ok(launch)
    }

    fn decoder(&self, _job: &Job) -> Box<dyn Decoder> {
        Box::new(LineDecoder::new(CodexDialect))
    }

    fn skills(&self) -> Skills {
        Skills {
            further_turns: true,
            web_search: true,
            schema: true,
            reader: Hold::Enforced,
            usage: UsageSpan::Conversation,
            cost: false,
        }
    }

    fn secrets(&self) -> Vec<&'static str> {
        vec!["CODEX_API_KEY", "OPENAI_API_KEY"]
    }

    fn probes(&self) -> Vec<Probe> {
        let with_env = |probe: Probe| probe.pass_env(PASSED).set_env(&self.set_env);
        vec![
            with_env(Probe::version(["--version"])),
            with_env(Probe::login(["login", "status"], |printed| match printed.exit {
                Exit::Code(0) => Reading::Good(printed.last_line()),
                _ => Reading::Doubtful {
                    what: printed.last_line(),
                    remedy:
                        "run `codex login`; nothing to do where its configuration names a provider of its own"
                            .to_owned(),
                },
            })),
        ]
    }
}

/// The sandbox for a scope, as a configuration override: the one form that both first and resumed turns obey.
fn sandbox_of(scope: &Scope) -> &'static str {
    if scope.allows_writes() {
        "sandbox_mode=\"workspace-write\""
    } else {
        "sandbox_mode=\"read-only\""
    }
}

/// Where npm puts the native binary behind `…/@openai/codex/bin/codex.js`: beside the package or inside it.
fn native_behind(launcher: &Path) -> Vec<PathBuf> {
    let Some(package) = launcher.parent().and_then(Path::parent) else {
        return Vec::new();
    };
    if launcher.extension().is_none_or(|extension| extension != "js") {
        return Vec::new();
    }
    let platform = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some(("codex-linux-x64", "x86_64-unknown-linux-musl")),
        ("linux", "aarch64") => Some(("codex-linux-arm64", "aarch64-unknown-linux-musl")),
        ("macos", "x86_64") => Some(("codex-darwin-x64", "x86_64-apple-darwin")),
        ("macos", "aarch64") => Some(("codex-darwin-arm64", "aarch64-apple-darwin")),
        _ => None,
    };
    let Some((name, triple)) = platform else {
        return Vec::new();
    };
    let beside = package.parent().map(|scope| scope.join(name));
    let inside = package.join("node_modules/@openai").join(name);
    let binary = |root: PathBuf| root.join("vendor").join(triple).join("bin/codex");
    beside.into_iter().chain([inside]).map(binary).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RunId;
    use crate::job::JobId;

    fn job(scope: Scope) -> Job {
        let step = serde_json::from_value(serde_json::json!("0".repeat(64))).expect("a step key");
        let id = JobId {
            run: RunId::fresh(),
            step,
            attempt: 0,
        };
        let mut job = Job::new(id, "W1 Review", Codex::NAME, "/tree", "the prompt");
        job.scope = scope;
        job.schema = Some(serde_json::json!({"type": "object"}));
        job
    }

    fn arguments(job: &Job, turn: &Turn) -> String {
        let dirs = WorkerDirs::new("/tree", "/private");
        let launch = Codex::new().launch(job, &dirs, turn).expect("a launch");
        launch
            .arguments
            .join(std::ffi::OsStr::new(" "))
            .into_string()
            .expect("text")
    }

    #[test]
    fn the_sandbox_is_on_every_command_and_the_prompt_on_none() {
        let first = arguments(&job(Scope::ReadOnly), &Turn::First);
        assert_eq!(
            first,
            "exec --json --skip-git-repo-check -c sandbox_mode=\"read-only\" -c approval_policy=\"never\" \
             -c web_search=\"disabled\" -c check_for_update_on_startup=false -c analytics.enabled=false \
             -c feedback.enabled=false -c project_doc_max_bytes=0 --output-schema /private/schema.json -o /private/last-message -"
        );
        let next = arguments(&job(Scope::ReadOnly), &Turn::Next { thread: "t-1".into() });
        assert_eq!(
            next,
            first
                .replace("exec ", "exec resume ")
                .replace("message -", "message t-1 -")
        );
        let write = arguments(&job(Scope::Write(vec!["src".into()])), &Turn::First);
        assert!(write.contains("sandbox_mode=\"workspace-write\""), "{write}");
    }

    #[test]
    fn a_hermetic_turn_is_the_same_turn_without_the_user_s_configuration() {
        let dirs = WorkerDirs::new("/tree", "/private");
        let arguments = |agent: Codex, turn: &Turn| {
            let launch = agent
                .launch(&job(Scope::ReadOnly), &dirs, turn)
                .expect("a launch");
            let line = launch.arguments.join(std::ffi::OsStr::new(" "));
            line.into_string().expect("text")
        };
        let added = format!(
            " --ignore-user-config --ignore-rules -c {} --output-schema",
            HERMETIC.join(" -c ")
        );
        for turn in [Turn::First, Turn::Next { thread: "t-1".into() }] {
            let hermetic = arguments(Codex::new().hermetic(), &turn);
            assert!(hermetic.contains(&added), "{hermetic}");
            assert_eq!(
                hermetic.replace(&added, " --output-schema"),
                arguments(Codex::new(), &turn)
            );
        }
    }

    #[test]
    fn instructions_in_the_work_tree_are_read_only_by_who_is_told_to() {
        let dirs = WorkerDirs::new("/tree", "/private");
        let reads = |agent: Codex, turn: &Turn| {
            let launch = agent
                .launch(&job(Scope::ReadOnly), &dirs, turn)
                .expect("a launch");
            !launch
                .arguments
                .iter()
                .any(|argument| argument == NO_PROJECT_DOCS)
        };
        for turn in [Turn::First, Turn::Next { thread: "t-1".into() }] {
            assert!(!reads(Codex::new(), &turn));
            assert!(!reads(Codex::new().hermetic(), &turn));
            assert!(reads(Codex::new().project_docs(true), &turn));
        }
    }

    #[test]
    fn a_prompt_beyond_the_limit_is_refused_before_the_start() {
        let mut job = job(Scope::ReadOnly);
        job.prompt = "ä".repeat(PROMPT_LIMIT);
        let dirs = WorkerDirs::new("/tree", "/private");
        assert!(Codex::new().launch(&job, &dirs, &Turn::First).is_ok());
        job.prompt.push('x');
        let error = Codex::new()
            .launch(&job, &dirs, &Turn::First)
            .expect_err("one too many");
        assert!(error.to_string().contains("1048577"), "{error}");
    }

    #[test]
    fn only_a_launcher_script_is_followed() {
        assert!(native_behind(Path::new("/usr/bin/codex")).is_empty());
        if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            let behind = native_behind(Path::new("/n/@openai/codex/bin/codex.js"));
            assert_eq!(
                behind[0],
                Path::new("/n/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex")
            );
        }
    }
}
