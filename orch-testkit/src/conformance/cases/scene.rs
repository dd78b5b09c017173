//! From a case's name to its scene.

use super::{answers, cancelled, faults, turns, writes};
use crate::conformance::{Candidate, Case, Complaint, Ending, Verdict};

/// Runs one case with the candidate's real program. It takes as long as that takes, within the candidate's limits.
///
/// # Errors
/// What the agent did otherwise than is expected of it, or what could not be set up.
///
/// # Cancel safety
/// Dropped, the agent is ended and the case has no verdict.
pub async fn run(case: Case, candidate: &dyn Candidate) -> Result<Verdict, Complaint> {
    let expected = candidate.expected(case);
    if let (Ending::NotApplicable, Some(reason)) = (expected.ending, expected.because) {
        return Ok(Verdict::NotApplicable(reason));
    }
    let ending = expected.ending;
    match case {
        Case::PlainAnswer => answers::plain(candidate, ending).await,
        Case::ToolCall => answers::tool_call(candidate, ending).await,
        Case::StructuredAnswer => answers::structured(candidate, ending).await,
        Case::LongPrompt => answers::long_prompt(candidate, ending).await,
        Case::RepairedStructure => turns::repaired(candidate, ending).await,
        Case::FurtherTurn => turns::further(candidate).await,
        Case::LimitedWithRetryAfter
        | Case::LimitedWithoutRetryAfter
        | Case::ServerErrors
        | Case::DroppedStream
        | Case::SilenceBeforeHeaders
        | Case::SilenceInStream => faults::fault(case, candidate, ending).await,
        Case::CancelInToolCall => cancelled::in_tool_call(candidate).await,
        Case::ReaderToldToWrite => writes::reader(candidate, ending).await,
    }?;
    Ok(expected.because.map_or(Verdict::Passed, Verdict::PassedSo))
}
