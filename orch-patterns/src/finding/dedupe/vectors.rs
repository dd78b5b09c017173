//! Sparse tf-idf vectors over the findings of one review.
//!
//! A word that few findings use says much about which defect is meant; one that all use says little. The counts are
//! of this review alone: a table of word frequencies from elsewhere brought nothing when measured.

use std::collections::HashMap;

/// A vector of length 1 (or 0 when it has no entries), sorted by term.
#[derive(Debug, Default)]
pub(super) struct SparseVector(Vec<(u32, f64)>);

impl SparseVector {
    /// The cosine between two vectors of one call of [`tf_idf`]: 0 (no term in common) to 1.
    pub(super) fn cosine(&self, other: &Self) -> f64 {
        let (mut a, mut b, mut sum) = (0, 0, 0.0);
        // Steps without a branch on the order of two terms: nobody could foretell it.
        while let (Some(&(x, v)), Some(&(y, w))) = (self.0.get(a), other.0.get(b)) {
            sum += if x == y { v * w } else { 0.0 };
            a += usize::from(x <= y);
            b += usize::from(y <= x);
        }
        sum
    }
}

/// The terms of one text, sorted, each once, with its count. A count below 1 stands for a term from a text of lesser
/// importance.
pub(super) type Bag<'t> = Vec<(&'t str, f64)>;

/// Weighs bags of terms against each other.
///
/// The result depends on the order of the bags only in the last bits, so callers that promise the same output for
/// any order of the input sort first.
pub(super) fn tf_idf(bags: &[Bag<'_>]) -> Vec<SparseVector> {
    let mut ids: HashMap<&str, u32> = HashMap::new();
    let mut bags_with: Vec<u32> = Vec::new();
    let mut vectors: Vec<Vec<(u32, f64)>> = Vec::with_capacity(bags.len());
    for bag in bags {
        let entries = bag.iter().map(|&(term, count)| {
            let id = *ids.entry(term).or_insert_with(|| {
                bags_with.push(0);
                u32::try_from(bags_with.len() - 1).unwrap_or(u32::MAX)
            });
            bags_with[id as usize] += 1;
            (id, count)
        });
        vectors.push(entries.collect());
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of findings")]
    let all = bags.len() as f64;
    let rarity: Vec<f64> = bags_with
        .iter()
        .map(|&with| 1.0 + ((1.0 + all) / (1.0 + f64::from(with))).ln())
        .collect();
    vectors
        .into_iter()
        .map(|mut entries| {
            entries.sort_unstable_by_key(|(id, _)| *id);
            for (id, count) in &mut entries {
                let frequency = if *count < 1.0 { *count } else { 1.0 + count.ln() };
                *count = frequency * rarity[*id as usize];
            }
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

    fn bag<'a>(terms: &[&'a str]) -> Bag<'a> {
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
