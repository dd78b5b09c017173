//! Makes hostile characters visible, so that what a model or a terminal gets is what a reader sees.
//!
//! Escapes, never removes: two halves of a forbidden word cannot join when something between them disappears.
//! The one thing dropped is the CR of a CRLF. This is no terminal emulator: an escape sequence stays, as
//! harmless text.

use std::borrow::Cow;
use std::path::Path;

/// The word of a fence line. Whoever writes it in other people's text gets it with its hyphen escaped.
pub(crate) const MARKER: &str = "ORCH-MATERIAL";

/// Most bytes of a label, a title or a provenance that are shown.
const NAME_CAP: usize = 200;

/// How text is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'n> {
    /// 32 hexadecimal digits that must not occur in what is shown, in either case.
    nonce: Option<&'n str>,
    /// Whether line feeds and tabs stay, or are escaped too.
    lines: bool,
}

impl<'n> View<'n> {
    /// Outside fences, with its lines.
    const OURS: Self = Self {
        nonce: None,
        lines: true,
    };
    /// Outside fences, on one line.
    const OURS_ON_ONE_LINE: Self = Self {
        nonce: None,
        lines: false,
    };

    /// Inside a fence: with its lines, and without `nonce`.
    pub(crate) fn fenced(nonce: &'n str) -> Self {
        Self {
            nonce: Some(nonce),
            lines: true,
        }
    }

    /// The first piece of `rest`, which must not be empty: how many bytes it takes, and how it is shown.
    fn piece<'t>(&self, rest: &'t str) -> (usize, Cow<'t, str>) {
        if let Some(nonce) = self.nonce
            && starts_with(rest, nonce)
        {
            return (nonce.len(), Cow::Borrowed("(nonce)"));
        }
        if starts_with(rest, MARKER) {
            let shown = rest[..MARKER.len()].replacen('-', "\\u{2d}", 1);
            return (MARKER.len(), Cow::Owned(shown));
        }
        if self.lines && rest.starts_with("\r\n") {
            return ("\r".len(), Cow::Borrowed(""));
        }
        let ch = rest.chars().next().unwrap_or_default();
        let kept = if matches!(ch, '\n' | '\t') {
            self.lines
        } else {
            !is_hidden(ch)
        };
        if kept {
            (ch.len_utf8(), Cow::Borrowed(&rest[..ch.len_utf8()]))
        } else {
            (ch.len_utf8(), Cow::Owned(format!("\\u{{{:x}}}", u32::from(ch))))
        }
    }

    /// As much of `text` as is shown in at most `cap` bytes, and how many bytes of `text` that leaves out.
    pub(crate) fn show(&self, text: &str, cap: usize) -> (String, usize) {
        let mut shown = String::with_capacity(text.len().min(cap));
        let mut rest = text;
        while !rest.is_empty() {
            let (taken, form) = self.piece(rest);
            if shown.len() + form.len() > cap {
                break;
            }
            shown.push_str(&form);
            rest = &rest[taken..];
        }
        (shown, rest.len())
    }

    /// `text` as a name: on one line, without a quotation mark that could end it, at most [`NAME_CAP`] bytes
    /// of it.
    pub(crate) fn name(self, text: &str) -> String {
        let one_line = Self { lines: false, ..self };
        let (shown, omitted) = one_line.show(text, NAME_CAP);
        let shown = shown.replace('"', "'");
        if omitted == 0 { shown } else { shown + "…" }
    }
}

/// `text` on one line.
pub(crate) fn line(text: &str) -> String {
    View::OURS_ON_ONE_LINE.show(text, usize::MAX).0
}

/// `text` as a name: on one line and bounded.
pub(crate) fn name(text: &str) -> String {
    View::OURS_ON_ONE_LINE.name(text)
}

/// `text` with its lines.
pub(crate) fn block(text: &str) -> String {
    View::OURS.show(text, usize::MAX).0
}

/// A path on one line. Bytes that are not UTF-8 are shown as the replacement character.
pub(crate) fn path(path: &Path) -> String {
    line(&path.to_string_lossy())
}

/// Both sides of the comparison are ASCII where it holds, so that a match ends at a character boundary.
fn starts_with(text: &str, word: &str) -> bool {
    text.as_bytes()
        .get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
}

/// Characters that act or mislead instead of being seen: controls (C0, DEL, C1), line and paragraph
/// separators, direction marks and overrides, zero-width and other invisible formats, fillers, and the tags
/// and variation selectors that can carry a whole hidden text. The joiners U+200C and U+200D and the
/// selectors U+FE0E and U+FE0F stay: scripts and emoji need them.
fn is_hidden(ch: char) -> bool {
    ch.is_control()
        || matches!(ch,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}'
            | '\u{fe00}'..='\u{fe0d}' | '\u{e0000}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_invisible_characters_are_escaped() {
        for (hostile, shown) in [
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("\u{0}\u{7f}\u{9b}\r.", "\\u{0}\\u{7f}\\u{9b}\\u{d}."),
            ("c\u{202e}d\u{2066}\u{200b}", "c\\u{202e}d\\u{2066}\\u{200b}"),
            (
                "\u{feff}\u{e0041}\u{e0101}\u{fe01}",
                "\\u{feff}\\u{e0041}\\u{e0101}\\u{fe01}",
            ),
            ("\u{2028}\u{3164}", "\\u{2028}\\u{3164}"),
        ] {
            assert_eq!(block(hostile), shown);
            assert_eq!(line(hostile), shown);
        }
    }

    #[test]
    fn lines_tabs_and_other_scripts_stay() {
        let plain = "fn größe() {\n\tlet 数 = \"👩\u{200d}🔬❤\u{fe0f}\";\n}\n";
        assert_eq!(block(plain), plain);
        assert_eq!(block("a\r\nb\r\r\n"), "a\nb\\u{d}\n");
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("a\n\tb\r\nc"), "a\\u{a}\\u{9}b\\u{d}\\u{a}c");
    }

    #[test]
    fn the_marker_is_escaped_in_either_case() {
        assert_eq!(line("x orch-Material-END"), "x orch\\u{2d}Material-END");
    }

    #[test]
    fn the_cap_holds_for_what_is_shown_and_the_rest_is_counted_in_bytes_of_the_text() {
        let view = View::OURS;
        let text = "é\u{1b}é"; // 2 + 1 + 2 bytes; shown 2 + 6 + 2
        for (cap, shown, left) in [
            (0, "", 5),
            (1, "", 5),
            (2, "é", 3),
            (7, "é", 3),
            (8, "é\\u{1b}", 2),
            (10, "é\\u{1b}é", 0),
        ] {
            assert_eq!(view.show(text, cap), (shown.to_owned(), left), "cap {cap}");
        }
    }
}
