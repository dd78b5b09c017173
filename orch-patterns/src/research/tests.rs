//! The synthesis by code, and what a dossier says.

use orch_core::{Covered, FailClass, Failure, Missing, Unfinished};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::deliverable::{KeySource, Point, ResearchNotes, Source, Sources, Synthesis};

fn notes(points: &[(&str, &[&str])], gaps: &[&str]) -> ResearchNotes {
    let points: Vec<_> = points
        .iter()
        .map(|(claim, sources)| json!({"claim": claim, "sources": sources}))
        .collect();
    serde_json::from_value(json!({"points": points, "sources": [], "gaps": gaps})).unwrap()
}

fn missing(angle: &str) -> Missing {
    let why = Unfinished::Failed(Failure::new(FailClass::Crashed, "exit code 3"));
    Missing {
        label: angle.to_owned(),
        why,
    }
}

fn researched(notes: Vec<(&str, ResearchNotes)>, missing: Vec<Missing>) -> Researched {
    let sources = Sources::collect(notes.iter().map(|(angle, notes)| (*angle, notes)));
    let angled: Vec<Angled> = notes
        .into_iter()
        .map(|(angle, notes)| Angled {
            angle: angle.to_owned(),
            notes,
        })
        .collect();
    let done = angled.len();
    Researched {
        topic: Topic::new("Pools"),
        notes: Covered::new(angled, done, missing),
        sources,
        style: None,
    }
}

/// As many as the notes may hold: each address is worked out once, else this takes a quarter of an hour and more.
#[test]
fn claims_with_all_the_sources_that_notes_may_have_are_told_with_each_of_them_once() {
    let angle = |angle: usize| {
        let url = |at: usize| format!("http://www.a.org/{}/", at + angle * 500);
        let sources = |point: usize| (0..100).map(|at| url(point % 10 * 100 + at)).collect::<Vec<_>>();
        let points: Vec<_> = (0..100)
            .map(|point| json!({"claim": format!("claim {}", point % 50), "sources": sources(point)}))
            .collect();
        serde_json::from_value(json!({"points": points, "sources": [], "gaps": []})).unwrap()
    };
    let labels: Vec<String> = (0..5).map(|at| format!("angle {at}")).collect();
    let all = labels
        .iter()
        .enumerate()
        .map(|(at, label)| (label.as_str(), angle(at)));
    let researched = researched(all.collect(), Vec::new());
    assert_eq!(researched.sources.len(), 3_000);
    let synthesis = by_code::synthesis(&researched);
    assert_eq!(synthesis.points.len(), 10);
    for point in &synthesis.points {
        let different: std::collections::BTreeSet<&String> = point.sources.iter().collect();
        assert_eq!(
            (point.sources.len(), different.len()),
            (500, 500),
            "{}",
            point.claim
        );
    }
    assert_eq!(synthesis.key_sources.len(), 8);
}

#[test]
fn claims_stand_in_order_of_their_support() {
    let one = notes(
        &[
            ("Nobody says this.", &[]),
            ("One source says this.", &["https://a.org"]),
            ("Pools wait in order.", &["https://www.b.org/x"]),
        ],
        &["licences"],
    );
    let two = notes(
        &[
            ("pools wait, in order", &["http://b.org/x/", "https://c.org"]),
            ("Two sources say this.", &["https://a.org", "https://c.org"]),
        ],
        &[],
    );
    let synthesis = by_code::synthesis(&researched(vec![("one", one), ("two", two)], Vec::new()));
    let claims: Vec<(&str, usize)> = synthesis
        .points
        .iter()
        .map(|point| (point.claim.as_str(), point.sources.len()))
        .collect();
    assert_eq!(
        claims,
        [
            ("Pools wait in order.", 2),
            ("Two sources say this.", 2),
            ("One source says this.", 1),
            ("Nobody says this.", 0),
        ]
    );
    assert!(
        synthesis
            .uncertainty
            .contains(&"No source says: Nobody says this.".to_owned())
    );
    assert!(synthesis.uncertainty.contains(&"one: licences".to_owned()));
    assert_eq!(synthesis.complaint(4), None);
}

#[test]
fn more_than_ten_claims_are_cut_and_counted() {
    let claims: Vec<String> = (0..14).map(|index| format!("Claim {index}.")).collect();
    let points: Vec<(&str, &[&str])> = claims
        .iter()
        .map(|claim| (claim.as_str(), &["https://a.org"][..]))
        .collect();
    let researched = researched(vec![("one", notes(&points, &[]))], Vec::new());
    assert_eq!(researched.claims(), 14);
    let synthesis = by_code::synthesis(&researched);
    assert_eq!(synthesis.points.len(), 10);
    let told = "4 more claims stand in the notes, with less support.";
    assert!(
        synthesis.uncertainty.iter().any(|line| line == told),
        "{:?}",
        synthesis.uncertainty
    );
}

#[test]
fn a_dossier_is_a_plain_text_for_people() {
    let sources = Sources {
        sources: vec![
            Source {
                why: "The manual.".to_owned(),
                named_by: vec!["manuals".to_owned(), "operators".to_owned()],
                ..Source::new("https://a.org/manual", "The manual of pools")
            },
            Source {
                named_by: vec!["operators".to_owned()],
                ..Source::new("https://b.org", "")
            },
        ],
    };
    let synthesis = Synthesis {
        points: vec![
            Point::new("Pools wait in order.", ["https://b.org/", "1"]),
            Point::new("Everybody knows this.", ["https://made.up"]),
        ],
        key_sources: vec![
            KeySource {
                source: "http://www.a.org/manual".to_owned(),
                why: "it says what is promised".to_owned(),
            },
            KeySource {
                source: "https://made.up".to_owned(),
                why: "x".to_owned(),
            },
        ],
        disagreements: vec!["a says 3 s, b says 30 s; a measurement would settle it".to_owned()],
        uncertainty: vec!["Versions before 2 were not tried.".to_owned()],
        next_actions: vec!["Measure the wait.".to_owned(), "Read the manual.".to_owned()],
    };
    let looked_at = vec!["manuals".to_owned(), "operators".to_owned()];
    let dossier = Dossier::checked(
        "Which pool?",
        synthesis,
        sources,
        looked_at,
        vec![missing("licences")],
    );
    assert_eq!(dossier.unsourced().count(), 1);
    insta::assert_snapshot!(dossier.to_string());
}

#[test]
fn an_angle_that_nobody_looked_at_is_never_no_evidence() {
    let nobody = Vec::new;
    let missing = vec![missing("licences"), missing("operators")];
    let dossier = Dossier::checked(
        "Which?",
        Synthesis::default(),
        Sources::default(),
        nobody(),
        missing,
    );
    let text = dossier.to_string();
    assert!(text.contains("Nobody looked: nothing is known."), "{text}");
    assert!(
        text.contains("Not looked at: \"licences\". Its researcher did not deliver"),
        "{text}"
    );
    assert!(text.contains("Coverage: 0 of 2 angles looked at."), "{text}");
    assert!(!text.to_lowercase().contains("no evidence"), "{text}");
}

/// What one researcher may say: claims of a few words, with addresses of a few sites, some of them no addresses.
fn any_notes() -> impl Strategy<Value = ResearchNotes> {
    let url = prop::sample::select(vec![
        "https://a.org",
        "http://www.a.org/",
        "https://b.org/x",
        "2401.01234",
        "hearsay",
        "9",
    ]);
    let point = ("[ab]( [ab])?", prop::collection::vec(url, 0..3));
    prop::collection::vec(point, 0..8).prop_map(|points| {
        let points: Vec<_> = points
            .iter()
            .map(|(claim, urls)| json!({"claim": claim, "sources": urls}))
            .collect();
        serde_json::from_value(json!({"points": points, "gaps": ["g"]})).unwrap()
    })
}

proptest! {
    #[test]
    fn code_cites_only_what_was_collected_and_is_within_its_bounds(all in prop::collection::vec(any_notes(), 1..4)) {
        let names = ["one", "two", "three"];
        let researched = researched(names.into_iter().zip(all).collect(), Vec::new());
        let synthesis = by_code::synthesis(&researched);
        prop_assert_eq!(synthesis.complaint(researched.claims()), None);
        let (restricted, made_up) = synthesis.clone().restricted_to(&researched.sources);
        prop_assert_eq!(restricted, synthesis);
        prop_assert!(made_up.is_empty());
    }
}
