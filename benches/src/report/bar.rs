//! What a figure is held against.

use super::shown::number;
use crate::statistics::Ratio;

/// The figure that must be reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bar {
    AtMost(f64),
    AtLeast(f64),
}

impl Bar {
    /// Whether the 95 % interval reaches it: nothing finer can be said on a machine that others use too.
    pub(super) fn holds(self, ratio: &Ratio) -> bool {
        match self {
            Self::AtMost(bar) => ratio.low <= bar,
            Self::AtLeast(bar) => ratio.high >= bar,
        }
    }

    /// Whether a count reaches it.
    pub(super) fn holds_exactly(self, count: f64) -> bool {
        match self {
            Self::AtMost(bar) => count <= bar,
            Self::AtLeast(bar) => count >= bar,
        }
    }

    /// As it stands in the table.
    pub(super) fn shown(self, holds: bool) -> String {
        let (sign, bar) = match self {
            Self::AtMost(bar) => ("≤", bar),
            Self::AtLeast(bar) => ("≥", bar),
        };
        let verdict = if holds { "holds" } else { "**missed**" };
        format!("{sign} {}: {verdict}", number(bar))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(low: f64, high: f64) -> Ratio {
        Ratio {
            min: 1.0,
            median: f64::midpoint(low, high),
            low,
            high,
        }
    }

    #[test]
    fn a_bar_holds_when_the_interval_reaches_it() {
        assert!(Bar::AtMost(1.05).holds(&between(1.04, 1.20)));
        assert!(!Bar::AtMost(1.05).holds(&between(1.06, 1.20)));
        assert!(Bar::AtLeast(0.97).holds(&between(0.80, 0.98)));
        assert!(!Bar::AtLeast(0.97).holds(&between(0.80, 0.96)));
    }

    #[test]
    fn a_count_has_no_interval() {
        assert!(Bar::AtMost(0.0).holds_exactly(0.0));
        assert!(!Bar::AtMost(0.0).holds_exactly(1.0));
        assert_eq!(Bar::AtMost(24.0).shown(true), "≤ 24: holds");
        assert_eq!(Bar::AtLeast(0.97).shown(false), "≥ 0.97: **missed**");
    }
}
