//! `review_fanout` without an account: real programs, wrong calls, dry runs, signals.

use std::path::PathBuf;

use crate::program::{Place, finish, run, signal, start, until, until_exists, with_environment};

#[test]
fn the_sample_gives_findings_with_a_path_and_a_line() {
    let place = Place::new();
    let done = run(&mut place.review(&[]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains(" src/ledger.rs:"), "{}", done.stdout);
    assert!(
        done.stdout.contains("seen by 2 of "),
        "a duplicate was joined: {}",
        done.stdout
    );
    assert!(done.stdout.contains("\nNext step: "), "{}", done.stdout);
    assert!(done.stderr.contains("no model is asked"), "{}", done.stderr);
    assert_eq!(Place::listing(&place.tree()), [] as [PathBuf; 0]);
    place.assert_state_is_empty();
}

#[test]
fn the_readme_shows_what_the_first_command_prints() {
    const README: &str = include_str!("../../../README.md");
    let (_, shown) = README
        .split_once("and the result on standard output:\n\n```text\n")
        .unwrap();
    let (shown, _) = shown.split_once("\n```").unwrap();
    let lenses = ["risks", "links", "structure", "clippy"];
    let words: Vec<&str> = lenses.iter().flat_map(|lens| ["--lens", lens]).collect();
    let done = run(&mut Place::new().review(&words));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let mut printed = done.stdout.as_str();
    for part in shown.split("\n  ...\n") {
        // How long it took differs.
        let part = part.split(", in ").next().unwrap();
        let at = printed
            .find(part)
            .unwrap_or_else(|| panic!("not printed there:\n{part}\nbut:\n{printed}"));
        printed = &printed[at + part.len()..];
    }
}

#[test]
fn json_is_one_object_with_plan_and_workers() {
    let place = Place::new();
    let done = run(&mut place.review(&["--format", "json", "--lens", "risks", "--lens", "links"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let json = done.json();
    assert_eq!(json["agent"], "tools");
    assert_eq!(json["coverage"], serde_json::json!({"done": 2, "asked": 2}));
    assert_eq!(json["plan"]["plan"].as_array().unwrap().len(), 3);
    assert!(
        json["plan"]["plan"]
            .as_array()
            .unwrap()
            .iter()
            .all(|step| step["status"] == "completed")
    );
    assert_eq!(json["findings"][0]["rank"], 1);
    assert!(json["findings"][0]["primary"]["path"].is_string());
    for (number, worker) in (1..).zip(json["workers"].as_array().unwrap()) {
        assert!(
            worker["label"]
                .as_str()
                .unwrap()
                .starts_with(&format!("W{number} Review "))
        );
        assert!(worker["pid"].is_u64());
        assert!(worker["terminal"].as_str().unwrap().starts_with("/dev/pts/"));
        assert!(worker["started"].as_str().unwrap() < worker["finished"].as_str().unwrap());
        assert_eq!(worker["outcome"], "done");
    }
}

#[test]
fn own_files_are_reviewed_and_nothing_else() {
    let place = Place::new();
    place.write("docs/ä b.md", "# One\n\n[dead](nowhere.md)\n");
    place.write("other.md", "[dead too](nowhere.md)\n");
    let before = Place::listing(&place.tree());
    let done = run(&mut place.review(&["--format", "json", "--lens", "links", "docs"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let json = done.json();
    let paths: Vec<&str> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["primary"]["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["docs/ä b.md"]);
    assert_eq!(Place::listing(&place.tree()), before);
    place.assert_state_is_empty();
}

#[test]
fn a_diff_is_reviewed_through_the_files_that_it_changes() {
    let place = Place::new();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .args(arguments);
        let done = run(command.current_dir(place.tree()));
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    };
    place.write("a.md", "fine\n");
    place.write("b.md", "[dead](nowhere.md)\n");
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    let done = run(&mut place.review(&["--diff", "HEAD"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("nothing to review"), "{}", done.stderr);
    place.write("a.md", "fine\n[dead](nowhere.md)\n");
    let done = run(&mut place.review(&["--diff", "HEAD", "--format", "json", "--lens", "links"]));
    let json = done.json();
    assert_eq!(json["findings"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(json["findings"][0]["primary"]["path"], "a.md");
    // Whatever the user's git shows, and with a new file of an odd name and a line that looks like a path.
    git(&["config", "diff.noprefix", "true"]);
    place.write("new \"q\".md", "[dead](nowhere.md)\n++ b/../outside.md\n");
    let done = run(&mut place.review(&["--diff", "HEAD", "--format", "json", "--lens", "links"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let json = done.json();
    let mut paths: Vec<&str> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["primary"]["path"].as_str().unwrap())
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["a.md", "new \"q\".md"]);
}

#[test]
fn a_diff_outside_of_git_says_so() {
    let place = Place::new();
    place.write("a.md", "text\n");
    run(&mut place.review(&["--diff", "HEAD"])).assert_usage_error("is no git work tree");
}

#[test]
fn a_wrong_call_is_told_what_is_wrong() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let wrong = |arguments: &[&str], words: &str| run(&mut place.review(arguments)).assert_usage_error(words);
    wrong(&["no-such-file"], "no-such-file does not exist in the work tree");
    wrong(&["/etc/passwd"], "/etc/passwd lies outside the work tree");
    wrong(&[".."], "lies outside the work tree");
    wrong(
        &["--lens", "rsiks", "a.md"],
        "unknown lens \"rsiks\" for --agent tools: use one of risks, links",
    );
    wrong(&["--lens", "clippy", "a.md"], "lens clippy");
    wrong(
        &["--agent", "codex", "a.md"],
        "codex is not installed: ORCH_CODEX_BIN names /nowhere/codex",
    );
    wrong(
        &["--diff", "no-such-revision"],
        "git diff against no-such-revision failed",
    );
    wrong(&["--diff", "HEAD", "a.md"], "cannot be used with");
    wrong(&["--max-parallel", "0", "a.md"], "at least one worker must run");
    wrong(&["--timeout", "never", "a.md"], "number of seconds");
    wrong(&["--pass-env", "A=1", "a.md"], "without its value");
    wrong(
        &["--agent", "gpt", "a.md"],
        "[possible values: tools, codex, claude, opencode, gemini]",
    );
    place.assert_state_is_empty();
}

#[test]
fn an_agent_that_is_not_installed_says_how_to_get_it() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let done = run(place
        .review(&["--agent", "codex", "a.md"])
        .env_remove("ORCH_CODEX_BIN")
        .env("PATH", "/nowhere"));
    done.assert_usage_error("npm install -g @openai/codex");
    let done = run(place
        .review(&["--lens", "shellcheck", "a.md"])
        .env("PATH", "/nowhere"));
    done.assert_usage_error("lens shellcheck needs shellcheck, which is not installed");
}

#[test]
fn help_names_the_lenses_of_both_sets_and_the_exit_codes() {
    let done = run(&mut Place::new().review(&["--help"]));
    assert_eq!(done.code, Some(0));
    for words in [
        "risks",
        "clippy",
        "(needs cargo)",
        "compatibility",
        "130 after Ctrl-C",
        "ORCH_CODEX_BIN",
    ] {
        assert!(done.stdout.contains(words), "{words}: {}", done.stdout);
    }
}

#[test]
fn a_dry_run_shows_commands_and_prompts_and_starts_nothing() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let mark = place.beside("mark");
    let fake = place.script("codex", &format!("touch '{}'", mark.display()));
    let arguments = [
        "--agent",
        "codex",
        "--lens",
        "security",
        "--lens",
        "semver=breaks",
        "--dry-run",
        "a.md",
    ];
    let done = run(place.review(&arguments).env("ORCH_CODEX_BIN", &fake));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    for words in [
        "== W1 Review security (agent codex)",
        "== W2 Review semver (agent codex)",
        "exec --json --skip-git-repo-check -c 'sandbox_mode=\"read-only\"'",
        "CONTEXT: WORKER\nROLE: You are a sub-agent run by the ORCHESTRATOR.",
        "later: a repair turn",
        "dry run: nothing was started",
    ] {
        assert!(done.stdout.contains(words), "{words}: {}", done.stdout);
    }
    let json = run(place
        .review(&arguments)
        .args(["--format", "json"])
        .env("ORCH_CODEX_BIN", &fake))
    .json();
    assert_eq!(json["jobs"].as_array().unwrap().len(), 2);
    assert!(!mark.exists(), "the agent was started");
    place.assert_state_is_empty();
}

#[test]
fn a_dry_run_needs_no_codex() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let done = run(&mut place.review(&["--agent", "codex", "--dry-run", "a.md"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("$ codex exec --json"), "{}", done.stdout);
    assert!(done.stderr.contains("codex is not installed"), "{}", done.stderr);
}

/// A CLI that says that it is there, leaves a daemon in a session of its own, and goes on for ever.
fn stubborn(place: &Place) -> PathBuf {
    let mark = place.beside("running");
    place.script(
        "codex",
        &format!("trap '' INT TERM HUP\nsetsid sh -c 'trap \"\" HUP TERM INT; sleep 3600' &\ntouch '{}'\nwhile :; do sleep 1; done", mark.display()),
    )
}

#[test]
fn ctrl_c_cancels_prints_what_there_is_and_leaves_nothing() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let fake = stubborn(&place);
    let arguments = [
        "--agent", "codex", "--lens", "security", "--format", "json", "a.md",
    ];
    let child = start(
        place
            .review(&arguments)
            .env("ORCH_CODEX_BIN", &fake)
            .env("LC_ALL", "C.UTF-8"),
    );
    until_exists(&place.beside("running"));
    signal(&child, "INT");
    let done = finish(child);
    assert_eq!(done.code, Some(130), "{}", done.stderr);
    let json = done.json();
    assert_eq!(json["coverage"], serde_json::json!({"done": 0, "asked": 1}));
    assert_eq!(json["workers"][0]["outcome"], "cancelled");
    assert_eq!(with_environment("PWD", place.tree()), [] as [u32; 0]);
    place.assert_state_is_empty();
}

#[test]
fn killed_without_a_word_it_leaves_no_worker() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let fake = stubborn(&place);
    let child = start(
        place
            .review(&["--agent", "codex", "--lens", "security", "a.md"])
            .env("ORCH_CODEX_BIN", &fake),
    );
    until_exists(&place.beside("running"));
    assert_ne!(with_environment("PWD", place.tree()), [] as [u32; 0]);
    signal(&child, "KILL");
    assert_eq!(finish(child).code, None);
    // Its worker ignores every polite signal, and so does the daemon that the worker has started.
    until(|| with_environment("PWD", place.tree()).is_empty());
}

#[test]
fn a_second_ctrl_c_kills_at_once() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let fake = stubborn(&place);
    let child = start(
        place
            .review(&["--agent", "codex", "--lens", "security", "a.md"])
            .env("ORCH_CODEX_BIN", &fake),
    );
    until_exists(&place.beside("running"));
    signal(&child, "INT");
    // Two signals of one kind that come together are one: give the second another name.
    signal(&child, "TERM");
    let done = finish(child);
    assert_eq!(done.code, Some(130), "{}", done.stderr);
    assert!(done.stderr.contains("killing the workers"), "{}", done.stderr);
    assert_eq!(with_environment("PWD", place.tree()), [] as [u32; 0]);
    place.assert_state_is_empty();
}

#[test]
fn a_worker_over_its_time_is_a_missing_reviewer_and_exit_code_1() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let fake = place.script("codex", "exec sleep 3600");
    let arguments = [
        "--agent",
        "codex",
        "--lens",
        "security",
        "--timeout",
        "0.5",
        "a.md",
    ];
    let done = run(place.review(&arguments).env("ORCH_CODEX_BIN", &fake));
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stdout.contains("Coverage: 0 of 1"), "{}", done.stdout);
    assert!(
        done.stdout
            .contains("Missing: security: time-out: not done after 0.5 s"),
        "{}",
        done.stdout
    );
    assert!(
        !done.stdout.contains("No findings"),
        "a failure is not \"no findings\": {}",
        done.stdout
    );
}

#[test]
fn only_the_variables_that_were_named_reach_a_worker() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let seen = place.beside("seen");
    let fake = place.script("codex", &format!("env > '{}'", seen.display()));
    let arguments = [
        "--agent",
        "codex",
        "--lens",
        "security",
        "--pass-env",
        "LET_THROUGH",
        "a.md",
    ];
    let done = run(place
        .review(&arguments)
        .env("ORCH_CODEX_BIN", &fake)
        .env("LET_THROUGH", "yes")
        .env("SECRET_TOKEN", "canary"));
    assert_eq!(done.code, Some(1));
    let environment = std::fs::read_to_string(seen).unwrap();
    assert!(environment.contains("LET_THROUGH=yes\n"), "{environment}");
    assert!(!environment.contains("canary"), "{environment}");
}

#[test]
fn hostile_words_of_a_worker_do_not_reach_the_terminal() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let event = r#"{"type":"item.completed","item":{"id":"i","type":"error","message":"\u001b]52;c;aGk=\u0007\u001b[2Jboo"}}"#;
    let fake = place.script(
        "codex",
        &format!("cat > /dev/null\nprintf '%s\\n' '{event}'\nprintf '\\033[31mred\\033[0m\\n' >&2\nexit 1"),
    );
    let done = run(place
        .review(&["--agent", "codex", "--lens", "security", "a.md"])
        .env("ORCH_CODEX_BIN", &fake));
    assert!(done.stderr.contains("boo"), "{}", done.stderr);
    for text in [&done.stdout, &done.stderr] {
        assert!(!text.contains(['\x1b', '\x07']), "{text:?}");
    }
}

#[test]
fn an_answer_that_cannot_be_read_is_not_replaced_by_an_older_one() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let said = |text: &str| serde_json::json!({"type": "item.completed", "item": {"id": "i", "type": "agent_message", "text": text}});
    let early = said("{\"findings\":[]}");
    let script = format!(
        "cat > /dev/null\nwhile [ \"$1\" != -o ]; do shift; done\nprintf '%s\\n' '{early}'\n\
         head -c 9000000 /dev/zero | tr '\\0' x > \"$2\"\nprintf '%s\\n' '{{\"type\":\"turn.completed\",\"usage\":{{}}}}'"
    );
    let fake = place.script("codex", &script);
    let arguments = ["--agent", "codex", "--lens", "security", "a.md"];
    let done = run(place.review(&arguments).env("ORCH_CODEX_BIN", &fake));
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("last-message file cannot be read"),
        "{}",
        done.stdout
    );
}

#[test]
fn ctrl_c_works_though_nobody_reads_standard_error() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let fake = stubborn(&place);
    let arguments = ["--agent", "codex", "--lens", "security", "a.md"];
    let mut child = start(place.review(&arguments).env("ORCH_CODEX_BIN", &fake));
    until_exists(&place.beside("running"));
    drop(child.stderr.take());
    signal(&child, "INT");
    let done = finish(child);
    assert_eq!(done.code, Some(130));
    assert_eq!(with_environment("PWD", place.tree()), [] as [u32; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_no_wrong_call() {
    use std::fs::OpenOptions;
    use std::process::Stdio;

    let place = Place::new();
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut unseen = place.review(&["--lens", "links"]);
    let child = unseen.stdout(full()).stderr(Stdio::piped()).spawn().unwrap();
    let done = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("printing the review failed: "), "{complaint}");
    let mut silent = place.review(&["--lens", "links"]);
    let child = silent.stdout(Stdio::piped()).stderr(full()).spawn().unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    assert!(!done.stdout.is_empty());
}
