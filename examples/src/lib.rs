//! What the example programs share. Each example is a program of its own in a folder beside this one; its first lines
//! say how to run it.
//!
//! | module | what it is |
//! | --- | --- |
//! | [`flags`], [`exit`] | flags and exit codes that all examples have |
//! | [`signals`] | Ctrl-C: the first asks the run to end, the second ends it at once |
//! | [`rehearsed`] | how a dry run is shown |
//! | [`scan`] | the scanners: an example starts itself again as one of them |
//! | [`tools`] | installed tools as reviewers: how each is called, how its output becomes findings |
//! | [`sample`] | a small package with known defects, embedded |

#![forbid(unsafe_code)]

pub mod exit;
pub mod flags;
pub mod rehearsed;
pub mod sample;
pub mod scan;
pub mod signals;
pub mod tools;
