//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use orch_examples::{exit, flags::Common, program, scan::ScanLens};

use crate::lineup;

/// How this program starts itself as a scanner.
pub(crate) const SCAN: &str = "__scan";

/// What this program was called for.
#[derive(Debug)]
pub(crate) enum Call {
    /// By a person: review something.
    Review(Box<Args>),
    /// By itself: be one scanner.
    Scan {
        /// What to look for.
        lens: ScanLens,
        /// Where paths are relative to.
        root: PathBuf,
        /// What to look at.
        paths: Vec<PathBuf>,
    },
}

/// Reviews files, a diff or a sample through several lenses in parallel, and prints one ranked list.
///
/// Each reviewer is a process in a terminal of its own. Progress goes to standard error, the result to standard
/// output. Exit code: 0 when every reviewer delivered, 1 when some failed (what there is is printed), 2 when the call
/// is wrong, 130 after Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "review_fanout", version, after_help = lineup::help())]
pub(crate) struct Args {
    /// What to review: files and folders inside the work tree. Without any, and without --diff, a small sample with
    /// known defects is reviewed.
    #[arg(value_name = "PATHS")]
    pub(crate) paths: Vec<PathBuf>,

    /// Reviews what the work tree changes since it left this git revision.
    #[arg(long, value_name = "BASE", conflicts_with = "paths")]
    pub(crate) diff: Option<String>,

    /// A lens to review through; may be given several times. Their names are below.
    #[arg(long = "lens", value_name = "NAME")]
    pub(crate) lenses: Vec<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

impl Call {
    /// Reads the command line; prints what is wrong with it, or the help.
    pub(crate) fn parse() -> Result<Self, ExitCode> {
        let mut words = std::env::args_os().skip(1);
        if words.next().is_some_and(|word| word == SCAN) {
            let lens = words.next().and_then(|word| word.to_str().map(str::parse));
            let (Some(Ok(lens)), Some(root)) = (lens, words.next()) else {
                eprintln!("review_fanout: {SCAN} takes a scanner's name, a root and paths");
                return Err(ExitCode::from(exit::USAGE));
            };
            return Ok(Self::Scan {
                lens,
                root: root.into(),
                paths: words.map(PathBuf::from).collect(),
            });
        }
        program::parse().map(|args| Self::Review(Box::new(args)))
    }
}
