//! `terminal`: a conversation, and a tree that does not want to end.

use std::path::PathBuf;

use crate::program::{Place, run};

#[test]
fn an_interpreter_answers_is_interrupted_and_ends_and_a_hostile_tree_leaves_nobody() {
    let place = Place::new();
    let done = run(&mut place.example("terminal", &["--program", "bash"]));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    for said in [
        "| 5050\n",
        "| 40 100\n",
        "after the end of input: exit code ",
        "a hostile tree of 8 processes",
        " 0 left\n",
    ] {
        assert!(done.stdout.contains(said), "{said:?} in {}", done.stdout);
    }
    assert!(!done.stdout.contains('\x1b'), "{}", done.stdout);
    assert_eq!(Place::listing(&place.tree()), [] as [PathBuf; 0]);
    place.assert_state_is_empty();
}

#[test]
fn what_cannot_be_contained_as_required_is_not_started() {
    let place = Place::new();
    let mut command = place.example("terminal", &["--program", "bash", "--require", "warden"]);
    // This way of birth cannot tag a program before it starts.
    let done = run(command.env("ORCH_PTY_SPAWN", "posix_spawn"));
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(
        done.stderr.contains("requires containment by warden"),
        "{}",
        done.stderr
    );
    assert!(!done.stdout.contains("process "), "{}", done.stdout);
}
