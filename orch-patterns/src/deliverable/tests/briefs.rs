//! The briefs ask for what the types read.

use std::collections::BTreeSet;

use orch_prompts::{
    Brief, Material, Slice, Slices, Stance, condenser, implementer, implementer_of_findings, judge, merger,
    proposer, refiner, researcher, researcher_of_files, scout, section_writer, synthesiser, verifier,
    verifier_of,
};
use serde_json::json;

use super::*;

/// The example of the shape in a brief: the one JSON object in its OUTPUT, whose values are placeholders.
fn shape(brief: &Brief) -> Value {
    let line = &brief.outputs()[0];
    let (from, to) = (line.find('{').unwrap(), line.rfind('}').unwrap());
    serde_json::from_str(&line[from..=to]).unwrap_or_else(|error| panic!("{error}: {line}"))
}

/// The paths of all keys of an example.
fn keys(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let place = format!("{at}.{key}");
                keys(value, &place, found);
                found.insert(place);
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| keys(entry, at, found)),
        _ => {}
    }
}

/// The paths of all keys of a strict schema.
fn properties(schema: &Value, root: &Value, at: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        properties(root.pointer(&name[1..]).unwrap(), root, at, found);
    }
    if let Some(map) = schema["properties"].as_object() {
        for (key, value) in map {
            let place = format!("{at}.{key}");
            properties(value, root, &place, found);
            found.insert(place);
        }
    }
    if schema.get("items").is_some() {
        properties(&schema["items"], root, at, found);
    }
}

fn agrees<T: Deliverable>(brief: &Brief) {
    let schema = T::schema().unwrap().unwrap();
    let (mut asked, mut read) = (BTreeSet::new(), BTreeSet::new());
    keys(&shape(brief), "", &mut asked);
    properties(&schema, &schema, "", &mut read);
    assert_eq!(asked, read);
    let told = &brief.outputs()[1];
    for key in asked.iter().filter(|key| key.matches('.').count() == 1) {
        assert!(
            told.contains(&format!("\n{}: ", &key[1..])),
            "{key} is not explained: {told}"
        );
    }
}

#[test]
fn every_brief_asks_for_exactly_the_keys_of_its_deliverable() {
    let material = || Material::new("m", "worker", "text");
    let slice = Slice::section("s");
    agrees::<Fix>(&implementer("t", ["a"]));
    agrees::<Fix>(&implementer_of_findings(material(), None, ["a"]));
    agrees::<Fix>(&merger("t", [material()], ["a"]));
    agrees::<Verification>(&verifier("t", None));
    agrees::<Verification>(&verifier_of("t", [material()], Some("true")));
    agrees::<ContextNotes>(&scout("t"));
    agrees::<Condensed>(&condenser("t", [material()], [""; 0]));
    agrees::<ResearchNotes>(&researcher("a", "t"));
    agrees::<ResearchNotes>(&researcher_of_files("a", "t"));
    agrees::<Synthesis>(&synthesiser("t", [material()], [""; 0]));
    agrees::<Proposal>(&proposer("q", &Stance::Fresh, 1, 2));
    agrees::<Proposal>(&refiner("q", "a", ["b"], None));
    agrees::<Choice>(&judge("q", &[], "a", "b"));
    agrees::<Section>(&section_writer("t", &slice, &Slices::new([slice.clone()])));
}

#[test]
fn every_field_of_every_deliverable_is_described_to_the_model() {
    for shipped in crate::shipped().unwrap() {
        let definitions = shipped.schema["$defs"].as_object().cloned().unwrap_or_default();
        for object in definitions.values().chain([&shipped.schema]) {
            for (key, property) in object["properties"].as_object().into_iter().flatten() {
                let described = property["description"]
                    .as_str()
                    .is_some_and(|text| text.len() > 10);
                // A reference stands alone in the strict subset; what it leads to is described there.
                assert!(
                    described || property.get("$ref").is_some(),
                    "{}: {key}",
                    shipped.name
                );
            }
        }
    }
}

#[test]
fn what_we_lowered_and_who_named_a_source_is_not_asked_of_a_worker() {
    let schema = json!(
        crate::shipped()
            .unwrap()
            .into_iter()
            .map(|shipped| shipped.schema)
            .collect::<Vec<_>>()
    )
    .to_string();
    assert!(
        !schema.contains("lowered") && !schema.contains("named_by"),
        "{schema}"
    );
}
