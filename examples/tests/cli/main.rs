//! The examples as programs: called from outside, judged by what they print, their exit codes and what they leave.

#![expect(clippy::unwrap_used, reason = "what a test sets up fails by panicking")]

mod choose_option;
mod compose;
mod doctor;
mod funnel_fix;
mod merge_findings;
mod own_pattern;
mod program;
mod real_codex;
mod research_notes;
mod review_fanout;
mod rules;
mod scout_act_verify;
mod sessions;
mod split_docs;
mod terminal;
