//! The story of a worker that starts the program again.

use orch_patterns::agent::Tool;
use orch_patterns::prelude::*;
use orch_patterns::{NotStarted, RunId, StateDir};
use orch_testkit::memory_engine::Play;

use crate::fan::{ask, fan, questions, refusals};

/// Begins the line that the inner program prints.
const INNER: &str = "inner program:";

/// This program, as an agent that runs the one test `name`.
fn this_program(name: &str) -> Tool {
    let me = std::env::current_exe().unwrap();
    Tool::new("again", me)
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .read(|output| {
            let text = String::from_utf8_lossy(output.stdout);
            let line = text.lines().find_map(|line| line.split_once(INNER));
            let said = line.map(|(_, said)| said.trim().to_owned());
            said.ok_or_else(|| format!("no line of the inner program in: {text}"))
        })
}

/// Runs one worker of an orchestrator with `budget` that starts this test again.
async fn outcome(name: &str, budget: Budget) -> Result<String> {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let orch = Orchestrator::builder(&tree)
        .state_dir(StateDir::at(root.path().join("state")))
        .agent(this_program(name))
        .budget(budget)
        .build()
        .unwrap();
    orch.run(&ask(), "x".to_owned()).await
}

/// The outer program starts a worker that is this test; the inner one is refused and says so.
#[tokio::test]
async fn depth_a_worker_that_starts_the_program_again_starts_no_workers() {
    let name = "depth::depth_a_worker_that_starts_the_program_again_starts_no_workers";
    let inner = std::env::var("ORCH_DEPTH").is_ok();
    // The inner one asks for ten levels: it cannot widen what it inherited.
    let budget = if inner {
        Budget::new().depth(10)
    } else {
        Budget::new()
    };
    let result = outcome(name, budget).await;
    if inner {
        use std::io::Write as _;
        let mut out = std::io::stdout();
        let runs = std::env::var("ORCH_LINEAGE").unwrap();
        writeln!(out, "{INNER} {} lineage {runs}", result.unwrap_err()).unwrap();
        return;
    }
    let said = result.unwrap();
    assert!(
        said.contains("not started: worker would stand 2 levels deep and 1 are allowed"),
        "{said}"
    );
    let run = said.rsplit(' ').next().unwrap();
    assert_eq!(run.len(), RunId::fresh().to_string().len(), "{said}");
}

#[tokio::test]
async fn depth_of_none_lets_nobody_start() {
    let fan = fan(|_| Play::answer("yes"), |b| b.budget(Budget::new().depth(0)));
    let error = fan.orch.run(&ask(), "x".to_owned()).await.unwrap_err();
    let Error::Unfinished(Unfinished::NotStarted(NotStarted::TooDeep { depth: 1, limit: 0 })) = error else {
        panic!("{error}")
    };
    assert_eq!(fan.starts(), 0);
}

#[tokio::test]
async fn depth_and_lineage_travel_with_the_job() {
    let fan = fan(|_| Play::answer("yes"), |b| b);
    let id = RunId::fresh();
    fan.orch.run_as(id, &ask(), "x".to_owned()).await.unwrap();
    let job = fan.engine.jobs().remove(0);
    assert_eq!((job.lineage.depth, job.lineage.runs), (1, id.to_string()));
}

/// Tells the inner programs where to write that they were started.
const BOMB: &str = "ORCH_TEST_BOMB";

/// Row 59: each program asks three workers, and each worker is the program. Two levels are allowed.
#[tokio::test]
async fn depth_a_bomb_of_programs_grows_no_further_than_its_levels() {
    use std::io::Write as _;
    let name = "depth::depth_a_bomb_of_programs_grows_no_further_than_its_levels";
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let inner = std::env::var_os(BOMB).map(std::path::PathBuf::from);
    let list = inner.clone().unwrap_or_else(|| root.path().join("started"));
    // The inner ones ask for more than they inherited.
    let levels = if inner.is_some() { 9 } else { 2 };
    if inner.is_some() {
        let mut file = std::fs::OpenOptions::new().append(true).open(&list).unwrap();
        writeln!(file, "{}", std::env::var("ORCH_DEPTH").unwrap()).unwrap();
    } else {
        std::fs::write(&list, "").unwrap();
    }
    let bomb = this_program(name).env(BOMB, list.to_str().unwrap());
    let orch = Orchestrator::builder(&tree)
        .state_dir(StateDir::at(root.path().join("state")))
        .agent(bomb)
        .budget(Budget::new().depth(levels))
        .build()
        .unwrap();
    let covered = orch.run(&ask().for_each(3), questions(3)).await.unwrap();
    let refused = refusals(&covered);
    let too_deep = |why: &NotStarted| matches!(why, NotStarted::TooDeep { .. });
    if inner.is_some() {
        let mut out = std::io::stdout();
        let deep = refused.iter().filter(|why| too_deep(why)).count();
        writeln!(out, "{INNER} {deep} too deep").unwrap();
        return;
    }
    assert_eq!(covered.require(Quorum::All).unwrap(), ["0 too deep"; 3]);
    let mut started: Vec<String> = std::fs::read_to_string(&list)
        .unwrap()
        .lines()
        .map(ToOwned::to_owned)
        .collect();
    started.sort();
    // Three of the first level, nine of the second, and of a third one nobody.
    assert_eq!(started, [["1"; 3].as_slice(), ["2"; 9].as_slice()].concat());
}
