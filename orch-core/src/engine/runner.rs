//! One turn of a job, from launch to end: the work that every engine does in the same way, here or on a far side.
//!
//! It knows terminals, agents and deadlines. It knows nothing of runs, patterns or what the answer means.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use orch_pty::{Command, Exit, Output, Stdin, TerminalMode, Tier};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::private_place::PrivatePlace;
use super::pulse::Pulse;
use super::stubs::Stubs;
use super::{Capture, End, EventLog, Job, JobEnd, Stop};
use crate::agent::{
    Agent, AgentError, Decoder, Input, Launch, Outlet, Skills, Turn, WorkerDirs, WorkerEvent, launch,
};
use crate::dirs::{self, StateDir};
use crate::environment;
use crate::limits::{Limits, from_now};
use crate::outcome::{FailClass, Failure, NotStarted};
use crate::redact::Redactor;
use crate::session::{Ended, Session, Stream, Tap};

/// The registered agents, by name.
pub(crate) type Agents = BTreeMap<String, Arc<dyn Agent>>;

/// The most characters of a worker's standard error that are kept with its end.
const STDERR_TAIL: usize = 4_000;

/// The most lines of standard error that explain a failure.
const STDERR_LINES: usize = 6;

/// Runs turns of jobs in terminals.
#[derive(Debug, Clone)]
pub struct Runner {
    agents: Arc<Agents>,
    state: StateDir,
    pass_env: Arc<[String]>,
    tasks: TaskTracker,
    required: Tier,
    redactor: Redactor,
}

/// How a turn can be ended from outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reins {
    pub(crate) cancel: CancellationToken,
    pub(crate) now: CancellationToken,
}

/// Why we ended a turn.
#[derive(Debug, Clone, Copy)]
enum Why {
    Cancelled,
    Stalled(Pulse),
    Total,
}

impl Runner {
    /// A runner of `agents` that keeps private files in `state`, lets the variables `pass_env` through to every
    /// worker, and tracks the tasks that own terminals in `tasks`.
    pub fn new(
        agents: impl IntoIterator<Item = Arc<dyn Agent>>,
        state: StateDir,
        pass_env: impl IntoIterator<Item = String>,
        tasks: TaskTracker,
    ) -> Self {
        let agents = agents
            .into_iter()
            .map(|agent| (agent.name().to_owned(), agent))
            .collect();
        Self {
            agents: Arc::new(agents),
            state,
            pass_env: pass_env.into_iter().collect(),
            tasks,
            required: Tier::ProcessGroup,
            redactor: Redactor::default(),
        }
    }

    /// Starts no worker that is held by less than `tier` when this program dies.
    #[must_use]
    pub fn require(mut self, tier: Tier) -> Self {
        self.required = tier;
        self
    }

    /// Takes secrets out of what a worker says before anything of it is cut. What is passed on whole, as its answer, is
    /// cleaned by the run.
    #[must_use]
    pub fn redact(mut self, redactor: Redactor) -> Self {
        self.redactor = redactor;
        self
    }

    /// What `agent` can do; nothing when it is not registered.
    pub(crate) fn skills(&self, agent: &str) -> Skills {
        self.agents
            .get(agent)
            .map(|agent| agent.skills())
            .unwrap_or_default()
    }

    /// Runs one turn to its end. The end is reported when nothing of the turn runs any more.
    pub(crate) async fn run(
        &self,
        job: &Job,
        turn: &Turn,
        deadline: Instant,
        log: &EventLog,
        reins: &Reins,
    ) -> JobEnd {
        if reins.cancel.is_cancelled() {
            return JobEnd::new(End::Cancelled);
        }
        let prepared = match self.prepare(job, turn) {
            Ok(prepared) => prepared,
            Err(why) => return JobEnd::new(End::NotStarted(why)),
        };
        let Prepared {
            command,
            decoder,
            last_message,
            stubs,
            place: _place,
        } = prepared;
        let decoder = Arc::new(Mutex::new(Some(decoder)));
        let pulse = watch::Sender::new(Pulse::start());
        let warned = Arc::new(Mutex::new(None));
        let tap = tap_into(
            Arc::clone(&decoder),
            log.clone(),
            pulse.clone(),
            Arc::clone(&warned),
        );
        let session = match Session::start_clean(&command, tap, self.redactor.clone(), &self.tasks) {
            Ok(session) => session,
            Err(error) => return JobEnd::new(End::NotStarted(NotStarted::SpawnFailed(error.to_string()))),
        };
        log.push(WorkerEvent::Started {
            pid: session.pid(),
            terminal: session.terminal().map(|path| path.display().to_string()),
        });
        let (ended, why) = watch_over(&session, &job.limits, deadline, &pulse, reins).await;
        let Some(ended) = ended else {
            return JobEnd::new(End::Failed(Failure::new(
                FailClass::Killed,
                "the runtime was shut down",
            )));
        };
        stubs.clear();
        let decoder = decoder.lock().unwrap_or_else(PoisonError::into_inner).take();
        // An answer that cannot be read (too large, not a plain file) is no answer, whatever was said before it.
        let message = last_message.map_or(Ok(None), |path| {
            dirs::read_bounded(&path, job.limits.answer_bytes)
        });
        let (message, unreadable) = match message {
            Ok(message) => (message, None),
            Err(error) => (None, Some(error)),
        };
        let mut end = read_end(decoder, ended.exit, message.as_deref());
        if let (End::Answered(_), Some(error)) = (&end.end, unreadable) {
            let detail = format!("its last-message file cannot be read: {error}");
            end.end = End::Failed(Failure::new(FailClass::NoAnswer, detail));
        }
        if end.capture == Some(Capture::Differed) {
            let text = "the last-message file and the events differ: the file is the answer".to_owned();
            log.push(WorkerEvent::Warning { text });
        }
        end.exit = ended.exit;
        end.leaked = ended.leaked;
        end.left = ended.left;
        end.stderr_tail = tail_of(&session.transcript().errors.to_text());
        if let Some(why) = why {
            let warning = warned.lock().unwrap_or_else(PoisonError::into_inner).take();
            end.end = ended_by_us(why, &job.limits, warning);
        } else if let End::Failed(failure) = &mut end.end {
            add_stderr(failure, &end.stderr_tail);
        }
        end
    }

    fn prepare(&self, job: &Job, turn: &Turn) -> Result<Prepared<'_>, NotStarted> {
        let agent = self.agents.get(&job.agent).ok_or_else(|| {
            let name = job.agent.clone();
            let known = self.agents.keys().cloned().collect();
            NotStarted::UnknownAgent { name, known }
        })?;
        let program = agent
            .program()
            .locate()
            .map_err(|missing| NotStarted::NotInstalled(missing.to_string()))?;
        let mut place = PrivatePlace::choose(&self.state, &job.id);
        let worker_dirs = WorkerDirs::new(&job.work_tree, place.path());
        let launch = launch(&**agent, job, &worker_dirs, turn).map_err(not_started)?;
        place.furnish(&launch)?;
        let last_message = launch
            .last_message
            .as_ref()
            .map(|name| worker_dirs.private_file(name));
        let mut decoder = agent.decoder(job);
        decoder.redact(&self.redactor);
        let stubs = Stubs::absent(&job.work_tree, &launch.stubs);
        let command = command_of(program, launch, job, &self.pass_env).require(self.required);
        Ok(Prepared {
            command,
            decoder,
            last_message,
            stubs,
            place,
        })
    }
}

struct Prepared<'a> {
    command: Command,
    decoder: Box<dyn Decoder>,
    last_message: Option<PathBuf>,
    stubs: Stubs,
    /// Kept until the turn's end.
    place: PrivatePlace<'a>,
}

/// The command of a launch: standard output and standard error apart, one of them on the terminal; the prompt from
/// memory.
fn command_of(program: PathBuf, launch: Launch, job: &Job, pass_env: &[String]) -> Command {
    let mut command = Command::new(program)
        .args(launch.arguments)
        .current_dir(&job.work_tree)
        .terminal_mode(TerminalMode::Clean);
    command = match launch.outlet {
        Outlet::Terminal => command.stderr(Output::Pipe),
        Outlet::Pipe => command.stdout(Output::Pipe),
        Outlet::OwnTerminal => command.stdout(Output::OwnTerminal),
    };
    let names = launch.pass_env.iter().chain(pass_env).map(String::as_str);
    command = environment::declared(command, names, &launch.set_env);
    // Last, so that nothing an agent sets hides it.
    for (name, value) in job.lineage.variables() {
        command = command.env(name, value);
    }
    command.stdin(match launch.input {
        Input::Prompt => Stdin::Bytes(job.prompt.clone().into_bytes()),
        Input::Text(text) => Stdin::Bytes(text.into_bytes()),
        Input::Nothing => Stdin::Null,
    })
}

fn not_started(error: AgentError) -> NotStarted {
    match error {
        AgentError::PromptTooLong { characters, limit } => NotStarted::PromptTooLong { characters, limit },
        AgentError::NotInstalled(missing) => NotStarted::NotInstalled(missing.to_string()),
        other @ AgentError::Unsupported { .. } => NotStarted::Unsupported(other.to_string()),
    }
}

/// What the decoder makes of all three signals. A decoder is foreign code that reads hostile bytes: its panic is this
/// worker's failure and nobody else's.
fn read_end(decoder: Option<Box<dyn Decoder>>, exit: Option<Exit>, message: Option<&[u8]>) -> JobEnd {
    let failed = |class, detail| JobEnd::new(End::Failed(Failure::new(class, detail)));
    let Some(decoder) = decoder else {
        return failed(FailClass::Other, "reading the worker's output panicked");
    };
    let Some(exit) = exit else {
        return failed(FailClass::Killed, "how the worker ended is unknown");
    };
    panic::catch_unwind(AssertUnwindSafe(|| decoder.finish(exit, message)))
        .unwrap_or_else(|_| failed(FailClass::Other, "reading the worker's output panicked"))
}

/// Reads what the worker writes, at the moment it is read from the terminal.
fn tap_into(
    decoder: Arc<Mutex<Option<Box<dyn Decoder>>>>,
    log: EventLog,
    pulse: watch::Sender<Pulse>,
    warned: Arc<Mutex<Option<String>>>,
) -> Tap {
    Box::new(move |stream, bytes| {
        if stream == Stream::Errors {
            pulse.send_if_modified(|pulse| {
                pulse.bytes();
                false
            });
            return;
        }
        let mut slot = decoder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(decoder) = slot.as_mut() {
            let Ok(events) = panic::catch_unwind(AssertUnwindSafe(|| decoder.feed(bytes))) else {
                // It is not to be trusted any more; the end says so.
                *slot = None;
                return;
            };
            // Who waits is told only when another limit holds now: a worker may say much.
            pulse.send_if_modified(|pulse| {
                let before = pulse.is_in_a_call();
                for event in &events {
                    pulse.event(event);
                }
                pulse.is_in_a_call() != before
            });
            for event in events {
                if let WorkerEvent::Warning { text } = &event {
                    *warned.lock().unwrap_or_else(PoisonError::into_inner) = Some(text.clone());
                }
                log.push(event);
            }
        }
    })
}

/// Waits for the session's end and brings it about at a deadline or when asked. The cause is ours only when the
/// session had not ended by itself.
async fn watch_over(
    session: &Session,
    limits: &Limits,
    deadline: Instant,
    pulse: &watch::Sender<Pulse>,
    reins: &Reins,
) -> (Option<Ended>, Option<Why>) {
    let mut limit = pulse.subscribe();
    let why = loop {
        let stalls_at = pulse.borrow().stalls_at(limits);
        let stalls_at = stalls_at.unwrap_or_else(|| from_now(limits.idle));
        tokio::select! {
            biased;
            ended = session.ended() => return (ended.ok(), None),
            () = reins.cancel.cancelled() => break Why::Cancelled,
            Ok(()) = limit.changed() => {}
            // One timer for both: each that is set nearer than all others wakes the runtime.
            () = sleep_until(deadline.min(stalls_at)) => {
                if Instant::now() >= deadline {
                    break Why::Total;
                }
                let pulse = *pulse.borrow();
                if pulse.stalls(limits) {
                    break Why::Stalled(pulse);
                }
            }
        }
    };
    session.stop(Stop::Gently, limits.grace);
    let ended = tokio::select! {
        biased;
        ended = session.ended() => ended,
        () = reins.now.cancelled() => {
            session.stop(Stop::Now, limits.grace);
            session.ended().await
        }
    };
    (ended.ok(), Some(why))
}

fn ended_by_us(why: Why, limits: &Limits, warning: Option<String>) -> End {
    let warning = warning
        .map(|text| format!("; it last warned: {text}"))
        .unwrap_or_default();
    match why {
        Why::Cancelled => End::Cancelled,
        Why::Stalled(pulse) => End::Failed(Failure::new(
            FailClass::IdleTimeout,
            format!(
                "{} for {} s{warning}",
                pulse.silent(),
                pulse.limit(limits).as_secs_f64()
            ),
        )),
        Why::Total => End::Failed(Failure::new(
            FailClass::TotalTimeout,
            format!("not done after {} s{warning}", limits.total.as_secs_f64()),
        )),
    }
}

/// A failure without words of its own is explained by what the worker said last.
fn add_stderr(failure: &mut Failure, tail: &str) {
    if !matches!(
        failure.class,
        FailClass::Crashed | FailClass::NoAnswer | FailClass::Other
    ) {
        return;
    }
    let lines: Vec<&str> = tail
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    let last = lines[lines.len().saturating_sub(STDERR_LINES)..].join("\n");
    if !last.is_empty() {
        *failure = Failure::new(
            failure.class,
            format!("{}; last on standard error:\n{last}", failure.detail),
        );
    }
}

fn tail_of(text: &str) -> String {
    let text = crate::plain::block(text);
    let skip = text.chars().count().saturating_sub(STDERR_TAIL);
    text.chars().skip(skip).collect()
}
