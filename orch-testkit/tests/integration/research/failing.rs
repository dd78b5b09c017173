//! Researchers that do not deliver, for whatever reason.

use super::*;

#[tokio::test]
async fn a_failed_researcher_is_not_looked_at_and_never_no_evidence() {
    let fan = cast(|role| (role == "licences").then(crash));
    let covered = run(&fan).await;
    assert_eq!(covered.coverage().to_string(), "2 of 3");
    assert_eq!(missing(&covered), ["licences"]);
    let prompt = fan.engine.prompts().pop().unwrap();
    assert!(
        outside(&prompt).contains("Nobody looked at these angles"),
        "{prompt}"
    );
    assert!(outside(&prompt).contains("\"licences\""), "{prompt}");
    let dossier = covered.require(Quorum::at_least(2)).unwrap();
    assert_eq!(
        dossier.synthesis.uncertainty,
        [
            "Not looked at: \"licences\". Its researcher did not deliver: crashed: exit code 3",
            "the future",
        ]
    );
    assert_eq!(dossier.looked_at, ["operators", "manuals"]);
    assert!(!dossier.to_string().contains("no evidence"));
}

#[tokio::test]
async fn one_researcher_of_three_is_enough_for_who_says_so() {
    let fan = cast(|role| ["licences", "manuals"].contains(&role).then(crash));
    let covered = run(&fan).await;
    assert_eq!(covered.coverage().to_string(), "1 of 3");
    let error = covered.clone().require(Quorum::Majority).unwrap_err();
    assert!(
        error.to_string().contains("manuals") && error.to_string().contains("licences"),
        "{error}"
    );
    let dossier = covered.require(Quorum::at_least(1)).unwrap();
    assert_eq!(dossier.not_looked_at.len(), 2);
    assert_eq!(dossier.sources.len(), 2);
}

#[tokio::test]
async fn when_nobody_delivers_nobody_is_asked_for_a_synthesis() {
    let fan = cast(|_| Some(crash()));
    let covered = run(&fan).await;
    assert_eq!(covered.coverage().to_string(), "0 of 3");
    assert_eq!(fan.starts(), 3);
    let text = covered.accept_partial().to_string();
    assert!(text.contains("Nobody looked: nothing is known."), "{text}");
}

#[tokio::test]
async fn rubbish_gets_one_repair_and_is_then_invalid() {
    let fan = cast(|role| match role {
        "manuals" => Some(Play::answer("I am fine").then_answer("fine, really")),
        "licences" => Some(Play::answer("[]").then_answer(good("licences"))),
        _ => None,
    });
    let covered = run(&fan).await;
    assert_eq!(missing(&covered), ["manuals"]);
    let why = &covered.missing()[0].why;
    assert!(
        matches!(why, Unfinished::Invalid { raw, .. } if raw == "fine, really"),
        "{why}"
    );
    let text = covered.accept_partial().to_string();
    assert!(
        !text.contains("fine, really"),
        "what a worker said raw is not shown: {text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_researcher_that_never_answers_costs_its_own_limit_and_no_other_result() {
    let fan = cast(|role| (role == "manuals").then(Play::silence));
    let limited = Researcher::new("manuals").limits(Limits::default().total(Duration::from_secs(60)));
    let research = Research::new([Researcher::new("operators"), limited]);
    let covered = fan.orch.run(&research, topic()).await.unwrap();
    assert_eq!(missing(&covered), ["manuals"]);
    assert!(
        matches!(&covered.missing()[0].why, Unfinished::Failed(failure) if failure.class == FailClass::TotalTimeout)
    );
    assert_eq!(covered.accept_partial().sources.len(), 2);
}

#[tokio::test]
async fn a_cancelled_research_ends_all_researchers() {
    let fan = cast(|role| (role != "operators").then(silent_at_work));
    let research = Research::new(ANGLES);
    let cancel = async {
        until_at_work(&fan.seen, 2, 1).await;
        fan.orch.canceller().cancel();
    };
    let (result, ()) = tokio::join!(fan.orch.run(&research, topic()), cancel);
    assert!(matches!(result, Err(Error::Halt(Halt::Cancelled))), "{result:?}");
    let cancelled = Outcome::Unfinished(Unfinished::Cancelled);
    let outcomes = fan.outcomes();
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == cancelled).count(),
        2,
        "{outcomes:?}"
    );
    assert_eq!(fan.starts(), 3, "nobody made a synthesis");
}

#[tokio::test]
async fn what_makes_no_sense_is_misuse_before_anybody_is_paid() {
    let fan = cast(|_| None);
    let none: [&str; 0] = [];
    for (research, topic, words) in [
        (
            Research::new(none),
            topic(),
            "research has no angle: give it at least one",
        ),
        (Research::new(["a", " a "]), topic(), "has the angle \"a\" twice"),
        (
            Research::new(["a", " "]),
            topic(),
            "angle 2 of the research is blank",
        ),
        (
            Research::new(["a"]).at_most(0),
            topic(),
            "allow at least one at a time",
        ),
        (Research::new(["a"]), Topic::new(" "), "blank topic"),
        (
            Research::new(["a"]),
            topic().paths(["none"]),
            "none does not exist",
        ),
    ] {
        let error = fan.orch.run(&research, topic).await.unwrap_err();
        assert!(matches!(error, Error::Halt(Halt::Misuse(_))), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(fan.starts(), 0);
}

#[tokio::test]
async fn a_rehearsal_of_research_says_that_nobody_looked() {
    let root = tempfile::tempdir().unwrap();
    let tree = root.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    let agent = Arc::new(orch_patterns::agent::Codex::new());
    let orch = Orchestrator::builder(&tree)
        .agent_arc(agent.clone())
        .engine(Rehearsal::new([agent as _]))
        .state_dir(StateDir::at(root.path().join("state")))
        .build()
        .unwrap();
    let covered = orch.run(&Research::new(ANGLES), topic()).await.unwrap();
    assert_eq!(covered.coverage().to_string(), "0 of 3");
    let rehearsed = Unfinished::NotStarted(NotStarted::Rehearsal);
    assert!(
        covered.missing().iter().all(|missing| missing.why == rehearsed),
        "{:?}",
        covered.missing()
    );
}
