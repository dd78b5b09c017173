//! A command as a line that a person can run again. What it is told on its input, and its environment, are not in it.

use std::ffi::OsStr;

use orch_pty::Command;

use crate::redact::Redactor;

/// The line for a POSIX shell; variables that were set are left out, for they may be secrets, and in the place of a named
/// secret stands its name.
pub(super) fn command_line(command: &Command, redactor: &Redactor) -> String {
    let words = std::iter::once(command.program()).chain(command.arguments().iter().map(AsRef::as_ref));
    // Before it is quoted, which may part a secret.
    let shown = |word: &OsStr| quoted(OsStr::new(&*redactor.text(&word.to_string_lossy())));
    let line = words.map(shown).collect::<Vec<_>>().join(" ");
    match command.directory() {
        Some(directory) => format!("cd {} && {line}", shown(directory.as_os_str())),
        None => line,
    }
}

/// One word, in single quotes where a shell would read something into it.
pub(super) fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_run_again_as_it_is_and_tells_no_secrets() {
        let command = Command::new("sh")
            .args(["-c", "echo 'it''s' $HOME", ""])
            .env("TOKEN", "s3cr3t")
            .current_dir("/tmp/a b");
        assert_eq!(
            command_line(&command, &Redactor::default()),
            r"cd '/tmp/a b' && sh -c 'echo '\''it'\'''\''s'\'' $HOME' ''"
        );
    }

    #[test]
    fn a_named_secret_is_taken_out_before_quotes_part_it() {
        let redactor = Redactor::new([("KEY", "it's-a-secret")]).expect("a secret");
        let command = Command::new("curl").args(["-H", "Bearer: it's-a-secret"]);
        assert_eq!(
            command_line(&command, &redactor),
            "curl -H 'Bearer: [redacted KEY]'"
        );
    }
}
