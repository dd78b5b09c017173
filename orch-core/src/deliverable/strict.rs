//! A JSON Schema brought into the strict subset that model services accept.
//!
//! schemars writes plain JSON Schema: optional fields are left out of `required`, numbers carry `format` and
//! `minimum`, doc comments sit beside a `$ref`. Services that are asked for *strict* structured output answer such a
//! schema with an error. This module rewrites it. What the subset cannot say at all (a map with free keys, a tuple,
//! "anything") is refused, not narrowed: an agent that may only answer `{}` would seem to have found nothing.

use serde_json::{Map, Value, json};

/// A type whose schema has no strict form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "its schema has {what} at {place}, which strict structured output cannot say: use a struct or a list of structs"
)]
pub struct SchemaError {
    what: &'static str,
    place: String,
}

/// The keywords that the strict subset knows; all others are taken out.
const KNOWN: [&str; 11] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "$ref",
    "$defs",
    "description",
];

/// `schema` in the strict subset: every object closed, every property required, unknown keywords gone, `oneOf` written
/// as `anyOf`, single-branch `allOf` dissolved.
///
/// # Errors
/// [`SchemaError`] names what has no strict form, and where.
pub fn strict(schema: &Value) -> Result<Value, SchemaError> {
    let mut schema = schema.clone();
    tighten(&mut schema, "#")?;
    Ok(schema)
}

fn tighten(schema: &mut Value, place: &str) -> Result<(), SchemaError> {
    let refused = |what| {
        Err(SchemaError {
            what,
            place: place.to_owned(),
        })
    };
    let Value::Object(map) = schema else {
        return refused("\"anything\"");
    };
    rename_one_of(map);
    dissolve_all_of(map);
    if map.contains_key("allOf") {
        return refused("several schemas at once");
    }
    if map.contains_key("prefixItems") {
        return refused("a tuple");
    }
    let free_keys = map
        .get("additionalProperties")
        .is_some_and(|free| *free != json!(false));
    if free_keys || map.contains_key("patternProperties") {
        return refused("a map with free keys");
    }
    map.retain(|key, _| KNOWN.contains(&key.as_str()));
    for group in ["$defs", "properties"] {
        if let Some(Value::Object(members)) = map.get_mut(group) {
            for (name, member) in members {
                tighten(member, &format!("{place}/{group}/{name}"))?;
            }
        }
    }
    if let Some(items) = map.get_mut("items") {
        tighten(items, &format!("{place}/items"))?;
    }
    if let Some(Value::Array(branches)) = map.get_mut("anyOf") {
        for (index, branch) in branches.iter_mut().enumerate() {
            tighten(branch, &format!("{place}/anyOf/{index}"))?;
        }
    }
    if map.contains_key("$ref") {
        // A reference stands alone in the strict subset.
        map.retain(|key, _| key == "$ref" || key == "$defs");
    }
    close_object(map);
    if !["type", "$ref", "anyOf", "enum", "const"]
        .iter()
        .any(|key| map.contains_key(*key))
    {
        return refused("\"anything\"");
    }
    if map.get("type").is_some_and(|kind| kind == "array") && !map.contains_key("items") {
        return refused("a list of anything");
    }
    Ok(())
}

fn rename_one_of(map: &mut Map<String, Value>) {
    if let Some(branches) = map.remove("oneOf") {
        // An enum with documented variants is a `oneOf` of `const`s: the strict subset wants one `enum` with a type.
        if let Some(names) = documented_strings(&branches) {
            map.insert("type".to_owned(), json!("string"));
            map.insert("enum".to_owned(), Value::Array(names));
        } else {
            map.insert("anyOf".to_owned(), branches);
        }
    }
    if map.get("const").is_some_and(Value::is_string) {
        map.entry("type").or_insert_with(|| json!("string"));
    }
}

/// The names of an enum of plain strings, however its variants are grouped; none when a branch is anything else.
fn documented_strings(branches: &Value) -> Option<Vec<Value>> {
    let mut names = Vec::new();
    for branch in branches.as_array()? {
        match (branch.get("const"), branch.get("enum")) {
            (Some(name), None) if name.is_string() => names.push(name.clone()),
            (None, Some(Value::Array(more))) if more.iter().all(Value::is_string) => {
                names.extend(more.clone());
            }
            _ => return None,
        }
    }
    Some(names)
}

fn dissolve_all_of(map: &mut Map<String, Value>) {
    let single = map
        .get("allOf")
        .and_then(Value::as_array)
        .is_some_and(|parts| parts.len() == 1);
    if !single {
        return;
    }
    if let Some(Value::Array(mut parts)) = map.remove("allOf")
        && let Some(Value::Object(part)) = parts.pop()
    {
        for (key, value) in part {
            map.entry(key).or_insert(value);
        }
        rename_one_of(map);
    }
}

fn close_object(map: &mut Map<String, Value>) {
    let is_object = map.get("type").is_some_and(|kind| kind == "object") || map.contains_key("properties");
    if !is_object {
        return;
    }
    map.insert("type".to_owned(), json!("object"));
    let properties = map.entry("properties").or_insert_with(|| json!({}));
    let Value::Object(properties) = properties else {
        return;
    };
    // All of them: what may be missing is asked for all the same, and an `Option` is nullable by its own schema.
    let all: Vec<Value> = properties.keys().map(|name| json!(name)).collect();
    map.insert("required".to_owned(), Value::Array(all));
    map.insert("additionalProperties".to_owned(), json!(false));
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::JsonSchema;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Inner {
        #[schemars(range(min = 0, max = 1))]
        share: f64,
        level: Option<Level>,
    }

    /// How bad.
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Level {
        /// Not at all.
        Low,
        /// Very.
        High,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Outer {
        line: Option<u32>,
        #[serde(default)]
        inner: Vec<Inner>,
        any: Level,
    }

    #[test]
    fn a_plain_schema_becomes_strict() {
        let schema = strict(&schemars::schema_for!(Outer).to_value()).expect("a strict form");
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["any", "inner", "line"],
                "properties": {
                    "any": {"$ref": "#/$defs/Level"},
                    "inner": {"type": "array", "items": {"$ref": "#/$defs/Inner"}},
                    "line": {"type": ["integer", "null"]},
                },
                "$defs": {
                    "Inner": {
                        "type": "object",
                        "additionalProperties": false,
                        "required": ["level", "share"],
                        "properties": {
                            "share": {"type": "number"},
                            "level": {"anyOf": [{"$ref": "#/$defs/Level"}, {"type": "null"}]},
                        },
                    },
                    "Level": {"description": "How bad.", "type": "string", "enum": ["Low", "High"]},
                },
            })
        );
    }

    #[test]
    fn strict_is_a_fixed_point() {
        let once = strict(&schemars::schema_for!(Outer).to_value()).expect("a strict form");
        assert_eq!(strict(&once), Ok(once.clone()));
    }

    #[test]
    fn what_has_no_strict_form_is_refused_and_not_narrowed() {
        use std::collections::BTreeMap;
        for (schema, what) in [
            (
                schemars::schema_for!(BTreeMap<String, u32>),
                "a map with free keys at #",
            ),
            (schemars::schema_for!(Vec<(u32, String)>), "a tuple at #/items"),
            (schemars::schema_for!(Value), "\"anything\" at #"),
            (schemars::schema_for!(Vec<Value>), "\"anything\" at #/items"),
        ] {
            let error = strict(&schema.to_value()).expect_err(what).to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
