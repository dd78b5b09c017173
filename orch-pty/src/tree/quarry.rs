//! [`Quarry`]: whose processes are looked for, and [`Wanted`]: whom among many a mark belongs to. Asks nobody
//! anything: the marks are given.

use std::collections::BTreeMap;

use crate::tag::{RunTag, Tag};

/// The limit of a process that nobody has ever limited.
const UNLIMITED: [u64; 2] = [u64::MAX; 2];

/// Whose processes are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quarry {
    /// One worker's.
    Worker(Tag),
    /// Those of all workers of a run, and of the runs inside it.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))] // there is no warden elsewhere
    Run(RunTag),
}

/// Where a mark was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// In the limit, which only a descendant can have: its process group is ours as well, since it lies in a session
    /// that our child or one of its descendants opened.
    Limit,
    /// In the environment, which a service can have been handed: the process is ours, its group may not be.
    Environment,
}

/// Several quarries, by their place in a list, so that one look serves them all however many they are.
pub(super) struct Wanted {
    /// By the worker part, which is the soft value of the limit.
    workers: BTreeMap<u64, Vec<(usize, Tag)>>,
    runs: Vec<(usize, RunTag)>,
    /// The runs of all of them, each once.
    distinct: Vec<RunTag>,
    /// The limit of this process.
    own: Option<[u64; 2]>,
}

impl Wanted {
    /// `own` is the limit of this process.
    pub(super) fn new(quarries: impl IntoIterator<Item = Quarry>, own: Option<[u64; 2]>) -> Self {
        let mut wanted = Self {
            workers: BTreeMap::new(),
            runs: Vec::new(),
            distinct: Vec::new(),
            own,
        };
        for (at, quarry) in quarries.into_iter().enumerate() {
            let run = match quarry {
                Quarry::Worker(tag) => {
                    wanted.workers.entry(tag.worker()).or_default().push((at, tag));
                    tag.run_tag()
                }
                Quarry::Run(run) => {
                    wanted.runs.push((at, run));
                    run
                }
            };
            if !wanted.distinct.contains(&run) {
                wanted.distinct.push(run);
            }
        }
        wanted
    }

    /// Whose a process with this limit is.
    pub(super) fn by_limit(&self, limit: [u64; 2]) -> Vec<usize> {
        let workers = self
            .workers
            .get(&limit[0])
            .into_iter()
            .flatten()
            .map(|&(at, _)| at);
        let runs = self
            .runs
            .iter()
            .filter(|(_, run)| run.is_on_limit(limit))
            .map(|&(at, _)| at);
        workers.chain(runs).collect()
    }

    /// Whose a process with these tags, divided by colons, in its environment is.
    pub(super) fn by_environment(&self, tags: &str) -> Vec<usize> {
        let mut found = Vec::new();
        for tag in tags.split(':') {
            let worker = tag.get(16..).and_then(|half| u64::from_str_radix(half, 16).ok());
            let workers = worker
                .and_then(|worker| self.workers.get(&worker))
                .into_iter()
                .flatten();
            found.extend(workers.filter(|(_, of)| of.to_string() == tag).map(|&(at, _)| at));
            found.extend(
                self.runs
                    .iter()
                    .filter(|(_, run)| run.is_on_text(tag))
                    .map(|&(at, _)| at),
            );
        }
        found.dedup();
        found
    }

    /// Whether a process whose limit is nobody's here may be somebody's all the same, by its environment.
    ///
    /// A descendant has the limit that it was born with unless it changed it. This process's own and "unlimited" are
    /// above that: without privileges no descendant gets back to them, and with privileges only on purpose. Nor does
    /// one get the limit of another run by itself: a run inside ours keeps our hard value. And a sibling's limit, one
    /// of the same run, is no sign either.
    pub(super) fn may_be_hidden(&self, limit: [u64; 2]) -> bool {
        if self.own == Some(limit) || limit == UNLIMITED {
            return false;
        }
        let hard = limit[1];
        let is_ours =
            self.own.is_some_and(|own| own[1] == hard) || self.distinct.iter().any(|run| run.hard() == hard);
        if !is_ours && RunTag::is_somebodys_limit(limit) {
            return false;
        }
        !self.distinct.iter().all(|run| run.is_prefix_of(limit[0]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(soft: Tag, hard: Tag) -> [u64; 2] {
        [soft.worker(), hard.run()]
    }

    #[test]
    fn each_mark_is_told_to_whom_it_belongs() {
        let (a, other) = (
            Tag::fresh().expect("random bytes"),
            Tag::fresh().expect("random bytes"),
        );
        let b = a.sibling();
        let quarries = [Quarry::Worker(a), Quarry::Run(a.run_tag()), Quarry::Worker(other)];
        let wanted = Wanted::new(quarries, Some(UNLIMITED));
        assert_eq!(wanted.by_limit(pair(a, a)), [0, 1]);
        assert_eq!(wanted.by_limit(pair(b, b)), [1]);
        // The other run inside ours keeps our hard value.
        assert_eq!(wanted.by_limit(pair(other, a)), [2, 1]);
        assert_eq!(wanted.by_limit([7, 7]), [0_usize; 0]);
        assert_eq!(wanted.by_environment(&format!("{a}:{other}")), [0, 1, 2]);
        assert_eq!(wanted.by_environment(&b.to_string()), [1]);
        for nobodys in [
            "",
            ":",
            "7",
            "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
        ] {
            assert_eq!(wanted.by_environment(nobodys), [0_usize; 0]);
        }
        // One who is not asked for.
        let worker_part = &other.to_string()[16..];
        assert_eq!(
            wanted.by_environment(&format!("{}{worker_part}", "0".repeat(16))),
            [0_usize; 0]
        );
    }

    #[test]
    fn only_a_limit_that_somebody_changed_is_a_reason_to_read_an_environment() {
        let (tag, other) = (
            Tag::fresh().expect("random bytes"),
            Tag::fresh().expect("random bytes"),
        );
        let outer = [other.worker(), other.run()];
        let strange = Tag::fresh().expect("random bytes");
        // Inside an outer run, whose hard value ours keep.
        let wanted = Wanted::new([Quarry::Worker(tag)], Some(outer));
        for innocent in [
            outer,
            UNLIMITED,
            pair(tag.sibling(), other),
            pair(strange, strange),
        ] {
            assert!(!wanted.may_be_hidden(innocent), "{innocent:x?}");
        }
        // Lowered on purpose, and a run's inside ours.
        for suspect in [[7, 7], [7, other.run()], pair(strange, other)] {
            assert!(wanted.may_be_hidden(suspect), "{suspect:x?}");
        }
        let outermost = Wanted::new([Quarry::Worker(tag)], Some(UNLIMITED));
        assert!(
            outermost.may_be_hidden(pair(strange, tag)) && !outermost.may_be_hidden(pair(strange, strange))
        );
        let both = Wanted::new([Quarry::Worker(tag), Quarry::Worker(other)], Some(UNLIMITED));
        assert!(
            both.may_be_hidden(pair(tag.sibling(), tag)),
            "the other's may lie behind it"
        );
    }
}
