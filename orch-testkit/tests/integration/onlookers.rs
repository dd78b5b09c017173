//! What others on the machine can see of a worker: the process list, its environment, the modes of our files.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use orch_core::agent::{Claude, Codex, Gemini, Opencode, Tool};
use orch_core::session::{ExecCommand, Sessions};
use orch_core::{Isolation, Orchestrator, StateDir, Worker};
use orch_patterns::prelude::*;
use orch_testkit::real;
use orch_testkit::server::{Gate, Reply, Request, Rule, Script, Server};
use uuid::Uuid;

use crate::processes;

/// The agents of [`Place`], each with a program that stands for it.
const AGENTS: [&str; 5] = ["codex", "claude", "opencode", "gemini", "tool"];

/// An orchestrator whose agents all run one script. It may write beside itself: `$0.heard` and the like.
struct Place {
    root: tempfile::TempDir,
    orch: Orchestrator,
}

impl Place {
    fn new(script: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let (tree, programs) = (root.path().join("tree"), root.path().join("programs"));
        fs::create_dir(&tree).unwrap();
        fs::create_dir(&programs).unwrap();
        for name in AGENTS {
            let program = programs.join(name);
            fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let at = |name: &str| programs.join(name);
        let orch = Orchestrator::builder(&tree)
            .agent(Codex::new().binary(at("codex")))
            .agent(Claude::new().binary(at("claude")))
            .agent(Opencode::new().binary(at("opencode")))
            .agent(Gemini::new().binary(at("gemini")))
            .agent(Tool::new("tool", at("tool")).prompt_on_stdin())
            .agent(Tool::new("env", "env").arg("-0"))
            .state_dir(StateDir::at(root.path().join("state")))
            .build()
            .unwrap();
        Self { root, orch }
    }

    fn beside(&self, agent: &str, suffix: &str) -> PathBuf {
        self.root.path().join(format!("programs/{agent}.{suffix}"))
    }

    fn heard(&self, agent: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.beside(agent, "heard")).unwrap()).into_owned()
    }
}

/// This test once more, in a process of its own that `begin` starts.
fn again(begin: &mut Command, test: &str) {
    let output = begin.args([test, "--exact", "--nocapture"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn this_program() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// Looks at every process of the machine, again and again.
struct Scanner {
    stop: Arc<AtomicBool>,
    rounds: Arc<AtomicUsize>,
    thread: std::thread::JoinHandle<BTreeSet<String>>,
}

impl Scanner {
    /// Looks for these words in command lines and environments.
    fn start(words: [String; 2]) -> Self {
        let (stop, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (over, round) = (Arc::clone(&stop), Arc::clone(&rounds));
        let thread = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !over.load(Ordering::Relaxed) {
                for process in processes::all() {
                    for file in ["cmdline", "environ"] {
                        let bytes = fs::read(format!("/proc/{}/{file}", process.pid)).unwrap_or_default();
                        let text = String::from_utf8_lossy(&bytes);
                        let found = words.iter().filter(|word| text.contains(&***word));
                        seen.extend(found.map(|word| format!("{word} in {file}")));
                    }
                }
                round.fetch_add(1, Ordering::Relaxed);
            }
            seen
        });
        Self { stop, rounds, thread }
    }

    /// Waits until everybody who is there now was looked at, several times.
    async fn rounds(&self, more: usize) {
        let begun = self.rounds.load(Ordering::Relaxed);
        processes::until_async(|| self.rounds.load(Ordering::Relaxed) > begun + more).await;
    }

    fn finish(self) -> BTreeSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// Row 49. The scanner looks from before the run until after it, and each worker lives until it was looked at many times.
#[tokio::test]
async fn a_prompt_is_in_no_command_line_and_no_environment_while_a_run_goes_on() {
    let place = Place::new(
        "cat > \"$0.half\"; mv \"$0.half\" \"$0.heard\"; until [ -e \"$0.go\" ]; do sleep 0.02; done",
    );
    let fresh = || Uuid::new_v4().simple().to_string();
    let (canary, decoy) = (fresh(), fresh());
    let scanner = Scanner::start([canary.clone(), decoy.clone()]);
    // One that does tell, to see that the scanner would.
    let mut teller = Command::new("sh")
        .args(["-c", "read line", &decoy])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let worker: Worker<String, Vec<String>> =
        Worker::new(|word: &String| Brief::new(format!("Say {word}."))).repairs(0);
    for agent in AGENTS {
        let asked = worker.clone().agent(agent);
        let run = place.orch.run(&asked, canary.clone());
        let let_go = async {
            processes::until_async(|| place.beside(agent, "heard").exists()).await;
            scanner.rounds(10).await;
            fs::write(place.beside(agent, "go"), "").unwrap();
        };
        let (ended, ()) = tokio::join!(run, let_go);
        ended.unwrap_err();
        assert!(place.heard(agent).contains(&canary), "{agent} has the prompt");
    }
    let seen = scanner.finish();
    teller.kill().unwrap();
    teller.wait().unwrap();
    assert_eq!(seen, BTreeSet::from([format!("{decoy} in cmdline")]));
}

/// The same with the real codex, its sandbox and what it starts for a tool call.
#[tokio::test]
async fn real_codex_has_the_prompt_in_no_command_line_and_no_environment() {
    let Some(codex) = real::codex("prompt_in_no_command_line") else {
        return;
    };
    let gate = Gate::new();
    let server = Server::start(
        Script::new()
            .rule(
                Rule::when(|request: &Request| request.call_outputs().is_empty()).reply(Reply::shell("true")),
            )
            .rule(Rule::always().reply(Reply::after(&gate, Reply::text("done")))),
    )
    .unwrap();
    let home = codex.home(&server).create().unwrap();
    let mut agent = Codex::new().binary(&codex.bin);
    for (key, value) in home.env() {
        agent = agent.env(key, value.to_str().unwrap());
    }
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    fs::create_dir(&tree).unwrap();
    let orch = Orchestrator::builder(&tree)
        .agent(agent)
        .state_dir(StateDir::at(root.path().join("state")))
        .build()
        .unwrap();
    let (canary, nothing) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let scanner = Scanner::start([canary.clone(), nothing]);
    let worker: Worker<String, String> = Worker::new(|word: &String| Brief::new(format!("Say {word}.")));
    let let_go = async {
        // The tool call was made by then, and codex waits for what the model says next.
        processes::until_async(|| server.requests().len() > 1).await;
        scanner.rounds(10).await;
        gate.open();
    };
    let (said, ()) = tokio::join!(orch.run(&worker, canary.clone()), let_go);
    assert_eq!(said.unwrap(), "done");
    assert!(server.requests()[0].prompt().contains(&canary));
    assert_eq!(scanner.finish(), BTreeSet::new());
}

/// What an orchestrator's environment may hold, and no worker of any agent is to see.
const PLANTED: [&str; 8] = [
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "DATABASE_URL",
    "LD_LIBRARY_PATH",
    "GIT_DIR",
    "SSH_AUTH_SOCK",
    "BASH_ENV",
    "A_NAME_NOBODY_KNOWS",
];

/// The list of the documentation, written down once more.
const ALLOWED: [&str; 27] = [
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LOGNAME",
    "NO_PROXY",
    "PATH",
    "SHELL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "TZ",
    "USER",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    // Set for every worker.
    "GIT_PAGER",
    "NO_COLOR",
    "PAGER",
    "TERM",
    "PWD",
];

/// Row 51.
#[tokio::test]
async fn an_environment_of_a_worker_is_a_subset_of_the_list() {
    const CANARY: &str = "/canary-in-the-environment";
    if std::env::var(PLANTED[0]).is_ok_and(|value| value == CANARY) {
        let place = Place::new("env > \"$0.heard\"");
        let worker: Worker<String, String> = Worker::new(|word: &String| Brief::new(word.clone()));
        let printed = place.orch.run(&worker.clone().agent("env"), "x".to_owned()).await;
        let printed = printed.unwrap();
        let names: Vec<&str> = printed
            .split('\0')
            .filter_map(|entry| entry.split_once('=').map(|(name, _)| name))
            .collect();
        assert!(
            names.contains(&"PATH") && names.contains(&"ORCH_DEPTH"),
            "{names:?}"
        );
        let allowed = |name: &&str| ALLOWED.contains(name) || name.starts_with("ORCH_");
        let strangers: Vec<&str> = names.into_iter().filter(|name| !allowed(name)).collect();
        assert_eq!(strangers, Vec::<&str>::new());
        for agent in AGENTS {
            // What they answer is no matter here.
            let _ = place
                .orch
                .run(&worker.clone().agent(agent).repairs(0), "x".to_owned())
                .await;
            assert!(place.heard(agent).contains("TERM=dumb"), "{agent}");
            assert!(!place.heard(agent).contains(CANARY), "{}", place.heard(agent));
        }
        return;
    }
    let mut begin = Command::new(this_program());
    begin.envs(PLANTED.map(|name| (name, CANARY)));
    again(
        &mut begin,
        "onlookers::an_environment_of_a_worker_is_a_subset_of_the_list",
    );
}

/// Everything under `folder` that is not a private directory or a private file, with its mode.
fn not_private(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let mode = metadata.permissions().mode() & 0o7777;
        let exact = if metadata.is_dir() { 0o700 } else { 0o600 };
        if mode != exact {
            found.push(format!("{mode:o} {}", path.display()));
        }
        if metadata.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found
}

/// How many files there are under `folder`.
fn files(folder: &Path) -> usize {
    let count = |entry: fs::DirEntry| {
        if entry.path().is_dir() {
            files(&entry.path())
        } else {
            1
        }
    };
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| count(entry.unwrap()))
        .sum()
}

/// Row 56: nothing of ours is for others, also when the host asks for nothing to be withheld.
#[tokio::test]
async fn modes_are_exact_where_the_umask_withholds_nothing() {
    const MARK: &str = "ORCH_TEST_UMASK";
    let Some(_) = std::env::var_os(MARK) else {
        let mut begin = Command::new("sh");
        begin
            .args(["-c", "umask 000; exec \"$0\" \"$@\""])
            .arg(this_program())
            .env(MARK, "");
        again(
            &mut begin,
            "onlookers::modes_are_exact_where_the_umask_withholds_nothing",
        );
        return;
    };
    let place = Place::new(": > \"$0.heard\"; until [ -e \"$0.go\" ]; do sleep 0.02; done");
    let state = place.root.path().join("state");
    let loose = fs::metadata(place.root.path().join("tree"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(loose & 0o777, 0o777, "the umask withholds nothing");
    // A session whose output is spilled, a reader with a schema, and a writer with its lease, at once.
    let sessions = Sessions::native().spill(&StateDir::at(&state), 1 << 20).unwrap();
    sessions
        .exec_command(ExecCommand::shell("echo said; read line"))
        .await
        .unwrap();
    let all = step(|cx: Cx, (): ()| async move {
        let reader: Worker<(), Vec<String>> = Worker::new(|(): &()| Brief::new("Read.")).agent("codex");
        let writer = Worker::<(), String>::new(|(): &()| Brief::new("Write."))
            .agent("claude")
            .writes(["src"]);
        let written = async {
            let mut desk = cx.desk(["src"]).isolation(Isolation::InPlace).await?;
            desk.write(&writer, &()).await
        };
        // They say nothing, so neither has an answer.
        let _ = futures::join!(cx.read(&reader, &()), written);
        Ok(())
    });
    let looked = async {
        processes::until_async(|| {
            ["codex", "claude"]
                .iter()
                .all(|name| place.beside(name, "heard").exists())
        })
        .await;
        let found = (not_private(&state), files(&state));
        for agent in ["codex", "claude"] {
            fs::write(place.beside(agent, "go"), "").unwrap();
        }
        found
    };
    let (ended, (loose, files)) = tokio::join!(place.orch.run(&all, ()), looked);
    ended.unwrap();
    assert_eq!(loose, Vec::<String>::new());
    assert!(files >= 3, "a schema, a lock and what was spilled: {files}");
}
