//! How the text of an output is cut to a number of tokens: in the middle, at whole characters, every byte counted. The
//! numbers and the words are codex's (`utils/string/src/truncate.rs`).

use super::super::transcript::{Unread, code_point_start, unfinished};

/// Bytes that are taken for one token.
const BYTES_A_TOKEN: u64 = 4;

/// The text of an output.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) text: String,
    /// Bytes of the output that are not in it.
    pub(super) omitted: u64,
}

/// How many tokens so many bytes are.
pub(in crate::session) fn estimate(bytes: u64) -> u64 {
    bytes.div_ceil(BYTES_A_TOKEN)
}

/// How many bytes so many tokens are.
pub(super) fn budget(tokens: usize) -> usize {
    tokens.saturating_mul(4)
}

/// How many bytes of a budget go to the beginning of an output, and how many to its end.
pub(in crate::session) fn split(budget: usize) -> (usize, usize) {
    (budget / 2, budget - budget / 2)
}

/// The text of what came, in at most `tokens` tokens but for the words that say what is left out.
pub(super) fn cut(unread: &Unread, tokens: usize) -> Cut {
    let budget = budget(tokens);
    let gap = unread.gap();
    let retained = unread.head.len() + unread.tail.len();
    if gap == 0 && retained <= budget {
        let bytes = [&unread.head[..], &unread.tail].concat();
        return Cut {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            omitted: 0,
        };
    }
    let (left, right) = if retained <= budget {
        (unread.head.clone(), unread.tail.clone())
    } else {
        let (left, right) = split(budget);
        (beginning(unread, left), ending(unread, right))
    };
    // A cut may not lie within a character or an escape sequence.
    let left = &left[..left.len() - unfinished(&left)];
    let right = &right[code_point_start(&right)..];
    let omitted = unread.bytes - left.len() as u64 - right.len() as u64;
    // As codex counts them: what is above the budget, not what the whole characters leave of it.
    let truncated = estimate(unread.bytes.saturating_sub(budget as u64)).max(u64::from(omitted > 0));
    let text = format!(
        "Warning: truncated output (original token count: {})\nTotal output lines: {}\n\n{}…{truncated} tokens truncated…{}",
        estimate(unread.bytes),
        unread.lines,
        String::from_utf8_lossy(left),
        String::from_utf8_lossy(right),
    );
    Cut { text, omitted }
}

/// The first `length` bytes, as far as they lie together.
fn beginning(unread: &Unread, length: usize) -> Vec<u8> {
    let mut bytes = unread.head[..length.min(unread.head.len())].to_vec();
    if unread.gap() == 0 {
        let more = (length - bytes.len()).min(unread.tail.len());
        bytes.extend_from_slice(&unread.tail[..more]);
    }
    bytes
}

/// The last `length` bytes, as far as they lie together.
fn ending(unread: &Unread, length: usize) -> Vec<u8> {
    let of_tail = &unread.tail[unread.tail.len().saturating_sub(length)..];
    if unread.gap() > 0 {
        return of_tail.to_vec();
    }
    let more = (length - of_tail.len()).min(unread.head.len());
    [&unread.head[unread.head.len() - more..], of_tail].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Unread {
        Unread {
            bytes: text.len() as u64,
            lines: text.lines().count() as u64,
            head: text.as_bytes().to_vec(),
            tail: Vec::new(),
        }
    }

    #[test]
    fn codex_profile_cuts_in_the_middle_and_says_so_in_its_words() {
        let text = "0123456789abcdefghij0123456789abcdefghij\n".repeat(10);
        let cut = cut(&whole(&text), 6);
        assert_eq!(
            cut.text,
            "Warning: truncated output (original token count: 103)\nTotal output lines: 10\n\n0123456789ab…97 tokens truncated…9abcdefghij\n"
        );
        assert_eq!(cut.omitted, 410 - 24);
    }

    #[test]
    fn what_fits_is_not_touched() {
        let fits = cut(&whole("12345678"), 2);
        assert_eq!((fits.text.as_str(), fits.omitted), ("12345678", 0));
        assert_eq!(
            cut(&whole(""), 0),
            Cut {
                text: String::new(),
                omitted: 0
            }
        );
        let nothing = cut(&whole("abc"), 0);
        assert!(
            nothing.text.ends_with("\n\n…1 tokens truncated…"),
            "{}",
            nothing.text
        );
        assert_eq!(nothing.omitted, 3);
    }

    #[test]
    fn no_character_is_broken_and_every_byte_is_counted() {
        let text = "€".repeat(100);
        for tokens in 0..30 {
            let cut = cut(&whole(&text), tokens);
            assert!(!cut.text.contains('\u{fffd}'), "{}", cut.text);
            let shown = cut.text.matches('€').count() as u64;
            assert_eq!(shown * 3 + cut.omitted, 300);
        }
    }

    #[test]
    fn what_was_not_kept_counts_as_left_out() {
        let unread = Unread {
            bytes: 1_000_000,
            lines: 7,
            head: b"first".to_vec(),
            tail: b"last".to_vec(),
        };
        let cut = cut(&unread, 10_000);
        assert_eq!(cut.omitted, 1_000_000 - 9);
        assert!(
            cut.text.contains(
                "original token count: 250000)\nTotal output lines: 7\n\nfirst…240000 tokens truncated…last"
            ),
            "{}",
            cut.text
        );
    }

    #[test]
    fn a_head_that_was_kept_and_a_tail_that_follows_are_one_text() {
        let unread = Unread {
            bytes: 10,
            lines: 1,
            head: b"0123".to_vec(),
            tail: b"456789".to_vec(),
        };
        assert_eq!(cut(&unread, 3).text, "0123456789");
        assert!(cut(&unread, 2).text.ends_with("0123…1 tokens truncated…6789"));
        assert!(cut(&unread, 1).text.ends_with("01…2 tokens truncated…89"));
    }
}
