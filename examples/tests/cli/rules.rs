//! The rules that every example keeps. Each is a function of its name; `rules!` makes tests of them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::program::{Done, Place, finish, run, signal, start, until_exists, with_environment};

/// The tests of one example, by its name.
macro_rules! rules {
    ($example:literal) => {
        #[test]
        fn without_arguments_it_ends_well_in_an_empty_directory_and_leaves_nothing() {
            crate::rules::ends_well_in_an_empty_directory($example);
        }

        #[test]
        fn without_arguments_it_changes_nothing_in_a_git_repository() {
            crate::rules::changes_nothing_in_a_git_repository($example);
        }

        #[test]
        fn its_json_is_one_object_that_names_its_workers() {
            crate::rules::prints_one_object($example);
        }

        #[test]
        fn a_dry_run_starts_nothing() {
            crate::rules::starts_nothing_in_a_dry_run($example);
        }

        #[test]
        fn a_wrong_flag_is_told() {
            crate::rules::tells_what_is_wrong($example);
        }

        #[test]
        fn what_the_machine_refuses_is_no_wrong_call() {
            crate::rules::tells_what_the_machine_refuses($example);
        }

        #[test]
        fn its_help_names_exit_codes_and_examples() {
            crate::rules::teaches($example);
        }

        #[test]
        fn a_standard_output_that_is_gone_is_no_panic() {
            crate::rules::does_not_panic_without_a_reader($example);
        }

        #[test]
        fn ctrl_c_ends_it_and_its_workers() {
            crate::rules::ends_on_ctrl_c($example);
        }
    };
}
pub(crate) use rules;

/// Exit code 0, a result, nothing beside the state directory's empty folders, and every line is marked where workers are
/// scripted.
pub(crate) fn ends_well_in_an_empty_directory(example: &str) {
    let place = Place::new();
    let done = run(&mut place.example(example, &[]));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(!done.stdout.is_empty());
    assert_marked(&done);
    assert_eq!(Place::listing(&place.tree()), [] as [PathBuf; 0]);
    place.assert_state_is_empty();
}

fn assert_marked(done: &Done) {
    let lines = done.stdout.lines().chain(done.stderr.lines());
    let mut lines = lines.filter(|line| !line.is_empty());
    if done.stdout.contains("scripted") {
        let bare = lines.find(|line| !line.starts_with("scripted | "));
        assert_eq!(bare, None, "a line about scripted workers says so");
    } else {
        assert!(
            lines.all(|line| !line.contains("scripted")),
            "{}{}",
            done.stdout,
            done.stderr
        );
    }
}

pub(crate) fn changes_nothing_in_a_git_repository(example: &str) {
    let place = Place::new();
    place.write("README.md", "# Mine\n");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .args(arguments);
        let done = run(command.current_dir(place.tree()));
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        done.stdout
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    let before = Place::listing(&place.tree());
    let done = run(&mut place.example(example, &[]));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert_eq!(git(&["status", "--porcelain"]), "");
    assert_eq!(Place::listing(&place.tree()), before);
    place.assert_state_is_empty();
}

pub(crate) fn prints_one_object(example: &str) {
    let place = Place::new();
    let done = run(&mut place.example(example, &["--format", "json"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let json = done.json();
    assert_eq!(json["agent"], "tools");
    assert_eq!(json["error"], serde_json::Value::Null);
    assert!(json["result"].is_object(), "{json}");
    let workers = json["workers"].as_array().unwrap();
    assert!(!workers.is_empty());
    for worker in workers {
        assert!(worker["pid"].is_u64() && worker["outcome"] == "done", "{worker}");
        if json["workers_are"] == "scripted" {
            assert!(
                worker["agent"].as_str().unwrap().starts_with("scripted "),
                "{worker}"
            );
        }
    }
}

pub(crate) fn starts_nothing_in_a_dry_run(example: &str) {
    let place = Place::new();
    let done = run(&mut place.example(example, &["--dry-run"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(
        done.stdout.contains("dry run: nothing was started"),
        "{}",
        done.stdout
    );
    let mark = place.beside("mark");
    let fake = place.script("codex", &format!("touch '{}'", mark.display()));
    let arguments = ["--agent", "codex", "--dry-run", "--format", "json"];
    let done = run(place.example(example, &arguments).env("ORCH_CODEX_BIN", &fake));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let json = done.json();
    assert_eq!(json["dry_run"], true);
    let jobs = json["jobs"].as_array().unwrap();
    assert!(!jobs.is_empty(), "{json}");
    assert!(
        jobs[0]["prompt"]
            .as_str()
            .unwrap()
            .starts_with("CONTEXT: WORKER\n")
    );
    assert!(!mark.exists(), "the agent was started");
    assert_eq!(Place::listing(&place.tree()), [] as [PathBuf; 0]);
    place.assert_state_is_empty();
}

pub(crate) fn tells_what_is_wrong(example: &str) {
    let place = Place::new();
    let wrong = |arguments: &[&str], words: &str| {
        run(&mut place.example(example, arguments)).assert_usage_error(words);
    };
    wrong(&["--no-such-flag"], "--no-such-flag");
    wrong(
        &["--agent", "gpt"],
        "[possible values: tools, codex, claude, opencode, gemini]",
    );
    wrong(&["--max-parallel", "0"], "at least one worker must run");
    wrong(&["--agent", "codex"], "ORCH_CODEX_BIN names /nowhere/codex");
    place.assert_state_is_empty();
}

pub(crate) fn teaches(example: &str) {
    let done = run(&mut Place::new().example(example, &["--help"]));
    assert_eq!(done.code, Some(0));
    for words in [
        "Exit code: 0",
        "130",
        "Examples:",
        "--agent",
        "--dry-run",
        "--max-parallel",
    ] {
        assert!(done.stdout.contains(words), "{words}: {}", done.stdout);
    }
}

pub(crate) fn does_not_panic_without_a_reader(example: &str) {
    let place = Place::new();
    for arguments in [&[][..], &["--format", "json"], &["--dry-run"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut unseen = place.example(example, arguments);
        let child = unseen.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let done = finish(child);
        assert_eq!(done.code, Some(1), "{}", done.stderr);
        assert!(done.stderr.contains("printing the "), "{}", done.stderr);
        assert!(!done.stderr.contains("panicked"), "{}", done.stderr);
    }
    let mut silent = place.example(example, &[]);
    let mut child = start(&mut silent);
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(finish(child).code, Some(1));
}

/// With an agent that never answers and ignores polite signals.
pub(crate) fn ends_on_ctrl_c(example: &str) {
    let place = Place::new();
    let mark = place.beside("running");
    let fake = place.script(
        "codex",
        &format!(
            "trap '' INT TERM HUP\ntouch '{}'\nwhile :; do sleep 1; done",
            mark.display()
        ),
    );
    let arguments = ["--agent", "codex", "--format", "json"];
    let mut command = place.example(example, &arguments);
    let unique = place.beside("running").display().to_string();
    let child = start(
        command
            .env("ORCH_CODEX_BIN", &fake)
            .env("LET_THROUGH", &unique)
            .args(["--pass-env", "LET_THROUGH"]),
    );
    until_exists(&mark);
    signal(&child, "INT");
    let done = finish(child);
    assert_eq!(done.code, Some(130), "{}", done.stderr);
    let json = done.json();
    assert_eq!(json["result"], serde_json::Value::Null);
    assert_eq!(json["error"], "run cancelled");
    assert_eq!(with_environment("LET_THROUGH", &unique), [] as [u32; 0]);
    place.assert_state_is_empty();
}

/// A place in which nobody may write is no wrong call: it is told with what to do, and has not the exit code of one.
pub(crate) fn tells_what_the_machine_refuses(example: &str) {
    let place = Place::new();
    for arguments in [&[][..], &["--dry-run"]] {
        let done = run(place.example(example, arguments).env("XDG_STATE_HOME", "/sys"));
        assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
        assert!(done.stderr.contains("/sys/orch"), "{}", done.stderr);
        assert!(done.stderr.ends_with(", then run again\n"), "{}", done.stderr);
    }
}
