//! Which version a program is, by its own account.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// The first word that begins with a digit and has a dot, of what the program says to `--version`.
///
/// # Errors
/// It cannot be run, or says no version.
pub fn version_of(program: &Path) -> io::Result<String> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    version_in(&text)
        .ok_or_else(|| io::Error::other(format!("{} says no version: {text:?}", program.display())))
}

fn version_in(text: &str) -> Option<String> {
    text.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn a_version_is_found_among_other_words() {
        for (text, version) in [
            ("codex-cli 0.169.0\n", Some("0.169.0")),
            ("2.1.330 (Claude Code)", Some("2.1.330")),
            ("1.18.33", Some("1.18.33")),
            ("help", None),
        ] {
            assert_eq!(version_in(text).as_deref(), version, "{text}");
        }
    }
}
