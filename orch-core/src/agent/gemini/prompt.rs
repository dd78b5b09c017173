//! A prompt that Gemini CLI takes as it is: nothing in it is a command of the CLI or the mention of a file.

use super::super::prompt_with_schema;
use crate::job::Job;

/// What tells the model why its prompt looks like that.
const NOTE: &str = "NOTE\nIn this prompt \\@ stands for the character @ alone.\n\n";

/// The job's prompt, with its schema in words.
pub(super) fn render(job: &Job) -> String {
    let prompt = prompt_with_schema(job);
    if prompt.contains('@') {
        format!("{NOTE}{}", escape(&prompt))
    } else if prompt.trim_start().starts_with(['/', '?']) {
        // Text, and no command.
        format!("TASK\n\n{prompt}")
    } else {
        prompt
    }
}

/// Every `@` with a backslash before it. One that has a backslash already gets none: the CLI looks at no more than that.
fn escape(prompt: &str) -> String {
    let mut escaped = String::with_capacity(prompt.len() + 64);
    let mut before = None;
    for c in prompt.chars() {
        if c == '@' && before != Some('\\') {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use orch_prompts::Scope;

    use super::*;
    use crate::agent::setup::trial::job;

    #[test]
    fn no_mention_of_a_file_is_left() {
        assert_eq!(escape("@a.txt x@y \\@z @@ ä@"), "\\@a.txt x\\@y \\@z \\@\\@ ä\\@");
        let mut job = job("gemini", Scope::ReadOnly);
        job.schema = None;
        assert_eq!(render(&job), "the prompt");
        job.prompt = "/clear".into();
        assert_eq!(render(&job), "TASK\n\n/clear");
        job.prompt = "/clear @x".into();
        assert_eq!(render(&job), format!("{NOTE}/clear \\@x"));
        job.schema = Some(serde_json::json!({"description": "a@b"}));
        assert!(render(&job).contains("a\\@b"));
    }
}
