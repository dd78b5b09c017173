//! What a worker is told when its answer is not to the contract.

use orch_prompts::{Brief, Material, Nonce};
use uuid::Uuid;

/// A nonce that nobody can have foreseen.
pub(super) fn nonce() -> Nonce {
    Nonce::from_bytes(*Uuid::new_v4().as_bytes())
}

/// The prompt of a repair turn. The complaint may quote the worker's own words, so it goes inside a fence.
pub(super) fn repair_prompt(complaint: &str) -> String {
    Brief::new(
        "Your last answer could not be read. Give the same answer again, in the form that was asked for.",
    )
    .instruct("Read what is wrong with your last answer under MATERIAL.")
    .instruct("Keep the content of your answer. Change its form only.")
    .output(
        "Exactly what your first task asks for under OUTPUT, and nothing else: no words before or after it.",
    )
    .forbid("Do not start the work again.")
    .material(Material::new(
        "what is wrong with the answer",
        "the orchestrator's validation",
        complaint,
    ))
    .render(&nonce())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repair_prompt_is_a_brief_like_any_other() {
        let prompt = repair_prompt("missing field `findings`");
        assert!(prompt.starts_with(orch_prompts::PREAMBLE));
        assert!(prompt.contains("missing field `findings`"));
        assert_ne!(
            prompt,
            repair_prompt("missing field `findings`"),
            "its nonce is fresh"
        );
    }
}
