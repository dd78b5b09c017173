//! Escape sequences taken out of a byte stream, whatever its cuts.
//!
//! A state machine reads the bytes as a terminal would, so a sequence is taken out whole: also one that is cut between
//! two chunks, one that never ends, and the title or clipboard text inside one. What is left is text: characters that
//! print, newlines and tabs. It keeps nothing but the state of one sequence.

use vte::{Parser, Perform};

use super::is_hostile;

/// Takes escape sequences and control characters out of a stream of bytes.
///
/// Bytes that are no UTF-8 become U+FFFD. A carriage return on its own becomes a newline: as it is it would let later
/// words stand in the place of earlier ones. A sequence ends with its line at the latest, so that one that never ends hides no more
/// than the rest of that line.
///
/// ```
/// use orch_core::plain::Stripper;
///
/// let mut stripper = Stripper::new();
/// let mut text = String::new();
/// stripper.push(b"red: \x1b[3", &mut text);
/// stripper.push(b"1mx\x1b]0;a title\x07!", &mut text);
/// stripper.finish(&mut text);
/// assert_eq!(text, "red: x!");
/// ```
#[derive(Default)]
pub struct Stripper {
    /// Without vte's `std` feature what it keeps of a sequence is bounded.
    parser: Parser,
    /// Whether a carriage return waits for the newline that may follow it.
    returned: bool,
}

/// Ends whatever sequence or character is under way.
const CANCEL: &[u8] = b"\x18";

struct Text<'a> {
    out: &'a mut String,
    returned: &'a mut bool,
}

impl Text<'_> {
    fn push(&mut self, c: char) {
        if std::mem::take(self.returned) {
            self.out.push('\n');
        }
        self.out.push(c);
    }
}

impl Perform for Text<'_> {
    fn print(&mut self, c: char) {
        if !is_hostile(c) {
            self.push(c);
        }
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\t' => self.push('\t'),
            b'\r' => *self.returned = true,
            _ => {}
        }
    }
}

impl Stripper {
    /// One that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes and appends what is text to `out`.
    pub fn push(&mut self, bytes: &[u8], out: &mut String) {
        let mut lines = bytes.split(|&byte| byte == b'\n');
        if let Some(first) = lines.next() {
            self.advance(first, out);
        }
        for line in lines {
            self.advance(CANCEL, out);
            self.returned = false;
            out.push('\n');
            self.advance(line, out);
        }
    }

    /// Says that no more bytes come; a character that was cut off becomes U+FFFD.
    pub fn finish(mut self, out: &mut String) {
        self.advance(CANCEL, out);
    }

    fn advance(&mut self, bytes: &[u8], out: &mut String) {
        let returned = &mut self.returned;
        self.parser.advance(&mut Text { out, returned }, bytes);
    }
}

impl std::fmt::Debug for Stripper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripper").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(chunks: &[&[u8]]) -> String {
        let mut stripper = Stripper::new();
        let mut text = String::new();
        for chunk in chunks {
            stripper.push(chunk, &mut text);
        }
        stripper.finish(&mut text);
        text
    }

    /// Sequences, and what is left of them.
    const CORPUS: [(&[u8], &str); 17] = [
        (b"plain \ttext\n", "plain \ttext\n"),
        (b"\x1b[31mred\x1b[0m", "red"),
        (b"\x1b]52;c;aGk=\x07after", "after"),
        (b"\x1b]0;title\x1b\\after", "after"),
        (b"\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        (b"\x1bPq#0;2;0\x1b\\after", "after"),
        (b"\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\after", "after"),
        (b"\x1b[?1049h\x1b[2J\x1b[Hover", "over"),
        (b"\x1bcreset", "reset"),
        (b"over\rwritten\r\nline\r", "over\nwritten\nline"),
        (b"bell\x07 back\x08space \x7fdel", "bell backspace del"),
        ("c1 \u{9b}31m \u{85}".as_bytes(), "c1 31m "),
        ("b\u{202e}idi \u{200f}\u{feff}".as_bytes(), "bidi "),
        ("\u{e4}\u{1F600}".as_bytes(), "\u{e4}\u{1F600}"),
        (b"no \xff text", "no \u{fffd} text"),
        (b"bar 10%\r\x1b[Kbar 20%", "bar 10%\nbar 20%"),
        (b"never ends \x1b]0;hidden\nshown", "never ends \nshown"),
    ];

    #[test]
    fn only_text_is_left_however_the_stream_is_cut() {
        for (bytes, expected) in CORPUS {
            let shown = bytes.escape_ascii();
            assert_eq!(strip(&[bytes]), expected, "{shown}");
            for cut in 0..=bytes.len() {
                assert_eq!(
                    strip(&[&bytes[..cut], &bytes[cut..]]),
                    expected,
                    "{shown} at {cut}"
                );
            }
        }
    }

    #[test]
    fn a_character_that_is_cut_off_is_said() {
        assert_eq!(strip(&[b"a\xf0\x9f"]), "a\u{fffd}");
    }

    #[test]
    fn a_sequence_that_never_ends_takes_no_memory() {
        let mut stripper = Stripper::new();
        let mut text = String::new();
        stripper.push(b"\x1b]0;", &mut text);
        for _ in 0..10_000 {
            stripper.push(&[b'x'; 1_000], &mut text);
        }
        assert_eq!(text.capacity(), 0);
        stripper.push(b"\nstill here", &mut text);
        assert_eq!(text, "\nstill here");
    }
}
