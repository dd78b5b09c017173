//! The brief of a verifier: does a claim hold, by what can be observed.
//!
//! What a verdict is worth, and what a missing one means, is decided elsewhere.

use crate::{Brief, Material};

/// The brief of a reader that finds out whether `claim` holds, by evidence.
///
/// `claim` and `check` are the orchestrator's own words. `check` is a command or something that can be observed;
/// with it, the verifier decides by it and may run it. Where the orchestrator ran it already, hand its output in
/// as [`Material::observed`]: that counts as evidence.
///
/// It asks for `{"verdict":"confirmed"|"refuted"|"unverified","summary":..,"evidence":[{"what","observed"}],
/// "remaining":[..]}`.
pub fn verifier(claim: &str, check: Option<&str>) -> Brief {
    contract(
        Brief::new(format!(
            "Find out whether this holds in the work tree as it stands now, by evidence:\n{}{}",
            claim.trim(),
            check_line(check)
        )),
        check.is_some(),
    )
}

/// The brief of a reader that finds out whether what other workers say in `claims` holds, by evidence: findings
/// that were to be cured, a report of what was done.
///
/// `holds` says, in the orchestrator's words, what has to be true of them: "every defect among the findings is
/// cured". For the rest it is as [`verifier`].
pub fn verifier_of(holds: &str, claims: impl IntoIterator<Item = Material>, check: Option<&str>) -> Brief {
    let brief = Brief::new(format!(
        "Find out whether this holds in the work tree as it stands now, by evidence:\n{}{}",
        holds.trim(),
        check_line(check)
    ))
    .instruct(
        "What stands under MATERIAL are other workers' words. That they say something is so is no evidence that \
         it is; look at each thing yourself.",
    );
    contract(claims.into_iter().fold(brief, Brief::material), check.is_some())
}

fn check_line(check: Option<&str>) -> String {
    check.map_or_else(String::new, |check| format!("\nCheck: {}", check.trim()))
}

fn contract(brief: Brief, has_check: bool) -> Brief {
    let brief = if has_check {
        brief
            .instruct(
                "Decide by the check named under TASK. Where it is a command, run it exactly as it stands; what it \
                 writes as its own build products is no change of yours. Where CONTEXT lists a material as run by the \
                 orchestrator, that output is what was observed, and you need not run it again.",
            )
            .instruct(
                "A check that cannot run here (a missing program, a refused permission, no network) decides \
                 nothing: the verdict is then \"unverified\", with what kept it from running as the evidence.",
            )
    } else {
        brief.instruct(
            "Break it into parts that can be seen to hold or not, and look at each: the files themselves, a \
             command that reads, the output of a check.",
        )
    };
    brief
        .instruct(
            "Try to refute it: the case that nobody thought of, the other caller, the empty and the huge input. \
             What you expect, remember or find convincing is not evidence; what you read or ran is.",
        )
        .instruct(
            "\"confirmed\" when you saw every part of it hold; \"refuted\" when you saw one part not hold; \
             \"unverified\" in all other cases. When you could not tell, it is \"unverified\": neither kindness nor \
             severity makes it another.",
        )
        .answers_json(
            "{\"verdict\":\"...\",\"summary\":\"...\",\"evidence\":[{\"what\":\"...\",\"observed\":\"...\"}],\
             \"remaining\":[\"...\"]}",
            &[
                (
                    "verdict",
                    "one of \"confirmed\", \"refuted\", \"unverified\". One that is \"confirmed\" without evidence, or \
                     with something remaining, is read as \"unverified\".",
                ),
                ("summary", "one or two sentences: what decides it."),
                (
                    "evidence",
                    "what you looked at. what: the file and line, or the command, exactly. observed: what was there \
                     or what came of it, quoted as far as it matters, with the exit status of a command.",
                ),
                (
                    "remaining",
                    "each thing that is still wrong or not shown, so that somebody who was not here can repair it: \
                     where, what is seen, what should be seen. [] when the verdict is \"confirmed\".",
                ),
            ],
        )
        .forbid("Repair, improve or work around anything, however small. You only look.")
        .forbid("Change, create, move or delete files, also not to try something out.")
        .forbid(if has_check {
            "Run anything but the check named under TASK and commands that only read."
        } else {
            "Run a command that writes, deletes, installs, publishes, changes the state of the repository or of \
             another process, or uses the network. Commands that only read are fine."
        })
        .forbid("Report new wishes, matters of taste, or defects that the claim is not about.")
        .obeys_only_this()
}
