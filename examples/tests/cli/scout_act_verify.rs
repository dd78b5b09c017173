//! `scout_act_verify`: what the scouts found reaches the writer as a pack, and a person may stand in between.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use crate::program::{Done, Place, finish, run, signal, start};
use crate::rules::rules;

rules!("scout_act_verify");

#[test]
fn what_the_scouts_found_is_in_the_pack_and_the_work_is_confirmed() {
    let place = Place::new();
    let json = run(&mut place.example("scout_act_verify", &["--format", "json"])).json();
    let result = &json["result"];
    assert_eq!(result["verdict"], "confirmed");
    let pack = result["executed"]["pack"].to_string();
    for words in ["remind.sh:5", "quiet_from and quiet_to", "ends with 0 also"] {
        assert!(pack.contains(words), "{words}: {pack}");
    }
    assert_eq!(
        json["workers"].as_array().unwrap().len(),
        3,
        "two scouts, one writer"
    );
}

/// Runs it with a person who answers in these lines.
fn answered(place: &Place, lines: &str) -> Done {
    let mut command = place.example("scout_act_verify", &["--ask"]);
    let mut child = start(command.stdin(Stdio::piped()));
    // Who rejects at once may be gone before all is written.
    let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    finish(child)
}

#[test]
fn a_person_approves_rejects_or_asks_for_something_else() {
    let place = Place::new();
    let done = answered(&place, "y\n");
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("Go on with this?"), "{}", done.stderr);
    let done = answered(&place, "n too early\n");
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    assert!(
        done.stdout.contains("Not finished: rejected: too early"),
        "{}",
        done.stdout
    );
    assert!(
        !done.stderr.contains("desk taken"),
        "nobody wrote: {}",
        done.stderr
    );
    let done = answered(&place, "leave the list alone\ny\n");
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("leave the list alone"), "{}", done.stdout);
    let done = answered(&place, "");
    assert_eq!(
        done.code,
        Some(1),
        "nobody answered is no approval: {}",
        done.stdout
    );
    place.assert_state_is_empty();
}

#[test]
fn ctrl_c_at_the_gate_ends_it_though_nobody_answers() {
    let place = Place::new();
    let mut command = place.example("scout_act_verify", &["--ask"]);
    let mut child = start(command.stdin(Stdio::piped()));
    let stdin = child.stdin.take();
    // The question is the only line of progress that ends without a line feed.
    let mut seen = Vec::new();
    let stderr = child.stderr.as_mut().unwrap();
    while !seen.ends_with(b"should be different: ") {
        let mut byte = [0];
        stderr.read_exact(&mut byte).unwrap();
        seen.extend(byte);
    }
    signal(&child, "INT");
    let done = finish(child);
    drop(stdin);
    assert_eq!(done.code, Some(130), "{}", done.stderr);
    assert!(
        !done.stderr.contains("desk taken"),
        "nobody wrote: {}",
        done.stderr
    );
    place.assert_state_is_empty();
}

#[test]
fn own_files_need_an_agent_a_task_and_a_scout() {
    let place = Place::new();
    place.write("a.sh", "exit 0\n");
    let wrong = |arguments: &[&str], words: &str| {
        run(&mut place.example("scout_act_verify", arguments)).assert_usage_error(words);
    };
    wrong(&["a.sh"], "know their own sample alone");
    wrong(&["--agent", "codex", "a.sh"], "say with --task");
    wrong(
        &["--agent", "codex", "--task", "x", "a.sh"],
        "no scout has a question",
    );
}
