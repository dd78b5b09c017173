//! What a worker must return, as a Rust type.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::strict::{SchemaError, strict};

/// A type that a worker can be asked for: anything that deserialises and knows its schema.
///
/// Agents want an object at the top. A type whose schema is a plain string is taken as free text and has no schema;
/// any other type that is no object travels inside `{"value": ...}`. Both are done here, so that `Worker<I, String>`
/// and `Worker<I, Vec<Thing>>` simply work.
pub trait Deliverable: Sized + Send + 'static {
    /// The schema that the worker gets, in the strict subset; none for free text. The answer is read into the type
    /// itself: bounds that only a schema knows are not checked.
    ///
    /// # Errors
    /// When the type has no strict schema: a map, a tuple, "anything".
    fn schema() -> Result<Option<Value>, SchemaError>;

    /// Reads a worker's final message.
    ///
    /// # Errors
    /// What is wrong with it, in words that can be given back to the worker.
    fn parse(text: &str) -> Result<Self, String>;
}

/// How a type travels.
enum Shape {
    Text,
    Object,
    Wrapped,
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Deliverable for T {
    fn schema() -> Result<Option<Value>, SchemaError> {
        let (shape, plain) = shape_of::<T>();
        match shape {
            Shape::Text => Ok(None),
            Shape::Object => strict(&plain).map(Some),
            Shape::Wrapped => strict(&wrap(plain)).map(Some),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (shape, schema) = shape_of::<T>();
        match shape {
            Shape::Text => {
                serde_json::from_value(Value::String(text.to_owned())).map_err(|error| error.to_string())
            }
            Shape::Object => read_json(text, &required_of(&schema)),
            Shape::Wrapped => {
                let mut wrapped: Value = read_json(text, &["value"])?;
                let value = wrapped.get_mut("value").map(Value::take);
                let value = value.ok_or("the answer has no key `value` at its top")?;
                serde_json::from_value(value).map_err(|error| format!("in `value`: {error}"))
            }
        }
    }
}

fn shape_of<T: JsonSchema>() -> (Shape, Value) {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None);
    let plain = SchemaGenerator::new(settings)
        .into_root_schema_for::<T>()
        .to_value();
    let shape = match plain.get("type").and_then(Value::as_str) {
        Some("string") if plain.get("enum").is_none() && plain.get("const").is_none() => Shape::Text,
        Some("object") => Shape::Object,
        _ => Shape::Wrapped,
    };
    (shape, plain)
}

fn wrap(mut plain: Value) -> Value {
    let defs = plain.as_object_mut().and_then(|map| map.remove("$defs"));
    // A reference stands alone in the strict subset.
    if let Some(map) = plain.as_object_mut().filter(|map| !map.contains_key("$ref")) {
        map.entry("description")
            .or_insert_with(|| json!("The answer itself."));
    }
    let mut outer = json!({"type": "object", "required": ["value"], "properties": {"value": plain}});
    if let (Some(map), Some(defs)) = (outer.as_object_mut(), defs) {
        map.insert("$defs".to_owned(), defs);
    }
    outer
}

/// The keys that the schema of an object requires.
fn required_of(schema: &Value) -> Vec<&str> {
    let keys = schema.get("required").and_then(Value::as_array);
    keys.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Reads JSON out of a message: the whole of it, or else the one fenced block or object in it, since an agent
/// without a schema flag likes to say a sentence first. `keys` are those that it must have, for the complaint.
fn read_json<T: DeserializeOwned>(text: &str, keys: &[&str]) -> Result<T, String> {
    let whole = text.trim();
    let first = match serde_json::from_str(whole) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if whole.starts_with('{') {
        return Err(first.to_string());
    }
    if let (Some(from), Some(to)) = (whole.find('{'), whole.rfind('}'))
        && from < to
    {
        return serde_json::from_str(&whole[from..=to]).map_err(|error| error.to_string());
    }
    Err(no_json(whole, &first, keys))
}

/// The complaint about an answer without an object in it, and what is wanted. What the worker said is not in it: a
/// complaint is shown to people, and told to workers outside of any fence.
fn no_json(answer: &str, error: &serde_json::Error, keys: &[&str]) -> String {
    let what = if answer.trim().is_empty() {
        "the answer is empty".to_owned()
    } else {
        format!("the answer is not JSON: {error}")
    };
    let wanted = match keys {
        [] => String::new(),
        keys => format!(" with the keys `{}`", keys.join("`, `")),
    };
    format!("{what}; answer with one JSON object{wanted}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    struct Note {
        text: String,
        line: Option<u32>,
    }

    #[test]
    fn an_object_is_read_with_and_without_words_around_it() {
        let note = Note {
            text: "a".into(),
            line: None,
        };
        assert_eq!(Note::parse(r#"{"text":"a","line":null}"#).unwrap(), note);
        assert_eq!(
            Note::parse("Here it is:\n```json\n{\"text\":\"a\"}\n```\n").unwrap(),
            note
        );
    }

    #[test]
    fn the_complaint_names_what_is_wrong() {
        let complaint = Note::parse(r#"{"line":3}"#).unwrap_err();
        assert!(complaint.contains("missing field `text`"), "{complaint}");
    }

    #[test]
    fn the_complaint_about_what_is_no_json_names_the_keys_and_repeats_nothing() {
        let wanted = "; answer with one JSON object with the keys `text`";
        let complaint = Note::parse("no\u{1b}[31m idea\nat all").unwrap_err();
        assert!(complaint.starts_with("the answer is not JSON: "), "{complaint}");
        assert!(
            complaint.ends_with(wanted) && !complaint.contains("idea"),
            "{complaint}"
        );
        assert_eq!(
            Note::parse(" \n").unwrap_err(),
            format!("the answer is empty{wanted}")
        );
        let complaint = Vec::<Note>::parse("none").unwrap_err();
        assert!(complaint.ends_with("with the keys `value`"), "{complaint}");
    }

    #[test]
    fn free_text_has_no_schema_and_is_taken_as_it_is() {
        assert_eq!(<String as Deliverable>::schema(), Ok(None));
        assert_eq!(String::parse("{\"a\": 1}").unwrap(), "{\"a\": 1}");
    }

    #[test]
    fn what_is_no_object_travels_inside_one() {
        let schema = <Vec<Note> as Deliverable>::schema()
            .expect("a strict form")
            .expect("a schema");
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["properties"]["value"]["type"], "array");
        assert!(schema["$defs"]["Note"].is_object());
        let notes = Vec::<Note>::parse(r#"{"value":[{"text":"a","line":1}]}"#).unwrap();
        assert_eq!(
            notes,
            [Note {
                text: "a".into(),
                line: Some(1)
            }]
        );
    }
}
