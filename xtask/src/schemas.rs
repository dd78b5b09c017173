//! The shipped deliverables' schemas against the strict subset.
//!
//! The check is a program of its own, so that this one does not have to link the whole library.

use std::path::Path;

use anyhow::Result;

use crate::run;

/// Builds and runs the check; fails when a schema is not strict.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut command = run::cargo();
    command
        .args([
            "run",
            "--quiet",
            "--package",
            "orch-testkit",
            "--example",
            "schemas",
        ])
        .current_dir(root);
    run::check(&mut command)
}
