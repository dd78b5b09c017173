//! From a text to the words that stand for it.
//!
//! Words are split at camelCase and snake_case seams; the whole identifier is kept as a word of its own, because two
//! reviewers who name `parseHeader` most likely mean one thing. Everything here is bounded: a worker may return a
//! megabyte as its claim.

use super::stem::stem;

/// Characters of one text that are looked at; the rest changes nothing.
pub(super) const MAX_CHARS: usize = 1_000;
/// Characters of one word that are looked at.
const MAX_WORD: usize = 64;

/// Words that say nothing about which defect is meant.
const STOP: [&str; 39] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "could", "for", "from", "if", "in",
    "instead", "into", "is", "it", "may", "not", "of", "on", "or", "should", "that", "the", "this", "to",
    "was", "were", "when", "which", "will", "with", "would", "its", "than", "then",
];

/// The features of one text: stemmed words and whole identifiers, and the plain split words for character n-grams.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// Stems, and whole identifiers with a leading `#`, with repetitions, in order of appearance.
    pub(super) terms: Vec<String>,
    /// The lowercase split words without stop words, each with a space after it and one before the first.
    pub(super) plain: String,
}

impl Tokens {
    /// Reads the first [`MAX_CHARS`] characters of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut tokens = Self {
            terms: Vec::new(),
            plain: " ".into(),
        };
        let end = text
            .char_indices()
            .nth(MAX_CHARS)
            .map_or(text.len(), |(at, _)| at);
        for word in text[..end].split(|c: char| !c.is_alphanumeric() && c != '_') {
            let word: Vec<char> = word.chars().take(MAX_WORD).collect();
            let parts = split_identifier(&word);
            if parts.len() > 1 {
                tokens
                    .terms
                    .push(format!("#{}", word.iter().collect::<String>().to_lowercase()));
            }
            for part in parts {
                if !STOP.contains(&part.as_str()) {
                    tokens.terms.push(stem(&part));
                    tokens.plain.push_str(&part);
                    tokens.plain.push(' ');
                }
            }
        }
        tokens
    }
}

/// `parseHTTPHeader_v2` to `parse`, `http`, `header`, `v2`.
fn split_identifier(word: &[char]) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    for (at, &c) in word.iter().enumerate() {
        let seam = c.is_uppercase()
            && at > 0
            && (word[at - 1].is_lowercase()
                || word[at - 1].is_numeric()
                || (word[at - 1].is_uppercase() && word.get(at + 1).is_some_and(|next| next.is_lowercase())));
        if (seam || c == '_') && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        if c != '_' {
            part.extend(c.to_lowercase());
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_split_and_kept_whole() {
        let tokens = Tokens::of("The parseHTTPHeader_v2() of `retry_count` fails");
        assert_eq!(
            tokens.terms,
            [
                "#parsehttpheader_v2",
                "pars",
                "http",
                "head",
                "v2",
                "#retry_count",
                "retri",
                "count",
                "fail"
            ]
        );
        assert_eq!(tokens.plain, " parse http header v2 retry count fails ");
    }

    #[test]
    fn stop_words_and_punctuation_leave_nothing() {
        assert_eq!(Tokens::of("it is, but -- not! ___").terms, Vec::<String>::new());
    }

    #[test]
    fn a_huge_text_is_cut() {
        let tokens = Tokens::of(&"word ".repeat(1_000_000));
        assert_eq!(tokens.terms.len(), MAX_CHARS / 5);
        let tokens = Tokens::of(&"ü".repeat(1_000_000));
        assert_eq!(tokens.terms, ["ü".repeat(MAX_WORD)]);
    }
}
