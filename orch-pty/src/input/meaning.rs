//! [`Meanings`]: what each byte does to the line that is being typed, under the settings of the moment.
//!
//! The order in which meanings outrank each other is that of `n_tty_receive_char_special` in the kernel's
//! `drivers/tty/n_tty.c`.

use std::fmt;

use crate::sys::settings::{CarriageReturn, LineFeed, Settings};

/// What a byte does to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It becomes part of it.
    Text,
    /// It ends it, also as an end of file: what was typed is handed out.
    Ends,
    /// It takes at least one byte back.
    Erases,
    /// It takes back the whole line.
    Discards,
    /// It makes text of the next byte.
    Quotes,
    /// It does something else, and leaves the line alone.
    Nothing,
}

/// The meaning of every byte.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Meanings([Meaning; 256]);

impl Meanings {
    pub(super) fn of(&self, byte: u8) -> Meaning {
        self.0[usize::from(byte)]
    }

    /// What bytes mean when input is handed out line by line.
    pub(super) fn under(settings: &Settings) -> Self {
        let keys = &settings.keys;
        let mut all = Self([Meaning::Text; 256]);
        // From the lowest rank to the highest: what comes later wins.
        all.put(&keys.end_of_line, Meaning::Ends);
        all.put(&[keys.end_of_file, Some(b'\n')], Meaning::Ends);
        all.put(&[keys.reprint], Meaning::Nothing);
        all.put(&[keys.literal], Meaning::Quotes);
        all.put(&[keys.kill], Meaning::Discards);
        all.put(&keys.erase, Meaning::Erases);
        let (feed, carriage) = (all.of(b'\n'), all.of(b'\r'));
        match settings.carriage_return {
            CarriageReturn::Kept => {}
            CarriageReturn::Ignored => all.put(&[Some(b'\r')], Meaning::Nothing),
            CarriageReturn::LineFeed => all.put(&[Some(b'\r')], feed),
        }
        if settings.line_feed == LineFeed::CarriageReturn {
            all.put(&[Some(b'\n')], carriage);
        }
        let signal = if settings.signals_discard {
            Meaning::Discards
        } else {
            Meaning::Nothing
        };
        all.put(&keys.signals, signal);
        all.put(&keys.flow, Meaning::Nothing);
        if settings.strips {
            let (low, high) = all.0.split_at_mut(128);
            high.copy_from_slice(low);
        }
        all
    }

    fn put(&mut self, keys: &[Option<u8>], meaning: Meaning) {
        for key in keys.iter().flatten() {
            self.0[usize::from(*key)] = meaning;
        }
    }
}

/// Shows what is no text.
impl fmt::Debug for Meanings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = (0..=255_u8).map(|byte| (byte, self.of(byte)));
        f.debug_map()
            .entries(others.filter(|(_, meaning)| *meaning != Meaning::Text))
            .finish()
    }
}
