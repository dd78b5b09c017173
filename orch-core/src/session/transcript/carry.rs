//! Where a text may be cut: not in a code point, not in an escape sequence.
//!
//! It looks at bytes and holds none: what is held back stays in the window until the next poll.

/// The longest end that is held back for an escape sequence, in bytes. One that is longer (the title of a window, an
/// image) is passed on as it comes.
pub(in crate::session) const LONGEST: usize = 256;

/// How many bytes at the end of `bytes` begin a code point or an escape sequence that goes on behind them.
///
/// It never holds more than [`LONGEST`], and nothing that cannot become whole: invalid UTF-8 makes progress. When
/// `bytes` is the end of a longer text, a few times [`LONGEST`] of it are enough.
pub(in crate::session) fn unfinished(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match byte {
            0x1b => sequence(rest),
            0xc2..=0xf4 => code_point(rest),
            _ => Some(1),
        };
        match length {
            Some(length) => at += length,
            None if rest.len() <= LONGEST => return rest.len(),
            None => return unfinished_code_point(bytes),
        }
    }
    0
}

/// The first place in `bytes` where a code point may begin: behind at most three bytes that go on with another one.
pub(in crate::session) fn code_point_start(bytes: &[u8]) -> usize {
    let inside = |byte: &&u8| matches!(byte, 0x80..=0xbf);
    bytes.iter().take(3).take_while(inside).count()
}

fn unfinished_code_point(bytes: &[u8]) -> usize {
    let last = &bytes[bytes.len().saturating_sub(3)..];
    (0..last.len())
        .find(|&at| matches!(last[at], 0xc2..=0xf4) && code_point(&last[at..]).is_none())
        .map_or(0, |at| last.len() - at)
}

/// The length of the code point that `bytes` begin with, 1 when they cannot be one, none when more is to come.
fn code_point(bytes: &[u8]) -> Option<usize> {
    let wanted = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    match std::str::from_utf8(&bytes[..bytes.len().min(wanted)]) {
        Ok(_) => Some(wanted),
        // It ends too early, and is right so far.
        Err(error) if error.error_len().is_none() => None,
        Err(_) => Some(1),
    }
}

/// The length of the escape sequence that `bytes` begin with (ECMA-48), none when more is to come.
fn sequence(bytes: &[u8]) -> Option<usize> {
    let kind = *bytes.get(1)?;
    let body = &bytes[2..];
    let length = match kind {
        // Parameters and intermediates, then a final byte; whatever else comes breaks it off.
        b'[' => body
            .iter()
            .position(|byte| !matches!(byte, 0x20..=0x3f))
            .map(|at| at + usize::from(is_final(body[at])))?,
        b']' | b'P' | b'X' | b'^' | b'_' => string(body, kind == b']')?,
        b' '..=b'/' => body
            .iter()
            .position(|byte| !matches!(byte, 0x20..=0x2f))
            .map(|at| at + usize::from(is_final(body[at])))?,
        0x30..=0x7e => 0,
        // No escape sequence: this byte is looked at by itself.
        _ => return Some(1),
    };
    Some(2 + length)
}

fn is_final(byte: u8) -> bool {
    matches!(byte, 0x30..=0x7e)
}

/// The rest of a control string up to its end: `ESC \`, for operating system commands also BEL.
fn string(body: &[u8], bell: bool) -> Option<usize> {
    let mut at = 0;
    loop {
        match *body.get(at)? {
            0x07 if bell => return Some(at + 1),
            0x18 | 0x1a => return Some(at + 1),
            0x1b => {
                let is_end = *body.get(at + 1)? == b'\\';
                // Another sequence breaks it off.
                return Some(if is_end { at + 2 } else { at });
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_things_are_not_held_back() {
        for whole in [
            "",
            "plain",
            "ä€𝄞",
            "\x1b[1;31m",
            "\x1b[?25l",
            "\x1b(B",
            "\x1b7",
            "\x1b]0;title\x07",
            "\x1b]8;;x\x1b\\",
            "\x1bPq#0\x1b\\",
            "\x1b[ q",
            "\x1b]broken\x18",
            "\x1b\n",
        ] {
            assert_eq!(unfinished(whole.as_bytes()), 0, "{whole:?}");
        }
    }

    #[test]
    fn every_cut_in_a_code_point_or_a_sequence_is_held_back_from_its_beginning() {
        for whole in [
            "€",
            "𝄞",
            "ä",
            "\x1b[1;31m",
            "\x1b(B",
            "\x1b]0;tä\x07",
            "\x1b]8;;x\x1b\\",
            "\x1bPq\x1b\\",
        ] {
            let text = format!("before{whole}");
            for cut in 1..whole.len() {
                assert_eq!(unfinished(&text.as_bytes()[..6 + cut]), cut, "{whole:?} at {cut}");
            }
        }
    }

    #[test]
    fn invalid_bytes_make_progress() {
        for invalid in [
            &b"\xff"[..],
            b"\x80",
            b"\xc0",
            b"\xe2\x28",
            b"\xed\xa0",
            b"\xf4\x90",
            b"a\xc3a",
            b"\xe2\x82a",
        ] {
            assert_eq!(unfinished(invalid), 0, "{invalid:?}");
        }
    }

    #[test]
    fn a_sequence_that_never_ends_is_passed_on() {
        let mut endless = b"\x1b]0;".to_vec();
        endless.resize(LONGEST, b'x');
        assert_eq!(unfinished(&endless), LONGEST);
        endless.push(b'x');
        assert_eq!(unfinished(&endless), 0);
        endless.extend_from_slice(b"\xe2\x82");
        assert_eq!(
            unfinished(&endless),
            2,
            "its code points are not cut all the same"
        );
    }

    #[test]
    fn the_middle_of_a_code_point_is_skipped() {
        assert_eq!(code_point_start("€".as_bytes()), 0);
        assert_eq!(code_point_start(&"€a".as_bytes()[1..]), 2);
        assert_eq!(code_point_start(&[0x80; 9]), 3, "invalid bytes are not swallowed");
    }
}
