//! What a scout returns: where to look and what is so.
//!
//! Condensing the notes of several scouts into one pack is not done here.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{said, sheet};

/// The least that somebody must know before they work on a question.
///
/// Notes in which nothing stands are an error when read: a scout that found nothing says where it looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContextNotes {
    /// Where to look, the most important first.
    pub pointers: Vec<Pointer>,
    /// What is so, each with the place where that is to be seen.
    pub facts: Vec<Fact>,
    /// What any solution must respect, each with where that is said.
    pub constraints: Vec<String>,
    /// What you could not find out and the other worker has to know or decide. When you found nothing at all, where
    /// you looked.
    pub open_questions: Vec<String>,
}

/// A place to look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pointer {
    /// The file, relative to the root of the work tree, with forward slashes.
    pub path: String,
    /// The 1-based line to begin at. Null when there is no single one.
    #[schemars(range(min = 1))]
    pub line: Option<u32>,
    /// What is to be found there, in one sentence.
    pub why: String,
}

/// Something that was read or seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Fact {
    /// What is so, in one sentence.
    pub what: String,
    /// The file where that is to be seen, relative to the root of the work tree. Null when it is in no file.
    pub path: Option<String>,
    /// The 1-based line of that file. Null when there is no single one.
    #[schemars(range(min = 1))]
    pub line: Option<u32>,
}

impl ContextNotes {
    /// Whether nothing stands in them.
    pub fn is_empty(&self) -> bool {
        self.pointers.is_empty()
            && self.facts.is_empty()
            && self.constraints.is_empty()
            && self.open_questions.is_empty()
    }
}

impl<'de> Deserialize<'de> for ContextNotes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            let notes = Self {
                pointers: said.things("pointers", "path", |pointer| {
                    let (path, line) = (pointer.line("path"), pointer.line_number("line"));
                    let why = pointer.line("why");
                    Ok((!path.is_empty()).then_some(Pointer { path, line, why }))
                })?,
                facts: said.things("facts", "what", |entry| {
                    let what = entry.line("what");
                    let path = entry.some_line("path");
                    let line = entry.line_number("line").filter(|_| path.is_some());
                    Ok((!what.is_empty()).then_some(Fact { what, path, line }))
                })?,
                constraints: said.lines("constraints")?,
                open_questions: said.lines("open_questions")?,
            };
            if notes.is_empty() {
                return Err(
                    "the notes say nothing: fill pointers, facts, constraints or open_questions, and when nothing was \
                     found say under open_questions where you looked"
                        .to_owned(),
                );
            }
            Ok(notes)
        })
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sheet::place(&self.path, self.line))?;
        if self.why.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.why)
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.path {
            Some(path) => write!(f, " ({})", sheet::place(path, self.line)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ContextNotes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sheet::list(f, "Pointers", &self.pointers)?;
        sheet::list(f, "Facts", &self.facts)?;
        sheet::list(f, "Constraints", &self.constraints)?;
        sheet::list(f, "Open questions", &self.open_questions)
    }
}
