//! Sparse tf-idf vectors over the findings of one review.
//!
//! A word that few findings use says much about which defect is meant; one that all use says little. The counts are
//! of this review alone: a table of word frequencies from elsewhere brought nothing when measured.

use std::collections::HashMap;

/// Vectors of which the cosines of all pairs are kept in a table: a quarter of a million numbers.
const TABLE: usize = 512;

/// The cosines between the vectors of one call of [`tf_idf`].
#[derive(Debug)]
pub(super) enum Cosines {
    /// Of few vectors: each pair's, by `a * count + b` for `a < b`.
    Table { count: usize, table: Vec<f64> },
    /// Of many: worked out when they are asked for.
    Each(Vec<SparseVector>),
}

impl Cosines {
    /// Of few vectors they are worked out term by term: most terms are in one or two texts, so that is a fraction of
    /// comparing each pair. Both ways add in the order of the terms, so they agree to the last bit.
    pub(super) fn of(vectors: Vec<SparseVector>) -> Self {
        let count = vectors.len();
        if count > TABLE {
            return Self::Each(vectors);
        }
        let entries = |vector: &SparseVector| vector.0.last().map_or(0, |(id, _)| *id as usize + 1);
        let terms = vectors.iter().map(entries).max().unwrap_or(0);
        // Where each term's list begins: sorted by counting, each list in the order of the vectors.
        let mut ends = vec![0_usize; terms + 1];
        for (id, _) in vectors.iter().flat_map(|vector| &vector.0) {
            ends[*id as usize + 1] += 1;
        }
        for term in 0..terms {
            ends[term + 1] += ends[term];
        }
        let mut next = ends.clone();
        let mut lists = vec![(0_usize, 0.0); ends[terms]];
        for (at, vector) in vectors.iter().enumerate() {
            for &(id, weight) in &vector.0 {
                lists[next[id as usize]] = (at, weight);
                next[id as usize] += 1;
            }
        }
        let mut table = vec![0.0; count * count];
        for term in 0..terms {
            let list = &lists[ends[term]..ends[term + 1]];
            for (place, &(a, v)) in list.iter().enumerate() {
                for &(b, w) in &list[place + 1..] {
                    table[a * count + b] += v * w;
                }
            }
        }
        Self::Table { count, table }
    }

    /// The cosine between the vectors `a` and `b`, two different ones.
    pub(super) fn between(&self, a: usize, b: usize) -> f64 {
        match self {
            Self::Table { count, table } => table[a.min(b) * count + a.max(b)],
            Self::Each(vectors) => vectors[a].cosine(&vectors[b]),
        }
    }
}

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
    fn a_table_says_what_each_pair_says() {
        let texts = ["a b c", "b c d e", "", "a e f", "g", "c e g a"];
        let bags: Vec<Bag<'_>> = texts
            .iter()
            .map(|text| bag(&text.split_whitespace().collect::<Vec<_>>()))
            .collect();
        let table = Cosines::of(tf_idf(&bags));
        let each = Cosines::Each(tf_idf(&bags));
        assert!(matches!(table, Cosines::Table { .. }));
        for a in 0..texts.len() {
            for b in (0..texts.len()).filter(|b| *b != a) {
                let (one, other) = (table.between(a, b), each.between(a, b));
                assert_eq!(one.to_bits(), other.to_bits(), "{a} and {b}: {one} and {other}");
            }
        }
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
