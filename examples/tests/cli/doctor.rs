//! `doctor`: what is found, what is not, and what to do about it.

use serde_json::Value;

use crate::program::{Place, run};

#[test]
fn a_machine_with_nothing_on_it_is_told_what_to_do() {
    let place = Place::new();
    let mut command = place.example("doctor", &["--tool", "sh"]);
    let done = run(command.env("PATH", "/bin:/usr/bin").env_remove("ORCH_CODEX_BIN"));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(
        done.stdout.contains("workers are contained by: "),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("\nsh: ready\n"), "{}", done.stdout);
}

#[test]
fn a_program_is_asked_and_what_it_says_is_shown_without_its_escapes() {
    let place = Place::new();
    let script = place.script(
        "codex",
        "case $1 in --version) printf 'codex-cli 9.9\\033[2J\\n';; *) echo 'Not logged in' >&2; exit 1;; esac",
    );
    let mut command = place.example("doctor", &["--require", "codex"]);
    let done = run(command.env("ORCH_CODEX_BIN", &script));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("  version  codex-cli 9.9\n"),
        "{}",
        done.stdout
    );
    assert!(
        done.stdout
            .contains("  login    doubtful: Not logged in; run `codex login`"),
        "{}",
        done.stdout
    );
}

#[test]
fn what_is_required_and_not_there_is_an_error() {
    let place = Place::new();
    let done = run(&mut place.example("doctor", &["--require", "codex", "--format", "json"]));
    assert_eq!(done.code, Some(1), "{}", done.stdout);
    assert!(done.stderr.contains("codex is not ready"), "{}", done.stderr);
    let json: Value = serde_json::from_str(&done.stdout).unwrap();
    let missing = json["agents"][0]["program"]["missing"].as_str().unwrap();
    assert!(missing.contains("/nowhere/codex"), "{missing}");

    let done = run(&mut place.example("doctor", &["--require", "nobody"]));
    assert_eq!(done.code, Some(2), "{}", done.stdout);
    assert!(
        done.stderr
            .contains("no agent nobody; known: codex, claude, opencode, gemini"),
        "{}",
        done.stderr
    );
}
