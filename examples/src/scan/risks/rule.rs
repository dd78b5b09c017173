//! What a rule is, and how a file is looked at.

use super::{anywhere, others, python, rust, shell};
use crate::scan::hit::{Hit, Severity};
use crate::scan::source::{Lang, Source};

/// One kind of risk.
pub(super) struct Rule {
    pub(super) name: &'static str,
    /// The languages it is for.
    pub(super) langs: &'static [Lang],
    pub(super) severity: Severity,
    /// The bytes of the code at which it is met.
    pub(super) find: fn(&Source) -> Vec<usize>,
    pub(super) claim: &'static str,
    pub(super) advice: &'static str,
}

/// What is found in one file. A generated file is left alone: its source is elsewhere.
pub(in crate::scan) fn look(source: &Source) -> Vec<Hit> {
    if source.is_generated {
        return Vec::new();
    }
    let mut hits = anywhere::look(source);
    let rules = [rust::RULES, python::RULES, shell::RULES, others::RULES]
        .into_iter()
        .flatten();
    for rule in rules.filter(|rule| rule.langs.contains(&source.lang)) {
        let mut last = 0;
        for offset in (rule.find)(source) {
            let line = source.line_of(offset);
            if line != last && !source.in_test(offset) {
                last = line;
                hits.push(
                    Hit::at(source, line, rule.name, rule.severity)
                        .claim(rule.claim)
                        .advise(rule.advice),
                );
            }
        }
    }
    hits
}

/// The rules met in a text, with their lines: what the tests of the rules compare.
#[cfg(test)]
pub(super) fn met(path: &str, text: &str) -> Vec<(usize, &'static str)> {
    let mut met: Vec<_> = look(&Source::new(path.into(), text.as_bytes()))
        .into_iter()
        .filter_map(|hit| Some((hit.line?, hit.rule)))
        .collect();
    met.sort_unstable();
    met
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        let mut names = HashSet::new();
        for rule in [rust::RULES, python::RULES, shell::RULES, others::RULES]
            .into_iter()
            .flatten()
        {
            assert!(names.insert(rule.name), "{}", rule.name);
            assert!(!rule.langs.is_empty(), "{}", rule.name);
        }
    }

    #[test]
    fn tests_and_generated_files_are_left_alone() {
        assert_eq!(met("tests/a.rs", "fn a() { b.unwrap() }\n"), []);
        assert_eq!(
            met(
                "a.rs",
                "#[cfg(test)]\nmod tests {\n fn a() { b.unwrap() }\n}\nfn c() { d.unwrap() }\n"
            ),
            [(5, "unwrap")]
        );
        assert_eq!(met("a.rs", "// @generated\nfn a() { b.unwrap() }\n"), []);
    }
}
