//! The type errors that users will make, and what the compiler says of them.
//!
//! Pinned are the mistakes whose message depends on how the seams are built: the error has to stand at the wrong
//! argument and name it. The words are those of rust 1.95 and change with the compiler, so there are few. To write
//! them anew: `TRYBUILD=overwrite cargo nextest run -p orch-patterns --test ui`, and read what changed.
//!
//! The first run checks the crates once more, in `target/tests`; it needs no network, and takes as long as a first
//! `cargo check` does.

#[test]
fn mistakes_are_named_where_they_are_made() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
