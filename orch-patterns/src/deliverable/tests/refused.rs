//! What is not read, and what the worker is told then.

use serde_json::json;

use super::*;

fn complaint<T: Deliverable + std::fmt::Debug>(answer: &Value) -> String {
    read::<T>(answer).unwrap_err()
}

#[test]
fn what_an_answer_is_for_is_never_guessed() {
    for (complaint, expected) in [
        (
            complaint::<Fix>(&json!({"changes": ["a.rs"]})),
            "summary is missing or blank: say in one or two sentences what is different now",
        ),
        (
            complaint::<Verification>(&json!({"summary": "fine"})),
            "verdict is missing or blank: use one of confirmed, refuted, unverified",
        ),
        (
            complaint::<Verification>(&json!({"verdict": "probably"})),
            "verdict \"probably\" is unknown: use one of confirmed, refuted, unverified",
        ),
        (
            complaint::<Proposal>(&json!({"title": "x", "approach": " "})),
            "approach is missing or blank: say how it is carried out, step by step",
        ),
        (
            complaint::<Choice>(&json!({"winner": "the longer one", "reasons": ["x"]})),
            "winner \"the longer one\" is unknown: use one of first, second, tie",
        ),
        (
            complaint::<Choice>(&json!({"winner": "first", "reasons": [""]})),
            "reasons is empty: say why the first option is better",
        ),
        (
            complaint::<Condensed>(&json!({"pointers": ["src/a.rs:3"]})),
            "goal is missing or blank: say in one or two sentences what is to be true in the end",
        ),
        (
            complaint::<Section>(&json!({"text": "\n"})),
            "text is missing or blank: give the section itself",
        ),
        (
            complaint::<Sources>(&json!({})),
            "sources is missing: name each source, or [] when there is none",
        ),
    ] {
        assert_eq!(complaint, expected);
    }
}

#[test]
fn an_answer_that_says_nothing_is_no_empty_success() {
    for complaint in [
        complaint::<ContextNotes>(&json!({})),
        complaint::<ContextNotes>(&json!({"pointers": [], "facts": [" "], "constraints": null})),
        complaint::<ResearchNotes>(&json!({"points": [], "sources": ["https://a.org"], "gaps": []})),
    ] {
        assert!(complaint.starts_with("the notes say nothing: "), "{complaint}");
    }
    assert!(
        complaint::<Synthesis>(&json!({"points": [], "uncertainty": []}))
            .starts_with("points is missing or empty")
    );
}

#[test]
fn who_found_nothing_and_says_so_is_heard() {
    let notes: ContextNotes = read(&json!({"open_questions": ["looked in src and docs"]})).unwrap();
    assert!(!notes.is_empty());
    let notes: ResearchNotes =
        read(&json!({"points": [], "sources": [], "gaps": ["searched for x"]})).unwrap();
    assert_eq!(notes.gaps, ["searched for x"]);
    let synthesis: Synthesis = read(&json!({"points": [], "uncertainty": ["nobody looked"]})).unwrap();
    assert_eq!(synthesis.uncertainty, ["nobody looked"]);
}

#[test]
fn lists_without_end_and_sections_without_end_are_refused() {
    let many = vec!["x"; 1_001];
    assert!(complaint::<Fix>(&json!({"summary": "s", "changes": many})).contains("changes has 1001 entries"));
    let nested = json!({"points": [{"claim": "c", "sources": many}]});
    assert!(complaint::<Synthesis>(&nested).contains("points[0]: sources has 1001 entries"));
    assert!(complaint::<Section>(&json!({"text": "x".repeat(1024 * 1024 + 1)})).contains("1048577 bytes"));
}

#[test]
fn sources_without_end_are_refused_also_where_no_list_of_them_is_long() {
    let points = |count: usize, each: usize, of: usize| -> Vec<Value> {
        let source = |point: usize, at: usize| format!("https://a.org/{}", (point * each + at) % of);
        let sources = |point| (0..each).map(|at| source(point, at)).collect::<Vec<_>>();
        let point = |point| json!({"claim": format!("claim {point}"), "sources": sources(point)});
        (0..count).map(point).collect()
    };
    let notes = |points: Vec<Value>| json!({"points": points, "sources": [], "gaps": []});
    let full: ResearchNotes = read(&notes(points(100, 100, 1_000))).unwrap();
    assert_eq!((full.points.len(), full.sources.len()), (100, 1_000));
    // What was read can be read again.
    assert_eq!(
        read::<ResearchNotes>(&serde_json::to_value(&full).unwrap()).unwrap(),
        full
    );

    let many = points(77, 13, 1_001);
    assert_eq!(
        complaint::<ResearchNotes>(&notes(many)),
        "sources and points name 1001 different sources: keep the 1000 that matter most, or fewer"
    );
    let often = points(137, 73, 100);
    let told = "points name 10001 sources together: keep the 10000 that matter most, or fewer";
    assert_eq!(complaint::<ResearchNotes>(&notes(often.clone())), told);
    assert_eq!(complaint::<Synthesis>(&json!({"points": often})), told);
}
