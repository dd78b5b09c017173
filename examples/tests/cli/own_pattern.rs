//! `own_pattern`: a search written in the example.

use crate::program::{Place, run};
use crate::rules::rules;

rules!("own_pattern");

#[test]
fn it_finds_where_each_thing_was_lost_and_reads_only_what_it_must() {
    let place = Place::new();
    let done = run(&mut place.example("own_pattern", &["--format", "json"]));
    let json = done.json();
    let turns = json["result"]["turns"].as_array().unwrap();
    let found: Vec<(&str, &str)> = turns
        .iter()
        .map(|turn| {
            let of = |name: &str| turn[name].as_str().unwrap_or("none");
            (of("last_good"), of("first_bad"))
        })
        .collect();
    assert_eq!(
        found,
        [
            ("versions/6.md", "versions/7.md"),
            ("versions/3.md", "versions/4.md"),
            ("versions/8.md", "none"),
        ]
    );
    assert_eq!(json["workers"].as_array().unwrap().len(), 11, "5, 5 and 1");
}

#[test]
fn own_files_need_an_agent_and_a_claim() {
    let place = Place::new();
    place.write("a.md", "text\n");
    let wrong = |arguments: &[&str], words: &str| {
        run(&mut place.example("own_pattern", arguments)).assert_usage_error(words);
    };
    wrong(&["a.md"], "know their own sample alone");
    wrong(
        &["--agent", "codex", "a.md"],
        "say what is to hold of them with --claim",
    );
    wrong(
        &["--agent", "codex", "--claim", "x", "b.md"],
        "b.md cannot be read",
    );
    wrong(
        &["--agent", "codex", "--claim", "x", "/etc/passwd"],
        "lies outside the work tree",
    );
}
