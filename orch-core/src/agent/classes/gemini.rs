use super::*;
use crate::agent::gemini::decoder::GeminiDialect;

macro_rules! recorded {
    ($case:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/recorded/gemini/0.61.0/",
            $case,
            ".jsonl"
        ))
    };
}

/// As it ends when a service refused with 400: the code is the status, cut to a byte.
const REFUSED: Exit = Exit::Code(144);

fn failed(kind: &str, words: &str) -> String {
    format!(
        "{{\"type\":\"result\",\"status\":\"error\",\"error\":{{\"type\":\"{kind}\",\"message\":\"{words}\"}}}}\n"
    )
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn the_failures_of_gemini() {
    let api = |words: &str| failed("Error", &format!("[API Error: {words}]"));
    let overloaded =
        api("{'error':{'code':503,'message':'The model is overloaded.','status':'UNAVAILABLE'}}");
    let reset = Some(Resets::After(Duration::from_secs(7_384)));
    let used_up = api("You have exhausted your capacity on this model. Your quota will reset after 2h3m4s.");
    let rate = api("{'error':{'code':429,'status':'RESOURCE_EXHAUSTED'}} Please retry in 34s.");
    let long = api("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).");
    let schema = api("{'error':{'code':400,'message':'Invalid schema: unsupported keyword'}}");
    let rows = [
        (
            "composed: overloaded",
            &*overloaded,
            Exit::Code(247),
            FailClass::Transport,
            AGAIN,
        ),
        (
            "composed: not reached",
            &api("fetch failed"),
            Exit::Code(1),
            FailClass::Transport,
            AGAIN,
        ),
        (
            "a key that is none",
            recorded!("refused_key"),
            REFUSED,
            FailClass::Auth,
            Final,
        ),
        (
            "composed: no login",
            &failed("FatalAuthenticationError", "Please set an Auth method"),
            Exit::Code(41),
            FailClass::Auth,
            Final,
        ),
        (
            "composed: a 429 with a pause",
            &rate,
            Exit::Code(173),
            FailClass::Quota,
            TryAgain(Some(Duration::from_secs(34))),
        ),
        (
            "composed: a quota until a moment",
            &used_up,
            Exit::Code(173),
            FailClass::Quota,
            UsedUp(reset),
        ),
        (
            "composed: too many tokens",
            &long,
            REFUSED,
            FailClass::ContextTooLong,
            Final,
        ),
        (
            "a model that is none",
            recorded!("refused_400"),
            REFUSED,
            FailClass::Refused,
            Final,
        ),
        (
            "composed: a schema that is not taken",
            &schema,
            REFUSED,
            FailClass::Unsupported,
            Final,
        ),
        (
            "composed: a sandbox that cannot be had",
            &failed("FatalSandboxError", "Failed to start"),
            Exit::Code(44),
            FailClass::SandboxRefused,
            Final,
        ),
        (
            "composed: too many turns",
            &failed("FatalTurnLimitedError", "Reached max session turns"),
            Exit::Code(53),
            FailClass::NoAnswer,
            Final,
        ),
        (
            "an empty response",
            recorded!("empty"),
            Exit::Code(0),
            FailClass::Other,
            Final,
        ),
        (
            "composed: nothing was said",
            "",
            Exit::Code(1),
            FailClass::Crashed,
            AGAIN,
        ),
        (
            "ended by somebody's SIGTERM",
            recorded!("terminated"),
            Exit::Code(143),
            FailClass::Killed,
            AGAIN,
        ),
        (
            "ended by somebody's SIGKILL",
            recorded!("terminated"),
            KILLED,
            FailClass::Killed,
            AGAIN,
        ),
    ];
    check(GeminiDialect::default, &rows);
    covers(&rows, &[]);
}
