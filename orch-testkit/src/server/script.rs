//! The script: rules in order, and what happens to a request before and after them.

use super::refusal::Refusal;
use super::{Reply, Request, Rule};

/// Rules in order; the first that matches and is not used up answers.
#[derive(Debug, Default)]
#[must_use = "a script does nothing until a server is started with it"]
pub struct Script {
    rules: Vec<Rule>,
}

/// What the script decided for one request.
pub(super) struct Decision {
    pub(super) reply: Reply,
    pub(super) matched: bool,
}

impl Script {
    /// A script without rules: every request is unmatched.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule after those there are.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// The schema is judged before the rules, as the API judges it before the model is asked: such a request uses
    /// up no rule.
    pub(super) fn decide(&self, request: &Request) -> Decision {
        let Some(wire) = request.wire else {
            let message = format!("the scripted server has no {} {}", request.method, request.path);
            return Decision {
                reply: Refusal::error(404, None, &message).into(),
                matched: false,
            };
        };
        if let Some(reply) = wire.refuse(request) {
            return Decision { reply, matched: true };
        }
        if let Some(reply) = self.rules.iter().find_map(|rule| rule.answer(request)) {
            return Decision { reply, matched: true };
        }
        let message = format!(
            "no rule of the script matches {}; add a rule for it",
            request.summary()
        );
        Decision {
            reply: Refusal::error(500, Some("no_rule"), &message).into(),
            matched: false,
        }
    }
}
