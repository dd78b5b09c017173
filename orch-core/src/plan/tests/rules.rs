//! What a plan takes and what it refuses.

use serde_json::json;

use super::super::{Plan, PlanChange, PlanError, UpdatePlan};
use super::{id, plan, update};

#[test]
fn one_step_is_in_progress_and_none_goes_back() {
    let mut plan = Plan::new(["look", "merge", "report"]);
    plan.begin(0).expect("the first step");
    let change = plan.begin(1).expect("the second step");
    assert_eq!(plan.to_string(), "[x] look\n[>] merge\n[ ] report\n");
    let expected = PlanChange {
        begun: Some(id(&plan, 1)),
        completed: vec![id(&plan, 0)],
        ..PlanChange::default()
    };
    assert_eq!(change, expected);
    assert!(plan.begin(1).expect("it is under way").is_empty());
    assert_eq!(plan.begin(0), Err(PlanError::Completed { index: 0 }));
    assert_eq!(plan.begin(3), Err(PlanError::NoSuchStep { index: 3, steps: 3 }));
    plan.finish();
    assert!(plan.is_finished());
    assert_eq!(plan.current(), None);
}

#[test]
fn a_step_before_the_one_in_progress_takes_its_place() {
    let mut plan = plan(&["  look", "  merge", "> report"]);
    plan.begin(1).expect("the second step");
    assert_eq!(plan.to_string(), "[x] look\n[>] merge\n[ ] report\n");
}

#[test]
fn its_json_is_that_of_update_plan() {
    let json = json!({"explanation": "the merge comes first", "plan": [
        {"step": "look", "status": "completed"},
        {"step": "merge", "status": "in_progress"},
        {"step": "report", "status": "pending"},
    ]});
    let plan: Plan = serde_json::from_value(json.clone()).expect("a plan");
    assert_eq!(plan.explanation(), Some("the merge comes first"));
    assert_eq!(serde_json::to_value(&plan).expect("JSON"), json);
    let silent = serde_json::to_value(Plan::new(["look"])).expect("JSON");
    assert_eq!(silent, json!({"plan": [{"step": "look", "status": "pending"}]}));
}

#[test]
fn fields_that_nobody_knows_are_refused() {
    for json in [
        json!({"plan": [], "title": "x"}),
        json!({"plan": [{"step": "look", "status": "pending", "id": 1}]}),
        json!({"plan": [{"step": "look", "status": "done"}]}),
        json!({"explanation": "no plan"}),
    ] {
        serde_json::from_value::<UpdatePlan>(json.clone()).expect_err("an unknown field");
        serde_json::from_value::<Plan>(json).expect_err("an unknown field");
    }
}

#[test]
fn exactly_one_step_is_in_progress_while_it_runs() {
    let refused = |steps: &[&str]| Plan::try_from(update(steps)).expect_err("the rule");
    assert_eq!(
        refused(&["> a", "  b", "> c"]),
        PlanError::SeveralInProgress { indices: vec![0, 2] }
    );
    let none = PlanError::NoneInProgress {
        completed: 1,
        steps: 2,
    };
    assert_eq!(refused(&["x a", "  b"]), none);
    for allowed in [&["  a", "  b"][..], &["> a", "  b"], &["x a", "x b"], &[]] {
        plan(allowed);
    }
    let text = json!({"plan": [
        {"step": "a", "status": "in_progress"},
        {"step": "b", "status": "in_progress"},
    ]});
    let error = serde_json::from_value::<Plan>(text).expect_err("two in progress");
    assert_eq!(
        error.to_string(),
        "plan has 2 steps in progress (0, 1): let exactly one be in progress"
    );
}

#[test]
fn completed_work_is_taken_back_only_with_a_reason() {
    let mut plan = plan(&["x look", "x merge", "> report"]);
    let before = plan.clone();
    for taken_back in [
        &["x look", "> merge", "  report"][..],
        &["x look", "> report"],
        &["x look", "x merge anew", "> report"],
    ] {
        let error = plan.update(update(taken_back)).expect_err("a step back");
        let steps = vec!["merge".to_owned()];
        assert_eq!(error, PlanError::StepBack { steps });
        let blank = update(taken_back).explained(" \n");
        plan.update(blank).expect_err("a blank explanation");
        assert_eq!(plan, before, "what is refused changes nothing");
    }
    let reopened = update(&["x look", "> merge", "  report"]).explained("the base has moved");
    let change = plan.update(reopened).expect("a stated change of direction");
    assert_eq!(change.reopened, [id(&before, 1)]);
    assert_eq!(plan.explanation(), Some("the base has moved"));
    plan.begin(2).expect("the third step");
    assert_eq!(plan.explanation(), None, "a reason speaks of its own change");
}

#[test]
fn a_revision_says_why() {
    let mut running = plan(&["x look", "> merge"]);
    let other = Plan::new(["ask", "wait"]);
    assert_eq!(running.revise(other.clone(), "  "), Err(PlanError::NoExplanation));
    let change = running
        .revise(other, "nobody knows the base")
        .expect("a revision");
    assert_eq!(change.dropped.len(), 1, "what was completed");
    assert_eq!(
        change.reworded.len(),
        1,
        "what was under way has other words in the same place"
    );
    assert_eq!(running.to_string(), "[ ] ask\n[ ] wait\n");
}

#[test]
fn steps_keep_their_ids_when_others_come_and_go() {
    let mut plan = plan(&["x look", "> merge", "  report", "  look"]);
    let before = plan.clone();
    assert_ne!(id(&plan, 0), id(&plan, 3), "the second of the same words");
    let change = plan
        .update(update(&["x look", "  ask", "> merge ", "  look"]))
        .expect("an update");
    assert_eq!(id(&plan, 0), id(&before, 0));
    assert_eq!(id(&plan, 2), id(&before, 1), "white space is not words");
    assert_eq!(id(&plan, 3), id(&before, 3));
    assert_eq!(change.added, [id(&plan, 1)]);
    assert_eq!(change.dropped, [id(&before, 2)]);
    assert!(change.completed.is_empty() && change.begun.is_none());
}

#[test]
fn a_hostile_step_is_harmless_when_shown() {
    let plan = Plan::new(["a\x1b]52;c;aGk=\x07\nb"]);
    assert_eq!(plan.to_string(), "[ ] a b\n");
}
