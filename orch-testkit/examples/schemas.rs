//! Prints every shipped deliverable's schema check: one line each, exit code 1 when one is not strict.
//!
//! ```text
//! cargo xtask schemas
//! ```

#![allow(clippy::print_stdout, reason = "a program whose output is its result")]

use std::process::ExitCode;

use orch_patterns::shipped;
use orch_testkit::strict;

fn main() -> ExitCode {
    let shipped = match shipped() {
        Ok(shipped) => shipped,
        Err((name, error)) => {
            println!("NOT strict  {name}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut all_strict = true;
    for deliverable in shipped {
        let violations = strict::violations(&deliverable.schema);
        if violations.is_empty() {
            println!("strict      {}", deliverable.name);
        } else {
            all_strict = false;
            println!("NOT strict  {}", deliverable.name);
            for violation in violations {
                println!("            {violation}");
            }
        }
    }
    if all_strict {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
