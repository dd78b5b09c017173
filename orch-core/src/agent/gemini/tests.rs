use orch_prompts::Scope;

use super::*;
use crate::agent::prompt_with_schema;
use crate::agent::setup::trial::{arguments, job};

fn launch(agent: &Gemini, job: &Job) -> Launch {
    let dirs = WorkerDirs::new("/tree", "/private");
    agent.launch(job, &dirs, &Turn::First).expect("a launch")
}

fn last<'a>(launch: &'a Launch, name: &str) -> Option<&'a str> {
    let mut of_name = launch.set_env.iter().filter(|(key, _)| key == name);
    of_name.next_back().map(|(_, value)| value.as_str())
}

fn file(launch: &Launch, name: &str) -> String {
    let (_, bytes) = launch
        .files
        .iter()
        .find(|(file, _)| file == name)
        .expect("the file");
    String::from_utf8(bytes.clone()).expect("text")
}

#[test]
fn the_rules_are_on_every_command_and_the_prompt_on_none() {
    let mut job = job(Gemini::NAME, Scope::ReadOnly);
    let first = arguments(&Gemini::new(), &job, &Turn::First);
    assert_eq!(
        first,
        "-o stream-json --approval-mode default --policy /private/tools.toml --admin-policy /private/tools.toml"
    );
    let next = Turn::Next { thread: "t-1".into() };
    assert_eq!(
        arguments(&Gemini::new(), &job, &next),
        format!("{first} --resume t-1")
    );
    job.model = Some("pro".into());
    assert_eq!(
        arguments(&Gemini::new().hermetic().model("flash"), &job, &Turn::First),
        format!("{first} --extensions none --allowed-mcp-server-names none --model pro")
    );
}

#[test]
fn a_reader_has_the_tools_that_read_and_no_others() {
    let rules = |tools: &str| {
        format!(
            "[[rule]]\ntoolName = \"*\"\ndecision = \"deny\"\npriority = 1\n\n\
             [[rule]]\ntoolName = [{tools}]\ndecision = \"allow\"\nallowRedirection = true\npriority = 2\n"
        )
    };
    let read = r#""read_file","read_many_files","grep_search","glob","list_directory""#;
    let mut job = job(Gemini::NAME, Scope::Write(Vec::new()));
    let gemini = Gemini::new();
    assert_eq!(file(&launch(&gemini, &job), POLICY), rules(read));
    job.web = true;
    let web = format!(r#"{read},"google_web_search","web_fetch""#);
    assert_eq!(file(&launch(&gemini, &job), POLICY), rules(&web));
    job.web = false;
    job.scope = Scope::write(["src"]);
    let write = format!(r#"{read},"write_file","replace","run_shell_command""#);
    assert_eq!(file(&launch(&gemini, &job), POLICY), rules(&write));
}

#[test]
fn it_is_one_process_and_the_tree_configures_nothing() {
    let job = job(Gemini::NAME, Scope::ReadOnly);
    let plain = launch(&Gemini::new(), &job);
    assert_eq!(last(&plain, "GEMINI_CLI_NO_RELAUNCH"), Some("true"));
    assert_eq!(last(&plain, "GEMINI_CLI_TRUST_WORKSPACE"), Some("false"));
    let told = Gemini::new().env("GEMINI_CLI_TRUST_WORKSPACE", "true");
    let trusted = last(&launch(&told, &job), "GEMINI_CLI_TRUST_WORKSPACE").map(str::to_owned);
    assert_eq!(trusted.as_deref(), Some("true"), "the author has the last word");
}

#[test]
fn a_prompt_beyond_the_limit_is_refused_before_the_start() {
    let mut job = job(Gemini::NAME, Scope::ReadOnly);
    assert_eq!(
        launch(&Gemini::new(), &job).input,
        Input::Text(prompt_with_schema(&job))
    );
    job.schema = None;
    job.prompt = "x".repeat(PROMPT_LIMIT);
    assert_eq!(
        launch(&Gemini::new(), &job).input,
        Input::Text(job.prompt.clone())
    );
    job.prompt.push('x');
    let dirs = WorkerDirs::new("/tree", "/private");
    let error = Gemini::new()
        .launch(&job, &dirs, &Turn::First)
        .expect_err("one too many");
    assert!(error.to_string().contains("8388609"), "{error}");
}
