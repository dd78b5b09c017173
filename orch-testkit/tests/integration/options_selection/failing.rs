//! Proposers, judges and refiners that do not deliver, for whatever reason.

use super::*;

#[tokio::test]
async fn a_failed_proposer_is_missing_and_one_that_is_left_is_chosen_without_a_judge() {
    let fan = only("robust", crash);
    let covered = select(&fan, &OptionsSelection::new(3)).await;
    assert_eq!(missing(&covered), ["robust"]);
    assert_eq!(covered.coverage().to_string(), "2 of 3");
    assert_eq!(asked(&fan, "Judge"), 2);

    let fan = cast(|job| ["robust", "smallest"].contains(&role(job).as_str()).then(crash));
    let covered = select(&fan, &OptionsSelection::new(3)).await;
    assert_eq!(covered.coverage().to_string(), "1 of 3");
    assert_eq!(asked(&fan, "Judge"), 0);
    let selection = covered.accept_partial();
    assert_eq!(
        (selection.chosen_from(), selection.decided),
        ("lasting", Decided::OnlyOne)
    );
    let text = selection.to_string();
    assert!(
        text.contains("the only option that was proposed; nobody judged it"),
        "{text}"
    );
    assert!(text.contains("Coverage: 1 of 3 proposers delivered."), "{text}");
}

#[tokio::test]
async fn fewer_proposals_than_the_quorum_are_unfinished_before_anybody_judges() {
    let fan = only("robust", crash);
    let selection = OptionsSelection::new(3).quorum(Quorum::All);
    let error = fan.orch.run(&selection, question()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Unfinished(_)) && error.to_string().contains("robust: crashed"),
        "{error}"
    );
    assert_eq!(fan.starts(), 3);

    let fan = cast(|_| Some(crash()));
    let error = fan
        .orch
        .run(&OptionsSelection::new(3), question())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("0 of 3"), "{error}");
}

#[tokio::test]
async fn rubbish_gets_one_repair_and_is_then_invalid() {
    let fan = only("lasting", || {
        Play::answer("I am fine").then_answer("fine, really")
    });
    let covered = select(&fan, &OptionsSelection::new(3)).await;
    assert_eq!(missing(&covered), ["lasting"]);
    assert!(matches!(&covered.missing()[0].why, Unfinished::Invalid { .. }));
    let text = covered.accept_partial().to_string();
    assert!(
        !text.contains("fine, really"),
        "what a worker said raw is not shown: {text}"
    );

    let judged = json!({"winner": "first", "reasons": []}).to_string();
    let repaired = json!({"winner": "tie", "reasons": []}).to_string();
    let fan = only("Judge", move || Play::answer(&judged).then_answer(&repaired));
    let selection = select(&fan, &OptionsSelection::new(2))
        .await
        .require(Quorum::All)
        .unwrap();
    assert_eq!(selection.comparisons[0].settled, Settled::Tie);
}

#[tokio::test]
async fn a_refiner_that_fails_leaves_the_option_as_it_was_proposed() {
    let fan = only("Refine", crash);
    let covered = select(&fan, &OptionsSelection::new(3)).await;
    assert!(covered.coverage().is_full(), "all proposers delivered");
    let selection = covered.require(Quorum::All).unwrap();
    assert_eq!(not_closed(&selection), ["refine"]);
    let text = selection.to_string();
    assert!(text.contains("refine did not: crashed: exit code 3"), "{text}");
    assert_eq!(selection.chosen.title, "The robust way");
    assert_eq!(
        selection.refinement,
        Refinement::Unfinished("crashed: exit code 3".to_owned())
    );
}

#[tokio::test]
async fn who_closes_it_is_no_part_of_the_coverage() {
    let fan = cast(|job| ["Judge", "Refine"].contains(&role(job).as_str()).then(crash));
    let covered = select(&fan, &OptionsSelection::new(2)).await;
    assert_eq!(covered.coverage().to_string(), "2 of 2");
    assert_eq!(not_closed(&covered.accept_partial()), ["judge", "refine"]);
}

#[tokio::test(start_paused = true)]
async fn a_proposer_that_never_answers_costs_its_own_limit_and_no_other_result() {
    let fan = only("robust", Play::silence);
    let limits = Limits::default().total(Duration::from_secs(60));
    let covered = select(&fan, &OptionsSelection::new(3).limits(limits)).await;
    assert_eq!(missing(&covered), ["robust"]);
    assert!(
        matches!(&covered.missing()[0].why, Unfinished::Failed(failure) if failure.class == FailClass::TotalTimeout)
    );
}

#[tokio::test]
async fn a_cancelled_selection_ends_everybody() {
    for (silent, done, at_work) in [("robust", 2, 1), ("Judge", 3, 4)] {
        let fan = cast_with(
            move |job| (role(job) == silent).then(silent_at_work),
            |b| b.max_parallel(8),
        );
        let selection = OptionsSelection::new(3);
        let cancel = async {
            until_at_work(&fan.seen, at_work, done).await;
            fan.orch.canceller().cancel();
        };
        let (result, ()) = tokio::join!(fan.orch.run(&selection, question()), cancel);
        assert!(matches!(result, Err(Error::Halt(Halt::Cancelled))), "{result:?}");
        let outcomes = fan.outcomes();
        let cancelled = Outcome::Unfinished(Unfinished::Cancelled);
        let ended = |of: &Outcome<String>| outcomes.iter().filter(|outcome| *outcome == of).count();
        assert_eq!(ended(&cancelled), at_work, "{silent}");
        assert_eq!(
            outcomes.len(),
            fan.starts(),
            "every one that was started has its end"
        );
        assert_eq!(asked(&fan, "Refine"), 0);
    }
}

#[tokio::test]
async fn a_budget_that_is_used_up_leaves_the_choice_its_share() {
    let fan = cast_with(
        |job| match role(job).as_str() {
            "Judge" => Some(prefers("lasting", job).usage(Usage::new(10, 0, 5))),
            "Refine" => Some(Play::answer(refined()).usage(Usage::new(10, 0, 5))),
            stance => Some(Play::answer(proposal(stance)).usage(Usage::new(380, 0, 20))),
        },
        |b| {
            b.max_parallel(1)
                .budget(Budget::new().tokens(1_000).reserve_for_closing(10))
                .estimate(AGENT, Estimate::new().tokens(400))
        },
    );
    let covered = select(&fan, &OptionsSelection::new(3)).await;
    assert_eq!(missing(&covered), ["robust"]);
    let why = &covered.missing()[0].why;
    assert!(
        matches!(why, Unfinished::NotStarted(NotStarted::OverBudget { .. })),
        "{why}"
    );
    let selection = covered.accept_partial();
    assert_eq!(
        (selection.chosen_from(), selection.decided),
        ("lasting", Decided::Judge)
    );
    assert_eq!(selection.refinement, Refinement::Refined(None));
}

#[tokio::test]
async fn what_makes_no_sense_is_misuse_before_anybody_is_paid() {
    let fan = cast(|_| None);
    let twice = OptionsSelection::from_proposers([Stance::Fresh, Stance::Fresh]);
    for (selection, question, words) in [
        (
            OptionsSelection::new(0),
            question(),
            "has no proposer: give it two or three",
        ),
        (
            twice,
            question(),
            "two proposers named fresh: give one of them another name",
        ),
        (
            OptionsSelection::new(2).at_most(0),
            question(),
            "allow at least one at a time",
        ),
        (
            OptionsSelection::new(2).quorum(Quorum::at_least(3)),
            question(),
            "needs 3 proposals of 2 proposers: ask for fewer, or add proposers",
        ),
        (OptionsSelection::new(2), Question::new("\n"), "blank question"),
        (
            OptionsSelection::new(2),
            question().paths(["none"]),
            "none does not exist",
        ),
    ] {
        let error = fan.orch.run(&selection, question).await.unwrap_err();
        assert!(matches!(error, Error::Halt(Halt::Misuse(_))), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(fan.starts(), 0);
}

#[tokio::test]
async fn a_rehearsal_of_a_selection_says_that_it_was_one_and_runs_no_check() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let agent = Arc::new(Tool::new("t", "true"));
    let orch = Orchestrator::builder(&tree)
        .agent_arc(agent.clone())
        .engine(Rehearsal::new([agent as _]))
        .state_dir(StateDir::at(root.path().join("state")))
        .build()
        .unwrap();
    let selection = OptionsSelection::new(2).evidence(|_| Some(check("touch", ["ran"])));
    let error = orch.run(&selection, question()).await.unwrap_err();
    assert!(error.to_string().contains("smallest: not started: "), "{error}");
    assert!(!tree.join("ran").exists());
}
