//! Sparse tf-idf vectors over the findings of one review.
//!
//! A word that few findings use says much about which defect is meant; one that all use says little. The counts are
//! of this review alone: a table of word frequencies from elsewhere brought nothing when measured.

use std::collections::{BTreeMap, HashMap};

/// A vector of length 1 (or 0 when it has no entries), sorted by term.
#[derive(Debug, Default)]
pub(super) struct SparseVector(Vec<(u32, f64)>);

impl SparseVector {
    /// The cosine between two vectors of one call of [`tf_idf`]: 0 (no term in common) to 1.
    pub(super) fn cosine(&self, other: &Self) -> f64 {
        let (mut a, mut b, mut sum) = (self.0.iter().peekable(), other.0.iter().peekable(), 0.0);
        while let (Some((x, v)), Some((y, w))) = (a.peek(), b.peek()) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => {
                    a.next();
                }
                std::cmp::Ordering::Greater => {
                    b.next();
                }
                std::cmp::Ordering::Equal => {
                    sum += v * w;
                    a.next();
                    b.next();
                }
            }
        }
        sum
    }
}

/// Weighs bags of terms against each other. A count below 1 stands for a term from a text of lesser importance.
///
/// The result depends on the order of the bags only in the last bits, so callers that promise the same output for
/// any order of the input sort first.
pub(super) fn tf_idf(bags: &[BTreeMap<&str, f64>]) -> Vec<SparseVector> {
    let mut terms: HashMap<&str, (u32, u32)> = HashMap::new();
    for term in bags.iter().flat_map(BTreeMap::keys) {
        let fresh = u32::try_from(terms.len()).unwrap_or(u32::MAX);
        terms.entry(term).or_insert((fresh, 0)).1 += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of findings")]
    let all = bags.len() as f64;
    let weigh = |(term, count): (&&str, &f64)| {
        let (id, bags_with_it) = terms[term];
        let frequency = if *count < 1.0 { *count } else { 1.0 + count.ln() };
        (
            id,
            frequency * (1.0 + ((1.0 + all) / (1.0 + f64::from(bags_with_it))).ln()),
        )
    };
    bags.iter()
        .map(|bag| {
            let mut entries: Vec<(u32, f64)> = bag.iter().map(weigh).collect();
            entries.sort_unstable_by_key(|(id, _)| *id);
            let length = entries
                .iter()
                .map(|(_, weight)| weight * weight)
                .sum::<f64>()
                .sqrt();
            for (_, weight) in &mut entries {
                *weight /= length;
            }
            SparseVector(entries)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag<'a>(terms: &[&'a str]) -> BTreeMap<&'a str, f64> {
        terms.iter().map(|term| (*term, 1.0)).collect()
    }

    #[test]
    fn equal_bags_are_one_and_disjoint_bags_are_zero() {
        let vectors = tf_idf(&[bag(&["a", "b"]), bag(&["b", "a"]), bag(&["c"]), bag(&[])]);
        assert!((vectors[0].cosine(&vectors[1]) - 1.0).abs() < 1e-12);
        assert!(vectors[0].cosine(&vectors[2]).abs() < 1e-12);
        assert!(vectors[3].cosine(&vectors[3]).abs() < 1e-12);
    }

    #[test]
    fn a_rare_word_in_common_counts_more_than_a_frequent_one() {
        let vectors = tf_idf(&[
            bag(&["cache", "overflow"]),
            bag(&["overflow", "index"]),
            bag(&["cache", "key"]),
            bag(&["cache", "lock"]),
            bag(&["cache", "size"]),
        ]);
        assert!(vectors[0].cosine(&vectors[1]) > vectors[0].cosine(&vectors[2]));
    }
}
