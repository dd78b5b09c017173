//! The default measure: words and character n-grams, no model.

use super::super::Finding;
use super::similarity::{Measure, Similarity};
use super::tokens::Tokens;
use super::vectors::{Bag, Cosines, tf_idf};

/// What a word of the evidence or of the recommendation counts, where one of the claim counts 1. Low, because two
/// defects at one place quote the same code.
const SECONDARY: f64 = 0.3;
/// The share of the character n-grams in the likeness; the rest is words. Any share between 0.2 and 0.6 measured alike.
const GRAM_SHARE: f64 = 0.4;
/// Characters in an n-gram: 3 and 5 measured a little worse.
const GRAM: usize = 4;

/// Likeness of wording: tf-idf over stems and split identifiers, blended with tf-idf over character 4-grams, which
/// forgive word forms that the stemmer does not know. Works offline and costs microseconds a pair.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wording;

impl Similarity for Wording {
    fn measure<'a>(&'a self, findings: &[&'a Finding]) -> Measure<'a> {
        let tokens: Vec<[(f64, Tokens); 3]> = findings
            .iter()
            .map(|finding| {
                [
                    (1.0, &finding.claim),
                    (SECONDARY, &finding.evidence),
                    (SECONDARY, &finding.recommendation),
                ]
                .map(|(weight, text)| (weight, Tokens::of(text)))
            })
            .collect();
        let words: Vec<_> = tokens.iter().map(|texts| bag(texts, word_terms)).collect();
        let grams: Vec<_> = tokens.iter().map(|texts| bag(texts, grams)).collect();
        let (words, grams) = (Cosines::of(tf_idf(&words)), Cosines::of(tf_idf(&grams)));
        Box::new(move |a, b| (1.0 - GRAM_SHARE) * words.between(a, b) + GRAM_SHARE * grams.between(a, b))
    }
}

/// Counts the terms of the three texts of a finding. A term counts by the weightiest text it is in.
fn bag<'t>(texts: &'t [(f64, Tokens); 3], terms: fn(&'t Tokens, &mut dyn FnMut(&'t str))) -> Bag<'t> {
    let mut all: Vec<(&str, usize)> = Vec::new();
    for (text, (_, tokens)) in texts.iter().enumerate() {
        terms(tokens, &mut |term| all.push((term, text)));
    }
    // Sorting beats a map: there are hundreds of short terms, and most occur once.
    all.sort_unstable();
    all.chunk_by(|(x, _), (y, _)| x == y)
        .map(|same| {
            let (term, text) = same[0];
            let weight = texts[text].0;
            let within = same.iter().take_while(|(_, other)| *other == text).count();
            #[expect(clippy::cast_precision_loss, reason = "a count of words")]
            let count = if weight < 1.0 { weight } else { within as f64 };
            (term, count)
        })
        .collect()
}

fn word_terms<'t>(tokens: &'t Tokens, each: &mut dyn FnMut(&'t str)) {
    tokens.terms.iter().for_each(|term| each(term));
}

fn grams<'t>(tokens: &'t Tokens, each: &mut dyn FnMut(&'t str)) {
    let text = tokens.plain.as_str();
    let starts: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    starts
        .windows(GRAM + 1)
        .for_each(|window| each(&text[window[0]..window[GRAM]]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(claims: &[&str]) -> impl Fn(usize, usize) -> f64 {
        let findings: Vec<Finding> = claims.iter().map(|claim| Finding::new(*claim)).collect();
        let count = findings.len();
        let refs: Vec<&Finding> = findings.iter().collect();
        let measure = Wording.measure(&refs);
        let table: Vec<Vec<f64>> = (0..count)
            .map(|a| {
                (0..count)
                    .map(|b| if a == b { 1.0 } else { measure(a, b) })
                    .collect()
            })
            .collect();
        move |a, b| table[a][b]
    }

    #[test]
    fn the_same_defect_in_other_words_is_liker_than_another_defect() {
        let like = likeness(&[
            "average() divides by zero when the list is empty",
            "Division by zero for empty input in `average`",
            "The config file is opened but never closed",
        ]);
        assert!(like(0, 1) > 0.3, "{}", like(0, 1));
        assert!(like(0, 2) < 0.05, "{}", like(0, 2));
    }

    #[test]
    fn texts_without_words_are_like_nothing() {
        let like = likeness(&["...", "???", "\u{0}\u{1b}[2J"]);
        assert!(like(0, 1).abs() < 1e-12);
        assert!(like(1, 2).is_finite());
    }

    #[test]
    fn quoting_the_same_code_alone_does_not_make_findings_alike() {
        let quoted = |claim: &str| Finding {
            evidence: "let total = sum / items.len();".into(),
            ..Finding::new(claim)
        };
        let (a, b) = (
            quoted("the mean of nothing crashes"),
            quoted("variable shadows an import"),
        );
        let findings = [&a, &b];
        assert!(Wording.measure(&findings)(0, 1) < 0.2);
    }
}
