//! Keeps what a CLI writes to its standard output, beside the agent's own decoder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, io};

use orch_core::Exit;
use orch_core::Redactor;
use orch_core::agent::{
    Agent, AgentError, Decoder, Launch, Probe, Program, Skills, Turn, WorkerDirs, WorkerEvent,
};
use orch_core::job::{Job, JobEnd};

use super::version_of;

/// Names the folder for streams.
const FOLDER: &str = "ORCH_RECORD";

/// An agent whose streams are kept.
#[derive(Debug)]
struct Recorded {
    agent: Arc<dyn Agent>,
    folder: PathBuf,
    case: &'static str,
    hidden: Arc<[(String, &'static str)]>,
    turns: AtomicUsize,
}

struct Tee {
    decoder: Box<dyn Decoder>,
    bytes: Vec<u8>,
    path: PathBuf,
    hidden: Arc<[(String, &'static str)]>,
}

/// The agent, with a recorder before its decoder where the environment asks for one.
pub(super) fn recorded(
    agent: Arc<dyn Agent>,
    name: &str,
    program: &Path,
    case: &'static str,
    hidden: Vec<(String, &'static str)>,
) -> io::Result<Arc<dyn Agent>> {
    let Some(folder) = env::var_os(FOLDER).filter(|folder| !folder.is_empty()) else {
        return Ok(agent);
    };
    let folder = PathBuf::from(folder).join(name).join(version_of(program)?);
    fs::create_dir_all(&folder)?;
    Ok(Arc::new(Recorded {
        agent,
        folder,
        case,
        hidden: hidden.into(),
        turns: AtomicUsize::new(0),
    }))
}

impl Agent for Recorded {
    fn name(&self) -> &str {
        self.agent.name()
    }

    fn program(&self) -> Program {
        self.agent.program()
    }

    fn launch(&self, job: &Job, dirs: &WorkerDirs, turn: &Turn) -> Result<Launch, AgentError> {
        self.agent.launch(job, dirs, turn)
    }

    fn decoder(&self, job: &Job) -> Box<dyn Decoder> {
        let name = match self.turns.fetch_add(1, Ordering::Relaxed) {
            0 => format!("{}.jsonl", self.case),
            turn => format!("{}.{}.jsonl", self.case, turn + 1),
        };
        Box::new(Tee {
            decoder: self.agent.decoder(job),
            bytes: Vec::new(),
            path: self.folder.join(name),
            hidden: Arc::clone(&self.hidden),
        })
    }

    fn skills(&self) -> Skills {
        self.agent.skills()
    }

    fn probes(&self) -> Vec<Probe> {
        self.agent.probes()
    }
}

impl Decoder for Tee {
    fn redact(&mut self, redactor: &Redactor) {
        self.decoder.redact(redactor);
    }

    fn feed(&mut self, bytes: &[u8]) -> Vec<WorkerEvent> {
        self.bytes.extend_from_slice(bytes);
        self.decoder.feed(bytes)
    }

    fn finish(self: Box<Self>, exit: Exit, last_message: Option<&[u8]>) -> JobEnd {
        let mut text = String::from_utf8_lossy(&self.bytes).into_owned();
        for (path, name) in self.hidden.iter() {
            text = text
                .replace(path, name)
                // As Claude Code names a folder after the path of another one.
                .replace(&path.replace(['/', '.'], "-"), &name.replace('/', "-"));
        }
        if !text.is_empty() {
            // Whoever asked for it misses it there.
            let _unkept = fs::write(&self.path, text).is_err();
        }
        self.decoder.finish(exit, last_message)
    }
}
