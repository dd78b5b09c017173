//! What a lens has found so far: every place once, a bounded number of them, each printed as soon as it is known.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write};

use super::hit::{Hit, Severity};
use super::lens::ScanLens;

/// The most findings of one rule that are listed: one noisy rule must not push the others out.
pub(super) const PER_RULE: usize = 40;
/// When so many findings of one lens are listed, each rule lists only its first few.
pub(super) const PER_LENS: usize = 200;
/// The first few.
const FEW: usize = 5;

/// Prints findings, and keeps count of those that it left out.
pub(super) struct Sheet<'a, W> {
    lens: ScanLens,
    out: &'a mut W,
    /// Rule, path, line and claim, as a hash: no more than a number is kept of what is not listed.
    seen: HashSet<u64>,
    rules: BTreeMap<&'static str, Tally>,
    listed: usize,
}

#[derive(Default)]
struct Tally {
    listed: usize,
    left_out: usize,
    /// The place of the first that was left out.
    first: Option<(String, Option<usize>)>,
}

impl<'a, W: Write> Sheet<'a, W> {
    pub(super) fn new(lens: ScanLens, out: &'a mut W) -> Self {
        Self {
            lens,
            out,
            seen: HashSet::new(),
            rules: BTreeMap::new(),
            listed: 0,
        }
    }

    /// Takes the findings of one file, in the order of their lines.
    pub(super) fn take(&mut self, mut hits: Vec<Hit>) -> io::Result<()> {
        hits.sort_by(|a, b| {
            (&a.path, a.line, a.severity, a.rule, &a.claim)
                .cmp(&(&b.path, b.line, b.severity, b.rule, &b.claim))
        });
        for hit in hits {
            let tally = self.rules.entry(hit.rule).or_default();
            let mut hash = DefaultHasher::new();
            (hit.rule, &hit.path, hit.line, &hit.claim).hash(&mut hash);
            if !self.seen.insert(hash.finish()) {
                continue;
            }
            if tally.listed >= PER_RULE || self.listed >= PER_LENS && tally.listed >= FEW {
                tally.left_out += 1;
                tally.first.get_or_insert((hit.path, hit.line));
            } else {
                tally.listed += 1;
                self.listed += 1;
                self.print(&hit)?;
            }
        }
        Ok(())
    }

    /// Says what was left out, at the first place of it, and hands back one sentence for each such rule.
    pub(super) fn finish(mut self) -> io::Result<Vec<String>> {
        let mut notes = Vec::new();
        for (rule, tally) in std::mem::take(&mut self.rules) {
            let Some((path, line)) = tally.first else { continue };
            let claim = format!(
                "{} more findings of the rule `{rule}` from here on are not listed",
                tally.left_out
            );
            notes.push(format!("{claim}: {} are", tally.listed));
            let hit = Hit {
                line,
                ..Hit::whole(&path, "bound", Severity::Info)
            }
            .claim(claim)
            .evidence(format!(
                "{} are listed; a rule lists at most {PER_RULE}, and {FEW} once its lens lists {PER_LENS}",
                tally.listed
            ))
            .advise("deal with the listed ones, or name fewer paths, and run it again");
            self.print(&hit)?;
        }
        Ok(notes)
    }

    fn print(&mut self, hit: &Hit) -> io::Result<()> {
        writeln!(self.out, "{}", hit.json(self.lens))?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn hit(path: &str, line: usize, rule: &'static str) -> Hit {
        Hit {
            line: Some(line),
            ..Hit::whole(path, rule, Severity::Low)
        }
    }

    fn lines(out: &[u8]) -> Vec<Value> {
        String::from_utf8_lossy(out)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_claim_is_made_once_for_each_place_in_the_order_of_lines() {
        let mut out = Vec::new();
        let mut sheet = Sheet::new(ScanLens::Risks, &mut out);
        sheet
            .take(vec![
                hit("a", 9, "x"),
                hit("a", 2, "x"),
                hit("a", 9, "x"),
                hit("a", 9, "y"),
            ])
            .unwrap();
        assert!(sheet.finish().unwrap().is_empty());
        assert_eq!(
            lines(&out)
                .iter()
                .map(|line| line["line"].clone())
                .collect::<Vec<_>>(),
            [2, 9, 9]
        );
    }

    #[test]
    fn a_noisy_rule_is_cut_and_says_so_while_others_go_on() {
        let mut out = Vec::new();
        let mut sheet = Sheet::new(ScanLens::Risks, &mut out);
        sheet
            .take((1..=50).map(|line| hit("a", line, "noisy")).collect())
            .unwrap();
        sheet.take(vec![hit("b", 1, "rare")]).unwrap();
        let notes = sheet.finish().unwrap();
        assert_eq!(
            notes,
            ["10 more findings of the rule `noisy` from here on are not listed: 40 are".to_owned()]
        );
        let lines = lines(&out);
        assert_eq!(lines.len(), PER_RULE + 2);
        assert_eq!(lines[PER_RULE]["path"], "b");
        assert_eq!(
            (&lines[PER_RULE + 1]["line"], &lines[PER_RULE + 1]["severity"]),
            (&41.into(), &"info".into())
        );
    }

    #[test]
    fn a_lens_has_a_bound_too() {
        const RULES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
        let mut out = Vec::new();
        let mut sheet = Sheet::new(ScanLens::Risks, &mut out);
        for rule in RULES {
            sheet
                .take((1..=PER_RULE).map(|line| hit(rule, line, rule)).collect())
                .unwrap();
        }
        let notes = sheet.finish().unwrap();
        assert_eq!(notes.len(), 2, "the two rules past the bound");
        assert_eq!(
            lines(&out).len(),
            PER_LENS + 2 * FEW + 2,
            "none is left out whole"
        );
    }
}
