//! `compose`: a review, a gate and a split-merge as one pattern.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::program::{Place, finish, run, start};
use crate::rules::rules;

rules!("compose");

#[test]
fn what_one_pattern_found_the_next_one_mends() {
    let place = Place::new();
    let json = run(&mut place.example("compose", &["--format", "json"])).json();
    let result = &json["result"];
    let found = result["review"]["items"].as_array().unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(
        result["landing"]["files"],
        serde_json::json!(["notes/install.md", "notes/update.md"]),
        "no writer for the file in which nothing was found"
    );
    assert_eq!(json["workers"].as_array().unwrap().len(), 4);
}

#[test]
fn a_rejection_at_the_gate_lets_nobody_write() {
    let place = Place::new();
    place.write("a.md", "It is is so.\n");
    let mut command = place.example("compose", &["--ask", "--apply", "a.md"]);
    let mut child = start(command.stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all(b"n not now\n").unwrap();
    let done = finish(child);
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("rejected: not now"), "{}", done.stdout);
    assert_eq!(
        fs::read_to_string(place.tree().join("a.md")).unwrap(),
        "It is is so.\n"
    );
    place.assert_state_is_empty();
}

#[test]
fn what_reviewers_found_elsewhere_or_behind_a_link_gives_nobody_a_file_to_write() {
    let place = Place::new();
    let doubled = "It is is so.\n";
    place.write("docs/a.md", doubled);
    place.write("b.md", doubled);
    let done = run(&mut place.example("compose", &["--apply", "docs"]));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("b.md:1"),
        "it stays a finding: {}",
        done.stdout
    );
    let read = |name: &str| fs::read_to_string(place.tree().join(name)).unwrap();
    assert_eq!(
        (read("docs/a.md").as_str(), read("b.md").as_str()),
        ("It is so.\n", doubled)
    );
}

#[test]
fn a_yes_with_a_condition_is_no_approval() {
    let place = Place::new();
    place.write("a.md", "It is is so.\n");
    let mut command = place.example("compose", &["--ask", "--apply", "a.md"]);
    let mut child = start(command.stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all(b"y but not now\n").unwrap();
    let done = finish(child);
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    assert_eq!(
        fs::read_to_string(place.tree().join("a.md")).unwrap(),
        "It is is so.\n"
    );
}

#[test]
fn a_check_that_never_ran_lets_nothing_in() {
    let place = Place::new();
    place.write("a.md", "It is is so.\n");
    let arguments = ["--apply", "--check", "no-such-program-4711 x", "a.md"];
    let done = run(&mut place.example("compose", &arguments));
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
fn own_files_change_with_apply_alone_and_nothing_found_is_no_failure() {
    let place = Place::new();
    place.write("a.md", "It is is so.\n");
    let read = || fs::read_to_string(place.tree().join("a.md")).unwrap();
    let done = run(&mut place.example("compose", &["a.md"]));
    assert_eq!((done.code, read().as_str()), (Some(0), "It is is so.\n"));
    let done = run(&mut place.example("compose", &["--apply", "a.md"]));
    assert_eq!(
        (done.code, read().as_str()),
        (Some(0), "It is so.\n"),
        "{}",
        done.stdout
    );
    let done = run(&mut place.example("compose", &["a.md"]));
    assert_eq!(done.code, Some(0), "{}", done.stdout);
    assert!(
        done.stdout.contains("nobody was asked to write"),
        "{}",
        done.stdout
    );
    let odd = "b=\"x\" \\t.md";
    place.write(odd, "The the end.\n");
    let done = run(&mut place.example("compose", &["--apply", "."]));
    let mended = fs::read_to_string(place.tree().join(odd)).unwrap();
    assert_eq!(
        (done.code, mended.as_str()),
        (Some(0), "The end.\n"),
        "{}",
        done.stdout
    );
    run(&mut place.example("compose", &["no-such-file"])).assert_usage_error("no-such-file cannot be read");
    place.assert_state_is_empty();
}
