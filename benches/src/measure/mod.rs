//! The measurements, one a file. Each hires workers, has them do the same work in turns, and writes rows.

mod contest;
mod heartbeat;
mod idle;
mod kill_leader;
mod kill_tree;
mod leaks;
pub(crate) mod marker;
mod memory;
mod noop;
pub(crate) mod orphans;
mod plan;
mod queue;
mod round_trip;
mod sessions;
mod spawn;
mod strace;
mod syscalls;
mod throughput;
pub(crate) mod tree;
pub(crate) mod worker;

use anyhow::Result;

pub(crate) use plan::Plan;
pub(crate) use syscalls::by_name as calls_of_a_spawn;

use crate::report::Report;

const TRUE: &str = "/bin/true";

type Measure = fn(Plan, &mut Report) -> Result<()>;

/// A measurement's name and itself. The name is that of the file, and chooses the measurement on the command line.
pub(crate) type Named = (&'static str, Measure);

/// Those of terminals, in the order of the table.
pub(crate) const PTY: [Named; 11] = [
    ("syscalls", syscalls::measure),
    ("spawn", spawn::measure),
    ("memory", memory::measure),
    ("sessions", sessions::measure),
    ("idle", idle::measure),
    ("throughput", throughput::measure),
    ("round_trip", round_trip::measure),
    ("kill_leader", kill_leader::measure),
    ("kill_tree", kill_tree::measure),
    ("orphans", orphans::measure),
    ("leaks", leaks::measure),
];

/// Those of workers, in the order of the table.
pub(crate) const CORE: [Named; 3] = [
    ("noop", noop::measure),
    ("queue", queue::measure),
    ("heartbeat", heartbeat::measure),
];

/// Measures everything, or what is named in `only`. What fails says so in the report and does not stop the rest.
pub(crate) fn all(measurements: &[Named], plan: Plan, only: &[String]) -> Report {
    let mut report = Report::default();
    for &(name, measure) in measurements {
        if !only.is_empty() && !only.iter().any(|chosen| chosen == name) {
            continue;
        }
        eprintln!("measuring {name}");
        if let Err(error) = measure(plan, &mut report) {
            report.failed(name, &error);
        }
    }
    report
}

/// The names of the measurements.
pub(crate) fn names<const N: usize>(measurements: [Named; N]) -> [&'static str; N] {
    measurements.map(|(name, _)| name)
}
