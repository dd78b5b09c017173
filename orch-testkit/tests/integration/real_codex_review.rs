//! Review fan-out with the real codex against the scripted server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use orch_patterns::agent::Codex;
use orch_patterns::{
    Artefact, FailClass, Lens, Limits, Orchestrator, Quorum, ReviewFanout, Reviewer, Roster, RunId, StateDir,
    Unfinished,
};
use orch_prompts::PREAMBLE;
use orch_testkit::real::{self, CodexHome};
use orch_testkit::server::{Gate, Reply, Request, Rule, Script, Server};
use orch_testkit::strict;
use serde_json::{Value, json};

use crate::processes::{self, Stat};
use crate::review_fanout::{assert_private, started};
use crate::stages::Seen;

/// Everything that one case stands on.
struct Bench {
    server: Server,
    home: CodexHome,
    orch: Orchestrator,
    seen: Seen,
    tree: PathBuf,
    state: PathBuf,
    _root: tempfile::TempDir,
}

impl Bench {
    /// codex in a directory that is no repository and has a space and an umlaut in its path.
    fn new(
        codex: &real::Codex,
        script: Script,
        configure: impl Fn(real::HomeConfig) -> real::HomeConfig,
    ) -> Self {
        Self::with(codex, &codex.bin, script, configure)
    }

    fn with(
        codex: &real::Codex,
        program: &Path,
        script: Script,
        configure: impl Fn(real::HomeConfig) -> real::HomeConfig,
    ) -> Self {
        let server = Server::start(script).unwrap();
        let home = configure(codex.home(&server)).create().unwrap();
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().join("Bücher und mehr");
        std::fs::create_dir_all(tree.join("src")).unwrap();
        std::fs::write(tree.join("src/retry.rs"), "fn retry() {}\n".repeat(40)).unwrap();
        let mut agent = Codex::new().binary(program);
        for (key, value) in home.env() {
            agent = agent.env(key, value.to_str().unwrap());
        }
        let seen = Seen::default();
        let state = root.path().join("state");
        let orch = Orchestrator::builder(&tree)
            .agent(agent)
            .state_dir(StateDir::at(&state))
            .limits(Limits::default().total(Duration::from_secs(120)))
            .observe(seen.clone())
            .build()
            .unwrap();
        Self {
            server,
            home,
            orch,
            seen,
            tree,
            state,
            _root: root,
        }
    }

    fn artefact() -> Artefact {
        Artefact::paths(["src/retry.rs"])
    }

    /// The processes that run with this case's home, wherever they are in the process tree.
    fn processes(&self) -> Vec<Stat> {
        let mark = format!("CODEX_HOME={}", self.home.path().display());
        processes::all()
            .into_iter()
            .filter(|stat| processes::has_in_environment(stat.pid, &mark))
            .collect()
    }

    /// What lies in the work tree.
    fn tree_listing(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut waiting = vec![self.tree.clone()];
        while let Some(path) = waiting.pop() {
            for entry in std::fs::read_dir(&path).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path.clone());
                }
                found.push(path.strip_prefix(&self.tree).unwrap().to_owned());
            }
        }
        found.sort();
        found
    }

    fn assert_nothing_is_left(&self) {
        let left = self.processes();
        assert!(left.is_empty(), "left: {left:?}");
        assert_eq!(self.tree_listing(), [Path::new("src"), Path::new("src/retry.rs")]);
        assert!(
            self.server.unmatched().is_empty(),
            "{:?}",
            self.server.unmatched()
        );
    }
}

/// A request of the reviewer with this lens.
fn through(lens: &'static str) -> impl Fn(&Request) -> bool + Send + Sync + 'static {
    move |request| request.prompt().contains(&format!("lens: \"{lens}\"."))
}

fn finding(line: u32, claim: &str) -> Value {
    json!({
        "path": "src/retry.rs", "line": line, "severity": "high", "claim": claim, "evidence": "read",
        "recommendation": "mend it", "lens": "any", "confidence": 0.8,
    })
}

fn findings(findings: &[Value]) -> Reply {
    Reply::json(&json!({ "findings": findings })).into()
}

/// The sandbox that codex itself reports for each request.
fn sandboxes(server: &Server) -> Vec<String> {
    let mode = |request: &Arc<Request>| {
        request.codex_turn().unwrap()["sandbox_mode"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    server.requests().iter().map(mode).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn real_four_reviewers_become_one_list() {
    let Some(codex) = real::codex("review_four_in_parallel") else {
        return;
    };
    let ignored = "The retry loop ignores the Retry-After header that the server sends.";
    let same = "Retry-After header sent by the server is ignored by the loop that retries.";
    let other = "A failed attempt is logged twice, once by the caller.";
    let script = Script::new()
        .rule(Rule::when(through("correctness")).reply(findings(&[finding(10, ignored)])))
        .rule(Rule::when(through("risks")).reply(findings(&[finding(13, same), finding(11, other)])))
        .rule(Rule::when(through("security")).reply(findings(&[])))
        .rule(Rule::when(through("performance")).reply(findings(&[])));
    let bench = Bench::new(&codex, script, |home| home.retries(0, 0));
    let pattern = ReviewFanout::new([Lens::Correctness, Lens::Risks, Lens::Security, Lens::Performance]);
    let watch = CommandLines::watch(&["CONTEXT: WORKER", "Review the artefact"]);
    let run = RunId::fresh();
    let covered = bench.orch.run_as(run, &pattern, Bench::artefact()).await.unwrap();
    assert_eq!(watch.stop(), [] as [String; 0], "a prompt was in a command line");

    let review = covered.require(Quorum::All).unwrap();
    let seen: Vec<(&str, Vec<&str>)> = review
        .items
        .iter()
        .map(|item| {
            (
                item.primary.claim.as_str(),
                item.seen_by.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    assert_eq!(seen.len(), 2, "{review}");
    assert_eq!(
        seen[0].1,
        ["correctness", "risks"],
        "a joined pair, 3 lines and other words apart"
    );
    assert_eq!(
        seen[1],
        (other, vec!["risks"]),
        "a near miss: the same file, one line on, another defect"
    );

    let requests = bench.server.requests();
    assert_eq!(requests.len(), 4);
    for request in &requests {
        let prompt = request.prompt();
        assert!(prompt.contains(PREAMBLE), "{prompt}");
        assert!(prompt.contains("\nLENS\n"), "{prompt}");
        assert_eq!(
            request.schema(),
            orch_patterns::shipped()
                .unwrap()
                .first()
                .map(|shipped| &shipped.schema)
        );
        assert_eq!(strict::violations(request.schema().unwrap()), [] as [String; 0]);
    }
    assert_eq!(sandboxes(&bench.server), ["read-only"; 4]);
    let roster = Roster::of(&bench.orch.events(run).await.unwrap());
    for entry in &roster.workers {
        assert_eq!(entry.processes.len(), 1);
        assert!(
            entry.processes[0]
                .terminal
                .as_ref()
                .unwrap()
                .starts_with("/dev/pts/")
        );
        assert!(entry.usage.is_some(), "codex reports its use");
    }
    bench.assert_nothing_is_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn real_repair_turn_mends_an_answer_and_stays_in_the_sandbox() {
    let Some(codex) = real::codex("review_repair_in_sandbox") else {
        return;
    };
    let script = Script::new()
        .rule(
            Rule::when(through("risks"))
                .times(1)
                .reply(Reply::text("I looked and it is fine.")),
        )
        .rule(Rule::when(through("risks")).reply(findings(&[finding(
            3,
            "The loop never ends when the limit is 0.",
        )])));
    let bench = Bench::new(&codex, script, |home| {
        home.retries(0, 0).line("sandbox_mode = \"danger-full-access\"")
    });
    let watch = CommandLines::watch(&["CONTEXT: WORKER", "could not be read"]);
    let covered = bench
        .orch
        .run(&ReviewFanout::new([Lens::Risks]), Bench::artefact())
        .await
        .unwrap();
    assert_eq!(watch.stop(), [] as [String; 0], "a prompt was in a command line");
    assert_eq!(covered.require(Quorum::All).unwrap().items.len(), 1);

    let requests = bench.server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        sandboxes(&bench.server),
        ["read-only"; 2],
        "the home's configuration says danger-full-access"
    );
    let repair = requests[1].last_prompt();
    assert!(
        repair.starts_with(PREAMBLE) && repair.contains("not JSON"),
        "{repair}"
    );
    assert_eq!(
        requests[1].answers(),
        ["I looked and it is fine."],
        "the same conversation"
    );
    assert_eq!(
        requests[1].schema(),
        requests[0].schema(),
        "the repair carries the schema too"
    );
    bench.assert_nothing_is_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn real_failures_each_have_their_own_outcome_beside_a_partial_result() {
    let Some(codex) = real::codex("review_failures_apart") else {
        return;
    };
    let script = Script::new()
        .rule(Rule::when(through("correctness")).reply(findings(&[finding(3, "The limit is off by one.")])))
        .rule(Rule::when(through("clarity")).reply(Reply::text("no JSON, not even once")))
        .rule(Rule::when(through("security")).reply(Reply::status(500, "the server is on fire")))
        .rule(Rule::when(through("performance")).reply(Reply::silence()));
    let bench = Bench::new(&codex, script, |home| home.retries(1, 1));
    let silent = Reviewer::new(Lens::Performance).limits(
        Limits::default()
            .total(Duration::from_secs(8))
            .grace(Duration::from_secs(1)),
    );
    let pattern = ReviewFanout::new([
        Lens::Correctness.into(),
        Lens::Clarity.into(),
        Reviewer::new(Lens::Security),
        silent,
    ]);
    let covered = bench.orch.run(&pattern, Bench::artefact()).await.unwrap();
    assert_eq!(
        covered.coverage().to_string(),
        "1 of 4",
        "{:#?}",
        covered.missing()
    );
    let why: BTreeMap<&str, &Unfinished> = covered
        .missing()
        .iter()
        .map(|missing| (missing.label.as_str(), &missing.why))
        .collect();
    assert!(
        matches!(why["clarity"], Unfinished::Invalid { raw, .. } if raw == "no JSON, not even once"),
        "{why:?}"
    );
    assert_eq!(class(why["security"]), Some(FailClass::Transport), "{why:?}");
    assert_eq!(
        class(why["performance"]),
        Some(FailClass::TotalTimeout),
        "{why:?}"
    );
    assert_eq!(covered.accept_partial().items.len(), 1, "the partial result");
    let rubbish = bench
        .server
        .requests()
        .iter()
        .filter(|request| through("clarity")(request))
        .count();
    assert_eq!(rubbish, 2, "one answer and one repair");
    bench.assert_nothing_is_left();
}

fn class(why: &Unfinished) -> Option<FailClass> {
    match why {
        Unfinished::Failed(failure) => Some(failure.class),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn real_cancel_with_a_running_tool_call_leaves_nothing() {
    let Some(codex) = real::codex("review_cancel_in_tool_call") else {
        return;
    };
    let command = json!({"cmd": "setsid sleep 3600 & sleep 3600", "yield_time_ms": 30_000});
    let script = Script::new().rule(Rule::always().reply(Reply::tool_call("exec_command", command)));
    let bench = Bench::new(&codex, script, |home| home.retries(0, 0));
    let pattern = ReviewFanout::new([Lens::Risks]);
    let mut during = Vec::new();
    let cancel = async {
        bench.server.wait_for_requests(1).await;
        processes::until_async(|| {
            during = bench.processes();
            during.iter().any(|stat| {
                processes::command_line(stat.pid)
                    .first()
                    .is_some_and(|word| word == "sleep")
            })
        })
        .await;
        let private = assert_private(&bench.state);
        assert!(
            private >= 6,
            "state, runs, the run, the worker, its schema and its last message: {private}"
        );
        bench.orch.canceller().cancel();
    };
    let (result, ()) = tokio::join!(bench.orch.run(&pattern, Bench::artefact()), cancel);
    assert!(result.is_err(), "a cancelled run has no result");
    assert!(!bench.seen.all().is_empty());
    let left: Vec<&Stat> = during.iter().filter(|stat| stat.is_alive()).collect();
    assert!(left.is_empty(), "left: {left:?}");
    bench.assert_nothing_is_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn real_npm_launcher_is_followed_to_the_native_binary() {
    let Some(codex) = real::codex("review_npm_launcher") else {
        return;
    };
    let modules = codex
        .bin
        .ancestors()
        .find(|above| above.ends_with("node_modules/@openai"))
        .unwrap();
    let launcher = modules.join("codex/bin/codex.js");
    assert!(launcher.exists());
    let gate = Gate::new();
    let script = Script::new().rule(Rule::always().reply(Reply::after(&gate, findings(&[]))));
    let bench = Bench::with(&codex, &launcher, script, |home| home.retries(0, 0));
    let look = async {
        bench.server.wait_for_requests(1).await;
        let pid = bench.seen.all().iter().find_map(started).unwrap().0;
        let runs = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap();
        gate.open();
        runs
    };
    let pattern = ReviewFanout::new([Lens::Risks]);
    let (covered, runs) = tokio::join!(bench.orch.run(&pattern, Bench::artefact()), look);
    assert!(covered.unwrap().coverage().is_full());
    assert_eq!(runs, codex.bin.canonicalize().unwrap(), "no launcher in between");
    bench.assert_nothing_is_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn real_cancel_in_a_repair_turn_leaves_nothing() {
    let Some(codex) = real::codex("review_cancel_in_repair") else {
        return;
    };
    let script = Script::new()
        .rule(Rule::always().times(1).reply(Reply::text("no JSON")))
        .rule(Rule::always().reply(Reply::silence()));
    let bench = Bench::new(&codex, script, |home| home.retries(0, 0));
    let pattern = ReviewFanout::new([Lens::Risks]);
    let cancel = async {
        bench.server.wait_for_requests(2).await;
        assert!(!bench.processes().is_empty(), "the repair turn runs");
        bench.orch.canceller().cancel();
    };
    let (result, ()) = tokio::join!(bench.orch.run(&pattern, Bench::artefact()), cancel);
    assert!(result.is_err(), "a cancelled run has no result");
    bench.assert_nothing_is_left();
}

/// Looks at every command line on the machine, again and again, for words that only a prompt has.
struct CommandLines {
    stop: Arc<AtomicBool>,
    looker: std::thread::JoinHandle<Vec<String>>,
}

impl CommandLines {
    fn watch(words: &'static [&'static str]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let looker = std::thread::spawn(move || {
            let mut found = Vec::new();
            loop {
                let last = told.load(Ordering::SeqCst);
                for stat in processes::all() {
                    let line = processes::command_line(stat.pid).join(" ");
                    if words.iter().any(|word| line.contains(word)) {
                        found.push(line);
                    }
                }
                if last {
                    return found;
                }
                // Not to hold a core of a small machine while the agents need it.
                std::thread::park_timeout(Duration::from_millis(20));
            }
        });
        Self { stop, looker }
    }

    fn stop(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        self.looker.join().unwrap()
    }
}
