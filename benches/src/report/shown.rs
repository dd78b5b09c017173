//! How numbers are written.

/// Three digits that count, and no zeros after them.
pub(super) fn number(value: f64) -> String {
    let digits = match value.abs() {
        small if small < 10.0 => 3,
        middle if middle < 100.0 => 2,
        large if large < 1_000.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A span of time, in the unit that suits it.
pub(super) fn time(nanoseconds: f64) -> String {
    let (unit, size) = match nanoseconds {
        small if small < 1e6 => ("µs", 1e3),
        middle if middle < 1e9 => ("ms", 1e6),
        _ => ("s", 1e9),
    };
    format!("{:.3} {unit}", nanoseconds / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_idle_zeros() {
        let all = [0.0, 1.0, 1.05, 0.97, 24.0, 20_022.0, 12.345, 1.0004].map(number);
        assert_eq!(all, ["0", "1", "1.05", "0.97", "24", "20022", "12.35", "1"]);
        assert_eq!(number(f64::NAN), "NaN");
    }

    #[test]
    fn times_have_a_unit_that_suits_them() {
        assert_eq!(time(20_900.0), "20.900 µs");
        assert_eq!(time(1_071_000.0), "1.071 ms");
        assert_eq!(time(1.4e9), "1.400 s");
    }
}
