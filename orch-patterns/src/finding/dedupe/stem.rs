//! A light English stemmer: plurals, `-ing`, `-ed`, and the common endings that make nouns and adjectives.
//!
//! It is no dictionary: its stems need not be words, only equal for most forms of one word. What it misses, the
//! character n-grams of `wording` forgive.

/// Endings and what they become, longer ones before those that they end with. At least four letters must remain.
const ENDINGS: [(&str, &str); 18] = [
    ("ational", "ate"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ition", "it"),
    ("tion", "t"),
    ("sion", "s"),
    ("ment", ""),
    ("ness", ""),
    ("ity", ""),
    ("ly", ""),
    ("able", ""),
    ("ible", ""),
    ("ive", ""),
    ("ance", ""),
    ("ence", ""),
    ("er", ""),
    ("or", ""),
    ("al", ""),
];

/// The stem of a lowercase word. Words with anything but a-z are left as they are.
pub(super) fn stem(word: &str) -> String {
    let mut stem = word.to_owned();
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return stem;
    }
    if stem.ends_with("sses") {
        stem.truncate(stem.len() - 2);
    } else if stem.ends_with("ies") {
        stem.truncate(stem.len() - 3);
        stem.push('y');
    } else if stem.ends_with('s') && !["ss", "us", "is"].iter().any(|end| stem.ends_with(end)) {
        stem.pop();
    }
    for suffix in ["ing", "ed"] {
        let Some(base) = stem.strip_suffix(suffix) else {
            continue;
        };
        if base.len() >= 3 && base.contains(['a', 'e', 'i', 'o', 'u', 'y']) {
            stem.truncate(base.len());
            drop_doubled_consonant(&mut stem);
            break;
        }
    }
    for (ending, becomes) in ENDINGS {
        if stem.len() >= ending.len() + 4 && stem.ends_with(ending) {
            stem.truncate(stem.len() - ending.len());
            stem.push_str(becomes);
            break;
        }
    }
    if stem.len() > 4 && stem.ends_with('e') {
        stem.pop();
    }
    if stem.len() > 3 && stem.ends_with('y') {
        stem.pop();
        stem.push('i');
    }
    stem
}

/// `stopp` to `stop`, but `call`, `miss` and `buzz` stay.
fn drop_doubled_consonant(stem: &mut String) {
    if let [.., a, b] = stem.as_bytes()
        && a == b
        && stem.len() > 3
        && !b"lsz".contains(b)
    {
        stem.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn forms_of_one_word_share_a_stem() {
        for forms in [
            &["stop", "stops", "stopped", "stopping"][..],
            &["cache", "caches", "cached", "caching"],
            &["retry", "retries", "retried"],
            &["miss", "misses", "missed", "missing"],
            &["call", "calls", "called", "calling"],
            &["validate", "validates", "validated", "validation"],
            &["allocate", "allocation", "allocating"],
            &["async", "asyncs"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(form)).collect();
            assert!(
                stems.iter().all(|other| *other == stems[0]),
                "{forms:?} -> {stems:?}"
            );
        }
    }

    #[test]
    fn short_words_and_other_scripts_are_left_alone() {
        for word in ["is", "bus", "x86s", "größen", "status", "ring"] {
            assert_eq!(stem(word), word);
        }
    }
}
