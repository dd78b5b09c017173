//! An outcome is used as if the worker had answered.

use orch_patterns::prelude::*;

fn words(outcome: Outcome<String>) -> usize {
    outcome.split_whitespace().count()
}

fn main() {
    let _words = words(Outcome::Unfinished(Unfinished::Cancelled));
}
