//! What each ready-made lens looks for, as it stands in a prompt. Text only; a change here changes step keys.

pub(super) const CLARITY: &str = "\
Can a reader who has not seen this before follow it at the first reading?
- Names: does one say something other than what the thing does or holds, or do two names mean the same?
- Order: must the reader know something that only comes later, or hold too much in mind at once?
- Units: does one function, section or file do several jobs, or is one job scattered over several places?
- Comments and prose: is something false, out of date, ambiguous, or missing where the reason cannot be guessed?
A matter of taste is no defect: say which misreading is likely and what it would lead to.";

pub(super) const CORRECTNESS: &str = "\
Does it do what it sets out to do, for every input that it accepts, and is all of it there?
- Logic: wrong conditions, off-by-one, overflow, wrong operator, swapped arguments, wrong unit or time zone.
- Edges: empty, one, very many, missing, duplicate, unsorted, not ASCII, not UTF-8, zero, negative, at the limit.
- Errors: a result that is ignored, a failure reported as success, a partial effect left behind, a wrong default.
- State and order: races, re-entry, use after close, a lock not held or not released, a stale copy.
- Completeness: a case, branch, caller, document or test that had to change along with this and did not.
Trace at least one concrete input from where it enters to the wrong effect, and name both.";

pub(super) const RISKS: &str = "\
What happens on a bad day? Look for the ways in which this fails in use, and what each one costs.
- Dependencies: what if a service, file, network, clock, disk or other process is slow, full, gone, or wrong?
- Interruption: killed in the middle, run twice, run at the same time as itself, restarted with old state.
- Bounds: a wait, queue, retry, recursion or allocation that nothing limits; a limit reached in silence.
- Blast radius: data lost, work repeated, everyone affected instead of one; can it be undone?
- Detection: would anybody notice, and would the message lead them to the cause?
Name the trigger, the path from it to the damage, and why nothing in between stops it.";

pub(super) const CONSISTENCY: &str = "\
Does it fit with what is around it, and with itself?
- Conventions: the project's own rules, written down or plain from the neighbouring code or text.
- Words: one idea under several names, or one name for several ideas; spelling, case and units that differ.
- Shape: like things done in unlike ways (errors, arguments, logging, layout, headings) without a reason.
- Agreement: statements, examples, defaults, versions, tests and documents that contradict each other.
Quote both places that disagree. A preference that the project shows nowhere is no defect.";

pub(super) const EVIDENCE: &str = "\
Does what is claimed follow from what is shown?
- Support: a claim, number, benchmark or comment with no source, or with a source that does not say it.
- Tests: one that cannot fail, asserts too little, tests the mock, or leaves the claimed case out.
- Inference: correlation taken as cause, a sample small or picked, an alternative not excluded, no baseline.
- Reproduction: could a stranger repeat it from what is given: versions, data, commands, conditions?
- Certainty: is a guess worded as a fact, or a limit left unsaid?
Say what was claimed, what the evidence really shows, and what would be needed to close the gap.";

pub(super) const PRACTICALITY: &str = "\
Will this work for the people who have to build, use, operate and change it?
- Effort: is it much more than the problem needs, and what plainer thing would do the same?
- Preconditions: knowledge, tools, rights, hardware, data or time that those people do not have.
- Steps: an instruction that cannot be followed as written, a missing step, a default that is wrong for most.
- Operation: how is it installed, configured, watched, upgraded, rolled back and removed?
- Upkeep: what has to be changed by hand in several places, or goes stale by itself?
Name who is hindered, at which step, and what it costs them.";

pub(super) const AUDIENCE: &str = "\
Does it reach the people it is meant for, whatever their knowledge, language, device or ability?
- Fit: terms, assumptions or detail above or below the stated or evident reader; what they came for buried.
- Access: no keyboard way, no text for an image, meaning by colour alone, poor contrast, broken heading order,
  no label for a control, motion or time limits that cannot be turned off, output that a screen reader garbles.
- Language: idiom, unexplained abbreviation, a sentence that a second-language reader will misread.
- Reach: a locale, writing direction, time zone, screen size, terminal width or slow connection forgotten.
- Messages: does an error tell this reader what to do next?
Name the reader who is shut out and the moment when it happens.";

pub(super) const SECURITY: &str = "\
What can somebody who means harm do with this? Follow data from where an attacker controls it to where it acts.
- Injection: into a shell, query, path, format, template, header, log, terminal, prompt or deserialiser.
- Authority: a check that is missing, in the wrong place, or past its time of use; too many rights; confused deputy.
- Secrets: in code, logs, errors, argument lists, environment, temporary files, or compared in variable time.
- Memory and limits: unsafe code without its proof, integer overflow, input that exhausts memory, disk or time.
- Files and processes: symlink, predictable name, permissions, inherited descriptor, race between check and use.
- Supply and cryptography: unpinned or unneeded dependency, home-made or misused primitive, weak randomness.
State who the attacker is, what they control, and what they gain. Hardening without an attack is at most low.";

pub(super) const PERFORMANCE: &str = "\
Where does this spend time, memory, I/O or money that the task does not need, at the sizes it will really meet?
- Growth: work that is quadratic or worse, repeated in a loop, or done for all where it is needed for one.
- Waiting: blocking on an asynchronous thread, calls in sequence that could overlap, a lock held across I/O.
- Memory: a copy of something large, a buffer or cache without a bound, a whole file where a stream would do.
- I/O: one call per item, no batching, no buffering, a sync or a process start on the hot path.
- Regressions: a cache that is bypassed, an index that is not used, an early exit that is gone.
Give the size at which it hurts and the cost in terms of it. Without a hot path or a large input it is at most low.";

pub(super) const COMPATIBILITY: &str = "\
What worked before and will no longer, for people who change nothing on their side?
- Interfaces: removed, renamed or retyped public items, arguments, flags, exit codes, events, routes, fields.
- Behaviour: another default, order, rounding, error kind, timing or side effect under the same name.
- Data: old files, messages, database rows or saved state that the new version cannot read, and new ones that an old
  version meets during an upgrade or after a rollback.
- Platforms: a higher minimum version of language, system, browser or dependency; a target that no longer builds.
- Passage: is the break announced by version, note and deprecation, and is there a way across?
Name an existing user, what they have now, and how it breaks.";
