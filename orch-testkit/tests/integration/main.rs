//! The crates together: patterns on both engines, and on the real agents.

#![expect(clippy::unwrap_used, reason = "what a test sets up fails by panicking")]

mod adjudicate;
mod budget;
mod chains;
mod checks;
mod combinator_laws;
mod combinators;
mod complaints;
mod conformance;
mod context_pack;
mod context_pack_agreed;
mod delivery;
mod depth;
mod desk;
mod desk_bring;
mod desk_hostile;
mod desk_lease;
mod desk_show;
mod drift;
mod dropping;
mod engine;
mod fan;
mod funnel;
mod fuzz;
mod in_its_name;
mod joining;
mod law_trees;
mod onlookers;
mod partial_work;

mod options_selection;
mod permits;
mod permits_law;
mod plans;
mod processes;
mod quota;
mod readers;
mod readers_twenty_ways;
mod real_codex_fixes;
mod real_codex_review;
mod real_codex_server;
mod research;
mod retries;
mod review_fanout;
mod rounds;
mod secrets;
mod split_merge;
mod stages;
mod step_keys;
mod structured_output;
mod tables;
mod trees;
mod trying;
mod verdicts;
mod workshop;
