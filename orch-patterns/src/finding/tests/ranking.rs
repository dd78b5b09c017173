//! Which item comes first, and what it says about itself.

use super::*;

fn first(items: &[Merged]) -> &str {
    &items[0].primary.claim
}

fn finding(claim: &str, severity: Severity, confidence: f64) -> Finding {
    Finding {
        confidence,
        ..Finding::new(claim).severity(severity)
    }
}

#[test]
fn what_more_sources_saw_comes_first() {
    let items = merged([
        reported("a", 0, Finding::new("The password is written to the log")),
        reported("b", 1, Finding::new("retries ignore the Retry-After header")),
        reported(
            "c",
            1,
            Finding::new("the Retry-After header is ignored by retries"),
        ),
    ]);
    assert_eq!(items[0].seen_by, ["b", "c"]);
    assert_eq!(items[0].reasons[0].to_string(), "seen by 2 of 3: b, c");
}

#[test]
fn severity_confidence_and_own_order_each_count() {
    let (one, other) = (
        "The password is written to the log",
        "retries ignore the Retry-After header",
    );
    let with = |severity, confidence, order| {
        merged([
            reported("a", 1, finding(one, Severity::Medium, 0.5)),
            reported("b", order, finding(other, severity, confidence)),
        ])
    };
    assert_eq!(first(&with(Severity::High, 0.5, 1)), other);
    assert_eq!(first(&with(Severity::Low, 0.5, 1)), one);
    assert_eq!(first(&with(Severity::Medium, 0.9, 1)), other);
    assert_eq!(first(&with(Severity::Medium, 0.1, 1)), one);
    assert_eq!(first(&with(Severity::Medium, 0.5, 0)), other);
    assert_eq!(first(&with(Severity::Medium, 0.5, 9)), one);
}

#[test]
fn a_certain_remark_does_not_outrank_a_doubtful_hole() {
    let items = merged([
        reported(
            "a",
            0,
            finding("spelling of the word recieve", Severity::Info, 1.0),
        ),
        reported("b", 0, finding("spelling: the word recieve", Severity::Info, 1.0)),
        reported(
            "c",
            5,
            finding("user input reaches the shell unquoted", Severity::Critical, 0.3),
        ),
    ]);
    assert_eq!(first(&items), "user input reaches the shell unquoted");
}

#[test]
fn an_item_has_the_worst_severity_and_says_who_disagrees() {
    let claim = "retries ignore the Retry-After header";
    let items = merged([
        reported("a", 0, finding(claim, Severity::Low, 0.5)),
        reported("b", 2, finding(claim, Severity::High, 0.75)),
    ]);
    assert_eq!(items[0].severity, Severity::High);
    assert_eq!(
        items[0]
            .reasons
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        [
            "seen by 2 of 2: a, b",
            "severity high, others say low",
            "number 1 in the list of a",
            "confidence up to 0.75"
        ]
    );
}

#[test]
fn the_panel_counts_sources_that_found_nothing() {
    let settings = MergeSettings::default().panel(4);
    let items = merge(vec![reported("a", 0, Finding::new("x is wrong"))], &settings);
    assert_eq!(items[0].reasons[0].to_string(), "seen by 1 of 4: a");
    assert_eq!(items[0].reasons[1].to_string(), "severity medium");
}

#[test]
fn a_member_that_names_the_place_is_shown() {
    let items = merged([
        reported("a", 0, Finding::new("retries ignore the Retry-After header")),
        reported(
            "b",
            3,
            Finding::new("the Retry-After header is ignored by retries").at("net.rs", 7),
        ),
    ]);
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].primary.line, Some(7));
}

#[test]
fn an_item_survives_the_round_trip_through_json() {
    let items = merged([
        reported(
            "a",
            0,
            Finding::new("retries ignore the Retry-After header").at("net.rs", 7),
        ),
        reported(
            "a",
            1,
            Finding::new("retries ignore the Retry-After header").at("net.rs", 8),
        ),
    ]);
    let text = serde_json::to_string(&items).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Merged>>(&text).unwrap(), items);
    assert!(text.contains(r#""why":"same_source""#), "{text}");
}
