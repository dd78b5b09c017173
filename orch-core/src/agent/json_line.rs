//! One line of JSON, read within bounds: what is too deep, too rich, says a key twice or is no text is an error with a
//! name, and never a value that another reader would read differently.
//!
//! It finds no lines; [`JsonLines`](super::JsonLines) does.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Nesting that is too deep: one level before serde_json itself would refuse, so that the error has its name.
const DEPTH: u32 = 127;

/// The most values in one line: a line of 16 MiB that is all brackets would be 200 MB of them.
const VALUES: u32 = 200_000;

/// Why a line is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It is no UTF-8.
    #[error("a line that is not UTF-8")]
    NotText,
    /// It is no JSON.
    #[error("a line that is not JSON")]
    NotJson,
    /// It is nested beyond the bound.
    #[error("a line that is nested too deeply")]
    TooDeep,
    /// It has more values than the bound.
    #[error("a line with too many values")]
    TooMany,
    /// A key stands twice in one object: readers differ in which of them counts.
    #[error("a line with a key that stands twice")]
    DuplicateKey,
}

/// Reads one line.
///
/// # Errors
/// [`LineError`].
pub fn read_json_line(line: &[u8]) -> Result<Value, LineError> {
    let text = std::str::from_utf8(line).map_err(|_| LineError::NotText)?;
    let books = Books::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Seed {
        books: &books,
        depth: 0,
    }
    .deserialize(&mut reader);
    let value = value.and_then(|value| reader.end().map(|()| value));
    value.map_err(|_| books.refused.get().unwrap_or(LineError::NotJson))
}

/// What is counted while a line is read.
#[derive(Debug, Default)]
struct Books {
    values: Cell<u32>,
    refused: Cell<Option<LineError>>,
}

impl Books {
    fn refuse<E: serde::de::Error>(&self, why: LineError) -> E {
        self.refused.set(Some(why));
        E::custom(why)
    }

    fn count<E: serde::de::Error>(&self) -> Result<(), E> {
        let values = self.values.get() + 1;
        self.values.set(values);
        if values > VALUES {
            return Err(self.refuse(LineError::TooMany));
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    books: &'a Books,
    depth: u32,
}

impl Seed<'_> {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth >= DEPTH {
            return Err(self.books.refuse(LineError::TooDeep));
        }
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.books.count()?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.books.count()?;
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.books.count()?;
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.books.count()?;
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.books.count()?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.books.count()?;
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.books.count()?;
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.books.count()?;
        let below = self.below()?;
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let value = access.next_value_seed(below)?;
            if map.insert(key, value).is_some() {
                return Err(self.books.refuse(LineError::DuplicateKey));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_json_is_read_as_any_reader_reads_it() {
        for text in [
            "null",
            "true",
            "-1",
            "18446744073709551615",
            "1.5e3",
            "1e400",
            r#""ä\u0000\ud83d\ude00""#,
            r#"{"a":[1,{"b":null}],"c":{"a":""}}"#,
            " [ ] ",
        ] {
            let theirs = serde_json::from_str::<Value>(text);
            let ours = read_json_line(text.as_bytes());
            assert_eq!(ours.ok(), theirs.ok(), "{text}");
        }
    }

    #[test]
    fn what_is_refused_has_a_name() {
        let deep = "[".repeat(1_000_000);
        let just_deep = format!("{}{}", "[".repeat(126), "]".repeat(126));
        let too_deep = format!("{}{}", "[".repeat(127), "]".repeat(127));
        let rich = format!("[{}0]", "0,".repeat(200_000));
        let rows: [(&[u8], LineError); 10] = [
            (b"{\"a\":1,\"a\":1}", LineError::DuplicateKey),
            (b"{\"x\":{\"\\u0061\":1,\"a\":2}}", LineError::DuplicateKey),
            (b"{\"a\":\"\xff\"}", LineError::NotText),
            (b"{\"a\":\"\xc3\"}", LineError::NotText),
            (b"{\"a\":\"\\ud800\"}", LineError::NotJson),
            (b"{} {}", LineError::NotJson),
            (b"", LineError::NotJson),
            (deep.as_bytes(), LineError::TooDeep),
            (too_deep.as_bytes(), LineError::TooDeep),
            (rich.as_bytes(), LineError::TooMany),
        ];
        for (line, why) in rows {
            let shown = String::from_utf8_lossy(&line[..line.len().min(40)]).into_owned();
            assert_eq!(read_json_line(line), Err(why), "{shown}");
        }
        assert!(read_json_line(just_deep.as_bytes()).is_ok());
    }
}
