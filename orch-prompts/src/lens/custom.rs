//! The name of a lens of the user's own: fit for labels and command lines whatever it was made from.

use serde::{Deserialize, Deserializer};

/// Longest name, in characters.
const LONGEST: usize = 64;

/// Letters and digits in lower case, all else a single hyphen, none at the ends; `custom` when nothing is
/// left.
pub(super) fn kebab(raw: &str) -> String {
    let mut name = String::new();
    let mut length = 0;
    let mut gap = false;
    for ch in raw.chars() {
        if !ch.is_alphanumeric() {
            gap = length > 0;
            continue;
        }
        let lower = ch.to_lowercase().filter(|lower| lower.is_alphanumeric());
        let added = lower.clone().count() + usize::from(gap);
        if length + added > LONGEST {
            break;
        }
        if gap {
            name.push('-');
        }
        name.extend(lower);
        length += added;
        gap = false;
    }
    if name.is_empty() {
        "custom".to_owned()
    } else {
        name
    }
}

/// A stored name gets the same form as a fresh one: bytes from a file are not trusted to have it.
pub(super) fn deserialize_name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    String::deserialize(from).map(|raw| kebab(&raw))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lens;

    #[test]
    fn names_become_lower_case_with_single_hyphens() {
        for (raw, name) in [
            ("semver", "semver"),
            ("  Public API: breaks!  ", "public-api-breaks"),
            ("a\n\u{1b}[31mb", "a-31mb"),
            ("Über_Größe", "über-größe"),
            ("İstanbul", "istanbul"),
            ("--- ", "custom"),
            ("", "custom"),
        ] {
            assert_eq!(kebab(raw), name, "from {raw:?}");
            assert_eq!(kebab(name), name, "the form is stable");
        }
    }

    #[test]
    fn names_are_bounded_and_do_not_end_in_a_hyphen() {
        assert_eq!(kebab(&"x".repeat(1000)).chars().count(), LONGEST);
        let edge = kebab(&format!("{} y", "x".repeat(LONGEST - 1)));
        assert_eq!(edge, "x".repeat(LONGEST - 1));
    }

    #[test]
    fn a_stored_name_is_brought_into_form() {
        let lens: Lens = serde_json::from_str(r#"{"custom":{"name":"A\nB","focus":"f"}}"#).unwrap();
        assert_eq!(lens, Lens::custom("a-b", "f"));
    }
}
