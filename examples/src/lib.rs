//! What the example programs share. Each example is a program of its own in a folder beside this one; its first lines
//! say how to run it.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`flags`], [`exit`] | flags and exit codes that all examples have |
//! | [`program`] | what every example does around its pattern: the call, the run, the rehearsal, the result |
//! | [`roles`], [`gate`] | who takes which part; a person at a gate |
//! | [`scripted`] | workers that are shell scripts, for work that no program does |
//! | [`signals`] | Ctrl-C: the first asks the run to end, the second ends it at once |
//! | [`rehearsed`] | how a dry run is shown |
//! | [`scan`] | the scanners: an example starts itself again as one of them |
//! | [`tidy`] | a program that tidies Markdown, as a writer |
//! | [`tools`] | installed tools as reviewers: how each is called, how its output becomes findings |
//! | [`within`] | a file that somebody names, as one that may be written |
//! | [`sample`], [`unpack`] | a small package with known defects, embedded; how such files are written |

#![forbid(unsafe_code)]

pub mod exit;
pub mod flags;
pub mod gate;
pub mod program;
pub mod rehearsed;
pub mod roles;
pub mod sample;
pub mod scan;
pub mod scripted;
pub mod signals;
pub mod tidy;
pub mod tools;
pub mod unpack;
pub mod within;

/// The programs of a page about the patterns, which need `orch-testkit`.
#[cfg(doctest)]
#[doc = include_str!("../../orch-patterns/docs/compose_your_own.md")]
struct ComposeYourOwn;
