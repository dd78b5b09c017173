//! `sessions`: three background terminals, and the same as tool calls.

use std::path::PathBuf;

use crate::program::{Place, run};

#[test]
fn one_is_interrupted_one_is_answered_one_ends_and_nobody_is_left() {
    let place = Place::new();
    let done = run(&mut place.example("sessions", &[]));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    for said in [
        "W1 Scout: session 1000 started\n",
        "W1 Scout | looking around\n",
        "W1 Scout: interrupted, as by Ctrl-C\n",
        "W1 Scout | nothing found so far\n",
        "W1 Scout: exit code 130\n",
        "W2 Review: answered: main\n",
        "W2 Review | reviewing against main\n",
        "W2 Review: exit code 0\n",
        "W3 Build | error: 1 test failed\n",
        "W3 Build: exit code 101\n",
        "1002 W3 Build: exit code 101, ",
        "nobody is left\n",
    ] {
        assert!(done.stdout.contains(said), "{said:?} in {}", done.stdout);
    }
    assert!(!done.stdout.contains('\x1b'), "{}", done.stdout);
    assert_eq!(Place::listing(&place.tree()), [] as [PathBuf; 0]);
    place.assert_state_is_empty();
}

#[test]
fn a_model_is_told_in_codexs_words() {
    let place = Place::new();
    let done = run(&mut place.example("sessions", &["--codex"]));
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    for said in [
        "Process running with session ID 1000\nOriginal token count: ",
        "name? ",
        "Process exited with code 0\n",
        "hello Ada\r\n",
        "Unknown process id 1000: session `session 1000` has ended (exit code 0) and said so; run it again with: /bin/sh -c ",
    ] {
        assert!(done.stdout.contains(said), "{said:?} in {}", done.stdout);
    }
}

#[test]
fn its_help_says_what_it_does() {
    let place = Place::new();
    let done = run(&mut place.example("sessions", &["--help"]));
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(
        done.stdout.contains("three background terminals"),
        "{}",
        done.stdout
    );
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_an_error_and_no_panic() {
    use std::fs::OpenOptions;
    use std::process::Stdio;

    let place = Place::new();
    for (example, arguments) in [("sessions", &[][..]), ("sessions", &["--codex"]), ("doctor", &[])] {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = place.example(example, arguments);
        let child = command.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let done = child.wait_with_output().unwrap();
        let complaint = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{example}: {complaint}");
        assert!(complaint.starts_with("error: "), "{example}: {complaint}");
    }
}
