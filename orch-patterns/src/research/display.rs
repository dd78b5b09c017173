//! A dossier as a plain text for people.

use std::fmt;

use super::Dossier;
use crate::deliverable::{Point, Source, Support};

impl Dossier {
    /// `[1, 3]`, or that there is none.
    fn cites(&self, point: &Point) -> String {
        if point.support() == Support::Unsourced {
            return "[no source]".to_owned();
        }
        let numbers = point.sources.iter().filter_map(|url| self.number(url));
        let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
        format!("[{}]", numbers.join(", "))
    }

    fn number(&self, url: &str) -> Option<usize> {
        let at = self.sources.sources.iter().position(|source| source.url == url);
        at.map(|at| at + 1)
    }

    fn write_sources(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sources.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nSources")?;
        for (number, source) in (1..).zip(&self.sources.sources) {
            writeln!(f, "  [{number}] {}", one_line(source))?;
        }
        Ok(())
    }

    fn write_coverage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, asked) = (
            self.looked_at.len(),
            self.looked_at.len() + self.not_looked_at.len(),
        );
        write!(f, "\nCoverage: {done} of {asked} angles looked at")?;
        if done > 0 {
            write!(f, ": {}", self.looked_at.join(", "))?;
        }
        writeln!(f, ".")?;
        if !self.made_up.is_empty() {
            writeln!(
                f,
                "Taken out, since no researcher named it as a source: {}",
                self.made_up.join(", ")
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Dossier {
    /// The points with the numbers of their sources, what matters and why, what is uncertain, what to do next.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.question)?;
        if self.looked_at.is_empty() {
            writeln!(f, "\nNobody looked: nothing is known.")?;
        }
        if let Some(why) = &self.instead {
            writeln!(
                f,
                "\nNo synthesis was made ({why}). What follows are the researchers' own claims, the best supported first."
            )?;
        }
        let synthesis = &self.synthesis;
        let points = synthesis.points.iter();
        section(
            f,
            "Points",
            points.map(|point| format!("{} {}", point.claim, self.cites(point))),
            true,
        )?;
        let keys = synthesis.key_sources.iter().map(|key| {
            let number = self.number(&key.source).unwrap_or_default();
            let title = self
                .sources
                .resolve(&key.source)
                .map_or("", |source| &source.title);
            let name = if title.is_empty() { &key.source } else { title };
            format!("[{number}] {name}: {}", key.why)
        });
        section(f, "Key sources, and why they matter", keys, false)?;
        section(f, "Disagreements", &synthesis.disagreements, false)?;
        section(f, "Uncertainty", &synthesis.uncertainty, false)?;
        section(f, "Next actions", &synthesis.next_actions, true)?;
        self.write_sources(f)?;
        self.write_coverage(f)?;
        match self.next_step() {
            Some(next) => writeln!(f, "\nNext step: {next}"),
            None => Ok(()),
        }
    }
}

/// A heading and its entries; nothing at all when there are none.
fn section<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    heading: &str,
    entries: impl IntoIterator<Item = T>,
    numbered: bool,
) -> fmt::Result {
    let mut entries = (1..).zip(entries).peekable();
    if entries.peek().is_some() {
        writeln!(f, "\n{heading}")?;
    }
    for (number, entry) in entries {
        if numbered {
            writeln!(f, "{number:>3}. {entry}")?;
        } else {
            writeln!(f, "  - {entry}")?;
        }
    }
    Ok(())
}

fn one_line(source: &Source) -> String {
    let mut parts = Vec::new();
    if !source.title.is_empty() {
        parts.push(format!("{}.", source.title.trim_end_matches('.')));
    }
    parts.push(source.url.clone());
    if !source.named_by.is_empty() {
        parts.push(format!("(named by: {})", source.named_by.join(", ")));
    }
    parts.join(" ")
}
