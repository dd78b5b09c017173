//! The conformance cases with the real agents. What each asks is `orch_testkit::conformance`.

use orch_testkit::conformance::{self, Candidate, Case};
use orch_testkit::real;

async fn conforms(case: Case, candidate: &dyn Candidate) {
    if let Err(complaint) = conformance::run(case, candidate).await {
        panic!("{} {case}: {complaint}", candidate.name());
    }
}

/// A test for each case that is named, and the list of them.
macro_rules! cases {
    ($agent:ident, $list:ident: $($test:ident = $case:expr),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                if let Some(real) = real::$agent(stringify!($test)) {
                    conforms($case, &conformance::$agent(&real)).await;
                }
            }
        )*
        const $list: &[Case] = &[$($case),*];
    };
}

cases!(codex, CODEX:
    conformance_codex_plain_answer = Case::PlainAnswer,
    conformance_codex_tool_call = Case::ToolCall,
    conformance_codex_structured_answer = Case::StructuredAnswer,
    conformance_codex_repaired_structure = Case::RepairedStructure,
    conformance_codex_further_turn = Case::FurtherTurn,
    conformance_codex_limited_with_retry_after = Case::LimitedWithRetryAfter,
    conformance_codex_limited_without_retry_after = Case::LimitedWithoutRetryAfter,
    conformance_codex_server_errors = Case::ServerErrors,
    conformance_codex_dropped_stream = Case::DroppedStream,
    conformance_codex_silence_before_headers = Case::SilenceBeforeHeaders,
    conformance_codex_silence_in_stream = Case::SilenceInStream,
    conformance_codex_cancel_in_tool_call = Case::CancelInToolCall,
    conformance_codex_long_prompt = Case::LongPrompt,
    conformance_codex_reader_told_to_write = Case::ReaderToldToWrite,
);

cases!(claude, CLAUDE:
    conformance_claude_plain_answer = Case::PlainAnswer,
    conformance_claude_tool_call = Case::ToolCall,
    conformance_claude_structured_answer = Case::StructuredAnswer,
    conformance_claude_repaired_structure = Case::RepairedStructure,
    conformance_claude_further_turn = Case::FurtherTurn,
    conformance_claude_limited_with_retry_after = Case::LimitedWithRetryAfter,
    conformance_claude_limited_without_retry_after = Case::LimitedWithoutRetryAfter,
    conformance_claude_server_errors = Case::ServerErrors,
    conformance_claude_dropped_stream = Case::DroppedStream,
    conformance_claude_silence_before_headers = Case::SilenceBeforeHeaders,
    conformance_claude_silence_in_stream = Case::SilenceInStream,
    conformance_claude_cancel_in_tool_call = Case::CancelInToolCall,
    conformance_claude_long_prompt = Case::LongPrompt,
    conformance_claude_reader_told_to_write = Case::ReaderToldToWrite,
);

// Slow: one case on every change, all of them by `cargo xtask conformance`.
cases!(opencode, OPENCODE: conformance_opencode_tool_call = Case::ToolCall);
cases!(gemini, GEMINI: conformance_gemini_tool_call = Case::ToolCall);

#[test]
fn codex_and_claude_are_asked_every_case_and_the_others_one() {
    assert_eq!(CODEX, Case::ALL);
    assert_eq!(CLAUDE, Case::ALL);
    assert_eq!((OPENCODE.len(), GEMINI.len()), (1, 1));
}
