//! A selection as a plain text for people.

use std::fmt;

use super::{Decided, Refinement, Selection, Settled};

impl Selection {
    fn why(&self) -> &'static str {
        match self.decided {
            Decided::OnlyOne => "it was the only option that was proposed; nobody judged it",
            Decided::Evidence => "its check showed more than those of the others",
            Decided::Judge => "the judge preferred it, whichever was shown first",
            Decided::Order => {
                "by the order of the stances alone: neither checks nor the judge told it from the next one"
            }
            Decided::Unjudged => "by evidence and the order of the stances: the judge did not deliver",
        }
    }

    fn write_comparisons(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.comparisons.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nComparisons")?;
        for comparison in &self.comparisons {
            writeln!(f, "  - {comparison}")?;
            if let Settled::Won(_) = comparison.settled {
                for said in &comparison.said {
                    if let Some(reason) = said.choice.reasons.first() {
                        writeln!(f, "    with {} first: {reason}", said.first)?;
                    }
                }
            }
        }
        if self.bias.compared > 0 {
            writeln!(f, "Position bias: {}.", self.bias)?;
        }
        Ok(())
    }

    fn write_refinement(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.refinement {
            Refinement::Refined(None) => {
                writeln!(
                    f,
                    "It was refined; as it was proposed it is kept with the others."
                )
            }
            Refinement::Refined(Some(evidence)) => {
                writeln!(f, "It was refined, and checked again: {evidence}.")
            }
            Refinement::Unchanged => writeln!(f, "It stands as it was proposed."),
            Refinement::Dropped(evidence) => {
                writeln!(
                    f,
                    "It stands as it was proposed: refined it did worse: {evidence}."
                )
            }
            Refinement::Unmeasured(why) => {
                writeln!(
                    f,
                    "It stands as it was proposed and confirmed: refined it was not measured ({why})."
                )
            }
            Refinement::Unfinished(why) => {
                writeln!(f, "It stands as it was proposed: nobody refined it ({why}).")
            }
        }
    }

    fn write_coverage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, missing) = (self.ranking.len(), self.not_proposed.len());
        writeln!(f, "\nCoverage: {done} of {} proposers delivered.", done + missing)?;
        for missing in self.not_proposed.iter().chain(&self.not_closed) {
            let why = orch_core::plain::line(&missing.why.to_string(), 300);
            writeln!(f, "  - {} did not: {why}", missing.label)?;
        }
        Ok(())
    }

    fn next_step(&self) -> String {
        match (self.decided, &self.chosen.check) {
            (Decided::Unjudged | Decided::Order, _) => {
                "look at the first options yourself; nothing told them apart".to_owned()
            }
            (_, Some(check)) => {
                format!("carry it out, and see that it works; its proposer says how: {check}")
            }
            (_, None) => "carry it out".to_owned(),
        }
    }
}

impl fmt::Display for Selection {
    /// The chosen option and why, the others and where they stand, how each pair was settled, and what to do next.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}\n\nChosen ({}): {}",
            self.question,
            self.chosen_from(),
            self.chosen
        )?;
        writeln!(f, "Why: {}.", self.why())?;
        self.write_refinement(f)?;
        writeln!(f, "\nOptions")?;
        for (number, standing) in (1..).zip(&self.ranking) {
            writeln!(f, "{number:>3}. {standing}")?;
        }
        self.write_comparisons(f)?;
        self.write_coverage(f)?;
        writeln!(f, "\nNext step: {}", self.next_step())
    }
}
