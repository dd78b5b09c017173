//! `research_notes`: a small library, looked at from three angles.

use crate::program::{Place, run};
use crate::rules::rules;

rules!("research_notes");

#[test]
fn a_source_that_two_angles_name_stands_once_and_every_claim_has_one() {
    let place = Place::new();
    let json = run(&mut place.example("research_notes", &["--format", "json"])).json();
    let dossier = &json["result"]["dossier"];
    assert_eq!(
        json["result"]["coverage"],
        serde_json::json!({"done": 3, "asked": 3})
    );
    let sources = dossier["sources"]["sources"].as_array().unwrap();
    let of = |address: &str| {
        let mut named = sources
            .iter()
            .filter(|source| source["url"].as_str().unwrap().ends_with(address));
        let found = named.next().unwrap()["named_by"].clone();
        assert!(named.next().is_none(), "{address} stands once");
        found
    };
    assert_eq!(of("prctl.2.html"), serde_json::json!(["kernel", "leaks"]));
    assert_eq!(of("kill.2.html"), serde_json::json!(["signals"]));
    let points = dossier["synthesis"]["points"].as_array().unwrap();
    assert_eq!(points.len(), 7);
    assert!(
        points
            .iter()
            .all(|point| !point["sources"].as_array().unwrap().is_empty())
    );
}

#[test]
fn a_topic_of_ones_own_needs_an_agent_and_angles() {
    let place = Place::new();
    let wrong = |arguments: &[&str], words: &str| {
        run(&mut place.example("research_notes", arguments)).assert_usage_error(words);
    };
    wrong(&["what is it?"], "know their own sample alone");
    wrong(
        &["--agent", "codex", "what is it?"],
        "say with --angle from where",
    );
    wrong(&["--angle", "x"], "<TOPIC>");
}
