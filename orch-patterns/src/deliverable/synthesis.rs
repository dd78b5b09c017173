//! What a synthesiser returns: the few points that somebody needs in order to decide.
//!
//! How many points there should be depends on how much there was to say, which only the caller knows:
//! [`Synthesis::complaint`] is asked with it.

use std::collections::HashSet;
use std::fmt;
use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Point, Sources, Support, said, sheet};

/// A topic, ready to decide upon.
///
/// A synthesis with neither a point nor an uncertainty is an error when read; everything else may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Synthesis {
    /// 5 to 10 points, the one that matters most for the decision first; fewer only when there is not more to say.
    pub points: Vec<Point>,
    /// The few sources that carry the synthesis, at most 8.
    pub key_sources: Vec<KeySource>,
    /// Who says what against whom, and what would settle it. Empty when they agree.
    pub disagreements: Vec<String>,
    /// What is not known, weakly supported, out of date or not looked at, and how much hangs on it.
    pub uncertainty: Vec<String>,
    /// What to do now, the first step first.
    pub next_actions: Vec<String>,
}

/// A source that the synthesis rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeySource {
    /// Its address, as in the notes.
    pub source: String,
    /// Why it matters, in one sentence.
    pub why: String,
}

impl Synthesis {
    /// How many points a synthesis has, where there is enough to say.
    pub const POINTS: RangeInclusive<usize> = 5..=10;

    /// What is wrong with the number of points, in words for the worker; none when it is right. `claims` is how many
    /// different claims the notes held: fewer than five points are complained of only when there were more claims
    /// than points, more than ten always.
    pub fn complaint(&self, claims: usize) -> Option<String> {
        let (count, range) = (self.points.len(), Self::POINTS);
        let (least, most) = (range.start(), range.end());
        if count > *most {
            return Some(format!(
                "points has {count} entries: join what belongs together and keep the {least} to {most} that matter most for \
                 the decision"
            ));
        }
        let possible = claims.min(*least);
        (count < possible).then(|| {
            format!(
                "points has {count} entries though the notes hold {claims} claims: give at least {possible}, and at most \
                 {most}"
            )
        })
    }

    /// The same with every reference checked against what the researchers found: numbers become addresses, and
    /// references to sources that nobody found are taken out, which may leave a claim without one. Those are returned
    /// as well, each once: a synthesiser that cites what was not in its notes made it up.
    pub fn restricted_to(mut self, sources: &Sources) -> (Self, Vec<String>) {
        let index = sources.index();
        let mut unknown = Vec::new();
        let mut points = Vec::new();
        for point in self.points {
            let (point, lost) = point.resolved(&index);
            points.push(point);
            unknown.extend(lost);
        }
        self.points = points;
        self.key_sources.retain_mut(|key| {
            if let Some(source) = index.resolve(&key.source) {
                key.source.clone_from(&source.url);
                true
            } else {
                unknown.push(std::mem::take(&mut key.source));
                false
            }
        });
        let mut seen = HashSet::new();
        unknown.retain(|reference| seen.insert(reference.clone()));
        (self, unknown)
    }

    /// The points that no source says.
    pub fn unsourced(&self) -> impl Iterator<Item = &Point> {
        self.points
            .iter()
            .filter(|point| point.support() == Support::Unsourced)
    }
}

impl<'de> Deserialize<'de> for Synthesis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        said::read(deserializer, |said| {
            let synthesis = Self {
                points: Point::read_all(said)?,
                key_sources: said.things("key_sources", "source", |key| {
                    let (source, why) = (key.line("source"), key.line("why"));
                    Ok((!source.is_empty()).then_some(KeySource { source, why }))
                })?,
                disagreements: said.lines("disagreements")?,
                uncertainty: said.lines("uncertainty")?,
                next_actions: said.lines("next_actions")?,
            };
            if synthesis.points.is_empty() && synthesis.uncertainty.is_empty() {
                return Err(
                    "points is missing or empty: give 5 to 10, and when the notes hold none say under uncertainty what is \
                     not known"
                        .to_owned(),
                );
            }
            Ok(synthesis)
        })
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if self.why.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.why)
        }
    }
}

impl fmt::Display for Synthesis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        sheet::list(f, "Points", &self.points)?;
        sheet::list(f, "Key sources", &self.key_sources)?;
        sheet::list(f, "Disagreements", &self.disagreements)?;
        sheet::list(f, "Uncertainty", &self.uncertainty)?;
        sheet::list(f, "Next actions", &self.next_actions)
    }
}
