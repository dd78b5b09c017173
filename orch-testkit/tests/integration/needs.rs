//! A name that no agent has is told before the first worker starts, wherever in a composition it stands.

use std::sync::Arc;

use orch_patterns::options_selection::{judge, refiner};
use orch_patterns::prelude::*;
use orch_patterns::research::Synthesiser;
use orch_patterns::{Merge, Merger, NotStarted, PackByWorker, Proposer, Researcher, Stance};
use orch_testkit::memory_engine::Play;

use crate::fan::{AGENT, Fan, ask, fan};

/// Nearly the name of the agent that there is.
const MISSPELT: &str = "scriptd";

fn house() -> Fan {
    fan(|_| Play::answer("yes"), |builder| builder)
}

/// Runs `pattern` and finds that nobody was started, and that `who` is named.
async fn assert_refused<P: Pattern>(house: &Fan, pattern: P, input: P::In, who: &str) {
    let error = house.orch.run(&pattern, input).await.map(drop).unwrap_err();
    let Error::Halt(Halt::Misuse(why)) = &error else {
        panic!("{who}: {error}")
    };
    let named =
        format!("no such agent: {who} names `{MISSPELT}` (did you mean `{AGENT}`?); there are: {AGENT}");
    assert_eq!(*why, named);
    assert_eq!(house.starts(), 0, "{who}");
    assert!(house.paths().is_empty(), "nobody was even queued for {who}");
}

/// The same, where a closure hides the pattern from the orchestrator: then the pattern asks it of itself.
async fn assert_refused_everywhere<P>(pattern: P, input: P::In, who: &str)
where
    P: Pattern + 'static,
    P::In: Clone,
{
    let house = house();
    let pattern = Arc::new(pattern);
    assert_refused(&house, Arc::clone(&pattern), input.clone(), who).await;
    assert!(house.seen.all().is_empty(), "no run was begun");
    let hidden = step(move |cx: Cx, input: P::In| {
        let pattern = Arc::clone(&pattern);
        async move { pattern.run(&cx, input).await }
    });
    assert_refused(&house, hidden, input, who).await;
}

#[tokio::test]
async fn a_review_with_one_misnamed_reviewer_of_four_starts_nobody_and_names_that_one() {
    let review = ReviewFanout::new([
        Reviewer::new(Lens::Correctness),
        Reviewer::new(Lens::Clarity).agent(AGENT),
        Reviewer::new(Lens::Security).agent(MISSPELT),
        Reviewer::new(Lens::Risks),
    ]);
    assert_refused_everywhere(review, Artefact::text("note", "a text"), "Review security").await;
}

#[tokio::test]
async fn the_six_patterns_know_all_of_their_workers_before_the_first() {
    let artefact = Artefact::text("note", "a text");
    let implementer = || Implementer::new().writes(["src"]);
    let misnamed = || implementer().agent(MISSPELT);
    let reader = || Verifier::reader().agent(MISSPELT);

    let funnel = Funnel::default().implement(misnamed());
    assert_refused_everywhere(funnel, artefact.clone(), "Implement").await;
    let funnel = Funnel::default().implement(implementer()).verify(reader());
    assert_refused_everywhere(funnel, artefact.clone(), "Verify").await;
    let review = ReviewFanout::new([Reviewer::new(Lens::Security).agent(MISSPELT)]);
    let funnel = Funnel::new(review).implement(implementer());
    assert_refused_everywhere(funnel, artefact, "Review security").await;

    let task = || Task::new("Retries honour Retry-After.");
    let pack = || ContextPack::new().scouts(["Where?"]).implement(implementer());
    assert_refused_everywhere(pack().implement(misnamed()), task(), "Implement").await;
    assert_refused_everywhere(pack().verify(reader()), task(), "Verify").await;
    let condense = PackByWorker::new().agent(MISSPELT);
    assert_refused_everywhere(pack().condense(condense), task(), "Condense").await;

    let brief = |_: &Slice| Brief::new("Port it.");
    let slices = || Slices::new([Slice::new("a", ["src"])]);
    let split = SplitMerge::new(brief).agent(MISSPELT);
    assert_refused_everywhere(split, slices(), "Slice").await;
    let merger = Merger::new("Port it.").agent(MISSPELT);
    let split = SplitMerge::new(brief).merge(Merge::git().worker(merger));
    assert_refused_everywhere(split, slices(), "Merge").await;

    let topic = || Topic::new("What is it?");
    let research = Research::new([Researcher::new("here").agent(MISSPELT)]);
    assert_refused_everywhere(research, topic(), "Research here").await;
    let synthesise = Synthesiser::new().agent(MISSPELT);
    let research = Research::new(["here"]).synthesise(synthesise);
    assert_refused_everywhere(research, topic(), "Synthesise").await;

    let question = || Question::new("Which?");
    let options = OptionsSelection::from_proposers([Proposer::new(Stance::Smallest).agent(MISSPELT)]);
    assert_refused_everywhere(options, question(), "Propose smallest").await;
    let options = OptionsSelection::new(2).judge(judge().agent(MISSPELT));
    assert_refused_everywhere(options, question(), "Judge").await;
    let options = OptionsSelection::new(2).refine(refiner().agent(MISSPELT));
    assert_refused_everywhere(options, question(), "Refine").await;
}

#[tokio::test]
async fn a_misnamed_worker_is_found_through_every_combinator() {
    let bad = || ask().label("Late").agent(MISSPELT);
    let yes = |answer: &String| answer == "yes";
    let all: Vec<Box<dyn Pattern<In = String, Out = String>>> = vec![
        ask().then(bad()).boxed(),
        bad().map(|answer| answer).boxed(),
        bad().try_map(Ok).boxed(),
        bad().tap(|_| ()).boxed(),
        bad().labelled("x").boxed(),
        bad().retry(Retry::transient(1)).boxed(),
        bad().retry_when(Retry::transient(1), |_| true).boxed(),
        bad().timeout(std::time::Duration::from_secs(1)).boxed(),
        ask().fallback(bad()).boxed(),
        ask().race(bad()).boxed(),
        orch_patterns::combinator::race([ask(), bad()]).boxed(),
        ask().join(bad()).map(|(_, answer)| answer).boxed(),
        several([ask(), bad()])
            .require(Quorum::All)
            .map(|mut answers| answers.remove(0))
            .boxed(),
        bad().repeat_until(2, yes).map(|_| String::new()).boxed(),
        bad()
            .gate(|_: Cx, _: Arc<String>| async { Ok(Decision::Approve) })
            .boxed(),
        step(|_: Cx, word: String| async move { Ok(vec![word]) })
            .then(bad().for_each(2))
            .require(Quorum::All)
            .map(|mut answers| answers.remove(0))
            .boxed(),
    ];
    for pattern in all {
        assert_refused(&house(), pattern, "x".to_owned(), "Late").await;
    }
}

#[tokio::test]
async fn whom_a_closure_misnames_does_not_start_and_the_others_answers_stay() {
    let house = house();
    let hidden = step(|cx: Cx, word: String| async move { cx.read(&ask().agent(MISSPELT), &word).await });
    let both = several([ask().boxed(), hidden.boxed()]);
    let covered = house.orch.run(&both, "x".to_owned()).await.unwrap();
    let why = &covered.missing()[0].why;
    assert!(
        matches!(why, Unfinished::NotStarted(NotStarted::UnknownAgent { name, .. }) if name == MISSPELT),
        "{why}"
    );
    assert_eq!(
        why.to_string(),
        "not started: no agent `scriptd`; did you mean `scripted`? there are: scripted"
    );
    assert_eq!(covered.accept_partial(), ["yes"]);
    assert_eq!(house.starts(), 1);
}
