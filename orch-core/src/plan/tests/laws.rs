//! What holds after any sequence of changes.

use std::collections::HashSet;

use proptest::prelude::*;

use super::super::{Plan, PlanChange, PlannedStep, StepStatus, UpdatePlan};

/// One attempt to change a plan.
#[derive(Debug, Clone)]
enum Move {
    Begin(usize),
    Finish,
    Update(UpdatePlan),
    Revise(UpdatePlan, String),
}

fn status() -> impl Strategy<Value = StepStatus> {
    prop_oneof![
        4 => Just(StepStatus::Pending),
        2 => Just(StepStatus::InProgress),
        3 => Just(StepStatus::Completed),
    ]
}

fn update() -> impl Strategy<Value = UpdatePlan> {
    let step = ("[a-d]", status()).prop_map(|(step, status)| PlannedStep { step, status });
    let explanation = prop::option::of("[ w]{0,2}");
    (explanation, prop::collection::vec(step, 0..6))
        .prop_map(|(explanation, plan)| UpdatePlan { explanation, plan })
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (0_usize..6).prop_map(Move::Begin),
        1 => Just(Move::Finish),
        4 => update().prop_map(Move::Update),
        1 => (update(), "[ w]{0,2}").prop_map(|(update, why)| Move::Revise(update, why)),
    ]
}

fn count(plan: &Plan, status: StepStatus) -> usize {
    plan.steps().iter().filter(|step| step.status == status).count()
}

proptest! {
    #[test]
    fn no_sequence_of_accepted_changes_breaks_a_rule(moves in prop::collection::vec(moves(), 1..40)) {
        let mut plan = Plan::new(["a", "b", "c"]);
        for change in moves {
            let before = plan.clone();
            let said_why = match &change {
                Move::Update(update) => update.explanation.as_ref().is_some_and(|why| !why.trim().is_empty()),
                Move::Revise(_, why) => !why.trim().is_empty(),
                Move::Begin(_) | Move::Finish => false,
            };
            let taken = match change {
                Move::Begin(index) => plan.begin(index),
                Move::Finish => Ok(plan.finish()),
                Move::Update(update) => plan.update(update),
                Move::Revise(update, why) => match Plan::try_from(update) {
                    Ok(next) => plan.revise(next, why),
                    Err(error) => Err(error),
                },
            };
            let Ok(change) = taken else {
                prop_assert_eq!(&plan, &before, "what is refused changes nothing");
                continue;
            };
            prop_assert_eq!(&change, &PlanChange::between(&before, &plan));
            prop_assert_eq!(change.is_empty(), before == plan);

            let running = count(&plan, StepStatus::InProgress);
            let completed = count(&plan, StepStatus::Completed);
            prop_assert!(running <= 1, "two in progress: {}", plan);
            prop_assert!(running == 1 || completed == 0 || plan.is_finished(), "nothing in progress: {}", plan);

            let ids: HashSet<_> = plan.steps().iter().map(|step| step.id).collect();
            prop_assert_eq!(ids.len(), plan.steps().len(), "ids are distinct");
            if !said_why {
                for step in before.steps().iter().filter(|step| step.status == StepStatus::Completed) {
                    let now = plan.step(step.id).map(|step| step.status);
                    prop_assert_eq!(now, Some(StepStatus::Completed), "a silent step back");
                }
            }
            let json = serde_json::to_string(&plan).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Plan>(&json).expect("a plan"), plan.clone());
        }
    }
}
