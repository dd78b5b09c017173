//! Plans of patterns inside patterns: each under the step of the one above that was in progress when it began.

use async_trait::async_trait;
use orch_core::{Plan, PlanTree, StepStatus, UpdatePlan};
use orch_patterns::event::EventKind;
use orch_patterns::prelude::*;
use orch_patterns::{Limits, Roster, plain};
use orch_testkit::memory_engine::MemoryEngine;

use crate::stages::{Stage, Theatre, answer, finding};

/// A pattern with a plan of three steps, whose second is two patterns of one kind side by side.
struct Both<P> {
    name: &'static str,
    inner: P,
}

#[async_trait]
impl<P: Pattern<In = Artefact>> Pattern for Both<P> {
    type In = Artefact;
    type Out = ();

    async fn run(&self, cx: &Cx, artefact: Artefact) -> Result<()> {
        let cx = cx.child(self.name);
        let steps = ["prepare", "run both", "conclude"];
        cx.publish(Plan::new(steps.map(|step| format!("{}: {step}", self.name))))
            .await?;
        cx.begin_step(0).await?;
        cx.begin_step(1).await?;
        let (left, right) = (cx.child("left"), cx.child("right"));
        tokio::try_join!(
            self.inner.run(&left, artefact.clone()),
            self.inner.run(&right, artefact),
        )?;
        cx.begin_step(2).await?;
        cx.finish_plan().await
    }
}

fn theatre() -> Theatre {
    let cast = [("one", answer(&[finding(1, "low", "x is wrong")]))];
    Theatre::new(Stage::Memory, &cast, Limits::default())
}

#[tokio::test]
async fn nested_plans_stand_under_the_step_that_they_belong_to() {
    let theatre = theatre();
    let half = Both {
        name: "half",
        inner: theatre.pattern.clone(),
    };
    let whole = Both {
        name: "whole",
        inner: half,
    };
    theatre.orch.run(&whole, Theatre::artefact()).await.unwrap();

    let events = theatre.seen.all();
    let tree = PlanTree::of(&events);
    assert_eq!(tree.nodes().len(), 1 + 2 + 4, "{tree}");
    for node in tree.nodes() {
        assert!(node.plan.is_finished());
        let Some(under) = node.under else {
            assert_eq!(node.path, ["whole"]);
            continue;
        };
        let above = &tree.nodes()[under.node];
        assert_eq!(node.path[..above.path.len()], above.path);
        assert_eq!(under.step, Some(above.plan.steps()[1].id), "its second step");
    }
    let second = tree.nodes()[0].plan.steps()[1].id;
    let below: Vec<_> = tree.under(0, second).map(|node| node.path.join("/")).collect();
    assert_eq!(below, ["whole/left/half", "whole/right/half"]);

    // The same from the events as another process reads them.
    let text = serde_json::to_string(&events).unwrap();
    let read: Vec<orch_core::event::Event> = serde_json::from_str(&text).unwrap();
    assert_eq!(PlanTree::of(&read), tree);

    let roster = Roster::of(&events).to_string();
    let expected = "\
[x] whole: prepare
[x] whole: run both
    left / half:
    [x] half: prepare
    [x] half: run both
        left / review-fanout:
        [x] Read what is to be reviewed and fix it as the base.
        [x] Review it in parallel through 1 lens: one.
        [x] Merge the findings, rank them, and recommend the next step.
        right / review-fanout:
        [x] Read what is to be reviewed and fix it as the base.
        [x] Review it in parallel through 1 lens: one.
        [x] Merge the findings, rank them, and recommend the next step.
    [x] half: conclude
    right / half:";
    assert!(roster.starts_with(expected), "{roster}");
    assert!(roster.ends_with(": done\n"), "{roster}");
}

#[tokio::test]
async fn at_every_moment_of_a_run_each_plan_has_at_most_one_step_in_progress() {
    let theatre = theatre();
    let whole = Both {
        name: "whole",
        inner: theatre.pattern.clone(),
    };
    theatre.orch.run(&whole, Theatre::artefact()).await.unwrap();
    let mut tree = PlanTree::default();
    let mut changes = 0;
    for event in theatre.seen.all() {
        tree.apply(&event);
        if let EventKind::PlanChanged { .. } = event.kind {
            changes += 1;
        }
        for node in tree.nodes() {
            let steps = node.plan.steps().iter();
            let running = steps.filter(|step| step.status == StepStatus::InProgress);
            assert!(running.count() <= 1);
        }
    }
    // Three plans of three steps: published, three begun, finished.
    assert_eq!(changes, 3 * 5);
}

#[tokio::test]
async fn a_second_pattern_at_the_same_path_has_a_plan_of_its_own() {
    let theatre = theatre();
    let twice = theatre
        .pattern
        .clone()
        .map(|_| Theatre::artefact())
        .then(theatre.pattern.clone());
    let _reviews = theatre.orch.run(&twice, Theatre::artefact()).await.unwrap();
    let tree = PlanTree::of(&theatre.seen.all());
    assert_eq!(tree.nodes().len(), 2, "{tree}");
    assert!(
        tree.nodes()
            .iter()
            .all(|node| node.under.is_none() && node.plan.is_finished())
    );
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_and_leaves_the_plan_as_it_was() {
    let theatre = theatre();
    let pattern = step(|cx: Cx, (): ()| async move {
        cx.publish(Plan::new(["look", "merge", "report"])).await?;
        cx.begin_step(1).await?;
        let before = cx.plan();
        let back = UpdatePlan::new([("look", StepStatus::InProgress), ("merge", StepStatus::Pending)]);
        let refused = cx.update_plan(back.clone()).await;
        assert!(matches!(&refused, Err(Error::Halt(Halt::Misuse(why))) if why.contains("\"look\"")));
        assert_eq!(cx.plan(), before);
        let change = cx.update_plan(back.explained("the base has moved")).await?;
        assert_eq!((change.reopened.len(), change.dropped.len()), (1, 1));
        cx.begin_step(0).await?; // It is under way: no change, no event.
        cx.revise_plan(Plan::new(["ask"]), "nobody knows").await?;
        Ok(())
    });
    theatre.orch.run(&pattern, ()).await.unwrap();
    let explanations: Vec<Option<String>> = theatre
        .seen
        .all()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::PlanChanged { plan, .. } => Some(plan.explanation().map(str::to_owned)),
            _ => None,
        })
        .collect();
    let said = |why: &str| Some(why.to_owned());
    assert_eq!(
        explanations,
        [None, None, said("the base has moved"), said("nobody knows")]
    );
}

#[tokio::test]
async fn a_nested_plan_stays_under_its_step_when_that_is_reworded() {
    let theatre = theatre();
    let pattern = step(|cx: Cx, (): ()| async move {
        cx.publish(Plan::new(["look", "merge"])).await?;
        cx.begin_step(0).await?;
        cx.child("inner").publish(Plan::new(["a", "b", "c"])).await?;
        let reworded = [
            ("look closely", StepStatus::InProgress),
            ("merge", StepStatus::Pending),
        ];
        cx.update_plan(UpdatePlan::new(reworded)).await?;
        Ok(())
    });
    theatre.orch.run(&pattern, ()).await.unwrap();
    let tree = PlanTree::of(&theatre.seen.all());
    assert_eq!(
        tree.to_string(),
        "[>] look closely\n    inner:\n    [ ] a\n    [ ] b\n    [ ] c\n[ ] merge\n"
    );
}

#[tokio::test]
async fn trivial_work_needs_no_plan_and_the_plans_that_ship_are_sound() {
    let theatre = theatre();
    assert_eq!(theatre.pattern.plan().lints(), []);
    assert_eq!(ReviewFanout::default().plan().lints(), []);
    let engine: &MemoryEngine = theatre.memory.as_ref().unwrap();
    let worker: Worker<(), String> = Worker::new(|(): &()| Brief::new("Say yes.")).agent("one");
    theatre.orch.run(&worker, ()).await.unwrap();
    assert_eq!(engine.jobs().len(), 1);
    let events = theatre.seen.all();
    let planned = |kind: &EventKind| matches!(kind, EventKind::PlanChanged { .. });
    assert!(!events.iter().any(|event| planned(&event.kind)));
    let roster = Roster::of(&events).to_string();
    assert_eq!(plain::block(&roster).lines().count(), 1, "{roster}");
}
