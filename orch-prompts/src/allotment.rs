//! Shares a budget of bytes among several texts, so that a long one does not crowd out the short ones.

/// The share of each of `lengths` in `budget`: what it asks for, or an equal part of what the shorter ones
/// leave. The shares together are at most `budget`.
pub(crate) fn shares(budget: usize, lengths: &[usize]) -> Vec<usize> {
    let mut shortest_first: Vec<usize> = (0..lengths.len()).collect();
    shortest_first.sort_by_key(|&i| lengths[i]);
    let mut shares = vec![0; lengths.len()];
    let mut left = budget;
    for (done, &i) in shortest_first.iter().enumerate() {
        shares[i] = lengths[i].min(left / (lengths.len() - done));
        left -= shares[i];
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_get_what_they_ask_for_when_it_fits() {
        assert_eq!(shares(60, &[30, 10, 20]), [30, 10, 20]);
        assert_eq!(shares(0, &[]), [0; 0]);
    }

    #[test]
    fn a_long_text_gets_what_the_short_ones_leave() {
        assert_eq!(shares(100, &[1000, 10, 20]), [70, 10, 20]);
        assert_eq!(shares(100, &[1000, 10, 1000]), [45, 10, 45]);
    }

    #[test]
    fn the_budget_is_never_exceeded() {
        assert_eq!(shares(2, &[5, 5, 5]), [0, 1, 1]);
        assert_eq!(shares(0, &[5, 0]), [0, 0]);
    }
}
