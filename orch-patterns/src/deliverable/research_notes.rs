//! What a researcher returns: claims with their sources, and what was not found.
//!
//! Whether a source says what it is cited for is not checked here; that it is there and is an address is.

use std::collections::HashSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::said::{self, ENTRIES, Said};
use super::sources::{Index, number};
use super::{Source, Sources, canonical, sheet};

/// Most references of all points together. No honest answer comes near it.
const REFERENCES: usize = 10 * ENTRIES;

/// What one researcher found out about one angle.
///
/// Read from JSON, every source has an address and stands once, and every reference of a point leads to one of them:
/// a number is resolved, an address that is missing from `sources` is added to them, and what leads nowhere is taken
/// out, so that a claim whose only support was that is [`Support::Unsourced`]. Notes with neither a point nor a gap
/// are an error: a researcher that found nothing says what it searched for. So are more than 1,000 sources, and more
/// than 10,000 references to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResearchNotes {
    /// The angle, in a few words.
    pub angle: Option<String>,
    /// What you found, the most important first.
    pub points: Vec<Point>,
    /// Each source once.
    pub sources: Vec<Source>,
    /// What you looked for and did not find, and what you could not look at and why.
    pub gaps: Vec<String>,
}

/// One claim and the sources that say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Point {
    /// One or two sentences that stand alone, with their numbers, dates and versions.
    pub claim: String,
    /// The address of each source that says it, exactly as it stands in the list of sources. Empty when no source
    /// says it.
    pub sources: Vec<String>,
}

/// Whether a claim has a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    /// At least one source says it.
    Sourced,
    /// No source says it: it is shown with a mark, and is nothing to build upon.
    Unsourced,
}

impl Point {
    /// A claim with the sources that say it.
    pub fn new<S: Into<String>>(claim: impl Into<String>, sources: impl IntoIterator<Item = S>) -> Self {
        Self {
            claim: claim.into(),
            sources: sources.into_iter().map(Into::into).collect(),
        }
    }

    /// Whether it has a source.
    pub fn support(&self) -> Support {
        if self.sources.is_empty() {
            Support::Unsourced
        } else {
            Support::Sourced
        }
    }

    /// None when it claims nothing.
    pub(super) fn read(said: &Said) -> Result<Option<Self>, String> {
        let point = Self {
            claim: said.line("claim"),
            sources: said.lines("sources")?,
        };
        Ok((!point.claim.is_empty()).then_some(point))
    }

    /// The points of an answer.
    pub(super) fn read_all(said: &Said) -> Result<Vec<Self>, String> {
        let points = said.things("points", "claim", Self::read)?;
        let references: usize = points.iter().map(|point| point.sources.len()).sum();
        if references > REFERENCES {
            return Err(format!(
                "points name {references} sources together: keep the {REFERENCES} that matter most, or fewer"
            ));
        }
        Ok(points)
    }

    /// The same with its references resolved among `sources`, each once, and those that lead nowhere.
    pub(super) fn resolved(self, sources: &Index<'_>) -> (Self, Vec<String>) {
        let mut seen = HashSet::new();
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for reference in self.sources {
            match sources.resolve(&reference) {
                Some(source) if !seen.insert(&source.url) => {}
                Some(source) => known.push(source.url.clone()),
                None => unknown.push(reference),
            }
        }
        (
            Self {
                sources: known,
                ..self
            },
            unknown,
        )
    }
}

impl ResearchNotes {
    /// The claims that no source says.
    pub fn unsourced(&self) -> impl Iterator<Item = &Point> {
        self.points
            .iter()
            .filter(|point| point.support() == Support::Unsourced)
    }
}

impl<'de> Deserialize<'de> for ResearchNotes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            let points = Point::read_all(said)?;
            let gaps = said.lines("gaps")?;
            if points.is_empty() && gaps.is_empty() {
                return Err(
                    "the notes say nothing: give points with their sources, and when nothing was found say under gaps \
                     what you searched for"
                        .to_owned(),
                );
            }
            let cited = points
                .iter()
                .flat_map(|point| &point.sources)
                .filter(|reference| canonical(reference).is_some())
                .map(|url| Source::new(url, ""));
            // Who named a source is for the orchestrator to say.
            let listed = said
                .things("sources", "url", Source::read)?
                .into_iter()
                .map(|source| Source {
                    named_by: Vec::new(),
                    ..source
                });
            // A number means a place in the list as it was written, so numbers are resolved before anything is joined.
            let numbered = said.things("sources", "url", |source| Ok(Some(source.line("url"))))?;
            let sources = Sources::distinct(listed.chain(cited));
            if sources.len() > ENTRIES {
                return Err(format!(
                    "sources and points name {} different sources: keep the {ENTRIES} that matter most, or fewer",
                    sources.len()
                ));
            }
            let index = sources.index();
            let points = points
                .into_iter()
                .map(|point| by_number(point, &numbered).resolved(&index).0)
                .collect();
            Ok(Self {
                angle: said.some_line("angle"),
                points,
                sources: sources.sources,
                gaps,
            })
        })
    }
}

/// The point with `3` and `[3]` replaced by the third address of the list; other references stay, numbers beyond the
/// list go.
fn by_number(point: Point, numbered: &[String]) -> Point {
    let sources = point
        .sources
        .into_iter()
        .filter_map(|reference| match number(&reference) {
            Some(number) => numbered.get(number.checked_sub(1)?).cloned(),
            None => Some(reference),
        });
    Point {
        sources: sources.collect(),
        ..point
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.claim)?;
        match self.support() {
            Support::Unsourced => f.write_str(" [no source]"),
            Support::Sourced => write!(f, " [{}]", self.sources.join(", ")),
        }
    }
}

impl fmt::Display for ResearchNotes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(angle) = &self.angle {
            writeln!(f, "Angle: {angle}")?;
        }
        sheet::list(f, "Points", &self.points)?;
        sheet::list(f, "Sources", &self.sources)?;
        sheet::list(f, "Gaps", &self.gaps)
    }
}
