//! The command line of `orch-bench-pty` and `orch-bench-core`, which are one program under two names. The first ones
//! are for people; the measuring process starts the last two itself.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::Pid;

use crate::contender::Kind;
use crate::measure::{self, Plan};
use crate::report::Key;
use crate::{member, soak, worker};

/// A thousand sessions of the hungriest contender, three each, and what a program has open anyway.
const DESCRIPTORS: u64 = 3_200;

#[derive(Debug, Parser)]
#[command(name = "orch-bench")]
enum Form {
    /// Measures terminals against the raw limit and prints one table.
    Pty {
        #[command(flatten)]
        much: Much,
        /// Only these measurements, by name.
        #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(measure::names(measure::PTY)))]
        only: Vec<String>,
    },
    /// Measures workers against the terminals that they run in and prints one table.
    Core {
        #[command(flatten)]
        much: Much,
        /// Only these measurements, by name.
        #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(measure::names(measure::CORE)))]
        only: Vec<String>,
    },
    /// Tries everything again and again until the time is over, and counts what went wrong.
    Soak {
        /// When a round is over after this time, there is no further one.
        #[arg(long, default_value_t = 60)]
        minutes: u64,
        /// Ends the output with one line of JSON.
        #[arg(long)]
        json: bool,
        /// Only these trials, by name.
        #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(soak::names()))]
        only: Vec<String>,
    },
    /// Prints of which system calls a spawn is made, by name.
    Calls {
        kind: Kind,
        /// Spawns in the shorter of two runs.
        #[arg(long, default_value_t = 10)]
        spawns: usize,
    },
    /// Uses terminals in one way, as it is asked to on standard input.
    Worker {
        kind: Kind,
        /// GiB to touch and hold.
        #[arg(long, default_value_t = 0)]
        memory: usize,
        /// Stay on the first processor that there is.
        #[arg(long)]
        pinned: bool,
    },
    /// Is run in a terminal.
    Member { words: Vec<String> },
}

/// How much is measured, and how it is said.
#[derive(Debug, Args)]
struct Much {
    /// Ends the output with one line of JSON.
    #[arg(long)]
    json: bool,
    /// Rounds of every contest, instead of each one's own number.
    #[arg(long)]
    rounds: Option<usize>,
    /// Few rounds and small counts, to see that everything runs.
    #[arg(long)]
    quick: bool,
}

/// Does what the arguments say.
pub fn perform() -> ExitCode {
    let done = match Form::parse() {
        Form::Pty { much, only } => table(&much, &measure::PTY, &Key::PTY, &only),
        Form::Core { much, only } => table(&much, &measure::CORE, &Key::CORE, &only),
        Form::Soak { minutes, json, only } => Ok(soak_for(minutes, json, &only)),
        Form::Calls { kind, spawns } => calls(kind, spawns),
        Form::Worker { kind, memory, pinned } => work(kind, memory, pinned),
        Form::Member { words } => member::become_member(&words),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

#[allow(clippy::print_stdout, reason = "what is measured goes to standard output")]
fn table(
    much: &Much,
    measurements: &[measure::Named],
    keys: &[(Key, &str)],
    only: &[String],
) -> Result<ExitCode> {
    raise_descriptors()?;
    let plan = Plan {
        quick: much.quick,
        rounds: much.rounds,
    };
    let report = measure::all(measurements, plan, only);
    println!("{}", report.markdown());
    for failure in report.failures() {
        eprintln!("not measured: {failure}");
    }
    if much.json {
        println!("{}", report.json(keys));
    }
    Ok(ExitCode::from(u8::from(!report.failures().is_empty())))
}

#[allow(clippy::print_stdout, reason = "what was found goes to standard output")]
fn soak_for(minutes: u64, json: bool, only: &[String]) -> ExitCode {
    let found = soak::run(Duration::from_secs(minutes * 60), only);
    println!("{}", found.markdown());
    if json {
        println!("{}", found.json());
    }
    ExitCode::from(u8::from(found.failures() > 0))
}

#[allow(clippy::print_stdout, reason = "what is counted goes to standard output")]
fn calls(kind: Kind, spawns: usize) -> Result<ExitCode> {
    let calls = measure::calls_of_a_spawn(kind, spawns)?;
    for (name, count) in &calls {
        println!("{count} {name}");
    }
    println!("{} in all", calls.values().sum::<f64>());
    Ok(ExitCode::SUCCESS)
}

fn work(kind: Kind, memory: usize, pinned: bool) -> Result<ExitCode> {
    raise_descriptors()?;
    if pinned {
        pin()?;
    }
    worker::serve(kind, memory * 1024 * 1024 * 1024)?;
    Ok(ExitCode::SUCCESS)
}

/// Raises this process's own limit of open files as far as a thousand sessions need.
fn raise_descriptors() -> Result<()> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    ensure!(
        hard >= DESCRIPTORS,
        "a thousand sessions need {DESCRIPTORS} open files and the hard limit (RLIMIT_NOFILE) is {hard}; raise it \
         with `ulimit -Hn` or the service's LimitNOFILE"
    );
    let wanted = soft.max(DESCRIPTORS);
    setrlimit(Resource::RLIMIT_NOFILE, wanted, hard).context("raising the limit of open files")
}

fn pin() -> Result<()> {
    let own = Pid::from_raw(0);
    let allowed = nix::sched::sched_getaffinity(own)?;
    let first = (0..CpuSet::count()).find(|&at| allowed.is_set(at).unwrap_or(false));
    let mut one = CpuSet::new();
    one.set(first.context("no processor is allowed")?)?;
    sched_setaffinity(own, &one).context("staying on one processor")
}
