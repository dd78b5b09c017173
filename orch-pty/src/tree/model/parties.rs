//! Hunts of several threads at once, in schedules that the checker chooses.

use std::sync::Arc;
use std::time::Duration;

use super::super::party::Party;
use super::table::{LEADER, Manners, Marked, Model, schedules};

const LIMIT: Duration = Duration::from_secs(1);

#[test]
fn hunts_of_many_threads_all_end_and_leave_nobody() {
    let test = || {
        let model = Model::new();
        model.with(|table| {
            for pid in 101..105 {
                table.add(pid, if pid % 2 == 0 { 1 } else { LEADER }, Marked::ByLimit);
            }
        });
        let party = Arc::new(Party::new(model));
        let hunters: Vec<_> = (0..3)
            .map(|_| {
                let party = Arc::clone(&party);
                shuttle::thread::spawn(move || party.hunt(party.kernel().request(LIMIT)))
            })
            .collect();
        let reports: Vec<_> = hunters
            .into_iter()
            .map(|hunter| hunter.join().expect("no panic"))
            .collect();
        assert_eq!(party.kernel().with(|table| table.alive()), [0_u32; 0]);
        assert!(
            reports
                .iter()
                .all(|report| report.exact && report.left.is_empty()),
            "{reports:?}"
        );
        assert!(reports.iter().any(|report| report.killed == 5), "{reports:?}");
    };
    shuttle::check_random(test, schedules(100));
}

#[test]
fn a_hunt_of_one_that_hangs_does_not_keep_another_from_its_end() {
    let test = || {
        let model = Model::new();
        model.with(|table| {
            table.add(101, 1, Marked::ByLimit);
            table.set(101, Manners::Hangs);
        });
        let party = Arc::new(Party::new(model));
        let stuck = {
            let party = Arc::clone(&party);
            shuttle::thread::spawn(move || party.hunt(party.kernel().request(LIMIT / 50)))
        };
        let mut other = party.kernel().request(LIMIT);
        other.quarry = super::super::quarry::Quarry::Worker(party.kernel().tag.sibling());
        other.roots.clear();
        let report = party.hunt(other);
        assert!(report.exact && report.rounds < 10, "{report:?}");
        assert_eq!(stuck.join().expect("no panic").left, [101]);
    };
    shuttle::check_random(test, schedules(100));
}
