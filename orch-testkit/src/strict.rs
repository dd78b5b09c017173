//! The subset of JSON Schema that the API accepts for strict structured output. It judges schemas, not answers.
//!
//! The rules are those of the API's guide to structured outputs and of its error messages, in their narrow reading:
//! a schema that passes here is meant to pass there with every model. So keywords that only some models take
//! (`format`, `minimum`, `pattern`, ...) are violations, and so is a sixth level of objects.

use serde_json::{Map, Value};

/// The keywords allowed anywhere in a strict schema.
const KEYWORDS: [&str; 12] = [
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
    "title",
];

/// The types a schema may name.
const TYPES: [&str; 7] = [
    "object", "array", "string", "number", "integer", "boolean", "null",
];

/// How many objects may lie in one another, the root among them.
const LEVELS: usize = 5;

/// How far the walk goes into schemas in schemas, objects or not: a bound for the stack.
const DEPTH: usize = 64;

/// What keeps `schema` from being accepted as strict; empty when it is accepted. Each violation begins with the JSON
/// pointer of the place (`#` is the root).
///
/// ```
/// use orch_testkit::strict::violations;
/// use serde_json::json;
///
/// let schema = json!({
///     "type": "object",
///     "properties": { "line": { "type": "integer", "minimum": 1 } },
///     "required": ["line"],
/// });
/// assert_eq!(
///     violations(&schema),
///     [
///         "#: an object must have `additionalProperties: false`",
///         "#/properties/line: keyword `minimum` is not allowed",
///     ],
/// );
/// ```
pub fn violations(schema: &Value) -> Vec<String> {
    let mut walk = Walk {
        root: schema,
        found: Vec::new(),
        followed: Vec::new(),
        judged: Vec::new(),
        levels: 0,
        depth: 0,
    };
    if !is_object_type(schema) || schema.get("anyOf").is_some() || schema.get("$ref").is_some() {
        walk.report(
            "#",
            "the root must be of type `object`, without `anyOf` or `$ref`",
        );
    }
    walk.schema(schema, "#");
    // Definitions are judged where they stand; references only check that there is one, and count levels.
    if let Some(definitions) = schema.get("$defs") {
        match definitions {
            Value::Object(definitions) => {
                for (name, definition) in definitions {
                    walk.schema(definition, &format!("#/$defs/{}", token(name)));
                }
            }
            _ => walk.report("#/$defs", "must be an object of schemas"),
        }
    }
    walk.found
}

struct Walk<'a> {
    root: &'a Value,
    found: Vec<String>,
    /// The references that lead to this place: a schema may be recursive.
    followed: Vec<&'a str>,
    /// The references already judged at a level: a definition costs at most one walk for each level.
    judged: Vec<(&'a str, usize)>,
    levels: usize,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn report(&mut self, at: &str, what: &str) {
        let violation = format!("{at}: {what}");
        // A definition is walked for each reference to it, to count its levels there.
        if !self.found.contains(&violation) {
            self.found.push(violation);
        }
    }

    fn schema(&mut self, schema: &'a Value, at: &str) {
        let Some(map) = schema.as_object() else {
            return self.report(at, "a schema must be an object");
        };
        if self.depth == DEPTH {
            return self.report(at, "schemas are nested too deeply to be judged");
        }
        self.depth += 1;
        self.keywords(map, at);
        if let Some(reference) = map.get("$ref") {
            self.reference(map, reference, at);
        } else if !map.contains_key("type") && !map.contains_key("anyOf") {
            self.report(at, "a schema must have a `type`, an `anyOf` or a `$ref`");
        }
        self.kind(map, at);
        let level = usize::from(is_object_type(schema));
        self.levels += level;
        if level == 1 && self.levels == LEVELS + 1 {
            self.report(at, "objects are nested more than 5 levels deep");
        }
        self.object(map, level == 1, at);
        if let Some(items) = map.get("items") {
            self.schema(items, &format!("{at}/items"));
        } else if names_type(map, "array") {
            self.report(at, "an array must have `items`");
        }
        self.any_of(map, at);
        self.levels -= level;
        self.depth -= 1;
    }

    fn keywords(&mut self, map: &Map<String, Value>, at: &str) {
        for key in map
            .keys()
            .map(String::as_str)
            .filter(|key| !KEYWORDS.contains(key))
        {
            self.report(at, &format!("keyword `{key}` is not allowed"));
        }
        if map.contains_key("$defs") && at != "#" {
            self.report(at, "`$defs` may stand at the root only");
        }
    }

    fn kind(&mut self, map: &Map<String, Value>, at: &str) {
        let known = |kind: &Value| kind.as_str().is_some_and(|kind| TYPES.contains(&kind));
        let fine = match map.get("type") {
            None => true,
            Some(Value::Array(kinds)) => !kinds.is_empty() && kinds.iter().all(known),
            Some(kind) => known(kind),
        };
        if !fine {
            self.report(at, "`type` must be one of the JSON types, or a list of them");
        }
        if map
            .get("enum")
            .is_some_and(|values| values.as_array().is_none_or(Vec::is_empty))
        {
            self.report(at, "`enum` must be a list with at least one value");
        }
    }

    fn object(&mut self, map: &'a Map<String, Value>, is_object: bool, at: &str) {
        if is_object && map.get("additionalProperties") != Some(&Value::Bool(false)) {
            self.report(at, "an object must have `additionalProperties: false`");
        }
        let empty = Map::new();
        let properties = match map.get("properties") {
            None => &empty,
            Some(Value::Object(properties)) => properties,
            Some(_) => return self.report(at, "`properties` must be an object of schemas"),
        };
        let required: Vec<&str> = map
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for name in properties
            .keys()
            .filter(|name| !required.contains(&name.as_str()))
        {
            self.report(at, &format!("property `{name}` must be in `required`"));
        }
        for name in required.iter().filter(|name| !properties.contains_key(**name)) {
            self.report(at, &format!("`required` names `{name}`, which is no property"));
        }
        if let Some(Value::Object(properties)) = map.get("properties") {
            for (name, property) in properties {
                self.schema(property, &format!("{at}/properties/{}", token(name)));
            }
        }
    }

    fn any_of(&mut self, map: &'a Map<String, Value>, at: &str) {
        match map.get("anyOf") {
            None => {}
            Some(Value::Array(branches)) if !branches.is_empty() => {
                for (index, branch) in branches.iter().enumerate() {
                    self.schema(branch, &format!("{at}/anyOf/{index}"));
                }
            }
            Some(_) => self.report(at, "`anyOf` must be a list with at least one schema"),
        }
    }

    /// The API's words: "$ref cannot have keywords {'description'}".
    fn reference(&mut self, map: &Map<String, Value>, reference: &'a Value, at: &str) {
        for key in map.keys().filter(|key| *key != "$ref") {
            self.report(at, &format!("`$ref` cannot have keyword `{key}` beside it"));
        }
        let Some(reference) = reference.as_str() else {
            return self.report(at, "`$ref` must be a string");
        };
        let here = (reference, self.levels);
        if self.followed.contains(&reference) || self.judged.contains(&here) || reference == "#" {
            return;
        }
        self.judged.push(here);
        let target = reference
            .strip_prefix('#')
            .and_then(|pointer| self.root.pointer(pointer));
        match target {
            Some(target) if reference.starts_with("#/$defs/") => {
                self.followed.push(reference);
                self.schema(target, reference);
                self.followed.pop();
            }
            _ => self.report(
                at,
                &format!("`$ref` to `{reference}` leads to no definition under `#/$defs`"),
            ),
        }
    }
}

fn is_object_type(schema: &Value) -> bool {
    schema
        .as_object()
        .is_some_and(|map| names_type(map, "object") || map.contains_key("properties"))
}

fn names_type(map: &Map<String, Value>, name: &str) -> bool {
    match map.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        Some(kind) => kind == name,
        None => false,
    }
}

/// A name as a token of a JSON pointer (RFC 6901).
fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests;
