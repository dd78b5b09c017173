//! Where a CLI differs from the usual.

use crate::conformance::{Case, Ending, Expected};

/// A case, how it ends with this CLI, and why.
pub(super) type Quirk = (Case, Ending, &'static str);

/// What is expected with these quirks.
pub(super) fn expected(quirks: &[Quirk], case: Case) -> Expected {
    quirks.iter().find(|(quirk, ..)| *quirk == case).map_or_else(
        || case.usual(),
        |&(_, ending, reason)| Expected::because(ending, reason),
    )
}
