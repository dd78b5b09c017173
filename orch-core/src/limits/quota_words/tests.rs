//! The words of agents and services, as they stand.

use super::*;

fn after(seconds: f64) -> Resets {
    Resets::After(Duration::from_secs_f64(seconds))
}

fn at(moment: &str) -> Resets {
    Resets::At(moment.parse().unwrap())
}

#[test]
fn words_of_the_agents_and_their_services_are_read() {
    let clock = |minutes, utc| Resets::AtClock { minutes, utc };
    for (words, terminal, resets) in [
        // codex
        (
            "exceeded retry limit, last status: 429 Too Many Requests",
            false,
            None,
        ),
        (
            "Rate limit reached for gpt-5 on tokens per min (TPM): Limit 30000, Used 22999, Requested 12528. Please try again in 11.054s. Visit https://x",
            false,
            Some(after(11.054)),
        ),
        (
            "Rate limit reached for gpt-5. Please try again in 28ms.",
            false,
            Some(after(0.028)),
        ),
        (
            "You've hit your usage limit. Upgrade to Pro or try again in 3 days 5 hours 2 minutes.",
            true,
            Some(after(277_320.0)),
        ),
        (
            "You've hit your usage limit. Try again at Nov 24th, 2026 3:05 PM UTC.",
            true,
            Some(at("2026-11-24T15:05:00Z")),
        ),
        ("Quota exceeded. Check your plan and billing details.", true, None),
        (
            r#"{"error":{"type":"usage_limit_reached","plan_type":"plus","resets_in_seconds":5400}}"#,
            true,
            Some(after(5_400.0)),
        ),
        (
            r#"{"error":{"type":"usage_limit_reached","resets_at":1795390000}}"#,
            true,
            Some(at("2026-11-22T23:26:40Z")),
        ),
        // claude
        (
            "Claude AI usage limit reached|1795390000",
            true,
            Some(at("2026-11-22T23:26:40Z")),
        ),
        (
            "You've hit your limit · resets 3pm (UTC)",
            true,
            Some(clock(15 * 60, true)),
        ),
        (
            "You've hit your limit · resets 12:30am",
            true,
            Some(clock(30, false)),
        ),
        ("Your credit balance is too low to access the API", true, None),
        ("API Error: 429 rate_limit_error: slow down", false, None),
        // gemini
        (
            "You have exhausted your capacity on this model. Your quota will reset after 2h3m4s.",
            true,
            Some(after(7_384.0)),
        ),
        (
            r#"429 RESOURCE_EXHAUSTED "retryDelay": "34s""#,
            false,
            Some(after(34.0)),
        ),
        ("Please retry in 34.07s.", false, Some(after(34.07))),
        // opencode hands the service's words and headers on
        (r#"429 {"retry-after":"7","x":"y"}"#, false, Some(after(7.0))),
        (
            "rate limited, reset_at: 2026-11-22T23:00:00Z",
            false,
            Some(at("2026-11-22T23:00:00Z")),
        ),
        // nothing
        ("", false, None),
        ("429: resets soon, until then wait", false, None),
    ] {
        assert_eq!(read(words), Said { terminal, resets }, "{words}");
    }
}

#[test]
fn no_words_break_the_reader() {
    for words in [
        "try again in 99999999999999999999999999999 days",
        "resets at 99:99",
        "resets 13pm",
        "try again in 1.2.3s",
        "reset_at: 1e400",
        "try again at Nov 99th, 2026 3:05 PM",
        "try again in ",
        "resets ümläut 3pm",
        "retry after -5",
    ] {
        assert_eq!(read(words).resets, None, "{words}");
    }
}

proptest::proptest! {
    #[test]
    fn any_words_are_read(mark in "(try again in|resets at|until|retry-after) ?", rest in ".{0,40}") {
        let said = read(&format!("{mark}{rest}"));
        if let Some(resets) = said.resets {
            let _ = resets.moment(Timestamp::UNIX_EPOCH);
        }
    }
}
