//! Who makes the synthesis, and what it may cite.

use super::*;

#[tokio::test]
async fn a_budget_that_is_used_up_leaves_the_synthesis_its_share() {
    let used = |role: &str| match role {
        "Synthesise" => Play::answer(synthesis(4)).usage(Usage::new(40, 0, 10)),
        angle => Play::answer(good(angle)).usage(Usage::new(380, 0, 20)),
    };
    let fan = cast_with(
        move |role| Some(used(role)),
        |b| {
            b.max_parallel(1)
                .budget(Budget::new().tokens(1_000).reserve_for_closing(10))
                .estimate(AGENT, Estimate::new().tokens(400))
        },
    );
    let covered = run(&fan).await;
    assert_eq!(covered.coverage().to_string(), "2 of 3");
    let why = &covered.missing()[0].why;
    assert!(
        matches!(why, Unfinished::NotStarted(NotStarted::OverBudget { .. })),
        "{why}"
    );
    let dossier = covered.accept_partial();
    assert_eq!(dossier.instead, None, "the synthesis was made, on what there was");
    assert_eq!(dossier.synthesis.points.len(), 4);
    assert!(dossier.synthesis.uncertainty[0].starts_with("Not looked at: \"licences\""));
}

#[tokio::test]
async fn a_source_that_nobody_named_is_taken_out_and_told() {
    let made_up = json!({
        "points": [
            {"claim": "Known.", "sources": ["[2]", "https://never.org/seen"]},
            {"claim": "Invented.", "sources": ["https://never.org/seen"]},
            {"claim": "C.", "sources": []}, {"claim": "D.", "sources": ["https://shared.org/a"]},
            {"claim": "E.", "sources": ["https://shared.org/a"]},
        ],
        "key_sources": [{"source": "https://never.org/key", "why": "x"}],
    });
    let fan = cast(move |role| (role == "Synthesise").then(|| Play::answer(made_up.to_string())));
    let dossier = run(&fan).await.require(Quorum::All).unwrap();
    assert_eq!(
        dossier.made_up,
        ["https://never.org/seen", "https://never.org/key"]
    );
    let claims: Vec<&str> = dossier.unsourced().map(|point| point.claim.as_str()).collect();
    assert_eq!(claims, ["Invented.", "C."]);
    assert_eq!(
        dossier.synthesis.points[0].sources,
        ["https://operators.org/page"]
    );
    assert!(dossier.synthesis.key_sources.is_empty());
    let text = dossier.to_string();
    assert!(text.contains("2. Invented. [no source]"), "{text}");
    assert!(
        text.contains("Taken out, since no researcher named it as a source: https://never.org/seen"),
        "{text}"
    );
}

#[tokio::test]
async fn a_synthesis_with_too_few_points_is_asked_for_once_more() {
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let fan = cast(move |role| {
        (role == "Synthesise").then(|| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => Play::answer(synthesis(2)),
            _ => Play::answer(synthesis(6)),
        })
    });
    let dossier = run(&fan).await.require(Quorum::All).unwrap();
    assert_eq!(dossier.synthesis.points.len(), 6);
    assert_eq!(fan.starts(), 3 + 2);
    let prompt = fan.engine.prompts().pop().unwrap();
    assert!(
        outside(&prompt).contains("points has 2 entries though the notes hold 6 claims"),
        "{prompt}"
    );
    assert_eq!(fan.paths().last().unwrap(), "research/synthesis/again");
}

#[tokio::test]
async fn a_first_synthesis_stands_when_the_second_does_not_come() {
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let fan = cast(move |role| {
        let again = role == "Synthesise" && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0;
        if again {
            Some(crash())
        } else {
            (role == "Synthesise").then(|| Play::answer(synthesis(11)))
        }
    });
    let dossier = run(&fan).await.require(Quorum::All).unwrap();
    assert_eq!(dossier.synthesis.points.len(), 11);
}

#[tokio::test]
async fn a_synthesis_that_fails_is_told_and_the_claims_stand_in_its_place() {
    let fan = cast(|role| (role == "Synthesise").then(crash));
    let covered = run(&fan).await;
    assert_eq!(
        covered.coverage().to_string(),
        "3 of 3",
        "all angles were looked at"
    );
    let dossier = covered.require(Quorum::All).unwrap();
    assert_eq!(dossier.not_closed.len(), 1);
    assert_eq!(dossier.not_closed[0].label, "synthesis");
    assert_eq!(dossier.instead.as_deref(), Some("crashed: exit code 3"));
    assert_eq!(dossier.synthesis.points.len(), 6);
    assert!(dossier.not_looked_at.is_empty(), "all angles were looked at");
    assert!(
        dossier
            .to_string()
            .contains("No synthesis was made (crashed: exit code 3).")
    );
}

#[tokio::test]
async fn judgement_is_code_where_the_program_says_so() {
    let fan = cast(|_| None);
    let by_code = Research::new(ANGLES).synthesise(InOrderOfSupport);
    let dossier = fan
        .orch
        .run(&by_code, topic())
        .await
        .unwrap()
        .require(Quorum::All)
        .unwrap();
    assert_eq!(dossier.synthesis.points.len(), 6);
    assert_eq!(fan.starts(), 3);

    let own = step(|_cx: Cx, researched: Researched| async move {
        let first = researched.notes.accept_partial().swap_remove(0);
        let mut synthesis = Synthesis::default();
        synthesis.points.push(Point::new(
            format!("Only {}.", first.angle),
            ["1", "https://elsewhere.org"],
        ));
        synthesis.key_sources.push(KeySource {
            source: "1".to_owned(),
            why: "it is the first".to_owned(),
        });
        Ok(synthesis)
    });
    let research = Research::new(ANGLES).synthesise(own);
    let dossier = fan
        .orch
        .run(&research, topic())
        .await
        .unwrap()
        .require(Quorum::All)
        .unwrap();
    assert_eq!(dossier.synthesis.points[0].claim, "Only operators.");
    assert_eq!(
        dossier.made_up,
        ["https://elsewhere.org"],
        "also code cites only what was found"
    );

    let worker = Research::new(ANGLES)
        .synthesise(Synthesiser::new().model("large"))
        .style(Style::Apa7);
    fan.orch
        .run(&worker, topic())
        .await
        .unwrap()
        .require(Quorum::All)
        .unwrap();
    let last = fan.engine.jobs().pop().unwrap();
    assert_eq!(last.model.as_deref(), Some("large"));
    assert!(last.prompt.contains("APA style, 7th edition"));
}
