//! What the types do not let a report do by accident: programs that must not compile.
//!
//! It is there for doctests alone. A block that fails to compile may do so for a wrong reason: each has beside it the
//! same program with the mistake put right, which must compile.

/// A report that forgets who is missing.
///
/// What it may do: open the content with a quorum, or say that a part will do.
/// ```
/// #![deny(unused_must_use)]
/// use orch_core::{Covered, Quorum, Result};
///
/// fn report(found: &[String]) {}
/// fn show(found: impl std::fmt::Display) {}
/// fn keep(found: &impl serde::Serialize) {}
/// fn gather() -> Covered<Vec<String>> { Covered::new(Vec::new(), 0, Vec::new()) }
///
/// fn main() -> Result<()> {
///     report(&gather().require(Quorum::All)?);
///     for finding in gather().require(Quorum::All)? {}
///     let first = gather().require(Quorum::All)?.get(0);
///     let all: Vec<String> = gather().accept_partial();
///     keep(&all);
///     show(gather().coverage());
///     drop(gather());
///     Ok(())
/// }
/// ```
///
/// It is not the list that is asked for.
/// ```compile_fail,E0308
/// fn report(found: &[String]) {}
/// fn gather() -> orch_core::Covered<Vec<String>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// report(&gather());
/// ```
/// ```compile_fail,E0308
/// fn gather() -> orch_core::Covered<Vec<String>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// let all: Vec<String> = gather();
/// ```
///
/// It cannot be iterated, nor indexed, nor does it lend the list's methods.
/// ```compile_fail,E0277
/// fn gather() -> orch_core::Covered<Vec<String>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// for finding in gather() {}
/// ```
/// ```compile_fail,E0608
/// fn gather() -> orch_core::Covered<Vec<String>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// let first = &gather()[0];
/// ```
/// ```compile_fail,E0599
/// fn gather() -> orch_core::Covered<Vec<String>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// let found_nothing = gather().is_empty();
/// ```
///
/// Its content is private.
/// ```compile_fail,E0616
/// fn gather() -> orch_core::Covered<Vec<String>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// let all = gather().content;
/// ```
///
/// It is neither shown nor written, also when its content could be.
/// ```compile_fail,E0277
/// fn show(found: impl std::fmt::Display) {}
/// fn gather() -> orch_core::Covered<String> { orch_core::Covered::new(String::new(), 0, Vec::new()) }
/// show(gather());
/// ```
/// ```compile_fail,E0277
/// fn keep(found: &impl serde::Serialize) {}
/// fn gather() -> orch_core::Covered<Vec<String>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// keep(&gather());
/// ```
///
/// It cannot be left lying, nor can its verdicts.
/// ```compile_fail
/// #![deny(unused_must_use)]
/// fn gather() -> orch_core::Covered<Vec<String>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// gather();
/// ```
/// ```compile_fail
/// #![deny(unused_must_use)]
/// fn gather() -> orch_core::Covered<Vec<orch_core::Verdict>> { orch_core::Covered::new(Vec::new(), 0, Vec::new()) }
/// orch_core::Verdicts::of(gather());
/// ```
struct Coverings;

/// A report that takes an outcome for an answer.
///
/// What it may do: match it, or turn it into a result.
/// ```
/// #![deny(unused_must_use)]
/// use orch_core::{Outcome, Unfinished, Verdict};
///
/// fn report(answer: String) {}
/// fn show(answer: impl std::fmt::Display) {}
/// fn worked() -> Outcome<String> { Outcome::Done(String::new()) }
///
/// fn main() -> Result<(), Unfinished> {
///     report(worked().into_result()?);
///     show(worked().into_result()?);
///     for answer in worked().into_result() {}
///     let length = worked().into_result()?.len();
///     let verdict = Verdict::of(&worked(), |_| Verdict::Confirmed);
///     drop(worked());
///     Ok(())
/// }
/// ```
///
/// It is not the answer.
/// ```compile_fail,E0308
/// fn report(answer: String) {}
/// fn worked() -> orch_core::Outcome<String> { orch_core::Outcome::Done(String::new()) }
/// report(worked());
/// ```
/// ```compile_fail,E0599
/// fn worked() -> orch_core::Outcome<String> { orch_core::Outcome::Done(String::new()) }
/// let length = worked().len();
/// ```
///
/// It is not shown as one.
/// ```compile_fail,E0277
/// fn show(answer: impl std::fmt::Display) {}
/// fn worked() -> orch_core::Outcome<String> { orch_core::Outcome::Done(String::new()) }
/// show(worked());
/// ```
///
/// It cannot be flattened away, as an `Option` or a `Result` can, nor has it an answer to fall back on.
/// ```compile_fail,E0277
/// fn worked() -> orch_core::Outcome<String> { orch_core::Outcome::Done(String::new()) }
/// for answer in worked() {}
/// ```
/// ```compile_fail,E0599
/// fn worked() -> orch_core::Outcome<String> { orch_core::Outcome::Done(String::new()) }
/// let answer = worked().unwrap_or_default();
/// ```
///
/// What did not finish is no verdict: there is no way from it to one.
/// ```compile_fail,E0308
/// let verdict = orch_core::Verdict::from(orch_core::Unfinished::Cancelled);
/// ```
///
/// It cannot be left lying.
/// ```compile_fail
/// #![deny(unused_must_use)]
/// fn worked() -> orch_core::Outcome<String> { orch_core::Outcome::Done(String::new()) }
/// worked();
/// ```
struct Outcomes;
