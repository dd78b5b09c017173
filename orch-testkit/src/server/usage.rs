//! The token counts that end a streamed turn.

/// Token counts of one request.
///
/// The total is input plus output: cached tokens are part of the input, reasoning tokens part
/// of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens read, cached ones included.
    pub input: u64,
    /// Tokens read from the cache.
    pub cached: u64,
    /// Tokens written, reasoning included.
    pub output: u64,
    /// Tokens written as reasoning.
    pub reasoning: u64,
}

impl Usage {
    /// So many tokens in and out, none cached, none for reasoning.
    pub fn new(input: u64, output: u64) -> Self {
        Self {
            input,
            output,
            ..Self::default()
        }
    }

    /// How many of the input tokens came from the cache.
    pub fn cached(mut self, tokens: u64) -> Self {
        self.cached = tokens;
        self
    }

    /// How many of the output tokens were reasoning.
    pub fn reasoning(mut self, tokens: u64) -> Self {
        self.reasoning = tokens;
        self
    }
}
