//! Asks one agent's program its questions: each a process of its own, bounded in time and in what it may say.

use std::path::Path;
use std::time::Duration;

use orch_pty::{Command, Drain, Drained, Exit, Ladder, Output, Source, Stdin, Tree};
use tokio::time::timeout;

use super::{Checkup, Finding};
use crate::agent::{Agent, Printed, Probe, Reading};
use crate::environment;

/// How long a program has for one answer: a cold start of the slowest CLI on a loaded machine takes about this.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most bytes of each stream that are read.
const HEARD: usize = 64 << 10;

/// Asks all that the agent wants to have asked.
pub(super) async fn examine(agent: &dyn Agent) -> Checkup {
    let program = agent.program().locate();
    let mut findings = Vec::new();
    if let Ok(path) = &program {
        for probe in agent.probes() {
            let reading = ask(path, &probe).await;
            findings.push(Finding {
                asks: probe.asks,
                reading,
            });
        }
    }
    Checkup {
        agent: agent.name().to_owned(),
        program,
        skills: agent.skills(),
        findings,
    }
}

async fn ask(program: &Path, probe: &Probe) -> Reading {
    let command = Command::new(program)
        .args(&probe.arguments)
        .current_dir("/")
        .stdin(Stdin::Null)
        .stdout(Output::Pipe)
        .stderr(Output::Pipe);
    let passed = probe.pass_env.iter().map(String::as_str);
    let command = environment::declared(command, passed, &probe.set_env);
    match timeout(PATIENCE, answer(&command)).await {
        Ok(Ok(printed)) => (probe.read)(&printed),
        Ok(Err(what)) => Reading::Bad {
            what,
            remedy: "install it again".to_owned(),
        },
        Err(_) => Reading::Bad {
            what: format!("no answer within {} s", PATIENCE.as_secs()),
            remedy: format!(
                "try it by hand: {} {}",
                program.display(),
                shown(&probe.arguments)
            ),
        },
    }
}

fn shown(arguments: &[std::ffi::OsString]) -> String {
    let arguments: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy())
        .collect();
    arguments.join(" ")
}

/// Ends everything that a probe started, also when its future is dropped.
struct EndOnDrop(Tree);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.kill_now();
    }
}

async fn answer(command: &Command) -> Result<Printed, String> {
    let mut process = command.spawn().map_err(|error| error.to_string())?;
    let tree = EndOnDrop(process.child.tree());
    let mut drain = Drain::of(&process.child)
        .stdout(process.stdout)
        .stderr(process.stderr);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; 8 << 10];
    loop {
        match drain.read(&mut buffer).await {
            Ok(Drained::Chunk { source, bytes }) => {
                let heard = if source == Source::Stderr {
                    &mut stderr
                } else {
                    &mut stdout
                };
                let room = HEARD - heard.len();
                heard.extend_from_slice(&buffer[..bytes.min(room)]);
            }
            Ok(Drained::End { .. }) => break,
            Ok(_) => {}
            Err(error) => return Err(format!("reading its answer failed: {error}")),
        }
    }
    let exit: Exit = process
        .child
        .wait()
        .await
        .map_err(|error| format!("waiting for it failed: {error}"))?;
    // What it left behind goes with it; a program that is asked for its version leaves nobody.
    let _ = tree.0.stop(&Ladder::kill_now()).await;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Printed::new(text(stdout), text(stderr), exit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::{AgentError, Tool};
    use crate::agent::{Decoder, Launch, Program, Question, Turn, WorkerDirs};
    use crate::job::Job;

    /// An agent that is a shell line.
    #[derive(Debug)]
    struct Shell(&'static str, fn(&Printed) -> Reading);

    impl Agent for Shell {
        fn name(&self) -> &'static str {
            "shell"
        }

        fn program(&self) -> Program {
            Program::named("/bin/sh")
        }

        fn launch(&self, job: &Job, dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError> {
            Tool::new("shell", "/bin/sh").launch(job, dirs, turn)
        }

        fn decoder(&self, job: &Job) -> Box<dyn Decoder> {
            Tool::new("shell", "/bin/sh").decoder(job)
        }

        fn probes(&self) -> Vec<Probe> {
            vec![Probe::new(Question::Login, ["-c", self.0], self.1)]
        }
    }

    async fn asked(line: &'static str) -> String {
        let told = |printed: &Printed| Reading::Good(format!("{}, {}", printed.exit, printed.last_line()));
        let checkup = examine(&Shell(line, told)).await;
        match &checkup.findings[0].reading {
            Reading::Good(text) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_program_says_what_it_is_and_its_words_are_harmless() {
        assert_eq!(asked("printf 'a\\033[2Jb\\n\\n'").await, "exit code 0, ab");
        assert_eq!(asked("echo no >&2; exit 3").await, "exit code 3, no");
        assert_eq!(asked(":").await, "exit code 0, it printed nothing");
    }

    #[tokio::test]
    async fn a_program_that_floods_is_read_to_its_end_and_kept_in_bounds() {
        let line = "head -c 5000000 /dev/zero | tr '\\0' x; echo; echo end";
        let told = |printed: &Printed| Reading::Good(printed.stdout.len().to_string());
        let checkup = examine(&Shell(line, told)).await;
        assert_eq!(checkup.findings[0].reading, Reading::Good((64 << 10).to_string()));
    }

    #[tokio::test]
    async fn it_is_asked_with_no_more_of_our_environment_than_a_worker_has() {
        // Cargo sets it for this test.
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
        assert_eq!(
            asked("echo ${CARGO_MANIFEST_DIR:-none} $TERM").await,
            "exit code 0, none dumb"
        );
    }

    #[tokio::test]
    async fn what_is_not_installed_is_not_asked_and_says_how_to_get_it() {
        let tool = Tool::new("lint", "/nowhere/lint").install("get it with `cargo install lint`");
        let checkup = examine(&tool).await;
        assert!(!checkup.is_ready());
        let text = checkup.to_string();
        assert!(text.starts_with("lint: not installed\n"), "{text}");
        assert!(text.contains("get it with `cargo install lint`"), "{text}");
    }

    /// Its patience is over when the clock says so; the program itself waits on a pipe that nobody writes.
    #[tokio::test(start_paused = true)]
    async fn a_program_that_says_nothing_is_given_up_and_ended() {
        let checkup = examine(&Shell("exec sleep 1000", |_| Reading::Good(String::new()))).await;
        assert!(
            matches!(&checkup.findings[0].reading, Reading::Bad { what, .. } if what.contains("30 s")),
            "{checkup}"
        );
        assert!(!checkup.is_ready());
    }
}
