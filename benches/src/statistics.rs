//! From samples to ratios: medians, and how far a ratio of medians can be trusted.
//!
//! Pure: it measures nothing and prints nothing.

/// How often a ratio is drawn again.
const DRAWS: usize = 4_000;

/// The ratio of two series that were measured in the same rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ratio {
    /// Of the smallest samples.
    pub(crate) min: f64,
    /// Of the medians.
    pub(crate) median: f64,
    /// The 95 % interval of the ratio of medians.
    pub(crate) low: f64,
    /// Its upper end.
    pub(crate) high: f64,
}

/// The median: of an even number of samples, the mean of the two in the middle. NaN of none.
pub(crate) fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => sorted[middle],
        (_, middle) => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The smallest sample; infinite of none.
pub(crate) fn min(samples: &[f64]) -> f64 {
    samples.iter().copied().fold(f64::INFINITY, f64::min)
}

/// `ours` to `limit`, sample `n` of each from round `n`. The interval is a percentile bootstrap over whole rounds, so
/// that what slowed a round down slows both down; it is the same at every call.
///
/// # Panics
/// The series differ in length, or are empty.
pub(crate) fn ratio(ours: &[f64], limit: &[f64]) -> Ratio {
    assert!(!ours.is_empty() && ours.len() == limit.len(), "series of one run");
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15);
    let mut drawn: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let rounds: Vec<usize> = ours.iter().map(|_| draw.below(ours.len())).collect();
            let pick =
                |series: &[f64]| median(&rounds.iter().map(|&round| series[round]).collect::<Vec<_>>());
            pick(ours) / pick(limit)
        })
        .collect();
    drawn.sort_unstable_by(f64::total_cmp);
    Ratio {
        min: min(ours) / min(limit),
        median: median(ours) / median(limit),
        low: drawn[DRAWS / 40],
        high: drawn[DRAWS - 1 - DRAWS / 40],
    }
}

/// xorshift64*: a fixed series, so that the same samples give the same interval.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        // 31 bits of a number fit in any usize that this runs on.
        usize::try_from(drawn).unwrap_or(0) % end
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "these are exact")]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&[7.0]), 7.0);
        assert!(median(&[]).is_nan());
        assert_eq!(min(&[3.0, 1.0, 2.0]), 1.0);
    }

    #[test]
    fn equal_series_have_the_ratio_one_and_no_width() {
        let series = [5.0, 9.0, 6.0, 7.0, 5.5];
        let Ratio {
            min,
            median,
            low,
            high,
        } = ratio(&series, &series);
        assert_eq!([min, median, low, high], [1.0; 4]);
    }

    #[test]
    fn a_constant_factor_is_found_exactly_though_rounds_differ() {
        let limit = [1.0, 8.0, 2.0, 32.0, 4.0, 16.0];
        let ours = limit.map(|sample| sample * 1.5);
        let found = ratio(&ours, &limit);
        assert_eq!([found.min, found.median, found.low, found.high], [1.5; 4]);
    }

    #[test]
    fn the_interval_holds_the_ratio_and_narrows_with_more_rounds() {
        let noisy = |rounds: u32, factor: f64| -> Vec<f64> {
            (0..rounds)
                .map(|round| factor * (100.0 + f64::from(round * 7919 % 31)))
                .collect()
        };
        let limit = |rounds: u32| -> Vec<f64> {
            (0..rounds)
                .map(|round| 100.0 + f64::from(round * 104_729 % 29))
                .collect()
        };
        let few = ratio(&noisy(10, 1.1), &limit(10));
        let many = ratio(&noisy(400, 1.1), &limit(400));
        for found in [few, many] {
            assert!(
                found.low <= found.median && found.median <= found.high,
                "{found:?}"
            );
        }
        assert!(many.high - many.low < few.high - few.low, "{many:?} {few:?}");
        assert!(many.low > 1.0 && many.high < 1.2, "{many:?}");
    }

    #[test]
    fn one_outlier_moves_the_median_little() {
        let limit = [10.0; 21];
        let mut ours = [10.0; 21];
        ours[3] = 10_000.0;
        assert_eq!(ratio(&ours, &limit).median, 1.0);
        assert_eq!(ratio(&ours, &limit).high, 1.0);
    }
}
