//! The word that a fence is made with. Making it random is the caller's part.

use std::fmt;

use serde::{Deserialize, Serialize};

/// 128 bits that the author of fenced text cannot have known. Take fresh random bytes for every prompt.
///
/// Shown as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// The nonce of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_shows_as_32_lower_case_digits() {
        let nonce = Nonce::from_bytes([0, 1, 0xab, 0xcd, 0xef, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(nonce.to_string(), "0001abcdef05060708090a0b0c0d0eff");
    }
}
