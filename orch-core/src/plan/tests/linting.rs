//! Advice, not errors.

use super::super::{Plan, PlanLint};

#[test]
fn three_to_six_steps_of_one_sentence_are_advised() {
    let sound = Plan::new(["Look at it, e.g. at Cargo.toml.", "Ask J. Doe", "Is it done?"]);
    assert_eq!(sound.lints(), []);
    assert_eq!(Plan::new(["a", "b", "c", "d", "e", "f"]).lints(), []);
    assert_eq!(Plan::default().lints(), [PlanLint::Trivial { steps: 0 }]);
    assert_eq!(Plan::new(["a"]).lints(), [PlanLint::Trivial { steps: 1 }]);
    assert_eq!(Plan::new(["a", "b"]).lints(), [PlanLint::StepCount { steps: 2 }]);
    let seven = Plan::new(["a", "b", "c", "d", "e", "f", "g"]);
    assert_eq!(seven.lints(), [PlanLint::StepCount { steps: 7 }]);
}

#[test]
fn a_step_is_one_sentence() {
    for text in [
        "",
        "  ",
        "Look.\nMerge.",
        "Look at it. Then merge it.",
        "Done? \"Yes!\" She said.",
    ] {
        let lints = Plan::new(["a", text, "b"]).lints();
        assert_eq!(lints, [PlanLint::NotOneSentence { index: 1 }], "{text:?}");
    }
}

#[test]
fn the_same_words_twice_are_noticed() {
    let lints = Plan::new(["Look", "Merge", "Look ", "Look"]).lints();
    let duplicate = |index| PlanLint::Duplicate { index, of: 0 };
    assert_eq!(lints, [duplicate(2), duplicate(3)]);
    assert_eq!(
        lints[0].to_string(),
        "step 2 of the plan has the words of step 0: join them or say how they differ"
    );
}
