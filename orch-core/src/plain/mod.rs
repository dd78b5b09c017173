//! Text from elsewhere made harmless for a terminal or a log line.
//!
//! Takes out escape sequences, control characters (C0 but newline and tab, DEL, C1) and the bidirectional overrides.
//! [`block`] and [`line`](line()) work on one whole text, [`Stripper`] on a stream of bytes that is cut anywhere.

mod stripper;

use std::borrow::Cow;

pub use stripper::Stripper;

/// `text` with every escape sequence and every control character but newline and tab taken out.
///
/// Secrets come out before and not afterwards: a [`Redactor`](crate::Redactor) finds them across escape sequences.
pub fn block(text: &str) -> String {
    stripped(text).into_owned()
}

pub(crate) fn stripped(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hostile(c) && !matches!(c, '\n' | '\t')) {
        return Cow::Borrowed(text);
    }
    let mut stripper = Stripper::new();
    let mut out = String::with_capacity(text.len());
    stripper.push(text.as_bytes(), &mut out);
    stripper.finish(&mut out);
    Cow::Owned(out)
}

/// `text` on one line: white space folded, escape sequences and control characters taken out, at most `limit` characters with `…` where
/// it was cut.
pub fn line(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut written = 0_usize;
    let mut gap = false;
    for c in stripped(text).chars() {
        if c.is_whitespace() {
            gap = written > 0;
            continue;
        }
        if written + usize::from(gap) >= limit {
            out.push('…');
            return out;
        }
        if gap {
            out.push(' ');
            written += 1;
            gap = false;
        }
        out.push(c);
        written += 1;
    }
    out
}

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_lose_their_teeth() {
        assert_eq!(
            block("a\x1b]52;c;aGk=\x07b\n\u{9b}31mc\u{202e}d\te"),
            "ab\n31mcd\te"
        );
        assert_eq!(line("  a\x1b[2Jb \n\n c  ", 80), "ab c");
    }

    #[test]
    fn a_line_is_cut_at_characters() {
        assert_eq!(line("äöüäöü", 3), "äöü…");
        assert_eq!(line("äöü", 3), "äöü");
        assert_eq!(line("ab cd", 3), "ab …".replace(' ', ""));
    }
}
