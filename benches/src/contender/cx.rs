//! A no-op worker of the agent `tool` through `Cx`: step key, queue, job, terminal, events, answer, store in memory.

use anyhow::{Context as _, Result, bail, ensure};
use orch_patterns::agent::Tool;
use orch_patterns::prelude::*;
use orch_patterns::{Quorum, StateDir};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Contender, parked, swept};
use crate::worker::Streams;

/// What the run tells about each worker.
type Told = Result<(), String>;

pub(super) struct ThroughCx {
    prepared: Option<Prepared>,
    runtime: Runtime,
}

struct Prepared {
    tool: Tool,
    /// A run that goes on: one worker for each time that it is asked.
    ask: UnboundedSender<()>,
    told: UnboundedReceiver<Told>,
    /// Its work tree and state directory.
    room: tempfile::TempDir,
}

impl ThroughCx {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            prepared: None,
            runtime: parked::runtime()?,
        })
    }
}

impl Contender for ThroughCx {
    fn prepare(&mut self, _streams: Streams, words: &[String]) -> Result<()> {
        let (program, arguments) = words.split_first().context("a program")?;
        let tool = Tool::new("noop", program).args(arguments);
        let room = tempfile::tempdir()?;
        std::fs::create_dir(room.path().join("tree"))?;
        let (ask, asked) = unbounded_channel();
        let (tell, told) = unbounded_channel();
        let orch = orchestrator(&room, &tool, 1)?;
        self.runtime.spawn(async move {
            let served = orch.run(&serve(tell.clone()), Asked(asked)).await;
            // Nobody listens any more when the measurement is over.
            let _ = tell.send(served.map_err(|error| error.to_string()));
        });
        self.prepared = Some(Prepared {
            tool,
            ask,
            told,
            room,
        });
        Ok(())
    }

    fn run(&mut self) -> Result<u64> {
        let prepared = self.prepared.as_mut().context("nothing is prepared")?;
        prepared.ask.send(())?;
        let told = self.runtime.block_on(prepared.told.recv());
        match told.context("a run that goes on")? {
            Ok(()) => Ok(0),
            Err(why) => bail!("a worker failed: {why}"),
        }
    }

    fn queue(&mut self, count: usize, at_most: usize) -> Result<()> {
        let prepared = self.prepared.as_ref().context("nothing is prepared")?;
        let orch = orchestrator(&prepared.room, &prepared.tool, at_most)?;
        let inputs: Vec<usize> = (0..count).collect();
        // All of them stand in the queue at once; the orchestrator's places hold them back.
        let pattern = noop().for_each(count);
        let done = swept::several_threads()?.block_on(orch.run(&pattern, inputs))?;
        let done = done.require(Quorum::at_least(count))?;
        ensure!(done.len() == count, "{} of {count} workers answered", done.len());
        Ok(())
    }

    fn open(&mut self) -> Result<()> {
        bail!("opening a terminal alone is not measured")
    }

    fn start(&mut self) -> Result<()> {
        bail!("sessions are not measured")
    }

    fn kill_leader(&mut self) -> Result<()> {
        bail!("kills are not measured")
    }
}

/// The times that a worker is asked for.
struct Asked(UnboundedReceiver<()>);

fn orchestrator(room: &tempfile::TempDir, tool: &Tool, at_most: usize) -> Result<Orchestrator> {
    let orch = Orchestrator::builder(room.path().join("tree"))
        .state_dir(StateDir::at(room.path().join("state")))
        .agent(tool.clone())
        .max_parallel(at_most)
        .build()?;
    Ok(orch)
}

fn noop() -> Worker<usize, String> {
    Worker::new(|number: &usize| Brief::new(format!("Do nothing, for the time {number}.")))
}

/// One worker for each time that it is asked, until nobody can ask any more.
fn serve(tell: UnboundedSender<Told>) -> impl Pattern<In = Asked, Out = ()> {
    step(move |cx: Cx, Asked(mut asked): Asked| {
        let tell = tell.clone();
        async move {
            let worker = noop();
            let mut number = 0_usize;
            while asked.recv().await.is_some() {
                number += 1;
                let read = cx.read(&worker, &number).await;
                // Nobody listens any more when the measurement is over.
                let _ = tell.send(read.map(drop).map_err(|error| error.to_string()));
            }
            Ok(())
        }
    })
}
