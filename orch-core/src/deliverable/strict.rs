//! A JSON Schema brought into the strict subset that model services accept.
//!
//! schemars writes plain JSON Schema: optional fields are left out of `required`, numbers carry `format` and
//! `minimum`, doc comments sit beside a `$ref`. Services that are asked for *strict* structured output answer such a
//! schema with an error. This module rewrites it; it never widens what the type accepts, since the answer is
//! validated against the type itself afterwards.

use serde_json::{Map, Value, json};

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

/// `schema` in the strict subset: every object closed, every property required (an optional one may be null),
/// unknown keywords gone, `oneOf` written as `anyOf`, single-branch `allOf` dissolved.
pub fn strict(schema: &Value) -> Value {
    let mut schema = schema.clone();
    tighten(&mut schema);
    schema
}

fn tighten(schema: &mut Value) {
    let Value::Object(map) = schema else {
        // `true` and `false` as schemas: the strict subset has no "anything", text is the widest it offers.
        *schema = json!({"type": "string"});
        return;
    };
    rename_one_of(map);
    dissolve_all_of(map);
    map.retain(|key, _| KNOWN.contains(&key.as_str()));
    for group in ["$defs", "properties"] {
        if let Some(Value::Object(members)) = map.get_mut(group) {
            members.values_mut().for_each(tighten);
        }
    }
    if let Some(items) = map.get_mut("items") {
        tighten(items);
    }
    if let Some(Value::Array(branches)) = map.get_mut("anyOf") {
        branches.iter_mut().for_each(tighten);
    }
    if map.contains_key("$ref") {
        // A reference stands alone in the strict subset.
        map.retain(|key, _| key == "$ref" || key == "$defs");
    }
    close_object(map);
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
    let Some(Value::Array(mut parts)) = map.remove("allOf") else {
        return;
    };
    if parts.len() == 1
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
    let wanted: Vec<String> = map
        .get("required")
        .and_then(Value::as_array)
        .map(|names| {
            names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    let properties = map.entry("properties").or_insert_with(|| json!({}));
    let Value::Object(properties) = properties else {
        return;
    };
    for (name, property) in properties.iter_mut() {
        if !wanted.contains(name) {
            allow_null(property);
        }
    }
    let all: Vec<Value> = properties.keys().map(|name| json!(name)).collect();
    map.insert("required".to_owned(), Value::Array(all));
    map.insert("additionalProperties".to_owned(), json!(false));
}

/// An optional property of the plain schema is one that may be null in the strict one.
fn allow_null(property: &mut Value) {
    let Value::Object(map) = property else { return };
    if let Some(names) = map.get_mut("enum").and_then(Value::as_array_mut)
        && !names.contains(&Value::Null)
    {
        names.push(Value::Null);
    }
    match map.get_mut("type") {
        Some(Value::String(kind)) if kind != "null" => {
            let kind = std::mem::take(kind);
            map.insert("type".to_owned(), json!([kind, "null"]));
        }
        Some(Value::Array(kinds)) if !kinds.iter().any(|kind| kind == "null") => kinds.push(json!("null")),
        Some(_) => {}
        None => {
            if let Some(Value::Array(branches)) = map.get_mut("anyOf") {
                if !branches
                    .iter()
                    .any(|branch| branch.get("type").is_some_and(|kind| kind == "null"))
                {
                    branches.push(json!({"type": "null"}));
                }
            } else if map.contains_key("$ref") {
                let inner = std::mem::take(map);
                map.insert("anyOf".to_owned(), json!([inner, {"type": "null"}]));
            }
        }
    }
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
        let schema = strict(&schemars::schema_for!(Outer).to_value());
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["any", "inner", "line"],
                "properties": {
                    "any": {"$ref": "#/$defs/Level"},
                    "inner": {"type": ["array", "null"], "items": {"$ref": "#/$defs/Inner"}},
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
        let once = strict(&schemars::schema_for!(Outer).to_value());
        assert_eq!(strict(&once), once);
    }
}
