//! What a worker used, as its agent reports it. What was not reported is unknown, and unknown is never zero.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Tokens and cost of a conversation so far, as the agent reported them; `None` is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens sent to the model, cached ones included.
    pub input_tokens: Option<u64>,
    /// Of these, tokens that the service had in its cache.
    pub cached_input_tokens: Option<u64>,
    /// Tokens that the model wrote, its reasoning included.
    pub output_tokens: Option<u64>,
    /// What it cost, in millionths of a US dollar, where the agent says so.
    #[serde(default)]
    pub cost_micro_usd: Option<u64>,
}

impl Usage {
    /// So many tokens in (of which `cached` came from a cache) and out; the cost is unknown.
    pub fn new(input: u64, cached: u64, output: u64) -> Self {
        Self {
            input_tokens: Some(input),
            cached_input_tokens: Some(cached),
            output_tokens: Some(output),
            cost_micro_usd: None,
        }
    }

    /// Sets the cost from US dollars; what is no amount of money (negative, not a number) leaves it unknown.
    #[must_use]
    pub fn cost_usd(mut self, dollars: f64) -> Self {
        /// Beyond this no run of a worker costs, and a float still counts in millionths.
        const MOST: f64 = 1e9;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range is checked"
        )]
        let micros = (0.0..=MOST)
            .contains(&dollars)
            .then(|| (dollars * 1e6).round() as u64);
        self.cost_micro_usd = micros;
        self
    }

    /// Tokens in and out together; none where one of them is unknown.
    pub fn tokens(&self) -> Option<u64> {
        Some(self.input_tokens?.saturating_add(self.output_tokens?))
    }

    /// Both together. What one of them does not know is not known of the sum, so that no sum passes for the whole.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sum = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        Self {
            input_tokens: sum(self.input_tokens, other.input_tokens),
            cached_input_tokens: sum(self.cached_input_tokens, other.cached_input_tokens),
            output_tokens: sum(self.output_tokens, other.output_tokens),
            cost_micro_usd: sum(self.cost_micro_usd, other.cost_micro_usd),
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count =
            |count: Option<u64>| count.map_or_else(|| "unknown".to_owned(), |count| count.to_string());
        write!(
            f,
            "{} tokens in ({} cached), {} out, cost ",
            count(self.input_tokens),
            count(self.cached_input_tokens),
            count(self.output_tokens)
        )?;
        match self.cost_micro_usd {
            Some(micros) => write!(f, "${}.{:06}", micros / 1_000_000, micros % 1_000_000),
            None => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_never_shown_as_zero() {
        let text = Usage::default().to_string();
        assert_eq!(
            text,
            "unknown tokens in (unknown cached), unknown out, cost unknown"
        );
        let known = Usage::new(10, 0, 3).cost_usd(0.012_345);
        assert_eq!(
            known.to_string(),
            "10 tokens in (0 cached), 3 out, cost $0.012345"
        );
        for dollars in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Usage::new(1, 1, 1).cost_usd(dollars).cost_micro_usd, None);
        }
    }

    #[test]
    fn a_sum_knows_what_both_know() {
        let sum = Usage::new(1, 2, 3)
            .cost_usd(1.0)
            .plus(Usage::new(10, 20, u64::MAX));
        assert_eq!(sum, Usage::new(11, 22, u64::MAX));
    }
}
