//! What the terminal looks like to the child: its size and its line discipline.

/// The size of a terminal in character cells. The default is 24 rows by 80 columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Height in character cells.
    pub rows: u16,
    /// Width in character cells.
    pub columns: u16,
}

impl Size {
    /// A terminal of `rows` by `columns` character cells.
    pub const fn new(rows: u16, columns: u16) -> Self {
        Self { rows, columns }
    }
}

impl Default for Size {
    fn default() -> Self {
        Self::new(24, 80)
    }
}

/// How the terminal treats the bytes that pass through it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TerminalMode {
    /// As the kernel hands it out: input is echoed, `\n` in the output becomes `\r\n`.
    #[default]
    Cooked,
    /// Output passes unchanged (`OPOST` off) and input is not echoed (`ECHO` off), so that lines of a machine
    /// format stay whole. Input is still edited line by line, and control characters still raise signals.
    Clean,
}
