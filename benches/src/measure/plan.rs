//! How much is measured.

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Few rounds, to see that everything runs.
    pub(crate) quick: bool,
    /// Instead of the usual number of rounds.
    pub(crate) rounds: Option<usize>,
}

impl Plan {
    /// How many rounds a contest has, when nobody says otherwise. At least three: a median of fewer says nothing.
    pub(super) fn rounds(self, full: usize, quick: usize) -> usize {
        self.rounds.unwrap_or(self.pick(full, quick)).max(3)
    }

    /// How often something is counted. Asking for rounds does not change that.
    pub(super) fn pick(self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}
