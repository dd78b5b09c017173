//! The plain text of a whole, for people.

use std::fmt;
use std::path::PathBuf;

use orch_core::{Outcome, plain};

use super::conflict::path_lines;
use super::whole::Whole;

/// How many files are named.
const NAMED: usize = 20;

impl fmt::Display for Whole {
    /// The slices, what is missing or conflicts, what was checked, and the next step.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Slices: {} are in the whole.", self.coverage())?;
        for (slice, part) in self.items() {
            writeln!(f, "- {slice}: {part}")?;
            if !part.left_out().is_empty() {
                let paths = part.left_out().iter().map(PathBuf::as_path);
                writeln!(
                    f,
                    "  It also changed, and that is left out: {}",
                    named(path_lines(paths))
                )?;
            }
        }
        if !self.conflicts().is_empty() {
            writeln!(f, "Conflicts:")?;
        }
        for conflict in self.conflicts() {
            writeln!(f, "- {conflict}")?;
        }
        match self.merger() {
            Some(Outcome::Done(fix)) => writeln!(f, "Merging worker: {}", plain::line(&fix.summary, 500))?,
            Some(Outcome::Unfinished(why)) => {
                let why = plain::line(&why.to_string(), 500);
                writeln!(f, "Merging worker: {why}; what it did is left out")?;
            }
            None => {}
        }
        match self.check() {
            Some(Outcome::Done(evidence)) => writeln!(f, "Check of the whole: {evidence}")?,
            Some(Outcome::Unfinished(why)) => {
                writeln!(
                    f,
                    "Check of the whole: not run, {}",
                    plain::line(&why.to_string(), 500)
                )?;
            }
            None => {}
        }
        let files = path_lines(self.patch().files());
        match files.len() {
            0 => writeln!(f, "Patch: no file changes.")?,
            1 => writeln!(f, "Patch: 1 file: {}", named(files))?,
            many => writeln!(f, "Patch: {many} files: {}", named(files))?,
        }
        if !self.changed_meanwhile().is_empty() {
            let changed = self.changed_meanwhile().to_vec();
            writeln!(f, "Changed by somebody else meanwhile: {}", named(changed))?;
        }
        writeln!(f, "\nNext step: {}", self.next_step())
    }
}

fn named(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}
