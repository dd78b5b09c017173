//! A scripted model server for trying an agent by hand: prints its address at once, answers until the end of its
//! standard input (Ctrl-D), and then prints every request that it got.
//!
//! ```sh
//! cargo run -p orch-testkit --example scripted_model -- text "hello"
//! cargo run -p orch-testkit --example scripted_model -- shell "echo hello" text "done"
//! ```
//!
//! The words are the turns of one conversation, in order: `text T`, `json J`, `shell LINE`, `write PATH`, `status N`,
//! `drop T` (says T and breaks the stream), `mute T` (says T and goes silent), `silence`. The last one is repeated.
//!
//! Claude Code is pointed at it by variables: `ANTHROPIC_BASE_URL=ADDRESS`, any `ANTHROPIC_API_KEY`, and an empty folder
//! as `CLAUDE_CONFIG_DIR`. codex reads its provider from `config.toml` in the folder that `CODEX_HOME` names, which
//! should not lie under the temporary directory:
//!
//! ```toml
//! model_provider = "scripted"
//! model = "scripted"
//! [model_providers.scripted]
//! name = "scripted"
//! base_url = "ADDRESS/v1"
//! wire_api = "responses"
//! ```
//!
//! In a program the agents take them by their `env`. `text "no" json '{…}'` shows a repair turn. codex's turn for it is
//! a further one of ours; Claude Code asks its model again within its own turn.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for a terminal"
)]

use std::error::Error;
use std::io::Read as _;
use std::process::ExitCode;

use orch_testkit::server::{Reply, Request, Rule, Script, Server};

const USAGE: &str = "\
usage: scripted_model TURN...
  the turns of one conversation, in order; the last one is repeated:
  text T | json J | shell LINE | write PATH | status N | drop T | mute T | silence
  for example: scripted_model shell \"echo hello\" text \"done\"";

fn main() -> ExitCode {
    let served = match script(std::env::args().skip(1)) {
        Ok(script) => serve(script),
        Err(error) => {
            eprintln!("scripted_model: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scripted_model: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(script: Script) -> Result<(), Box<dyn Error>> {
    let server = Server::start(script)?;
    println!("{}", server.origin());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    for request in server.requests() {
        let Request { method, path, .. } = &*request;
        println!(
            "{} {method} {path} stream={}",
            request.arrival, request.body["stream"]
        );
        println!("  tools: {}", request.tools().join(" "));
        println!("  schema: {:?}", request.schema());
        for text in [request.last_prompt(), format!("{:?}", request.call_outputs())] {
            println!("  {}", text.chars().take(600).collect::<String>());
        }
    }
    Ok(())
}

fn script(words: impl Iterator<Item = String>) -> Result<Script, Box<dyn Error>> {
    let mut replies = Vec::new();
    let mut words = words.peekable();
    while let Some(kind) = words.next() {
        let mut word = || words.next().ok_or("a turn lacks its second word");
        replies.push(match kind.as_str() {
            "text" => Reply::from(Reply::text(word()?)),
            "json" => Reply::json(&serde_json::from_str(&word()?)?).into(),
            "shell" => Reply::shell(word()?).into(),
            "write" => Reply::write(word()?, "written\n").into(),
            "drop" => Reply::text(word()?).then_drop().into(),
            "mute" => Reply::text(word()?).then_silence().into(),
            "status" => Reply::status(word()?.parse()?, "the script says so").into(),
            "silence" => Reply::silence(),
            other => return Err(format!("no turn is called {other}").into()),
        });
    }
    let last = replies.pop().ok_or("no turn is given")?;
    let script = replies.into_iter().fold(Script::new(), |script, reply| {
        script.rule(Rule::always().times(1).reply(reply))
    });
    Ok(script.rule(Rule::always().reply(last)))
}
