//! Cases in which the model's service does something wrong.

use std::time::Duration;

use crate::conformance::complaint::check;
use crate::conformance::stage::{Ground, check_ending};
use crate::conformance::{Candidate, Case, Complaint, Ending};
use crate::server::{Reply, Rule};

pub(super) async fn fault(case: Case, candidate: &dyn Candidate, ending: Ending) -> Result<(), Complaint> {
    let fault = match case {
        Case::LimitedWithRetryAfter => Reply::status(429, "slow down")
            .retry_after(Duration::from_secs(1))
            .into(),
        Case::LimitedWithoutRetryAfter => Reply::status(429, "slow down").into(),
        Case::DroppedStream => Reply::text("half").then_drop().into(),
        Case::SilenceBeforeHeaders => Reply::silence(),
        Case::SilenceInStream => Reply::text("half").then_silence().into(),
        _ => Reply::status(500, "the server is on fire").into(),
    };
    let once = matches!(
        case,
        Case::LimitedWithRetryAfter | Case::LimitedWithoutRetryAfter | Case::DroppedStream
    );
    let times = if once { 1 } else { usize::MAX };
    let rules = [
        Rule::always().times(times).reply(fault),
        Rule::always().reply(Reply::text("whole")),
    ];
    let stage = Ground::new()?.stage(case, candidate, rules)?;
    let found = stage.ask::<String>("Say what the answer is.").await?;
    check_ending(ending, &"whole".to_owned(), &found)?;
    let requests = stage.requests().len();
    let least = if ending == Ending::Answer { 2 } else { 1 };
    check(requests >= least, || {
        format!("at least {least} requests were to be made, {requests} were")
    })?;
    stage.check_clean()
}
