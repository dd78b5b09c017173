//! Stories of verifiers of which most die.

use orch_patterns::engine::Job;
use orch_patterns::{FailClass, NotStarted, PatternExt as _, Quorum, Retry, Unfinished, Verdict, Verdicts};
use orch_testkit::memory_engine::Play;

use crate::fan::{ask, fan, questions};

/// What the verifier of the claim `qN` does: five of nineteen answer.
fn verifier(job: &Job) -> Play {
    let asked = |n: &usize| job.prompt.contains(&format!("Say q{n}."));
    let deaths = [
        (FailClass::Crashed, "it broke, and refuted nothing"),
        (FailClass::Transport, "stream lost"),
        (FailClass::Auth, "not logged in"),
        (FailClass::NoAnswer, "nothing was said"),
        (FailClass::Killed, "signal 9"),
        (FailClass::SandboxRefused, "read-only file system"),
        (FailClass::IdleTimeout, "silent for 600 s"),
    ];
    match (0..19).find(asked) {
        Some(0 | 6 | 12) => Play::answer("confirmed"),
        Some(9) => Play::answer("refuted"),
        Some(15) => Play::answer("I cannot tell whether it is refuted"),
        Some(n) => {
            let (class, words) = deaths[n % deaths.len()];
            Play::fail(class, words)
        }
        None => Play::fail(FailClass::Other, "a claim that nobody made"),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a pattern's step owns what it reads"
)]
fn judge(words: String) -> Verdict {
    match words.as_str() {
        "confirmed" => Verdict::Confirmed,
        "refuted" => Verdict::Refuted,
        _ => Verdict::Unverified,
    }
}

#[tokio::test(start_paused = true)]
async fn dead_workers_are_not_verdicts() {
    let fan = fan(verifier, |b| b.max_parallel(3).retry(Retry::transient(1)));
    let claims = ask().map(judge).for_each(19);
    let covered = fan.orch.run(&claims, questions(19)).await.unwrap();
    assert_eq!(covered.coverage().to_string(), "5 of 19");
    // A majority of the claims is not known, and no quorum says otherwise.
    let why = covered.clone().require(Quorum::Majority).unwrap_err();
    assert!(why.to_string().contains("5 of 19"), "{why}");

    let verdicts = Verdicts::of(covered);
    assert_eq!(verdicts.to_string(), "3 confirmed, 1 refuted, 15 unverified");
    assert_eq!(verdicts.asked(), 19);
    // Fourteen of those have a reason of their own, and it is the infrastructure's.
    let died =
        |why: &Unfinished| matches!(why, Unfinished::Failed(failure) if failure.class != FailClass::Other);
    assert_eq!(verdicts.missing().len(), 14);
    assert!(
        verdicts.missing().iter().all(|missing| died(&missing.why)),
        "{verdicts:#}"
    );
}

#[tokio::test]
async fn dead_workers_are_not_verdicts_when_the_account_closes_under_them() {
    let script = |job: &Job| {
        if job.prompt.contains("Say q0.") {
            return Play::answer("confirmed");
        }
        Play::fail(
            FailClass::Quota,
            "You've hit your usage limit. Try again in 3 days.",
        )
    };
    let fan = fan(script, |b| b.max_parallel(1));
    let claims = ask().map(judge).for_each(1);
    let verdicts = Verdicts::of(fan.orch.run(&claims, questions(19)).await.unwrap());
    assert_eq!(verdicts.to_string(), "1 confirmed, 0 refuted, 18 unverified");
    let never = |why: &Unfinished| matches!(why, Unfinished::NotStarted(NotStarted::QuotaUntil(Some(_))));
    let never = verdicts.missing().iter().filter(|missing| never(&missing.why));
    assert_eq!(never.count(), 17, "{verdicts:#}");
}
