//! What a worker is expected to use, and what tokens cost.

use super::amount::Amount;
use crate::job::Usage;

/// What one worker of an agent is expected to use, until its workers have shown what they use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "an estimate does nothing until an orchestrator has it"]
pub struct Estimate {
    tokens: u64,
    micro_usd: u64,
}

/// What tokens cost, for agents that do not say what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a price does nothing until an orchestrator has it"]
pub struct Price {
    /// Millionths of a US dollar for a million tokens.
    input: u64,
    cached: u64,
    output: u64,
}

impl Default for Estimate {
    /// 30,000 tokens and 25 cents: one reading of a few files. Guesses, good for the first workers only.
    fn default() -> Self {
        Self {
            tokens: 30_000,
            micro_usd: 250_000,
        }
    }
}

impl Estimate {
    /// The default estimate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the tokens, in and out together.
    pub fn tokens(mut self, tokens: u64) -> Self {
        self.tokens = tokens;
        self
    }

    /// Sets the cost in US dollars; what is no amount of money leaves it as it was.
    pub fn cost_usd(mut self, dollars: f64) -> Self {
        if let Some(micros) = Usage::default().cost_usd(dollars).cost_micro_usd {
            self.micro_usd = micros;
        }
        self
    }

    pub(super) fn amount(self) -> Amount {
        Amount {
            tokens: self.tokens,
            micro_usd: self.micro_usd,
            workers: 1,
        }
    }
}

impl Price {
    /// US dollars for a million tokens: sent, of these taken from a cache, and written. What is no amount of money
    /// counts as nothing.
    pub fn per_million(input: f64, cached: f64, output: f64) -> Self {
        let micros = |dollars| {
            let usage = Usage::default().cost_usd(dollars);
            usage.cost_micro_usd.unwrap_or(0)
        };
        Self {
            input: micros(input),
            cached: micros(cached),
            output: micros(output),
        }
    }

    /// What `usage` costs in millionths of a dollar, rounded up; none where its tokens are not known. Cached tokens
    /// that are not told apart cost as the others.
    pub(super) fn of(self, usage: &Usage) -> Option<u64> {
        let (input, output) = (usage.input_tokens?, usage.output_tokens?);
        let cached = usage.cached_input_tokens.unwrap_or(0).min(input);
        let cost = |tokens: u64, price: u64| u128::from(tokens) * u128::from(price);
        let total = cost(input - cached, self.input) + cost(cached, self.cached) + cost(output, self.output);
        u64::try_from(total.div_ceil(1_000_000)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_their_prices() {
        let price = Price::per_million(1.25, 0.125, 10.0);
        let cost = |input, cached, output| price.of(&Usage::new(input, cached, output));
        assert_eq!(cost(1_000_000, 0, 0), Some(1_250_000));
        assert_eq!(cost(1_000_000, 1_000_000, 0), Some(125_000));
        assert_eq!(cost(0, 0, 1), Some(10));
        assert_eq!(
            cost(1, 9, 0),
            Some(1),
            "rounded up, and no more is cached than was sent"
        );
        assert_eq!(price.of(&Usage::default()), None);
    }
}
