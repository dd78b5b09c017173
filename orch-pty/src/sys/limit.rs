//! [`Limit`]: what the question for the limit of a process brings, on every system.

/// What the question for the limit that carries a tag brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Soft and hard value.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))] // no other system has the limit
    Is([u64; 2]),
    /// It is another user's, or there is no such limit here.
    Withheld,
    /// Nobody has this number.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))] // as above
    Nobody,
}
