//! The warden itself: what a start of this executable does that is a warden's. It never returns to `main`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::keeper::RECORD;
use crate::sys::warden::{self, Post};
use crate::tag::RunTag;
use crate::tree::{Roots, end_run};

/// How long one hunt goes on.
const HUNT_LIMIT: Duration = Duration::from_secs(5);
/// How long the warden waits for the kernel to give the dead process's memory back before it looks for anybody. Looking
/// takes memory, and where the orchestrator died for want of it, the warden would be next. Meanwhile no newborn starts.
const MEMORY_LIMIT: Duration = Duration::from_millis(100);
/// How long the warden waits, with nobody left, for the kernel to take the dead process apart: until then a child of it
/// may be about to be born.
const TAKEN_APART_LIMIT: Duration = Duration::from_secs(2);
/// The same, once the process itself is gone and only a copy of it, made by fork, may hold the lifeline.
const COPY_LIMIT: Duration = Duration::from_millis(200);
/// How long it hunts altogether. Then the record stays, and the janitor goes on at the next start.
const TOTAL_LIMIT: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(20);

/// Serves and ends if this start is a warden's; called before `main`.
pub(crate) fn take_over() {
    if let Some(post) = warden::take_post() {
        serve(&post);
        warden::leave();
    }
}

fn serve(post: &Post) {
    let record = std::env::var_os(RECORD).map(PathBuf::from);
    // Whether it is heard or not: who is not there to hear it is dead already, or about to be.
    warden::report_ready(&post.lifeline);
    warden::wait_for_death(&post.table);
    // From here on no newborn gets as far as exec.
    warden::announce_death(&post.table);
    post.host.wait_for_end(MEMORY_LIMIT);
    let (hard, prefix) = post.table.run();
    let run = RunTag::from_parts(hard, prefix);
    let began = Instant::now();
    let mut nobody_since: Option<Instant> = None;
    while began.elapsed() < TOTAL_LIMIT {
        let report = end_run(run, &roots(post), post.table.is_weak(), HUNT_LIMIT);
        if !(report.exact && report.left.is_empty()) {
            nobody_since = None;
            continue;
        }
        let since = *nobody_since.get_or_insert_with(Instant::now);
        let limit = if post.host.has_ended() {
            COPY_LIMIT
        } else {
            TAKEN_APART_LIMIT
        };
        if warden::has_ended(&post.lifeline, STEP) || since.elapsed() >= limit {
            // Whoever was born in between has died of the announcement or is found now.
            let last = end_run(run, &roots(post), post.table.is_weak(), HUNT_LIMIT);
            if last.exact && last.left.is_empty() {
                if let Some(record) = record {
                    // Somebody else has struck it already, or the janitor will.
                    let _ = std::fs::remove_file(record);
                }
                return;
            }
        }
    }
}

fn roots(post: &Post) -> Roots {
    Roots::listed(
        post.table
            .roots()
            .into_iter()
            .map(|root| (root.pid, root.alive_at)),
    )
}
