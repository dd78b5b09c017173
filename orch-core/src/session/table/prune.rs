//! Whom codex ends to make room. Pure: it ends nobody.

use crate::session::SessionId;

/// What the choice depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) id: SessionId,
    /// When it was last used: a larger number is later.
    pub(super) used: u64,
    pub(super) has_ended: bool,
}

/// Of those that are not among the `protected` that were used last: the one that has ended and was used least recently,
/// else the one that was.
pub(super) fn victim(mut candidates: Vec<Candidate>, protected: usize) -> Option<SessionId> {
    candidates.sort_by_key(|candidate| candidate.used);
    candidates.truncate(candidates.len().saturating_sub(protected));
    let ended = candidates.iter().find(|candidate| candidate.has_ended);
    ended.or(candidates.first()).map(|candidate| candidate.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sessions 0, 1, 2, … in the order of their use.
    fn used_in_order(ended: impl IntoIterator<Item = usize>) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = (0..10)
            .map(|number| Candidate {
                id: SessionId::new(number),
                used: u64::from(number) + 100,
                has_ended: false,
            })
            .collect();
        ended.into_iter().for_each(|at| all[at].has_ended = true);
        all.rotate_left(3);
        all
    }

    #[test]
    fn codex_profile_prunes_who_has_ended_first() {
        assert_eq!(victim(used_in_order([1]), 8), Some(SessionId::new(1)));
    }

    #[test]
    fn codex_profile_prunes_the_least_recently_used_when_nobody_has_ended() {
        assert_eq!(victim(used_in_order([]), 8), Some(SessionId::new(0)));
    }

    #[test]
    fn codex_profile_protects_the_last_eight_though_they_have_ended() {
        assert_eq!(victim(used_in_order([4, 9]), 8), Some(SessionId::new(0)));
        assert_eq!(victim(used_in_order(0..10), 10), None);
        assert_eq!(victim(Vec::new(), 8), None);
    }
}
