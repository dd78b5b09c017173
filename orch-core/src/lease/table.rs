//! Who holds what inside this process, and who waits: first come, first served. Plain data: it waits for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Owner, Territory};

/// A number that names one asker.
pub(super) type Ticket = u64;

/// What all leases of this process know of each other.
#[derive(Debug, Default)]
pub(super) struct Table {
    next: Ticket,
    /// By ticket, so in the order in which they came.
    asked: BTreeMap<Ticket, Asked>,
}

#[derive(Debug)]
struct Asked {
    tree: PathBuf,
    territory: Territory,
    owner: Owner,
    /// It was given back, and is held until its writer is gone.
    lingers: bool,
}

impl Table {
    pub(super) const fn new() -> Self {
        Self {
            next: 0,
            asked: BTreeMap::new(),
        }
    }

    /// Puts an asker at the end of the line.
    pub(super) fn ask(&mut self, tree: &Path, territory: &Territory, owner: &Owner) -> Ticket {
        let ticket = self.next;
        self.next += 1;
        let asked = Asked {
            tree: tree.to_owned(),
            territory: territory.clone(),
            owner: owner.clone(),
            lingers: false,
        };
        self.asked.insert(ticket, asked);
        ticket
    }

    /// The first one before `ticket` that is in its way: it holds, or waits for, something that overlaps. Whoever has
    /// nobody in the way holds; so nobody overtakes those who asked before for the same place.
    pub(super) fn in_the_way(&self, ticket: Ticket) -> Option<&Territory> {
        self.before(ticket).next().map(|(_, other)| &other.territory)
    }

    /// What `ticket` would wait for for ever: a desk that its own step, or one above or beneath it, holds, either in its
    /// way or in the way of somebody for whom it waits. A desk whose writer is being seen off will be free.
    pub(super) fn waits_for_itself(&self, ticket: Ticket) -> Option<(&Territory, &Owner)> {
        let own = &self.asked.get(&ticket)?.owner;
        let mut seen = BTreeSet::from([ticket]);
        let mut waiting = vec![ticket];
        while let Some(one) = waiting.pop() {
            for (number, other) in self.before(one) {
                if self.in_the_way(number).is_some() {
                    waiting.extend(seen.insert(number).then_some(number));
                    continue;
                }
                // Who brings a patch in waits for nobody any more.
                if !other.owner.is_desk() {
                    continue;
                }
                // Only who asks for a desk sees writers off.
                if other.owner.is_near(own) && !(other.lingers && own.is_desk()) {
                    return Some((&other.territory, &other.owner));
                }
                let its_own = self.asked.iter().filter(|(number, asked)| {
                    asked.owner.is_near(&other.owner) && self.in_the_way(**number).is_some()
                });
                waiting.extend(
                    its_own
                        .map(|(number, _)| *number)
                        .filter(|number| seen.insert(*number)),
                );
            }
        }
        None
    }

    /// Says whether what `ticket` holds was given back and is held until its writer is gone.
    pub(super) fn linger(&mut self, ticket: Ticket, lingers: bool) {
        if let Some(asked) = self.asked.get_mut(&ticket) {
            asked.lingers = lingers;
        }
    }

    /// All that are before `ticket` and overlap it.
    fn before(&self, ticket: Ticket) -> impl Iterator<Item = (Ticket, &Asked)> {
        let own = self.asked.get(&ticket);
        let others = self.asked.range(..ticket);
        others
            .filter(move |(_, other)| {
                own.is_some_and(|own| other.tree == own.tree && other.territory.overlaps(&own.territory))
            })
            .map(|(number, other)| (*number, other))
    }

    /// Takes an asker out, whether it held or waited.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.asked.remove(&ticket);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::ids::RunId;

    fn somebody() -> Owner {
        Owner::desk(RunId::fresh(), [].into())
    }

    fn territories() -> impl Strategy<Value = Territory> {
        let name = prop::sample::select(vec!["a", "b", "ab"]);
        let path = prop::collection::vec(name, 0..4).prop_map(|parts| parts.iter().collect::<PathBuf>());
        prop::collection::vec(path, 1..3)
            .prop_map(|paths| Territory::of_clean(paths).expect("there is a path"))
    }

    /// Some ask, some leave: `Err` names whose turn it is to go, counted from the front.
    fn plans() -> impl Strategy<Value = Vec<Result<Territory, usize>>> {
        prop::collection::vec(
            prop_oneof![3 => territories().prop_map(Ok), 2 => (0..12_usize).prop_map(Err)],
            1..40,
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn lease_overlap_is_never_granted_in_any_of_a_thousand_plans(plan in plans()) {
            let tree = Path::new("/tree");
            let mut table = Table::new();
            let mut present: BTreeMap<Ticket, Territory> = BTreeMap::new();
            for step in plan {
                match step {
                    Ok(territory) => {
                        let ticket = table.ask(tree, &territory, &somebody());
                        present.insert(ticket, territory);
                    }
                    Err(index) => {
                        if let Some(&ticket) = present.keys().nth(index) {
                            table.leave(ticket);
                            present.remove(&ticket);
                        }
                    }
                }
                let holders: Vec<_> = present
                    .iter()
                    .filter(|(ticket, _)| table.in_the_way(**ticket).is_none())
                    .collect();
                for (index, (_, one)) in holders.iter().enumerate() {
                    for (_, other) in &holders[index + 1..] {
                        prop_assert!(!one.overlaps(other), "{one} and {other} are both held");
                    }
                }
                // Nobody waits for nothing, and nobody waits for ever: the first in the line always holds.
                if let Some(first) = present.keys().next() {
                    prop_assert!(table.in_the_way(*first).is_none());
                }
            }
        }
    }

    #[test]
    fn who_came_first_is_served_first() {
        let at = |path: &str| Territory::of_clean(vec![path.into()]).expect("a path");
        let mut table = Table::new();
        let tree = Path::new("/tree");
        let holder = table.ask(tree, &at("a"), &somebody());
        let all = table.ask(tree, &at(""), &somebody());
        let late = table.ask(tree, &at("b"), &somebody());
        assert!(table.in_the_way(holder).is_none());
        assert!(table.in_the_way(all).is_some());
        assert!(
            table.in_the_way(late).is_some(),
            "the one that waits for all is not overtaken"
        );
        let elsewhere = table.ask(Path::new("/other"), &at(""), &somebody());
        assert!(table.in_the_way(elsewhere).is_none());
        table.leave(holder);
        assert!(table.in_the_way(all).is_none());
        table.leave(all);
        assert!(table.in_the_way(late).is_none());
    }

    #[test]
    fn who_would_wait_for_itself_is_told_what_it_holds() {
        let at = |path: &str| Territory::of_clean(vec![path.into()]).expect("a path");
        let tree = Path::new("/tree");
        let run = RunId::fresh();
        let [a, b] = ["a", "b"].map(|label| Owner::desk(run, [label.to_owned()].into()));
        let mut table = Table::new();
        let of_a = table.ask(tree, &at("src"), &a);
        let of_b = table.ask(tree, &at("docs"), &b);
        let neighbour = table.ask(tree, &at("src"), &b.merge());
        assert_eq!(table.waits_for_itself(neighbour), None, "a will give it back");
        // Crosswise: each holds what the other waits for.
        let crosswise = table.ask(tree, &at("docs"), &a.merge());
        assert_eq!(table.waits_for_itself(crosswise), Some((&at("src"), &a)));
        table.leave(crosswise);
        let older = table.ask(tree, &at("docs"), &b.merge());
        assert_eq!(table.waits_for_itself(older), Some((&at("docs"), &b)));
        table.leave(neighbour);
        let again = table.ask(tree, &at("src"), &a);
        assert!(table.waits_for_itself(again).is_some());
        table.linger(of_a, true);
        assert_eq!(
            table.waits_for_itself(again),
            None,
            "its writer is being seen off"
        );
        table.leave(of_b);
        assert_eq!(table.waits_for_itself(older), None);
    }
}
