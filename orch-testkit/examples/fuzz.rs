//! Runs the fuzz targets over seeded mutations for a time, on any toolchain; or writes the corpus for cargo-fuzz.
//!
//! ```text
//! cargo run --release -p orch-testkit --example fuzz -- 60            # all targets, 60 s each
//! cargo run --release -p orch-testkit --example fuzz -- 60 codex 17   # one target, from seed 17
//! cargo run -p orch-testkit --example fuzz -- --corpus target/fuzz-corpus
//! ```

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a program for a terminal")]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use orch_testkit::fuzz::{Mutator, corpus, targets};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["--corpus", folder] => write_corpus(Path::new(folder)),
        [seconds] => mutate(seconds, None, "1"),
        [seconds, target] => mutate(seconds, Some(target), "1"),
        [seconds, target, seed] => mutate(seconds, Some(target), seed),
        [] | [_, _, _, _, ..] => Err("give: SECONDS [TARGET [SEED]], or --corpus FOLDER".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_corpus(folder: &Path) -> Result<(), String> {
    let failed = |error| format!("writing the corpus to {} failed: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (number, bytes) in corpus().into_iter().enumerate() {
        std::fs::write(folder.join(format!("{number:03}")), bytes).map_err(failed)?;
    }
    Ok(())
}

fn mutate(seconds: &str, only: Option<&str>, seed: &str) -> Result<(), String> {
    let seconds: u64 = seconds
        .parse()
        .map_err(|_| format!("{seconds} is no number of seconds"))?;
    let first: u64 = seed.parse().map_err(|_| format!("{seed} is no seed"))?;
    let chosen: Vec<_> = targets()
        .into_iter()
        .filter(|target| only.is_none_or(|only| only == target.name))
        .collect();
    if chosen.is_empty() {
        let known: Vec<&str> = targets().iter().map(|target| target.name).collect();
        return Err(format!("no such target; known: {}", known.join(", ")));
    }
    for target in chosen {
        /// Mutations from one seed before the next seed.
        const EACH: u64 = 1_000;
        let until = Instant::now() + Duration::from_secs(seconds);
        let mut seed = first;
        let mut runs = 0_u64;
        while Instant::now() < until {
            let mut mutator = Mutator::new(corpus(), seed);
            for round in 0..EACH {
                let bytes = mutator.mutation();
                if std::panic::catch_unwind(|| (target.run)(&bytes)).is_err() {
                    return Err(format!(
                        "{} broke at mutation {round} of seed {seed}: {}",
                        target.name,
                        bytes.escape_ascii()
                    ));
                }
            }
            runs += EACH;
            seed += 1;
        }
        println!(
            "{}: {runs} mutations, seeds {first} to {}, none broke it",
            target.name,
            seed - 1
        );
    }
    Ok(())
}
