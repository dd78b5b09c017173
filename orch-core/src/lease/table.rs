//! Who holds what inside this process, and who waits: first come, first served. Plain data: it waits for nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Territory;

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
}

impl Table {
    pub(super) const fn new() -> Self {
        Self {
            next: 0,
            asked: BTreeMap::new(),
        }
    }

    /// Puts an asker at the end of the line.
    pub(super) fn ask(&mut self, tree: &Path, territory: &Territory) -> Ticket {
        let ticket = self.next;
        self.next += 1;
        let asked = Asked {
            tree: tree.to_owned(),
            territory: territory.clone(),
        };
        self.asked.insert(ticket, asked);
        ticket
    }

    /// The first one before `ticket` that is in its way: it holds, or waits for, something that overlaps. Whoever has
    /// nobody in the way holds; so nobody overtakes those who asked before for the same place.
    pub(super) fn in_the_way(&self, ticket: Ticket) -> Option<&Territory> {
        let own = self.asked.get(&ticket)?;
        self.asked
            .range(..ticket)
            .map(|(_, other)| other)
            .find(|other| other.tree == own.tree && other.territory.overlaps(&own.territory))
            .map(|other| &other.territory)
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
                        let ticket = table.ask(tree, &territory);
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
        let holder = table.ask(tree, &at("a"));
        let all = table.ask(tree, &at(""));
        let late = table.ask(tree, &at("b"));
        assert!(table.in_the_way(holder).is_none());
        assert!(table.in_the_way(all).is_some());
        assert!(
            table.in_the_way(late).is_some(),
            "the one that waits for all is not overtaken"
        );
        let elsewhere = table.ask(Path::new("/other"), &at(""));
        assert!(table.in_the_way(elsewhere).is_none());
        table.leave(holder);
        assert!(table.in_the_way(all).is_none());
        table.leave(all);
        assert!(table.in_the_way(late).is_none());
    }
}
