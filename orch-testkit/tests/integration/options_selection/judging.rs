//! Judges: biased ones, drawn ones and dead ones, and checks that outrank them.

use super::*;

#[tokio::test]
async fn a_judge_that_always_says_first_does_not_flip_the_choice_and_is_reported() {
    for place in ["first", "second"] {
        let mut chosen = Vec::new();
        for order in ORDERS {
            let fan = only("Judge", move || says(place));
            let selection = select(&fan, &in_order(order)).await.require(Quorum::All).unwrap();
            assert_eq!(asked(&fan, "Judge"), 2 * 3, "twice a single pass, and no more");
            assert_eq!(selection.decided, Decided::Order);
            assert_eq!((selection.bias.compared, selection.bias.flipped()), (3, 3));
            let towards = if place == "first" {
                selection.bias.towards_first
            } else {
                selection.bias.towards_second
            };
            assert_eq!(towards, 3);
            let text = selection.to_string();
            assert!(
                text.contains("Position bias: 3 of 3 verdicts flipped with the order"),
                "{text}"
            );
            chosen.push(selection.chosen_from().to_owned());
        }
        assert_eq!(chosen, ["smallest"; 6]);
    }
}

/// Any judge: its verdict is drawn from a seed and what it is shown in which order.
fn drawn(seed: u64, job: &Job) -> Play {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = std::hash::DefaultHasher::new();
    (seed, shown(&job.prompt)).hash(&mut hasher);
    says(["first", "first", "second", "tie"][usize::try_from(hasher.finish() % 4).unwrap()])
}

#[tokio::test]
async fn whatever_a_judge_says_the_order_of_the_proposers_does_not_change_the_choice() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..12 {
        let mut rankings = Vec::new();
        for order in ORDERS {
            let fan = cast(move |job| (role(job) == "Judge").then(|| drawn(seed, job)));
            let selection = select(&fan, &in_order(order)).await.require(Quorum::All).unwrap();
            let names: Vec<String> = selection.ranking.iter().map(|one| one.name.clone()).collect();
            rankings.push((names, selection.bias, selection.decided));
        }
        rankings.dedup();
        assert_eq!(rankings.len(), 1, "seed {seed}: {rankings:?}");
        seen.insert(rankings[0].0.clone());
    }
    assert!(seen.len() > 2, "the judges did differ: {seen:?}");
}

#[tokio::test]
async fn what_was_run_outranks_what_the_judge_says() {
    let fan = cast(|_| None);
    let selection = OptionsSelection::new(3).evidence(exits(&[("robust", 1), ("lasting", 0)]));
    let selection = select(&fan, &selection).await.require(Quorum::All).unwrap();
    // The judge prefers the robust one and is not asked of it; between the other two it says nothing.
    assert_eq!(asked(&fan, "Judge"), 2, "one pair was left");
    let names: Vec<&str> = selection.ranking.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["lasting", "smallest", "robust"]);
    assert!(selection.ranking[2].out);
    assert_eq!(selection.decided, Decided::Evidence);
    let settled: Vec<&Settled> = selection
        .comparisons
        .iter()
        .map(|comparison| &comparison.settled)
        .collect();
    assert_eq!(
        settled,
        [&Settled::Tie, &Settled::ByEvidence("lasting".to_owned())]
    );
    let judged = fan
        .engine
        .jobs()
        .into_iter()
        .find(|job| role(job) == "Judge")
        .unwrap();
    assert!(
        judged.prompt.contains("option (from: run by the orchestrator)"),
        "{}",
        judged.prompt
    );
    assert!(judged.prompt.contains("exit code 0") && judged.prompt.contains("seen"));
}

#[tokio::test]
async fn when_checks_decide_all_nobody_is_judged() {
    let fan = only("Judge", || unreachable!("nobody is judged"));
    let selection = OptionsSelection::new(2).evidence(exits(&[("lasting", 0), ("smallest", 3)]));
    let selection = select(&fan, &selection).await.require(Quorum::All).unwrap();
    assert_eq!(
        (selection.chosen_from(), selection.decided),
        ("lasting", Decided::Evidence)
    );
    assert!(
        selection
            .to_string()
            .contains("Why: its check showed more than those of the others.")
    );
}

#[tokio::test]
async fn a_check_that_finds_nothing_out_refutes_nobody() {
    let fan = cast(|_| None);
    let missing = |proposal: &Proposal| {
        let robust = proposal.approach.contains("robust");
        robust.then(|| check("no-such-program-4711", ["x"]))
    };
    let selection = OptionsSelection::new(3).evidence(missing);
    let selection = select(&fan, &selection).await.require(Quorum::All).unwrap();
    assert_eq!(
        (selection.chosen_from(), selection.decided),
        ("robust", Decided::Judge)
    );
}

#[tokio::test]
async fn a_refinement_that_does_worse_in_its_check_is_dropped() {
    let fan = cast(|_| None);
    let selection = OptionsSelection::new(2).evidence(exits(&[("lasting", 0), ("Do it well", 1)]));
    let selection = select(&fan, &selection).await.require(Quorum::All).unwrap();
    assert_eq!(selection.chosen.title, "The lasting way");
    assert!(
        matches!(&selection.refinement, Refinement::Dropped(evidence) if evidence.ended == "exit code 1")
    );
}

#[tokio::test]
async fn a_refinement_that_its_check_refutes_is_dropped_also_where_nothing_was_measured_before() {
    let fan = cast(|_| None);
    let selection = OptionsSelection::new(1).evidence(exits(&[("Do it well", 1)]));
    let selection = select(&fan, &selection).await.require(Quorum::All).unwrap();
    assert_eq!(selection.ranking[0].evidence, None);
    assert_eq!(selection.chosen, selection.ranking[0].proposal);
    assert!(
        matches!(selection.refinement, Refinement::Dropped(_)),
        "{selection}"
    );

    // And one that nobody found anything out about is no worse than that.
    let unknown = |proposal: &Proposal| {
        let refined = proposal.approach.contains("Do it well");
        refined.then(|| check("no-such-program-4711", ["x"]))
    };
    let selection = OptionsSelection::new(1).evidence(unknown);
    let selection = select(&fan, &selection).await.require(Quorum::All).unwrap();
    assert!(
        matches!(selection.refinement, Refinement::Refined(Some(_))),
        "{selection}"
    );
}

#[tokio::test]
async fn a_confirmed_option_is_not_swapped_for_wording_that_nobody_measured() {
    let fan = cast(|_| None);
    let unmeasured = |program: Option<&'static str>| {
        move |proposal: &Proposal| {
            let refined = proposal.approach.contains("Do it well");
            if refined {
                program.map(|program| check(program, ["x"]))
            } else {
                Some(check("true", [""; 0]))
            }
        }
    };
    let selection = OptionsSelection::new(2).evidence(unmeasured(None));
    let selection = select(&fan, &selection).await.require(Quorum::All).unwrap();
    assert_eq!(selection.chosen, selection.ranking[0].proposal);
    assert_eq!(
        selection.refinement,
        Refinement::Unmeasured("there is no check for it".to_owned())
    );
    let text = selection.to_string();
    assert!(text.contains("refined it was not measured"), "{text}");

    let selection = OptionsSelection::new(2).evidence(unmeasured(Some("no-such-program-4711")));
    let selection = select(&fan, &selection).await.require(Quorum::All).unwrap();
    assert_eq!(selection.chosen, selection.ranking[0].proposal);
    assert!(
        matches!(&selection.refinement, Refinement::Dropped(_)),
        "{selection}"
    );
}

#[tokio::test]
async fn a_judge_that_died_leaves_its_pair_unjudged_which_is_no_tie() {
    let fan = cast(|job| {
        let dies = role(job) == "Judge" && shown(&job.prompt) == ["lasting", "smallest"].map(str::to_owned);
        dies.then(crash)
    });
    let covered = select(&fan, &OptionsSelection::new(3)).await;
    assert!(covered.coverage().is_full(), "all proposers delivered");
    let selection = covered.require(Quorum::All).unwrap();
    assert_eq!(not_closed(&selection), ["judge"]);
    assert_eq!(
        (selection.chosen_from(), selection.decided),
        ("robust", Decided::Judge)
    );
    assert_eq!(
        selection.comparisons[0].settled,
        Settled::Unjudged("crashed: exit code 3".to_owned())
    );
    assert_eq!(
        selection.comparisons[0].said.len(),
        1,
        "what was said in the other order is kept"
    );
    assert_eq!(selection.bias.compared, 2);
    assert_eq!(
        selection.others()[0].tally.to_string(),
        "0 wins, 1 loss, 0 ties, 1 not judged"
    );
}

#[tokio::test]
async fn without_any_judge_evidence_and_order_choose_and_it_is_told() {
    let fan = only("Judge", crash);
    let selection = OptionsSelection::new(3).evidence(exits(&[("lasting", 0)]));
    let covered = select(&fan, &selection).await;
    assert!(missing(&covered).is_empty());
    let selection = covered.accept_partial();
    assert_eq!(not_closed(&selection), ["judge"]);
    assert_eq!(
        (selection.chosen_from(), selection.decided),
        ("lasting", Decided::Unjudged)
    );
    let text = selection.to_string();
    assert!(text.contains("the judge did not deliver"), "{text}");
    assert!(
        text.contains("smallest and lasting: not judged (crashed: exit code 3)"),
        "{text}"
    );
    assert!(!text.contains("Position bias"), "nothing is known of it: {text}");
}

#[tokio::test]
async fn a_judge_sees_neither_who_proposed_nor_from_which_stance() {
    let fan = cast(|job| match role(job).as_str() {
        "Judge" => Some(says("tie")),
        "Refine" => None,
        _ => Some(Play::answer(json!({"title": "A", "approach": "B"}).to_string())),
    });
    let proposers = [
        Proposer::new(Stance::Fresh).named("zebra"),
        Proposer::new(Stance::Frugal).named("yak"),
    ];
    select(&fan, &OptionsSelection::from_proposers(proposers))
        .await
        .require(Quorum::All)
        .unwrap();
    for job in fan.engine.jobs().iter().filter(|job| role(job) == "Judge") {
        for name in ["zebra", "yak", "fresh", "frugal"] {
            assert!(!job.prompt.contains(name), "{name}");
        }
        assert!(job.prompt.contains("1. measured start time"));
    }
}
