//! A person at a gate: shown what is to be decided on, and asked.

use std::io::{self, Write as _};
use std::thread;

use orch_patterns::{Decision, plain};
use tokio::sync::oneshot;

/// Shows `what` on standard error and waits for a line on standard input: `y` and nothing else approves, `n` and a reason
/// rejects, any other words ask for a revision: also those after a `y`. When nobody answers, nothing is approved.
///
/// # Cancel safety
/// Dropped, the line is read by nobody.
pub async fn ask(what: &str) -> Decision {
    let question = format!(
        "{}\nGo on with this? y, n WHY, or what should be different: ",
        plain::block(what)
    );
    // Who cannot see the question does not answer it.
    let mut err = io::stderr();
    let _ = err.write_all(question.as_bytes()).and_then(|()| err.flush());
    let (sender, answer) = oneshot::channel();
    // A thread of its own, and none of the runtime's: nobody waits for it when the run is cancelled.
    thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line);
        let _ = sender.send(read.map(|_| line).unwrap_or_default());
    });
    decision(&answer.await.unwrap_or_default())
}

fn decision(line: &str) -> Decision {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match word.trim_end_matches([',', ':']).to_ascii_lowercase().as_str() {
        "" => Decision::reject("nobody answered"),
        "y" | "yes" if rest.trim().is_empty() => Decision::Approve,
        // A yes with a condition is none: what has to be different is said in full.
        "y" | "yes" => Decision::revise(rest.trim()),
        "n" | "no" if rest.trim().is_empty() => Decision::reject("no reason was given"),
        "n" | "no" => Decision::reject(rest.trim()),
        _ => Decision::revise(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_decision() {
        assert_eq!(decision("y\n"), Decision::Approve);
        assert_eq!(decision("Yes"), Decision::Approve);
        assert_eq!(decision("n, too dear\n"), Decision::reject("too dear"));
        assert_eq!(decision("no"), Decision::reject("no reason was given"));
        assert_eq!(decision("leave the tests\n"), Decision::revise("leave the tests"));
        assert_eq!(
            decision("y but leave the tests\n"),
            Decision::revise("but leave the tests")
        );
        assert_eq!(decision("yes, no, wait"), Decision::revise("no, wait"));
        assert_eq!(decision("y, \n"), Decision::Approve);
        assert_eq!(decision(""), Decision::reject("nobody answered"));
    }
}
