//! The names of the agents that there are, and what a person is told of a name that is none of them.
//!
//! It knows names alone: what an agent can do is the agent's to say.

use std::fmt;

use crate::plain;

/// A name that no agent has, and the names that there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unknown<'a> {
    pub(crate) name: &'a str,
    pub(crate) known: &'a [String],
}

impl<'a> Unknown<'a> {
    /// The name that was most likely meant: at most a third of its characters are others, or two in a short one.
    pub(crate) fn nearest(self) -> Option<&'a str> {
        let far = (self.name.chars().count() / 3).max(2);
        let wanted = self.name.to_lowercase();
        let distance = |known: &str| strsim::osa_distance(&wanted, &known.to_lowercase());
        let names = self.known.iter().map(String::as_str);
        let nearest = names.map(|known| (distance(known), known)).min()?;
        // Where nothing of it is left, it is another name.
        (nearest.0 <= far && nearest.0 < nearest.1.chars().count()).then_some(nearest.1)
    }

    /// The names that there are, the nearest first.
    pub(crate) fn listed(self) -> String {
        listed(self.nearest(), self.known)
    }
}

/// `known` for a person, `first` before the others.
pub(crate) fn listed(first: Option<&str>, known: &[String]) -> String {
    let others = known
        .iter()
        .map(String::as_str)
        .filter(|name| Some(*name) != first);
    let names = first.into_iter().chain(others);
    let names: Vec<String> = names.map(|name| plain::line(name, 60)).collect();
    names.join(", ")
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no agent `{}`; ", plain::line(self.name, 60))?;
        if let Some(nearest) = self.nearest() {
            write!(f, "did you mean `{}`? ", plain::line(nearest, 60))?;
        }
        write!(f, "there are: {}", self.listed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> String {
        let known = ["claude", "codex", "gemini", "opencode"].map(str::to_owned);
        Unknown { name, known: &known }.to_string()
    }

    #[test]
    fn a_misspelt_name_is_told_with_the_one_that_was_meant_and_all_that_there_are() {
        assert_eq!(
            said("codx"),
            "no agent `codx`; did you mean `codex`? there are: codex, claude, gemini, opencode"
        );
        for (name, meant) in [
            ("Codex", "codex"),
            ("cdoex", "codex"),
            ("claud", "claude"),
            ("open-code", "opencode"),
        ] {
            assert!(
                said(name).contains(&format!("did you mean `{meant}`?")),
                "{}",
                said(name)
            );
        }
    }

    #[test]
    fn a_name_that_is_like_none_is_not_guessed_at() {
        for name in ["gpt", "", "my-own-agent"] {
            let said = said(name);
            assert!(
                said.ends_with("; there are: claude, codex, gemini, opencode"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_hostile_name_is_shown_harmless() {
        let said = said("co\u{1b}[2Jdex\n");
        assert!(!said.contains('\u{1b}') && !said.contains('\n'), "{said:?}");
    }
}
