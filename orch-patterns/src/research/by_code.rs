//! The synthesis by code: the researchers' own claims in order of their support. Nothing is understood here, so no
//! disagreement is seen; that is said in the result.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use orch_core::{Cx, Pattern, Result};

use super::Researched;
use super::researched::folded;
use crate::deliverable::{KeySource, Point, Sources, Support, Synthesis};
use crate::finding::aside;

/// Most sources that are named as key.
const KEY_SOURCES: usize = 8;

/// The synthesis without a worker, offline and always the same: at most ten claims, first those with sources, then those
/// from more angles, then those with more sources, then in the researchers' own order. Claims of the same words are one.
///
/// ```
/// use orch_patterns::research::InOrderOfSupport;
/// use orch_patterns::Research;
///
/// let research = Research::new(["operators", "licences"]).synthesise(InOrderOfSupport);
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[must_use = "a pattern does nothing until an orchestrator runs it"]
pub struct InOrderOfSupport;

/// One claim, and what stands behind it.
struct Claim<'a> {
    point: Point,
    /// Its point's sources, to be looked for.
    sources: HashSet<&'a str>,
    angles: BTreeSet<usize>,
    place: (usize, usize),
}

#[async_trait]
impl Pattern for InOrderOfSupport {
    type In = Researched;
    type Out = Synthesis;

    async fn run(&self, _cx: &Cx, researched: Researched) -> Result<Synthesis> {
        made(researched).await
    }
}

/// See [`InOrderOfSupport`]; worked out beside the runtime.
pub(super) async fn made(researched: Researched) -> Result<Synthesis> {
    aside(move || synthesis(&researched)).await
}

pub(super) fn synthesis(researched: &Researched) -> Synthesis {
    let notes = researched.notes.clone().accept_partial();
    let mut claims = claims_of(researched);
    let most = *Synthesis::POINTS.end();
    let left_out = claims.len().saturating_sub(most);
    claims.truncate(most);
    let points: Vec<Point> = claims.into_iter().map(|claim| claim.point).collect();

    let mut uncertainty: Vec<String> = points
        .iter()
        .filter(|point| point.support() == Support::Unsourced)
        .map(|point| format!("No source says: {}", point.claim))
        .collect();
    for angled in &notes {
        let gaps = angled.notes.gaps.iter();
        uncertainty.extend(gaps.map(|gap| format!("{}: {gap}", angled.angle)));
    }
    if left_out > 0 {
        uncertainty.push(format!(
            "{left_out} more claims stand in the notes, with less support."
        ));
    }
    uncertainty
        .push("Nobody compared the claims: whether they contradict each other was not looked at.".to_owned());

    let key_sources = key_sources(&points, &researched.sources);
    let next_actions = next_actions(&points, &key_sources, researched);
    Synthesis {
        points,
        key_sources,
        disagreements: Vec::new(),
        uncertainty,
        next_actions,
    }
}

/// All different claims, the best supported first.
fn claims_of(researched: &Researched) -> Vec<Claim<'_>> {
    let notes = researched.notes.clone().accept_partial();
    let index = researched.sources.index();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for (angle, angled) in notes.into_iter().enumerate() {
        for (order, mut point) in angled.notes.points.into_iter().enumerate() {
            let said = std::mem::take(&mut point.sources);
            let at = *places.entry(folded(&point.claim)).or_insert(claims.len());
            if at == claims.len() {
                claims.push(Claim {
                    point,
                    sources: HashSet::new(),
                    angles: BTreeSet::new(),
                    place: (order, angle),
                });
            }
            let claim = &mut claims[at];
            claim.angles.insert(angle);
            for reference in said {
                // Two researchers write one address in two ways; the collected one stands for both.
                if let Some(source) = index.resolve(&reference)
                    && claim.sources.insert(&source.url)
                {
                    claim.point.sources.push(source.url.clone());
                }
            }
        }
    }
    claims.sort_by_key(|claim| {
        let more = |count: usize| std::cmp::Reverse(count);
        let sources = claim.point.sources.len();
        (sources == 0, more(claim.angles.len()), more(sources), claim.place)
    });
    claims
}

/// The sources that the most points rest on; of equals those that more researchers named.
fn key_sources(points: &[Point], sources: &Sources) -> Vec<KeySource> {
    let mut resting: HashMap<&str, usize> = HashMap::new();
    for url in points.iter().flat_map(|point| &point.sources) {
        *resting.entry(url).or_default() += 1;
    }
    let mut cited: Vec<(usize, &crate::deliverable::Source)> = sources
        .sources
        .iter()
        .filter_map(|source| Some((*resting.get(source.url.as_str())?, source)))
        .collect();
    cited.sort_by_key(|(cites, source)| std::cmp::Reverse((*cites, source.named_by.len())));
    let key = |(cites, source): (usize, &crate::deliverable::Source)| KeySource {
        source: source.url.clone(),
        why: if source.why.is_empty() {
            format!("{cites} of the points rest on it")
        } else {
            source.why.clone()
        },
    };
    cited.into_iter().take(KEY_SOURCES).map(key).collect()
}

fn next_actions(points: &[Point], key_sources: &[KeySource], researched: &Researched) -> Vec<String> {
    let mut actions = Vec::new();
    if let Some(key) = key_sources.first() {
        actions.push(format!("Read the source that most rests on: {}", key.source));
    }
    let missing = researched.notes.missing().iter();
    actions.extend(missing.map(|missing| format!("Have somebody look at \"{}\" again.", missing.label)));
    let unsourced = points.iter().find(|point| point.support() == Support::Unsourced);
    actions.extend(unsourced.map(|point| format!("Find a source for: {}", point.claim)));
    actions
}
