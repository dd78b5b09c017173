//! What is read though it is not quite what was asked for.

use orch_core::Verdict;
use serde_json::json;

use super::*;

#[test]
fn a_fix_needs_a_summary_alone_and_a_change_may_be_a_path() {
    let fix: Fix = read(&json!({
        "summary": "It waits.\n", "changes": ["a.rs", {"path": "b.rs", "what": "a test"}, {"what": "nowhere"}],
        "checks": "cargo test: passed", "mood": 3
    }))
    .unwrap();
    let change = |path: &str, what: &str| Change {
        path: path.into(),
        what: what.into(),
    };
    assert_eq!(
        fix,
        Fix {
            summary: "It waits.".into(),
            changes: vec![change("a.rs", ""), change("b.rs", "a test")],
            checks: vec!["cargo test: passed".into()],
            left_open: vec![],
        }
    );
    assert_eq!(
        fix.to_string(),
        "It waits.\nChanges:\n- a.rs\n- b.rs: a test\nChecks that were run:\n- cargo test: passed\n"
    );
}

#[test]
fn a_verdict_stands_with_evidence() {
    let verification: Verification = read(&json!({
        "verdict": "Confirmed", "summary": "It holds.",
        "evidence": [{"what": "cargo test", "observed": "exit status 0\n12 passed"}], "remaining": []
    }))
    .unwrap();
    let expected =
        Verification::new(Verdict::Confirmed, "It holds.").observed("cargo test", "exit status 0\n12 passed");
    assert_eq!(verification, expected);
    assert_eq!(
        verification.to_string(),
        "confirmed: It holds.\nEvidence:\n- cargo test: exit status 0\n  12 passed\n"
    );
}

#[test]
fn a_verdict_without_evidence_is_unverified() {
    for (evidence, remaining, given, verdict, lowered) in [
        (
            json!([]),
            json!([]),
            "confirmed",
            Verdict::Unverified,
            Some(Lowered::NoEvidence),
        ),
        (
            json!(null),
            json!([]),
            "confirmed",
            Verdict::Unverified,
            Some(Lowered::NoEvidence),
        ),
        (
            json!([{"what": "looked", "observed": " "}]),
            json!([]),
            "confirmed",
            Verdict::Unverified,
            Some(Lowered::NoEvidence),
        ),
        (
            json!(["it printed 3"]),
            json!(["it should print 4"]),
            "confirmed",
            Verdict::Unverified,
            Some(Lowered::Contradicted),
        ),
        (
            json!(["it printed 3"]),
            json!([]),
            "confirmed",
            Verdict::Confirmed,
            None,
        ),
        (
            json!([]),
            json!([]),
            "refuted",
            Verdict::Unverified,
            Some(Lowered::NoEvidence),
        ),
        (
            json!([]),
            json!(["a.rs:3 still panics"]),
            "refuted",
            Verdict::Refuted,
            None,
        ),
        (
            json!(["it panicked"]),
            json!([]),
            "refuted",
            Verdict::Refuted,
            None,
        ),
        (json!([]), json!([]), "could not tell", Verdict::Unverified, None),
    ] {
        let answer = json!({"verdict": given, "summary": "s", "evidence": evidence, "remaining": remaining});
        let read: Verification = read(&answer).unwrap();
        assert_eq!((read.verdict, read.lowered), (verdict, lowered), "{answer}");
        assert_eq!(read.is_confirmed(), verdict == Verdict::Confirmed);
    }
}

#[test]
fn a_lowered_verdict_stays_lowered_and_tells_why() {
    let read: Verification = read(&json!({"verdict": "confirmed", "summary": "Looks good."})).unwrap();
    assert_eq!(
        read.to_string(),
        "unverified (the verifier gave no evidence): Looks good.\n"
    );
    let again: Verification = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
    assert_eq!(again, read);
}

#[test]
fn scouts_notes_are_read_with_their_places() {
    let notes: ContextNotes = read(&json!({
        "pointers": [{"path": "a.rs", "line": "L12", "why": "the loop"}, "b.rs", {"why": "no place"}],
        "facts": [{"what": "it loops", "path": "a.rs", "line": 0}, {"what": "it is slow", "line": 3}],
    }))
    .unwrap();
    assert_eq!(
        notes.to_string(),
        "Pointers:\n- a.rs:12: the loop\n- b.rs\nFacts:\n- it loops (a.rs)\n- it is slow\n"
    );
}

#[test]
fn references_of_a_researcher_are_resolved_and_what_leads_nowhere_is_no_source() {
    let notes: ResearchNotes = read(&json!({
        "angle": "operators",
        "points": [
            {"claim": "by number", "sources": [1, "[3]", 9]},
            {"claim": "by address", "sources": ["https://a.org/x/?utm_source=s", "https://new.org"]},
            {"claim": "by hearsay", "sources": ["common knowledge"]},
            {"claim": "by nothing"}
        ],
        "sources": [
            {"url": "https://www.a.org/x", "title": "A", "why": "manual", "named_by": ["everybody"]},
            {"url": "my memory", "title": "M"},
            {"url": "https://a.org/x#top", "title": "A again"},
            "arXiv:2401.01234"
        ]
    }))
    .unwrap();
    let a = "https://www.a.org/x";
    assert_eq!(
        notes.points,
        [
            Point::new("by number", [a]),
            Point::new("by address", [a, "https://new.org"]),
            Point::new("by hearsay", [""; 0]),
            Point::new("by nothing", [""; 0]),
        ]
    );
    let urls: Vec<&str> = notes.sources.iter().map(|source| source.url.as_str()).collect();
    assert_eq!(urls, [a, "arXiv:2401.01234", "https://new.org"]);
    assert!(notes.sources.iter().all(|source| source.named_by.is_empty()));
    let unsourced: Vec<&str> = notes.unsourced().map(|point| point.claim.as_str()).collect();
    assert_eq!(unsourced, ["by hearsay", "by nothing"]);
    assert_eq!(notes.points[2].support(), Support::Unsourced);
    assert!(
        notes.to_string().contains("- by nothing [no source]\n"),
        "{notes}"
    );
}

fn synthesis(points: usize) -> Synthesis {
    Synthesis {
        points: (0..points)
            .map(|n| Point::new(format!("point {n}"), ["1"]))
            .collect(),
        ..Synthesis::default()
    }
}

#[test]
fn the_number_of_points_is_complained_of_only_where_there_was_more_to_say() {
    for (points, claims, complains) in [
        (5, 30, false),
        (10, 30, false),
        (4, 30, true),
        (11, 30, true),
        (11, 11, true),
        (3, 3, false),
        (2, 3, true),
        (0, 0, false),
        (4, 0, false),
    ] {
        let complaint = synthesis(points).complaint(claims);
        assert_eq!(
            complaint.is_some(),
            complains,
            "{points} of {claims}: {complaint:?}"
        );
    }
    assert_eq!(
        synthesis(4).complaint(30).unwrap(),
        "points has 4 entries though the notes hold 30 claims: give at least 5, and at most 10"
    );
}

#[test]
fn a_synthesis_cites_only_what_was_found() {
    let found = Sources::distinct([
        Source::new("https://a.org/x", "A"),
        Source::new("https://b.org", "B"),
    ]);
    let written = Synthesis {
        points: vec![
            Point::new("known", ["http://a.org/x/", "[2]"]),
            Point::new("made up", ["https://invented.org", "9"]),
        ],
        key_sources: vec![
            KeySource {
                source: "1".into(),
                why: "manual".into(),
            },
            KeySource {
                source: "https://invented.org".into(),
                why: "none".into(),
            },
        ],
        ..Synthesis::default()
    };
    let (kept, unknown) = written.restricted_to(&found);
    assert_eq!(
        kept.points,
        [
            Point::new("known", ["https://a.org/x", "https://b.org"]),
            Point::new("made up", [""; 0])
        ]
    );
    let keys: Vec<String> = kept.key_sources.iter().map(KeySource::to_string).collect();
    assert_eq!(keys, ["https://a.org/x: manual"]);
    assert_eq!(unknown, ["https://invented.org", "9"]);
}

#[test]
fn a_proposal_without_a_check_is_one() {
    let proposal: Proposal =
        read(&json!({"title": "Cache it", "approach": "1. Add a map.\n2. Fill it.", "check": null})).unwrap();
    assert_eq!(proposal, Proposal::new("Cache it", "1. Add a map.\n2. Fill it."));
    assert_eq!(
        proposal.to_string(),
        "Cache it\nApproach:\n1. Add a map.\n2. Fill it.\n"
    );
}

#[test]
fn a_winner_is_understood_in_other_words() {
    for (word, winner) in [
        ("first", Winner::First),
        ("Option 2", Winner::Second),
        ("the second option", Winner::Second),
        ("1", Winner::First),
        ("Neither", Winner::Tie),
    ] {
        let choice: Choice = read(&json!({"winner": word, "reasons": ["measured"]})).unwrap();
        assert_eq!(choice.winner, winner, "{word}");
        assert_eq!(choice.winner.exchanged().exchanged(), winner);
    }
    let tie: Choice = read(&json!({"winner": "tie"})).unwrap();
    assert_eq!(tie, Choice::default());
}

#[test]
fn a_section_is_kept_byte_for_byte() {
    let text = "# A\r\n\n  code\u{1b}[0m\n";
    let section: Section = read(&json!({"text": text})).unwrap();
    assert_eq!(section.text, text);
    assert!(!section.to_string().contains('\u{1b}'));
}
