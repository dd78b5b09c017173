//! [`Line`]: how long the line is that was typed and not ended, by the rules of the line discipline. It counts what
//! went through it alone; it never asks the terminal.

use super::meaning::{Meaning, Meanings};

/// The end of what was typed: a line without its end.
///
/// The count is never below the kernel's. It may be above it: an erase takes one byte back here, and more in the
/// kernel when it is a word or a character of several bytes; and a child that throws its input away
/// (`tcflush`) is not seen. The next end of a line sets both right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pending: usize,
    quoted: bool,
}

impl Line {
    /// Bytes of the line so far.
    pub(super) fn pending(self) -> usize {
        self.pending
    }

    /// Whether the next byte is text whatever it is.
    pub(super) fn quotes_next(self) -> bool {
        self.quoted
    }

    /// The line after `bytes` were typed as well.
    pub(super) fn after(self, bytes: &[u8], meanings: &Meanings) -> Self {
        bytes.iter().fold(self, |line, &byte| line.then(byte, meanings))
    }

    /// The length of the longest line that comes about while `bytes` are typed, its end not counted. A line that is
    /// taken back before it ends counts as well: the kernel has cut it by then.
    pub(super) fn longest(self, bytes: &[u8], meanings: &Meanings) -> usize {
        let mut line = self;
        let lengths = bytes.iter().map(|&byte| {
            line = line.then(byte, meanings);
            line.pending
        });
        lengths.fold(self.pending, usize::max)
    }

    fn then(self, byte: u8, meanings: &Meanings) -> Self {
        let text = Self {
            pending: self.pending + 1,
            quoted: false,
        };
        if self.quoted {
            return text;
        }
        match meanings.of(byte) {
            Meaning::Text => text,
            Meaning::Ends | Meaning::Discards => Self::default(),
            Meaning::Erases => Self {
                pending: self.pending.saturating_sub(1),
                quoted: false,
            },
            Meaning::Quotes => Self { quoted: true, ..self },
            Meaning::Nothing => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Line;
    use crate::input::meaning::Meanings;
    use crate::sys::settings::{CarriageReturn, Keys, LineFeed, Settings};

    fn cooked() -> Settings {
        Settings {
            lines: true,
            signals_discard: true,
            strips: false,
            carriage_return: CarriageReturn::LineFeed,
            line_feed: LineFeed::Kept,
            keys: Keys {
                signals: [Some(3), Some(28), Some(26)],
                flow: [Some(19), Some(17)],
                erase: [Some(127), Some(23)],
                kill: Some(21),
                literal: Some(22),
                reprint: Some(18),
                end_of_file: Some(4),
                end_of_line: [None, None],
            },
        }
    }

    fn pending(settings: &Settings, bytes: &[u8]) -> usize {
        Line::default().after(bytes, &Meanings::under(settings)).pending()
    }

    #[test]
    fn a_line_grows_by_text_and_starts_anew_at_each_of_its_ends() {
        for (typed, left) in [
            (&b"abc"[..], 3),
            (b"abc\nde", 2),
            (b"abc\rde", 2),
            (b"abc\x04de", 2),
            (b"abc\x03de", 2),
            (b"abc\x15de", 2),
            (b"\x13abc\x11\x12", 3),
            (b"ab\xff\x80", 4),
        ] {
            assert_eq!(pending(&cooked(), typed), left, "{typed:?}");
        }
    }

    #[test]
    fn an_erase_takes_one_byte_back_and_never_more_than_there_are() {
        assert_eq!(pending(&cooked(), b"abc\x7f\x7f"), 1);
        assert_eq!(pending(&cooked(), b"a\x7f\x7f\x7fbc"), 2);
        assert_eq!(
            pending(&cooked(), b"one two\x17"),
            6,
            "at least one byte of a word"
        );
    }

    #[test]
    fn a_quoted_key_is_text() {
        assert_eq!(pending(&cooked(), b"abc\x16\n"), 4);
        assert_eq!(pending(&cooked(), b"abc\x16\x03\x16\x16"), 5);
        assert!(
            Line::default()
                .after(b"a\x16", &Meanings::under(&cooked()))
                .quotes_next()
        );
    }

    #[test]
    fn keys_that_are_off_are_text() {
        let mut bare = cooked();
        bare.keys = Keys {
            signals: [None; 3],
            flow: [None; 2],
            erase: [None; 2],
            kill: None,
            literal: None,
            reprint: None,
            end_of_file: None,
            end_of_line: [None; 2],
        };
        bare.carriage_return = CarriageReturn::Kept;
        assert_eq!(pending(&bare, b"\x03\x04\x7f\x15\x16\x12\x13\x11\r"), 9);
        assert_eq!(pending(&bare, b"abc\n"), 0, "a line feed always ends a line");
    }

    #[test]
    fn the_end_of_a_line_can_be_another_byte_and_a_line_feed_none() {
        let mut odd = cooked();
        odd.keys.end_of_line = [Some(b';'), None];
        assert_eq!(pending(&odd, b"abc;d"), 1);
        odd.carriage_return = CarriageReturn::Ignored;
        assert_eq!(pending(&odd, b"abc\rd"), 4);
        odd.carriage_return = CarriageReturn::Kept;
        odd.line_feed = LineFeed::CarriageReturn;
        assert_eq!(pending(&odd, b"abc\nd"), 5);
        odd.strips = true;
        assert_eq!(pending(&odd, b"abc\xbbd"), 1, "0xbb is ; with its highest bit");
    }

    #[test]
    fn a_signal_that_discards_nothing_leaves_the_line() {
        let mut kept = cooked();
        kept.signals_discard = false;
        assert_eq!(pending(&kept, b"abc\x03"), 3);
    }

    #[test]
    fn the_longest_line_counts_what_was_typed_before_and_what_is_taken_back() {
        let meanings = Meanings::under(&cooked());
        let before = Line::default().after(b"12345", &meanings);
        assert_eq!(before.longest(b"678\n12\n", &meanings), 8);
        assert_eq!(before.longest(b"\n123456\n12", &meanings), 6);
        assert_eq!(before.longest(b"6789\x15", &meanings), 9);
        assert_eq!(before.longest(b"", &meanings), 5);
    }
}
