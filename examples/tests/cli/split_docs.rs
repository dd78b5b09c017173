//! `split_docs`: a program tidies documents, each worker its own.

use std::fs;

use crate::program::{Place, run};
use crate::rules::rules;

rules!("split_docs");

#[test]
fn the_sample_is_tidied_and_gets_its_contents() {
    let place = Place::new();
    let json = run(&mut place.example("split_docs", &["--format", "json"])).json();
    let result = &json["result"];
    assert_eq!(result["coverage"], serde_json::json!({"done": 4, "asked": 4}));
    let diff = result["landing"]["diff"].as_str().unwrap();
    for line in [
        "+- [Backups](backup.md)",
        "-The the newest one",
        "+The newest one",
        "+It takes about an hour.  ",
    ] {
        assert!(diff.contains(line), "{line}: {diff}");
    }
    assert!(
        !diff.contains("-    unpack"),
        "code is left as it is, and so is a hard line break: {diff}"
    );
}

#[test]
fn own_documents_change_with_apply_alone() {
    let place = Place::new();
    place.write("docs/a.md", "# A\n\nIt is is so.\n");
    place.write("docs/ü b.md", "# B\n\nHe said that that is what they had had.\n");
    place.write("other.md", "It is is so.\n");
    let read = |name: &str| fs::read_to_string(place.tree().join(name)).unwrap();
    let done = run(&mut place.example("split_docs", &["docs/*.md"]));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("--apply brings in what holds"),
        "{}",
        done.stdout
    );
    assert_eq!(read("docs/a.md"), "# A\n\nIt is is so.\n");
    let done = run(&mut place.example("split_docs", &["--apply", "docs/*.md"]));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("Changed in the work tree: docs/a.md"),
        "{}",
        done.stdout
    );
    assert_eq!(read("docs/a.md"), "# A\n\nIt is so.\n");
    assert_eq!(
        read("docs/ü b.md"),
        "# B\n\nHe said that that is what they had had.\n"
    );
    assert_eq!(read("other.md"), "It is is so.\n", "nobody's slice");
    place.assert_state_is_empty();
}

#[test]
fn odd_names_and_titles_are_words_and_what_is_no_markdown_is_left_alone() {
    let place = Place::new();
    let odd = "a=\"x\" \\t.md";
    place.write(odd, "# Say \"hi\" \\ there\t\n\nthe the end\n");
    place.write("b.bin", "the the \0 end");
    let arguments = ["--apply", "--contents", "c.txt", "*.*"];
    let done = run(&mut place.example("split_docs", &arguments));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    let read = |name: &str| fs::read_to_string(place.tree().join(name)).unwrap();
    assert_eq!(read(odd), "# Say \"hi\" \\ there\n\nthe end\n");
    assert_eq!(read("b.bin"), "the the \0 end");
    let contents = read("c.txt");
    assert!(contents.contains("- [Say \"hi\" \\ there]"), "{contents}");
}

#[test]
fn a_check_that_fails_keeps_the_patch_out_and_is_no_success() {
    let place = Place::new();
    place.write("a.md", "It is is so.\n");
    let done = run(&mut place.example("split_docs", &["--apply", "--check", "false", "*.md"]));
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    assert_eq!(
        fs::read_to_string(place.tree().join("a.md")).unwrap(),
        "It is is so.\n"
    );
}

#[test]
fn a_check_that_never_ran_keeps_the_patch_out_and_says_why() {
    let place = Place::new();
    place.write("a.md", "It is is so.\n");
    let arguments = ["--apply", "--check", "no-such-program-4711 x", "*.md"];
    let done = run(&mut place.example("split_docs", &arguments));
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("Not applied: the check of the whole"),
        "{}",
        done.stdout
    );
    assert_eq!(
        fs::read_to_string(place.tree().join("a.md")).unwrap(),
        "It is is so.\n"
    );
}

#[test]
fn a_pattern_that_names_nothing_or_leads_out_is_told() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let wrong = |arguments: &[&str], words: &str| {
        run(&mut place.example("split_docs", arguments)).assert_usage_error(words);
    };
    wrong(&["docs/*.md"], "names nothing");
    wrong(&["../*.md"], "has a `..` in it");
    wrong(&["--task", "x", "*.md"], "need a coding agent");
    wrong(&["--contents", "a.md", "*.md"], "overlap");
    place.assert_state_is_empty();
}

#[test]
fn without_git_every_slice_says_what_to_install_and_it_is_no_wrong_call() {
    let place = Place::new();
    place.write("docs/a.md", "# A\n\nIt is is so.\n");
    let tools = place.beside("tools");
    fs::create_dir(&tools).unwrap();
    for program in ["sh", "sed", "awk", "cat", "grep"] {
        let from = ["/bin", "/usr/bin"].map(|folder| std::path::Path::new(folder).join(program));
        let from = from.iter().find(|path| path.exists()).unwrap();
        std::os::unix::fs::symlink(from, tools.join(program)).unwrap();
    }
    let mut command = place.example("split_docs", &["--format", "json", "docs/*.md"]);
    let done = run(command.env("PATH", &tools));
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    let result = done.json()["result"].to_string();
    assert!(
        result.contains("install git, or set PATH so that it is found, then run again"),
        "{result}"
    );
    place.assert_state_is_empty();
}
