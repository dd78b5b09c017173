//! How many unrelated children inherit a terminal while two threads open terminals.

use anyhow::Result;

use super::Plan;
use super::worker::{Setting, Worker};
use crate::contender::Kind;
use crate::report::{Bar, Key, Report};
use crate::worker::Ask;

pub(super) fn measure(plan: Plan, report: &mut Report) -> Result<()> {
    let few = plan.pick(300, 60);
    for (kind, children) in [
        (Kind::OrchAsync, plan.pick(10_000, 200)),
        (Kind::Orch, few),
        (Kind::Raw, few),
        (Kind::PortablePty, few),
        (Kind::PtyProcess, few),
    ] {
        let mut worker = Worker::hire(kind, &Setting::default())?;
        let found = worker.ask(&Ask::Leak { children })?.count;
        worker.dismiss()?;
        let what = format!("children that inherited a terminal, of {children}");
        let ours = matches!(kind, Kind::OrchAsync | Kind::Orch);
        let key = (kind == Kind::OrchAsync).then_some(Key::LeakedFds);
        #[allow(clippy::cast_precision_loss, reason = "a small count")]
        report.count(
            &what,
            kind.title(),
            found as f64,
            ours.then_some(Bar::AtMost(0.0)),
            key,
        );
    }
    Ok(())
}
