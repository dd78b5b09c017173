//! An answer as a worker wrote it: a JSON object, asked for its keys one by one.
//!
//! Forgives the form and bounds the size; what must be there is decided by the type that is read.

use orch_core::plain;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::finding::line_number;

/// Most characters of what is shown on one line.
const LINE: usize = 1_000;
/// Most characters of a text with lines.
const TEXT: usize = 10_000;
/// Most entries of a list. No honest answer comes near it.
pub(crate) const ENTRIES: usize = 1_000;

/// One object of an answer.
pub(super) struct Said(Map<String, Value>);

/// Reads an object with `read`; its complaint becomes the deserialiser's error.
pub(super) fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(&Said) -> Result<T, String>,
) -> Result<T, D::Error> {
    let said = Said(Map::deserialize(deserializer)?);
    read(&said).map_err(D::Error::custom)
}

impl Said {
    /// What stands under `key`; null is nothing.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// The words under `key` on one line; empty when there are none.
    pub(super) fn line(&self, key: &str) -> String {
        self.get(key).map(one_line).unwrap_or_default()
    }

    /// The words under `key` with their lines; empty when there are none.
    pub(super) fn text(&self, key: &str) -> String {
        self.get(key).map(text).unwrap_or_default()
    }

    /// The line under `key`, none when it is blank.
    pub(super) fn some_line(&self, key: &str) -> Option<String> {
        Some(self.line(key)).filter(|line| !line.is_empty())
    }

    /// The line under `key`, or a complaint that says what belongs there.
    pub(super) fn needed(&self, key: &str, what: &str) -> Result<String, String> {
        self.some_line(key).ok_or_else(|| blank(key, what))
    }

    /// The text under `key`, or a complaint that says what belongs there.
    pub(super) fn needed_text(&self, key: &str, what: &str) -> Result<String, String> {
        Some(self.text(key))
            .filter(|text| !text.is_empty())
            .ok_or_else(|| blank(key, what))
    }

    /// The 1-based line number under `key`.
    pub(super) fn line_number(&self, key: &str) -> Option<u32> {
        self.get(key).and_then(line_number)
    }

    /// The entries under `key`, each on one line, without blank ones.
    pub(super) fn lines(&self, key: &str) -> Result<Vec<String>, String> {
        let lines = self.entries(key)?.iter().map(one_line);
        Ok(lines.filter(|line| !line.is_empty()).collect())
    }

    /// The objects under `key`, each read with `read`; an entry that is no object stands for one that has only the
    /// key `bare`. What `read` makes nothing of is left out.
    pub(super) fn things<T>(
        &self,
        key: &str,
        bare: &str,
        read: impl Fn(&Self) -> Result<Option<T>, String>,
    ) -> Result<Vec<T>, String> {
        let mut things = Vec::new();
        for (at, entry) in self.entries(key)?.iter().enumerate() {
            let object = match entry {
                Value::Object(map) => Self(map.clone()),
                Value::Null => continue,
                other => Self(Map::from_iter([(bare.to_owned(), other.clone())])),
            };
            things.extend(read(&object).map_err(|complaint| format!("{key}[{at}]: {complaint}"))?);
        }
        Ok(things)
    }

    /// The list under `key`; anything else than a list is a list of one.
    fn entries(&self, key: &str) -> Result<&[Value], String> {
        let entries = match self.get(key) {
            None => &[],
            Some(Value::Array(entries)) => entries.as_slice(),
            Some(other) => std::slice::from_ref(other),
        };
        if entries.len() > ENTRIES {
            return Err(format!(
                "{key} has {} entries: keep the {ENTRIES} that matter most, or fewer",
                entries.len()
            ));
        }
        Ok(entries)
    }
}

fn blank(key: &str, what: &str) -> String {
    format!("{key} is missing or blank: {what}")
}

/// A value on one line: words as they are, anything else as JSON, so that nothing is lost.
fn one_line(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(words) => plain::line(words, LINE),
        other => plain::line(&other.to_string(), LINE),
    }
}

fn text(value: &Value) -> String {
    let words = match value {
        Value::String(words) => plain::block(words),
        other => plain::block(&other.to_string()),
    };
    let words = words.trim();
    match words.char_indices().nth(TEXT) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(value: Value) -> Said {
        let Value::Object(map) = value else {
            panic!("an object")
        };
        Said(map)
    }

    #[test]
    fn a_list_may_be_missing_null_or_one_entry() {
        let said = said(json!({"a": null, "b": "x\ny", "c": ["x", null, " ", 3, {"k": [1]}]}));
        assert_eq!(said.lines("a").unwrap(), [""; 0]);
        assert_eq!(said.lines("none").unwrap(), [""; 0]);
        assert_eq!(said.lines("b").unwrap(), ["x y"]);
        assert_eq!(said.lines("c").unwrap(), ["x", "3", r#"{"k":[1]}"#]);
    }

    #[test]
    fn words_are_plain_and_cut_where_it_is_seen() {
        let said = said(json!({"a": "x\u{1b}[2Jy\r\nz", "long": "é".repeat(20_000)}));
        assert_eq!(said.line("a"), "xy z");
        assert_eq!(said.text("a"), "xy\nz");
        assert_eq!(said.line("long").chars().count(), LINE + 1);
        assert_eq!(said.text("long").chars().count(), TEXT + 1);
        assert!(said.text("long").ends_with('…'));
    }

    #[test]
    fn what_was_cut_is_not_cut_again() {
        for words in [
            "é".repeat(20_000),
            "a b\n".repeat(5_000),
            format!("{} b", "a".repeat(TEXT - 1)),
        ] {
            let once = said(json!({"a": words}));
            let again = said(json!({"line": once.line("a"), "text": once.text("a")}));
            assert_eq!(again.line("line"), once.line("a"));
            assert_eq!(again.text("text"), once.text("a"));
        }
    }

    #[test]
    fn a_list_without_end_is_complained_of_and_not_cut() {
        let complaint = said(json!({"a": vec!["x"; 1_001]})).lines("a").unwrap_err();
        assert_eq!(
            complaint,
            "a has 1001 entries: keep the 1000 that matter most, or fewer"
        );
    }

    #[test]
    fn a_complaint_says_where_it_is() {
        let things = said(json!({"a": [{"k": "x"}, {}]}))
            .things("a", "k", |thing| thing.needed("k", "say it").map(Some));
        assert_eq!(things.unwrap_err(), "a[1]: k is missing or blank: say it");
        let bare = said(json!({"a": "x"})).things("a", "k", |thing| thing.needed("k", "say it").map(Some));
        assert_eq!(bare.unwrap(), ["x"]);
    }
}
