//! The README's program as a user would have it: a crate of its own, outside the workspace, with two dependencies.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};

use crate::run;

/// Stands in the README before the program.
const MARKER: &str = "<!-- consumer -->";

/// The crate lies in `target/consumer`; an empty `[workspace]` keeps it out of the one around it.
const MANIFEST: &str = r#"[package]
name = "consumer"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[dependencies]
orch-patterns = { path = "../../orch-patterns" }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

/// Writes the crate anew, builds it, runs it. Fails when the program fails, or says nothing.
pub(crate) fn run(root: &Path) -> Result<()> {
    let readme = fs::read_to_string(root.join("README.md")).context("reading README.md")?;
    let program = program(&readme)?;
    let folder = root.join("target/consumer");
    let source = folder.join("src");
    if source.exists() {
        fs::remove_dir_all(&source).with_context(|| format!("emptying {}", source.display()))?;
    }
    fs::create_dir_all(&source).with_context(|| format!("creating {}", source.display()))?;
    fs::write(source.join("main.rs"), program)?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    // The same versions as the workspace; cargo drops what this crate does not need.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).context("copying Cargo.lock")?;

    println!(
        "the README's program, {} lines:\n\n{program}",
        program.lines().count()
    );
    let mut build = run::cargo();
    build
        .args(["build", "--target-dir", "build"])
        .current_dir(&folder);
    run::check(&mut build)?;

    let mut command = run::cargo();
    command
        .args(["run", "--quiet", "--target-dir", "build"])
        .current_dir(&folder);
    println!("$ {}", run::line(&command));
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("starting the program")?;
    std::io::stdout().write_all(&output.stdout)?;
    ensure!(
        output.status.success(),
        "the README's program failed: {}",
        output.status
    );
    ensure!(
        !output.stdout.trim_ascii().is_empty(),
        "the README's program printed nothing"
    );
    println!("the README's program ran in a crate of its own");
    Ok(())
}

/// The first Rust block after the marker.
fn program(readme: &str) -> Result<&str> {
    let Some((_, after)) = readme.split_once(MARKER) else {
        bail!("README.md has no line `{MARKER}` before the program");
    };
    let block = after
        .split_once("\n```rust")
        .with_context(|| format!("no ```rust block after `{MARKER}`"))?
        .1;
    let (_, body) = block.split_once('\n').context("the ```rust block has no lines")?;
    let (body, _) = body.split_once("\n```").context("the ```rust block has no end")?;
    ensure!(
        body.contains("fn main"),
        "the block after `{MARKER}` is no program: it has no `fn main`"
    );
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::{MANIFEST, program};

    #[test]
    fn the_program_is_the_first_rust_block_after_the_marker() {
        let readme = "```rust\nfn main() { first() }\n```\ntext\n<!-- consumer -->\n```toml\nx = 1\n```\n\
                      ```rust\nfn main() {\n    second()\n}\n```\n```rust\nfn main() { third() }\n```\n";
        assert_eq!(program(readme).unwrap(), "fn main() {\n    second()\n}");
    }

    #[test]
    fn a_readme_without_marker_block_or_main_says_what_is_missing() {
        let said = |readme: &str| program(readme).unwrap_err().to_string();
        assert!(said("# readme\n").contains("no line `<!-- consumer -->`"));
        assert!(said("<!-- consumer -->\ntext\n").contains("no ```rust block"));
        assert!(said("<!-- consumer -->\n```rust\nfn main() {}\n").contains("no end"));
        assert!(said("<!-- consumer -->\n```rust\nlet x = 1;\n```\n").contains("no `fn main`"));
    }

    #[test]
    fn the_crate_has_two_dependencies_and_a_workspace_of_its_own() {
        let (_, dependencies) = MANIFEST.split_once("[dependencies]\n").unwrap();
        assert_eq!(dependencies.lines().count(), 2);
        assert!(MANIFEST.contains("\n[workspace]\n\n"));
    }
}
