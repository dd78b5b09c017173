use serde_json::{Value, json};

use super::violations;

fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().unwrap().keys().collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn nested(levels: usize) -> Value {
    (1..levels).fold(object(&json!({ "leaf": { "type": "string" } })), |inner, _| {
        object(&json!({ "in": inner }))
    })
}

#[test]
fn a_findings_schema_passes() {
    let schema = json!({
        "title": "Findings",
        "description": "what a reviewer returns",
        "type": "object",
        "additionalProperties": false,
        "required": ["findings", "note"],
        "properties": {
            "findings": { "type": "array", "items": { "$ref": "#/$defs/Finding" } },
            "note": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
        },
        "$defs": {
            "Finding": object(&json!({
                "path": { "type": "string", "description": "relative" },
                "line": { "type": ["integer", "null"] },
                "severity": { "type": "string", "enum": ["low", "high"] },
                "kind": { "anyOf": [{ "type": "string", "const": "bug" }, { "type": "string", "const": "risk" }] },
            })),
        },
    });
    assert_eq!(violations(&schema), Vec::<String>::new());
}

#[test]
fn what_schemars_writes_for_an_optional_number_does_not_pass() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": { "line": { "type": ["integer", "null"], "format": "uint32", "minimum": 0, "default": null } },
    });
    assert_eq!(
        violations(&schema),
        [
            "#: keyword `$schema` is not allowed",
            "#: an object must have `additionalProperties: false`",
            "#: property `line` must be in `required`",
            "#/properties/line: keyword `default` is not allowed",
            "#/properties/line: keyword `format` is not allowed",
            "#/properties/line: keyword `minimum` is not allowed",
        ]
    );
}

#[test]
fn every_keyword_outside_the_subset_is_named_with_its_place() {
    for keyword in [
        "oneOf",
        "allOf",
        "not",
        "if",
        "pattern",
        "maximum",
        "minItems",
        "propertyNames",
        "examples",
    ] {
        let schema = object(&json!({ "a/b": { "type": "string", keyword: 1 } }));
        assert_eq!(
            violations(&schema),
            [format!("#/properties/a~1b: keyword `{keyword}` is not allowed")],
            "{keyword}"
        );
    }
}

#[test]
fn a_property_may_be_named_like_a_keyword() {
    assert_eq!(
        violations(&object(&json!({ "format": { "type": "string" } }))),
        Vec::<String>::new()
    );
}

#[test]
fn the_root_must_be_a_plain_object() {
    let found = violations(&json!({ "type": "array", "items": { "type": "string" } }));
    assert_eq!(
        found,
        ["#: the root must be of type `object`, without `anyOf` or `$ref`"]
    );
    assert!(!violations(&json!({ "anyOf": [object(&json!({}))] })).is_empty());
    assert_eq!(violations(&json!(true)).len(), 2);
    assert_eq!(violations(&Value::Null).len(), 2);
}

#[test]
fn five_levels_pass_and_the_sixth_does_not() {
    assert_eq!(violations(&nested(5)), Vec::<String>::new());
    let six = violations(&nested(6));
    assert_eq!(six.len(), 1);
    assert!(
        six[0].ends_with("objects are nested more than 5 levels deep"),
        "{six:?}"
    );
    assert!(six[0].starts_with("#/properties/in/properties/in/properties/in/properties/in/properties/in:"));
}

#[test]
fn levels_are_counted_through_references() {
    let mut schema = object(&json!({ "a": object(&json!({ "b": { "$ref": "#/$defs/D" } })) }));
    schema["$defs"] = json!({ "D": nested(3) });
    assert_eq!(violations(&schema), Vec::<String>::new());
    schema["$defs"] = json!({ "D": nested(4) });
    assert_eq!(violations(&schema).len(), 1);
}

#[test]
fn a_recursive_schema_passes_and_ends() {
    let mut schema = object(&json!({ "tree": { "$ref": "#/$defs/Tree" }, "again": { "type": "null" } }));
    schema["$defs"] = json!({
        "Tree": object(&json!({ "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" } } })),
    });
    assert_eq!(violations(&schema), Vec::<String>::new());
}

#[test]
fn a_reference_stands_alone_and_leads_somewhere() {
    let mut schema = object(&json!({ "d": { "$ref": "#/$defs/D", "description": "no" } }));
    schema["$defs"] = json!({ "D": { "type": "string" } });
    assert_eq!(
        violations(&schema),
        ["#/properties/d: `$ref` cannot have keyword `description` beside it"]
    );
    let lost = violations(&object(&json!({ "d": { "$ref": "#/$defs/Gone" } })));
    assert_eq!(
        lost,
        ["#/properties/d: `$ref` to `#/$defs/Gone` leads to no definition under `#/$defs`"]
    );
}

#[test]
fn definitions_are_judged_also_when_nothing_refers_to_them() {
    let mut schema = object(&json!({ "a": { "type": "string" } }));
    schema["$defs"] = json!({ "D": { "type": "string", "format": "uri" } });
    assert_eq!(
        violations(&schema),
        ["#/$defs/D: keyword `format` is not allowed"]
    );
}

#[test]
fn a_schema_says_what_it_is() {
    let untyped = violations(&object(&json!({ "a": { "enum": ["x"] } })));
    assert_eq!(
        untyped,
        ["#/properties/a: a schema must have a `type`, an `anyOf` or a `$ref`"]
    );
    let bare_array = violations(&object(&json!({ "a": { "type": "array" } })));
    assert_eq!(bare_array, ["#/properties/a: an array must have `items`"]);
}

#[test]
fn a_schema_of_any_depth_does_not_end_the_program() {
    let deep = (0..300).fold(
        json!({ "type": "string" }),
        |inner, _| json!({ "type": "array", "items": inner }),
    );
    let found = violations(&object(&json!({ "deep": deep })));
    assert_eq!(found.len(), 1);
    assert!(found[0].ends_with("schemas are nested too deeply to be judged"));
}
