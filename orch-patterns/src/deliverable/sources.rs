//! Sources, each once.
//!
//! What is the same is decided by the canonical address alone: no page is opened, no title compared.

use std::collections::HashMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::said::{self, Said};
use super::{ResearchNotes, canonical, sheet};

/// Most names that one source keeps of those who named it.
const NAMES: usize = 64;

/// One source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Source {
    /// Its full address, as you opened it: a web address, a DOI or an arXiv identifier.
    pub url: String,
    /// Its own title.
    pub title: String,
    /// What it is, who wrote it and when, and what makes it worth trusting or not.
    pub why: String,
    /// Who named it, where several were asked; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(skip)]
    pub named_by: Vec<String>,
}

/// Sources without duplicates, in the order in which they were first named. The first has number 1.
///
/// Reading one drops what has no [`canonical`] address, and joins what has the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sources {
    /// The sources, each once.
    pub sources: Vec<Source>,
}

impl Source {
    /// A source with an address and a title.
    pub fn new(url: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            title: title.into(),
            ..Self::default()
        }
    }

    /// The address under which it is compared; none when it is no address.
    pub fn canonical(&self) -> Option<String> {
        canonical(&self.url)
    }

    /// None when there is no address that others can open.
    pub(super) fn read(said: &Said) -> Result<Option<Self>, String> {
        let mut named_by = said.lines("named_by")?;
        named_by.truncate(NAMES);
        let source = Self {
            url: said.line("url"),
            title: said.line("title"),
            why: said.line("why"),
            named_by,
        };
        Ok(source.canonical().is_some().then_some(source))
    }
}

impl Sources {
    /// These sources, each once: the first wording of an address stays, and the first title and reason that say
    /// something. What has no canonical address is left out.
    pub fn distinct(sources: impl IntoIterator<Item = Source>) -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut kept: Vec<Source> = Vec::new();
        for source in sources {
            let Some(address) = source.canonical() else {
                continue;
            };
            if let Some(place) = places.get(&address) {
                join(&mut kept[*place], source);
            } else {
                places.insert(address, kept.len());
                kept.push(source);
            }
        }
        Self { sources: kept }
    }

    /// What several researchers named, each source once and with the labels of all who named it.
    pub fn collect<'a, S: Into<String>>(notes: impl IntoIterator<Item = (S, &'a ResearchNotes)>) -> Self {
        Self::distinct(notes.into_iter().flat_map(|(label, notes)| {
            let label: String = label.into();
            notes.sources.iter().cloned().map(move |source| Source {
                named_by: vec![label.clone()],
                ..source
            })
        }))
    }

    /// The source that `reference` means: its address in any form, or its number as `3` or `[3]`.
    pub fn resolve(&self, reference: &str) -> Option<&Source> {
        self.index().resolve(reference)
    }

    /// For many references: each address is worked out once.
    pub(crate) fn index(&self) -> Index<'_> {
        let addressed = self
            .sources
            .iter()
            .filter_map(|source| Some((source.canonical()?, source)));
        Index {
            sources: &self.sources,
            by_address: addressed.collect(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }
}

/// Sources by their address.
pub(crate) struct Index<'a> {
    sources: &'a [Source],
    by_address: HashMap<String, &'a Source>,
}

impl<'a> Index<'a> {
    /// As [`Sources::resolve`].
    pub(crate) fn resolve(&self, reference: &str) -> Option<&'a Source> {
        let reference = reference.trim();
        if let Some(address) = canonical(reference) {
            return self.by_address.get(&address).copied();
        }
        self.sources.get(number(reference)?.checked_sub(1)?)
    }
}

/// The number in `3` or `[3]`.
pub(super) fn number(reference: &str) -> Option<usize> {
    reference.trim().trim_matches(['[', ']']).parse().ok()
}

fn join(kept: &mut Source, other: Source) {
    for (kept, other) in [(&mut kept.title, other.title), (&mut kept.why, other.why)] {
        if kept.is_empty() {
            *kept = other;
        }
    }
    for name in other.named_by {
        if kept.named_by.len() < NAMES && !kept.named_by.contains(&name) {
            kept.named_by.push(name);
        }
    }
}

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            if said.get("sources").is_none() {
                return Err("sources is missing: name each source, or [] when there is none".to_owned());
            }
            said.things("sources", "url", Source::read).map(Self::distinct)
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.title.is_empty() {
            write!(f, "{}. ", self.title.trim_end_matches('.'))?;
        }
        f.write_str(&self.url)?;
        if !self.why.is_empty() {
            write!(f, "\n{}", self.why)?;
        }
        if !self.named_by.is_empty() {
            write!(f, "\nnamed by: {}", self.named_by.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbered = (1..).zip(&self.sources);
        sheet::list(
            f,
            "Sources",
            numbered.map(|(number, source)| format!("[{number}] {source}")),
        )
    }
}
