//! One page for each pattern: what happens, when to use it and when not, what it costs, what comes back, how failures show;
//! and how to compose your own. The same pages are in the folder `docs` of this crate.

#[doc = include_str!("../docs/review_fanout.md")]
pub mod review_fanout {}

#[doc = include_str!("../docs/funnel.md")]
pub mod funnel {}

#[doc = include_str!("../docs/context_pack.md")]
pub mod context_pack {}

#[doc = include_str!("../docs/split_merge.md")]
pub mod split_merge {}

#[doc = include_str!("../docs/research.md")]
pub mod research {}

#[doc = include_str!("../docs/options_selection.md")]
pub mod options_selection {}

// Its programs need `orch-testkit`, which stands above this crate: they are compiled and run with the examples.
#[cfg_attr(not(doctest), doc = include_str!("../docs/compose_your_own.md"))]
#[cfg_attr(doctest, doc = "See the folder `docs`.")]
pub mod compose_your_own {}
