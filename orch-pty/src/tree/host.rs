//! [`Host`]: the [`Kernel`] that this process runs on, and the hunts on it.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::hunt::Request;
use super::kernel::{GivenOut, Kernel, Limit};
use super::party::Party;
use super::report::KillReport;
use crate::signal::Signal;
use crate::sys::{self, Handle, processes, reserve};
use crate::tag::Tag;

/// What the warden of an orchestrator calls itself.
pub(crate) const WARDEN_NAME: &str = "orch-warden";

/// Kills whom `request` names, together with whoever else hunts now. It blocks until an exact look finds nobody, or
/// the request's limit has passed (and at most a quarter of a second more).
pub(crate) fn hunt(request: Request<Arc<Handle>>) -> KillReport {
    /// With the process it was made in: in a fork of this program nobody leads on what was led at the fork.
    static PARTY: Mutex<Option<(u32, Arc<Party<Host>>)>> = Mutex::new(None);
    let party = {
        let mut slot = PARTY.lock().unwrap_or_else(PoisonError::into_inner);
        let this = sys::own_number();
        match &*slot {
            Some((process, party)) if *process == this => Arc::clone(party),
            _ => {
                let party = Arc::new(Party::new(Host));
                *slot = Some((this, Arc::clone(&party)));
                party
            }
        }
    };
    let report = party.hunt(request);
    // What it has used up of the reserve is free again.
    reserve::fill();
    report
}

/// What the clock of [`Host`] says.
pub(crate) fn clock() -> Duration {
    Host.now()
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Host;

impl Kernel for Host {
    type Pin = Arc<Handle>;

    fn own(&self) -> u32 {
        sys::own_number()
    }

    fn own_limit(&self) -> Option<[u64; 2]> {
        processes::own_limit()
    }

    fn now(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }

    fn all(&self, deadline: Duration) -> io::Result<Vec<u32>> {
        processes::all(|| self.now() >= deadline)
    }

    fn newest(&self) -> io::Result<u32> {
        processes::newest()
    }

    fn given_out(&self) -> io::Result<GivenOut> {
        processes::given_out()
    }

    fn number_limit(&self) -> io::Result<u32> {
        processes::number_limit()
    }

    fn children(&self, pid: u32) -> io::Result<Vec<u32>> {
        processes::children(pid)
    }

    fn limit(&self, pid: u32) -> io::Result<Limit> {
        processes::limit(pid)
    }

    fn environment(&self, pid: u32) -> io::Result<String> {
        processes::variable(pid, Tag::VARIABLE).map(Option::unwrap_or_default)
    }

    fn is_warden(&self, pin: &Arc<Handle>) -> bool {
        // The first question is the cheaper one by far, and most have answered with it.
        processes::leads_a_session(pin.pid()) && processes::is_called(pin.pid(), WARDEN_NAME)
    }

    fn pin(&self, pid: u32) -> io::Result<Option<Arc<Handle>>> {
        Ok(processes::pin(pid)?.map(Arc::new))
    }

    fn number(&self, pin: &Arc<Handle>) -> u32 {
        pin.pid()
    }

    fn parent(&self, pin: &Arc<Handle>) -> Option<u32> {
        processes::parent(pin)
    }

    fn is_unreaped(&self, pin: &Arc<Handle>) -> bool {
        pin.is_unreaped()
    }

    fn has_ended(&self, pin: &Arc<Handle>) -> bool {
        pin.has_ended()
    }

    fn signal(&self, pin: &Arc<Handle>, signal: Signal) -> io::Result<()> {
        processes::tell(pin, signal)
    }

    fn signal_group_of(&self, pin: &Arc<Handle>, signal: Signal) -> io::Result<()> {
        processes::signal_group_of(pin, signal)
    }

    fn wait_for_all(&self, pins: &[Arc<Handle>], limit: Duration) {
        let handles: Vec<&Handle> = pins.iter().map(AsRef::as_ref).collect();
        processes::wait_for_all(&handles, limit);
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process;

    use super::*;
    use crate::tag::RunTag;
    use crate::tree::hunt::Hunt;
    use crate::tree::quarry::Quarry;
    use crate::tree::round::round;

    #[test]
    fn a_run_is_found_by_the_environments_of_its_workers_and_no_other_run_is() {
        let [run, other] = [(); 2].map(|()| RunTag::fresh().expect("random bytes"));
        let start = |run| {
            let tags = format!("{}:{}", Tag::fresh().expect("random bytes"), Tag::of_run(run));
            let mut command = process::Command::new("sleep");
            command
                .arg("1000")
                .env(Tag::VARIABLE, tags)
                .spawn()
                .expect("sleep starts")
        };
        let [mut ours, mut theirs] = [run, other].map(start);
        let request = Request {
            quarry: Quarry::Run(run),
            roots: Vec::new(),
            // They were not born by this crate: their limit carries no mark.
            thorough: true,
            limit: Duration::from_secs(60),
        };
        let mut hunts = [Hunt::new(request, Host.now())];
        let report = loop {
            if let Some(Some(report)) = round(&Host, &mut hunts).pop() {
                break report;
            }
        };
        assert_eq!((report.killed, report.left), (1, vec![]));
        assert_eq!(ours.wait().expect("a status").signal(), Some(9));
        assert_eq!(theirs.try_wait().expect("a look"), None);
        theirs.kill().expect("a signal");
        theirs.wait().expect("a status");
    }
}
