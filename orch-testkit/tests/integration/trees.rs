//! The story of a worker that leaves processes everywhere: the whole tree goes with it.

use std::fs;

use orch_patterns::StateDir;
use orch_patterns::prelude::*;
use uuid::Uuid;

use crate::fan::ask;
use crate::processes::{Stat, all, has_in_environment, until_async};

/// Children of every kind: plain, in a session of their own, orphaned twice over, deaf to every polite signal. Then it
/// says that they are there, and stays.
const HOSTILE: &str = "
trap '' HUP INT TERM
sleep 1000 &
setsid sleep 1001 &
(setsid sh -c 'sleep 1002 & sleep 1003 &' &)
(trap '' HUP INT TERM; setsid sh -c 'while :; do sleep 1004; done' &)
nohup sleep 1005 > /dev/null 2>&1 &
: > \"$UP\"
while :; do sleep 1006; done
";

#[tokio::test]
async fn tree_of_a_hostile_worker_is_killed_whole_when_its_run_is_cancelled() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    fs::create_dir(&tree).unwrap();
    let (mark, up) = (Uuid::new_v4().to_string(), root.path().join("up"));
    let entry = format!("ORCH_TEST_MARK={mark}");
    let marked = || -> Vec<Stat> {
        let ours = |stat: &Stat| stat.is_alive() && has_in_environment(stat.pid, &entry);
        all().into_iter().filter(ours).collect()
    };
    let hostile = Tool::new("hostile", "sh")
        .args(["-c", HOSTILE])
        .env("ORCH_TEST_MARK", &mark)
        .env("UP", up.to_str().unwrap());
    let orch = Orchestrator::builder(&tree)
        .state_dir(StateDir::at(root.path().join("state")))
        .agent(hostile)
        .build()
        .unwrap();
    let cancel = async {
        until_async(|| up.exists() && marked().len() >= 8).await;
        orch.canceller().cancel();
    };
    let (worker, input) = (ask(), "x".to_owned());
    let (ended, ()) = tokio::join!(orch.run(&worker, input), cancel);
    assert!(matches!(ended, Err(Error::Halt(Halt::Cancelled))), "{ended:?}");
    assert_eq!(marked(), Vec::<Stat>::new());
}
