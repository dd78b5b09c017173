//! What workers may use, and what holds them to it.
//!
//! [`Limits`] bind one worker, a [`Budget`] binds a run or a part of it, [`Quota`] is what an account's service said,
//! and the admission is the one door through which every worker starts.

mod account;
mod admission;
mod agent_terms;
mod amount;
mod berth;
mod budget;
mod costs;
mod deadlines;
mod depth;
mod estimate;
mod ledger;
mod pace;
mod quota;
mod quota_words;
mod resets;
mod retry;
mod strays;

pub(crate) use account::Gate;
pub(crate) use admission::{Admission, Ask, Doorway};
pub(crate) use agent_terms::Terms;
pub use amount::Resource;
pub(crate) use berth::{Berth, Paid};
pub use budget::Budget;
pub use deadlines::Limits;
pub(crate) use deadlines::from_now;
pub use depth::Lineage;
pub use estimate::{Estimate, Price};
pub use ledger::Overrun;
pub(crate) use ledger::{Ledger, Purse};
pub use quota::{Quota, QuotaPolicy};
pub use resets::Resets;
pub use retry::{Retry, Tries};
