//! How many workers an account takes at once: halved when its service complains of too many, one more after a run of
//! successes, never above what was configured.
//!
//! A pure state machine. It counts nobody: who is in, and who waits, is the account's business.

/// Successes in a row before one more is let in. Small fan-outs recover within one round of workers; a service that
/// complains at a certain width is asked again only after as many good answers.
const SUCCESSES: usize = 4;

/// The state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    limit: usize,
    most: usize,
    streak: usize,
    /// How often it was slowed down.
    slowed: u64,
}

/// When a worker started, as the pace counts: complaints of workers that started before the last slowing say nothing
/// new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since(u64);

impl Pace {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            limit: most,
            most,
            streak: 0,
            slowed: 0,
        }
    }

    /// How many may be in at once.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// The mark of a worker that starts now.
    pub(super) fn since(&self) -> Since {
        Since(self.slowed)
    }

    /// The service complained to a worker while `in_use` were in, that one among them.
    pub(super) fn slow(&mut self, since: Since, in_use: usize) {
        self.streak = 0;
        if since == self.since() {
            self.slowed += 1;
            self.limit = (self.limit.min(in_use) / 2).max(1);
        }
    }

    /// A worker got its answer.
    pub(super) fn succeed(&mut self) {
        self.streak += 1;
        if self.streak >= SUCCESSES && self.limit < self.most {
            self.streak = 0;
            self.limit += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_burst_of_complaints_halves_once() {
        let mut pace = Pace::new(8);
        let since = pace.since();
        for _ in 0..8 {
            pace.slow(since, 8);
        }
        assert_eq!(pace.limit(), 4);
        pace.slow(pace.since(), 4);
        assert_eq!(pace.limit(), 2);
    }

    #[test]
    fn it_is_never_zero_and_comes_back_to_what_was_configured_and_no_further() {
        let mut pace = Pace::new(3);
        for _ in 0..5 {
            pace.slow(pace.since(), 1);
        }
        assert_eq!(pace.limit(), 1);
        for _ in 0..SUCCESSES {
            pace.succeed();
        }
        assert_eq!(pace.limit(), 2);
        for _ in 0..100 {
            pace.succeed();
        }
        assert_eq!(pace.limit(), 3);
    }

    #[test]
    fn without_a_configured_width_it_halves_what_was_in_use() {
        let mut pace = Pace::new(usize::MAX);
        pace.slow(pace.since(), 10);
        assert_eq!(pace.limit(), 5);
    }

    proptest::proptest! {
        #[test]
        fn it_stays_within_its_bounds(most in 1_usize..20, steps in proptest::collection::vec((0_u8..3, 1_usize..20), 0..200)) {
            let mut pace = Pace::new(most);
            let mut since = pace.since();
            for (step, in_use) in steps {
                let before = pace.limit();
                match step {
                    0 => pace.slow(since, in_use),
                    1 => pace.succeed(),
                    _ => since = pace.since(),
                }
                assert!((1..=most).contains(&pace.limit()));
                assert!(pace.limit() <= before + 1);
            }
        }
    }
}
