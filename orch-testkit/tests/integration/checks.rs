//! Checks: a command's exit is evidence, and nothing of a check outlives its step.

use std::fs;
use std::time::Duration;

use futures::future::poll_immediate;
use orch_core::engine::Rehearsal;
use orch_core::event::EventKind;
use orch_core::{Cx, Error, Isolation, NotStarted, Unfinished, Verdict, check};
use orch_patterns::agent::Tool;
use orch_patterns::{Orchestrator, StateDir};

use crate::house::{House, within, writer};
use crate::processes;

#[tokio::test]
async fn an_exit_is_a_verdict_and_what_could_not_be_run_is_none() {
    let house = House::new();
    let orch = house.orch("true");
    let rows = [
        (check("true", [""; 0]), Verdict::Confirmed, "exit code 0"),
        (
            check("sh", ["-c", "echo seen; exit 3"]),
            Verdict::Refuted,
            "exit code 3",
        ),
        (
            check("no-such-program-4711", ["x"]),
            Verdict::Unverified,
            "cannot start",
        ),
        (check("sh", ["-c", "kill -9 $$"]), Verdict::Unverified, "SIGKILL"),
        (
            check("sleep", ["60"]).limit(Duration::from_millis(200)),
            Verdict::Unverified,
            "not done after 0.2 s",
        ),
    ];
    for (asked, verdict, ended) in rows {
        let evidence = within(&orch, |cx: Cx| {
            let asked = asked.clone();
            async move { cx.check(&asked).await }
        });
        let evidence = evidence.await.unwrap();
        assert_eq!(evidence.verdict, verdict, "{evidence}");
        assert!(evidence.ended.contains(ended), "{evidence}");
        assert_eq!(
            evidence.output.contains("seen"),
            verdict == Verdict::Refuted,
            "{evidence:?}"
        );
    }
    let ends = house.seen.all().into_iter();
    let ends = ends.filter(|event| matches!(event.kind, EventKind::CheckEnded { .. }));
    assert_eq!(ends.count(), 5);
}

#[tokio::test]
async fn a_check_at_a_desk_sees_what_was_written_there() {
    let house = House::new();
    let orch = house.orch("cat > /dev/null; echo five > src/a.rs");
    let asked = check("grep", ["-q", "five", "src/a.rs"]);
    let verdicts = within(&orch, |cx: Cx| {
        let asked = asked.clone();
        async move {
            let mut desk = cx.desk(["src"]).isolation(Isolation::Clone).await?;
            desk.write(&writer(&["src"]), &()).await?;
            let at_desk = desk.cx().check(&asked).await?;
            Ok((at_desk.verdict, cx.check(&asked).await?.verdict))
        }
    });
    assert_eq!(verdicts.await.unwrap(), (Verdict::Confirmed, Verdict::Refuted));
}

#[tokio::test]
async fn a_check_that_is_given_up_leaves_nobody() {
    let house = House::new();
    let orch = house.orch("true");
    let mark = house.root.path().join("mark").display().to_string();
    let script = "echo $$ > pid; setsid sh -c 'trap \"\" HUP INT TERM; while :; do sleep 0.05; done' & wait";
    let asked = check("sh", ["-c", script]).env("ORCH_TEST_MARK", &mark);
    let pid = house.tree.join("pid");
    within(&orch, |cx: Cx| {
        let (asked, pid) = (asked.clone(), pid.clone());
        async move {
            let mut running = Box::pin(cx.check(&asked));
            while !pid.exists() {
                assert!(poll_immediate(&mut running).await.is_none());
                tokio::task::yield_now().await;
            }
            drop(running);
            Ok(())
        }
    })
    .await
    .unwrap();
    let mark = format!("ORCH_TEST_MARK={mark}");
    let left = processes::all().into_iter();
    let left = left.filter(|stat| processes::has_in_environment(stat.pid, &mark));
    assert_eq!(left.count(), 0, "the run has returned");
}

#[tokio::test]
async fn secrets_are_not_in_what_a_check_printed() {
    let house = House::new();
    let orch = Orchestrator::builder(&house.tree)
        .agent(Tool::new("t", "true"))
        .state_dir(StateDir::at(house.root.path().join("state")))
        .secret("KEY", "cANary-4711-9f3b2c")
        .observe(house.seen.clone())
        .build()
        .unwrap();
    let asked = check("sh", ["-c", "echo key cANary-4711-9f3b2c; exit 1"]);
    let evidence = within(&orch, |cx: Cx| {
        let asked = asked.clone();
        async move { cx.check(&asked).await }
    });
    let evidence = evidence.await.unwrap();
    assert!(evidence.output.starts_with("key [redacted KEY]"), "{evidence:?}");
    assert!(!format!("{:?}", house.seen.all()).contains("cANary"));
}

#[tokio::test]
async fn a_rehearsal_runs_no_check() {
    let house = House::new();
    let agent = std::sync::Arc::new(Tool::new("t", "true"));
    let state = StateDir::at(house.root.path().join("state"));
    let orch = Orchestrator::builder(&house.tree)
        .agent_arc(agent.clone())
        .engine(Rehearsal::new([agent as _]))
        .state_dir(state)
        .build()
        .unwrap();
    let file = house.tree.join("ran");
    let asked = check("touch", [file.display().to_string()]);
    let end = within(&orch, |cx: Cx| {
        let asked = asked.clone();
        async move { cx.check(&asked).await }
    });
    let end = end.await;
    assert!(
        matches!(
            end,
            Err(Error::Unfinished(Unfinished::NotStarted(NotStarted::Rehearsal)))
        ),
        "{end:?}"
    );
    assert!(fs::symlink_metadata(file).is_err());
}
