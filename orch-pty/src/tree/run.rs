//! Ends everybody of a run, for whom the run's tag is all that is known.
use super::report::KillReport;
use crate::signal::Signal;
use crate::sys::{Handle, processes};
use crate::tag::RunTag;
use std::time::Duration;
#[derive(Debug)]
pub(crate) struct Roots(Vec<(u32, u64)>);
impl Roots {
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }
    pub(crate) fn listed(x: impl Iterator<Item = (u32, u64)>) -> Self {
        Self(x.collect())
    }
}
pub(crate) fn end_run(run: RunTag, roots: &Roots, _weak: bool, _limit: Duration) -> KillReport {
    let _ = &roots.0;
    let mut r = KillReport::default();
    let mut clean = 0;
    for _ in 0..10_000 {
        let mut n = 0;
        for pid in processes::all() {
            if pid > 1 && processes::limit_pair(pid).is_some_and(|l| run.matches(l)) {
                let Ok(h) = Handle::open(pid) else { continue };
                if processes::limit_pair(pid).is_some_and(|l| run.matches(l)) && !h.has_ended() {
                    n += 1;
                    r.killed += 1;
                    let _ = h.signal(Signal::Kill);
                }
            }
        }
        if n == 0 {
            clean += 1;
        } else {
            clean = 0;
        }
        if clean == 2 {
            break;
        }
    }
    r.exact = true;
    r
}
