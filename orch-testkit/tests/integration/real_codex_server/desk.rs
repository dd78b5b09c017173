//! Where a test runs codex: a home, a work directory that is no repository, and what came out.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use orch_testkit::real::{Codex, CodexHome, HomeConfig};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Desk {
    bin: PathBuf,
    home: CodexHome,
    folder: TempDir,
}

/// What a run left behind. Standard error is there for messages only.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) code: Option<i32>,
    pub(crate) events: Vec<Value>,
    #[expect(dead_code, reason = "printed by the assertions that fail")]
    stderr: String,
}

impl Desk {
    pub(crate) fn new(codex: &Codex, home: HomeConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        Self {
            bin: codex.bin.clone(),
            home: home.create().unwrap(),
            folder,
        }
    }

    /// A path beside the work directory.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, content: &Value) -> String {
        let path = self.path(name);
        fs::write(&path, content.to_string()).unwrap();
        path
    }

    /// Runs codex to its end, with the prompt as a file on standard input.
    pub(crate) fn run(&self, args: &[&str], prompt: &str) -> End {
        let brief = self.path("prompt");
        fs::write(&brief, prompt).unwrap();
        let output = Command::new(&self.bin)
            .args(args)
            .envs(self.home.env())
            .current_dir(self.folder.path().join("work"))
            .stdin(Stdio::from(File::open(brief).unwrap()))
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        End {
            code: output.status.code(),
            events: stdout
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl End {
    pub(crate) fn last(&self) -> &Value {
        self.events.last().expect("at least one event")
    }

    pub(crate) fn thread(&self) -> String {
        self.events[0]["thread_id"]
            .as_str()
            .expect("the first event names the thread")
            .to_owned()
    }

    /// The agent's messages, in order.
    pub(crate) fn messages(&self) -> Vec<&str> {
        let message = |event: &&Value| event["item"]["type"] == "agent_message";
        self.events
            .iter()
            .filter(message)
            .filter_map(|event| event["item"]["text"].as_str())
            .collect()
    }
}
