//! What the scorer prints, and what it has to reach.
//!
//! The bars are floors, not the last best: 67 issues are few, and one of them moves a figure.

use anyhow::{Context as _, Result};

/// What the scorer measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figures {
    pub(crate) pairs: f64,
    pub(crate) hard: f64,
    b_cubed: f64,
    lost: f64,
    left: f64,
    ndcg: f64,
    /// As it was printed.
    printed: String,
}

impl Figures {
    /// Reads the scorer's four lines.
    pub(crate) fn read(printed: &str) -> Result<Self> {
        let after = |line: &str, word: &str| {
            let mut words = printed
                .lines()
                .find(|printed| printed.starts_with(line))
                .into_iter()
                .flat_map(str::split_whitespace)
                .skip_while(|given| *given != word);
            let number = words.nth(1).and_then(|number| number.parse().ok());
            number.with_context(|| format!("the scorer printed no {word} in its line {line:?}"))
        };
        Ok(Self {
            pairs: after("pairs", "F1")?,
            hard: after("hard", "F1")?,
            b_cubed: after("b3", "F1")?,
            lost: after("b3", "lost")?,
            left: after("b3", "left")?,
            ndcg: after("rank", "nDCG@5")?,
            printed: printed.trim_end().to_owned(),
        })
    }

    fn bars(&self) -> [Bar; 6] {
        [
            Bar::at_least("pairs F1", self.pairs, 0.97),
            Bar::at_least("hard F1", self.hard, 0.85),
            Bar::at_least("B-cubed F1", self.b_cubed, 0.97),
            Bar::at_most("issues lost", self.lost, 2.0),
            Bar::at_most("duplicates left", self.left, 5.0),
            Bar::at_least("nDCG@5", self.ndcg, 0.725),
        ]
    }
}

/// Prints the figures and the bars; gives the number of bars that are missed.
pub(crate) fn verdict(figures: &Figures) -> usize {
    println!("{}\n", figures.printed);
    let bars = figures.bars();
    for bar in &bars {
        println!("{}", bar.line());
    }
    bars.iter().filter(|bar| !bar.holds()).count()
}

/// One figure and what it has to reach.
#[derive(Debug)]
pub(crate) struct Bar {
    name: &'static str,
    figure: f64,
    floor_or_ceiling: f64,
    at_least: bool,
}

impl Bar {
    pub(crate) fn at_least(name: &'static str, figure: f64, bar: f64) -> Self {
        Self {
            name,
            figure,
            floor_or_ceiling: bar,
            at_least: true,
        }
    }

    fn at_most(name: &'static str, figure: f64, bar: f64) -> Self {
        Self {
            at_least: false,
            ..Self::at_least(name, figure, bar)
        }
    }

    pub(crate) fn holds(&self) -> bool {
        if self.at_least {
            self.figure >= self.floor_or_ceiling
        } else {
            self.figure <= self.floor_or_ceiling
        }
    }

    pub(crate) fn line(&self) -> String {
        let (sign, digits) = if self.at_least { (">=", 3) } else { ("<=", 0) };
        let verdict = if self.holds() { "holds" } else { "MISSED" };
        format!(
            "{:<15} {:>6.digits$}  {sign} {:<6.digits$} {verdict}",
            self.name, self.figure, self.floor_or_ceiling
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "pairs  P 0.985  R 0.971  F1 0.978\nhard   P 0.835  R 0.897  F1 0.865\n\
        b3     F1 0.978  lost 1  left 5  (345 findings -> 71 items)\nrank   nDCG@5 0.734  (600 panels)\n";

    #[test]
    fn the_scorers_lines_are_read_and_its_words_kept() {
        let figures = Figures::read(PRINTED).unwrap();
        assert_eq!(figures.printed, PRINTED.trim_end());
        assert_eq!(verdict(&figures), 0);
        let lines: Vec<String> = figures.bars().iter().map(Bar::line).collect();
        assert_eq!(
            lines[..4],
            [
                "pairs F1         0.978  >= 0.970  holds",
                "hard F1          0.865  >= 0.850  holds",
                "B-cubed F1       0.978  >= 0.970  holds",
                "issues lost          1  <= 2      holds",
            ]
        );
    }

    #[test]
    fn every_bar_can_be_missed() {
        let worse = PRINTED
            .replace("F1 0.9", "F1 0.8")
            .replace("F1 0.865", "F1 0.849")
            .replace("lost 1", "lost 3")
            .replace("left 5", "left 6")
            .replace("0.734", "0.724");
        assert_eq!(verdict(&Figures::read(&worse).unwrap()), 6);
    }

    #[test]
    fn a_line_that_is_not_there_is_named() {
        let error = Figures::read("pairs  F1 0.9\n").unwrap_err().to_string();
        assert_eq!(error, "the scorer printed no F1 in its line \"hard\"");
    }
}
