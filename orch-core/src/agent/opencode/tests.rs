use orch_prompts::Scope;

use super::*;
use crate::agent::setup::trial::{arguments, job};

fn launch(agent: &Opencode, job: &Job) -> Launch {
    let dirs = WorkerDirs::new("/tree", "/private");
    agent.launch(job, &dirs, &Turn::First).expect("a launch")
}

fn last<'a>(launch: &'a Launch, name: &str) -> Option<&'a str> {
    let mut of_name = launch.set_env.iter().filter(|(key, _)| key == name);
    of_name.next_back().map(|(_, value)| value.as_str())
}

fn config(agent: &Opencode, job: &Job) -> String {
    let mut files = launch(agent, job).files;
    assert_eq!(files.len(), 1);
    String::from_utf8(files.remove(0).1).expect("text")
}

#[test]
fn every_turn_runs_as_the_worker_s_own_agent_and_the_prompt_is_on_no_command() {
    let mut job = job(Opencode::NAME, Scope::ReadOnly);
    let first = arguments(&Opencode::new(), &job, &Turn::First);
    assert_eq!(first, "run --format json --agent orch-worker --title orch-worker");
    let next = Turn::Next {
        thread: "ses_1".into(),
    };
    job.model = Some("openai/gpt".into());
    assert_eq!(
        arguments(&Opencode::new().hermetic().model("a/b"), &job, &next),
        "run --format json --agent orch-worker --pure --model openai/gpt --session ses_1"
    );
}

#[test]
fn a_reader_s_agent_may_read_and_nothing_else() {
    let read = r#""read":{"*":"allow","*.env":"deny","*.env.*":"deny","*.env.example":"allow"}"#;
    let agent = |more: &str, last: &str| {
        format!(
            r#"{{"agent":{{"orch-worker":{{"mode":"primary","permission":{{"*":"deny",{more}"glob":"allow","grep":"allow","list":"allow",{read}{last}}}}}}}}}"#
        )
    };
    let mut job = job(Opencode::NAME, Scope::Write(Vec::new()));
    let opencode = Opencode::new();
    assert_eq!(config(&opencode, &job), agent("", ""));
    job.web = true;
    let web = r#","webfetch":"allow","websearch":"allow""#;
    assert_eq!(config(&opencode, &job), agent("", web));
    assert_eq!(last(&launch(&opencode, &job), "OPENCODE_ENABLE_EXA"), Some("1"));
    job.web = false;
    job.scope = Scope::write(["src"]);
    let write = r#""bash":"allow","edit":"allow","#;
    assert_eq!(config(&opencode, &job), agent(write, r#","todowrite":"allow""#));
    assert_eq!(last(&launch(&opencode, &job), "OPENCODE_ENABLE_EXA"), None);
}

#[test]
fn its_directory_is_said_in_the_environment_and_the_tree_configures_nothing() {
    let mut job = job(Opencode::NAME, Scope::ReadOnly);
    let plain = launch(&Opencode::new(), &job);
    assert_eq!(last(&plain, "PWD"), Some("/tree"));
    assert_eq!(last(&plain, "OPENCODE_CONFIG"), Some("/private/opencode.json"));
    assert_eq!(last(&plain, "OPENCODE_DISABLE_PROJECT_CONFIG"), Some("1"));
    assert_eq!(last(&plain, "XDG_CONFIG_HOME"), None);
    let hermetic = launch(&Opencode::new().hermetic().env("HOME", "/h"), &job);
    assert_eq!(last(&hermetic, "XDG_CONFIG_HOME"), Some("/private"));
    assert_eq!(last(&hermetic, "HOME"), Some("/h"));
    assert_eq!(plain.input, Input::Text(prompt_with_schema(&job)));
    job.schema = None;
    assert_eq!(launch(&Opencode::new(), &job).input, Input::Prompt);
}

#[test]
fn the_login_is_read_from_the_list() {
    let read = |stdout: &str, code| read_login(&Printed::new(stdout, "", Exit::Code(code)));
    let none = "┌  Credentials \u{1b}[90m~/auth.json\n│\n└  0 credentials\n\n";
    assert!(matches!(read(none, 0), Reading::Doubtful { .. }));
    let stored = none.replace('0', "2");
    assert_eq!(read(&stored, 0), Reading::Good("by stored credentials".into()));
    let variable = format!(
        "{none}┌  Environment\n│\n●  OpenAI \u{1b}[90mOPENAI_API_KEY\n│\n└  1 environment variable\n"
    );
    assert_eq!(
        read(&variable, 0),
        Reading::Good("by a variable of the environment".into())
    );
    assert!(matches!(read("", 1), Reading::Doubtful { .. }));
}

#[test]
fn npm_s_launcher_leads_to_the_native_binary() {
    let places = native_behind(Path::new("/n/node_modules/opencode-ai/bin/opencode"));
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        assert!(places.contains(&PathBuf::from("/n/node_modules/opencode-linux-x64/bin/opencode")));
    }
    assert!(native_behind(Path::new("/usr/local/bin/opencode")).is_empty());
}
