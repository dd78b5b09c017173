use orch_prompts::Scope;

use super::*;
use crate::agent::Input;
use crate::agent::setup::trial::{arguments, job};

fn line(agent: &Claude, job: &Job, turn: &Turn) -> String {
    arguments(agent, job, turn)
}

#[test]
fn the_tools_are_on_every_command_and_the_prompt_on_none() {
    let mut job = job(Claude::NAME, Scope::ReadOnly);
    let first = line(&Claude::new(), &job, &Turn::First);
    assert_eq!(
        first,
        "-p --output-format stream-json --verbose --setting-sources user --strict-mcp-config \
         --permission-mode dontAsk --tools Read,Grep,Glob --json-schema {\"type\":\"object\"}"
    );
    let next = Turn::Next { thread: "t-1".into() };
    assert_eq!(line(&Claude::new(), &job, &next), format!("{first} --resume t-1"));

    job.schema = None;
    job.scope = Scope::write(["src"]);
    job.model = Some("opus".into());
    assert_eq!(
        line(&Claude::new().model("haiku"), &job, &next),
        "-p --output-format stream-json --verbose --setting-sources user --strict-mcp-config --permission-mode \
         acceptEdits --tools Read,Grep,Glob,Edit,Write,Bash --allowedTools Bash --model opus --resume t-1"
    );
    job.scope = Scope::Write(Vec::new());
    job.web = true;
    job.model = None;
    assert_eq!(
        line(&Claude::new().hermetic(), &job, &Turn::First),
        "-p --output-format stream-json --verbose --safe-mode --disable-slash-commands --setting-sources  \
         --strict-mcp-config --permission-mode dontAsk --tools Read,Grep,Glob,WebSearch,WebFetch --allowedTools \
         WebSearch,WebFetch"
    );
}

#[test]
fn a_schema_too_long_for_an_argument_is_told_in_the_prompt() {
    let mut job = job(Claude::NAME, Scope::ReadOnly);
    job.schema = Some(serde_json::json!({"type": "object", "description": "x".repeat(SCHEMA_LIMIT)}));
    let dirs = WorkerDirs::new("/tree", "/private");
    let launch = Claude::new().launch(&job, &dirs, &Turn::First).expect("a launch");
    assert!(launch.arguments.iter().all(|argument| argument.len() < 100));
    assert_eq!(launch.input, Input::Text(prompt_with_schema(&job)));
}

#[test]
fn a_prompt_is_text_and_no_command() {
    let mut job = job(Claude::NAME, Scope::ReadOnly);
    let dirs = WorkerDirs::new("/tree", "/private");
    let agent = Claude::new().env("DISABLE_TELEMETRY", "0");
    let launch = agent.launch(&job, &dirs, &Turn::First).expect("a launch");
    assert_eq!(launch.input, Input::Prompt);
    let last = |name: &str| {
        let mut of_name = launch.set_env.iter().filter(|(key, _)| key == name);
        of_name.next_back().map(|(_, value)| value.as_str())
    };
    assert_eq!(last("CLAUDE_CODE_DISABLE_ATTACHMENTS"), Some("1"));
    assert_eq!(
        last("DISABLE_TELEMETRY"),
        Some("0"),
        "the author has the last word"
    );
    job.prompt = " /clear".into();
    let launch = agent.launch(&job, &dirs, &Turn::First).expect("a launch");
    assert_eq!(launch.input, Input::Text("TASK\n\n /clear".into()));
}

#[test]
fn the_login_is_read_from_the_status() {
    let read = |stdout: &str, code| read_login(&Printed::new(stdout, "", Exit::Code(code)));
    assert_eq!(
        read(r#"{"loggedIn": true, "authMethod": "api_key"}"#, 0),
        Reading::Good("by api_key".into())
    );
    assert!(matches!(
        read(r#"{"loggedIn": false, "authMethod": "none"}"#, 1),
        Reading::Bad { .. }
    ));
    for (stdout, code) in [
        ("", 1),
        ("unknown command", 1),
        (r#"{"loggedIn": true}"#, 1),
        ("[]", 0),
    ] {
        assert!(matches!(read(stdout, code), Reading::Doubtful { .. }), "{stdout}");
    }
}

#[test]
fn npm_s_launcher_leads_to_the_native_binary() {
    let places = native_behind(Path::new(
        "/n/node_modules/@anthropic-ai/claude-code/bin/claude.exe",
    ));
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        assert!(places.contains(&PathBuf::from(
            "/n/node_modules/@anthropic-ai/claude-code-linux-x64/claude"
        )));
    }
    assert!(native_behind(Path::new("/usr/local/bin/claude")).is_empty());
}
