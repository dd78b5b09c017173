//! What the writer of one section returns: its text, to be put in its place unchanged.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::said;

/// Most bytes of a section's text.
const LONGEST: usize = 1024 * 1024;

/// One section of a text.
///
/// A blank `text`, or one of more than 1 MiB, is an error when read. The text is kept byte for byte, since it goes into
/// a file: its `Display` alone is made plain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Section {
    /// The section itself and nothing about it.
    pub text: String,
    /// What whoever joins the sections has to know: what you could not find out, what another section must agree with.
    pub left_open: Vec<String>,
}

impl<'de> Deserialize<'de> for Section {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            let text = said.get("text").and_then(Value::as_str).unwrap_or_default();
            if text.trim().is_empty() {
                return Err("text is missing or blank: give the section itself".to_owned());
            }
            if text.len() > LONGEST {
                return Err(format!(
                    "text has {} bytes: a section has at most {LONGEST}",
                    text.len()
                ));
            }
            Ok(Self {
                text: text.to_owned(),
                left_open: said.lines("left_open")?,
            })
        })
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&orch_core::plain::block(&self.text))
    }
}
