//! Pseudo-terminals and process trees for orchestrators: start a program in a terminal of its own, read all it
//! writes, know exactly how it ended, and end it with everything that descends from it.
//!
//! This crate knows nothing of agents, keeps no output, parses no escape sequence and starts no task. It has one thread,
//! which sleeps, and another one for the milliseconds in which all processes are looked through. It changes nothing about
//! the host program: no signal handler, no subreaper, and it waits for no child but its own. Only the soft limit of open
//! files is raised, when a spawn would fail otherwise.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use orch_pty::{Command, Ladder, Process, Stdin, TerminalMode};
//!
//! let command = Command::new("sh")
//!     .args(["-c", "cat; date"])
//!     .stdin(Stdin::Bytes(b"a prompt of any length\n".to_vec()))
//!     .terminal_mode(TerminalMode::Clean);
//! let Process { mut child, terminal, .. } = command.spawn()?;
//! let terminal = terminal.expect("stdout is a terminal");
//! let mut buffer = vec![0; 64 * 1024];
//! loop {
//!     match terminal.read(&mut buffer).await? {
//!         0 => break,
//!         read => print!("{}", String::from_utf8_lossy(&buffer[..read])),
//!     }
//! }
//! println!("{}", child.wait().await?);
//! let report = child.tree().stop(&Ladder::default()).await; // whoever it left behind
//! assert!(report.left.is_empty());
//! # Ok(()) }
//! ```
//!
//! # Map
//!
//! | you want | look at |
//! | --- | --- |
//! | to say what runs, and where its streams go | [`Command`], [`Stdin`], [`Output`], [`Size`], [`TerminalMode`], [`SpawnMethod`] |
//! | what a spawn gives, or why it does not | [`Process`], [`SpawnError`] |
//! | to talk to it | [`Terminal`], [`OutputReader`], [`PipeWriter`], [`WriteError`] |
//! | to read all it says, whoever holds its terminal | [`Drain`], [`Grace`] |
//! | to know how it ended | [`Child`], [`Exit`] |
//! | to know and to require what holds it when this program dies | [`containment()`], [`Containment`], [`Tier`], [`janitor`] |
//! | the same without a runtime | [`blocking`] |
//! | to end it and all that descends from it | [`Tree`], [`Ladder`], [`KillReport`], [`Tag`], [`RunTag`], [`Signal`] |
//!
//! Inside: `spawn` goes from a command to a process, `leader` alone takes the child's status, `tree` holds the census
//! (who belongs) and the hunt (until nobody is left), `warden` acts when this program dies, `namespace` holds one program in a namespace of its own, `takeover`
//! is where starts of this executable go that are not the program's own, and `sys` holds every system call and every line of `unsafe`.
//!
//! # What is guaranteed
//!
//! On Linux 5.11 and later; each line is a test of `tests/integration` (or of `tree::model`, without processes).
//!
//! | guarantee | tests |
//! | --- | --- |
//! | A spawn does not copy the page tables of this process. | `by_vfork_no_page_table_is_copied` |
//! | The child leads a session, its terminal controls it, it has descriptors 0, 1 and 2 and no other, ignores and blocks no signal. | `a_child_leads_its_session_and_its_terminal_controls_it`, `a_child_has_exactly_three_descriptors_though_the_parent_leaks_others`, `a_child_ignores_and_blocks_no_signal_though_the_parent_does` |
//! | A program that cannot run is an error of the spawn, by kind and path; never an exit code 127. | all of `exec_failure` |
//! | Codes 0 to 255 and signals are exact. When this program ignores `SIGCHLD` they are exact or, rarely, lost with an error (Linux 6.15; before, the spawn is refused). | `every_exit_code_is_exact`, `the_signal_that_ended_a_child_is_exact`, `under_an_ignored_sigchld_exits_are_exact_or_the_spawn_is_refused` |
//! | The host's own children keep their statuses. | `the_hosts_own_children_keep_their_statuses`, `among_the_hosts_own_children_no_status_is_lost_and_no_zombie_stays` |
//! | With all of this at once, its signal handler, its daemon, its neighbours and its terminal are as they were. | `a_good_guest_leaves_its_host_as_it_was`, `the_users_own_terminal_is_unchanged_while_the_program_runs_and_after_it_was_killed` |
//! | A child depends on no thread of its parent, and its birth on no lock. | `no_child_dies_with_the_thread_that_started_it`, `no_birth_is_stuck_though_other_threads_hold_every_lock_now_and_then` |
//! | A limit of open files or processes that is reached has an error that names it; nothing is lost or left, and all is well once there is room. The soft limit of open files is raised first; children have the one before. | all of `limits` |
//! | Deadlines do not follow the wall clock. | `every_deadline_holds_while_the_wall_clock_jumps_by_days` |
//! | All output is delivered, whatever signals arrive meanwhile; the end of a terminal is no error. | `what_a_child_writes_before_it_exits_arrives_whole_two_thousand_times`, `output_that_is_read_only_after_the_exit_arrives_whole`, `after_the_end_every_read_says_end`, `a_storm_of_signals_ends_no_output_early` |
//! | Reading keeps nothing and starves nobody. | `a_flood_of_a_gibibyte_is_counted_exactly_and_leaves_memory_flat`, `output_without_end_does_not_keep_its_thread_from_other_tasks` |
//! | A drain ends although a descendant holds the terminal, says so, and hears one that goes on writing. | all of `drain` |
//! | What is typed arrives whole or is refused before its first byte; a write ends at its deadline or with the child, and says what was taken. | `a_line_that_the_terminal_would_cut_is_refused_before_its_first_byte`, `what_was_typed_of_a_line_before_counts`, `a_write_that_the_child_does_not_read_ends_at_its_deadline_and_says_what_was_taken`, `nothing_is_typed_to_a_child_that_has_exited_a_thousand_times` |
//! | An end of file is one in the middle of a line too; an interrupt arrives in raw mode too, and behind a full queue. | `an_end_of_file_in_the_middle_of_a_line_is_one`, `an_interrupt_ends_what_reads_line_by_line_and_what_reads_key_by_key`, `an_interrupt_ends_what_reads_nothing_however_much_was_typed_to_it` |
//! | Bytes for standard input arrive whole, appear in no command line, and cannot be changed. | `a_mebibyte_on_stdin_arrives_whole_and_in_no_command_line`, `a_child_cannot_change_the_bytes_it_was_given` |
//! | Standard error on a pipe stays apart; a clean terminal changes no byte. | `standard_error_on_a_pipe_stays_apart_from_the_terminal`, `a_clean_terminal_changes_no_byte_of_the_output_and_echoes_nothing` |
//! | Ending a tree leaves nobody: other groups, other sessions, daemons, those that ignore signals, that scrub their environment, that fork themselves on for ever, 64 chains of them at once. | all of `tree` |
//! | A hunt that says it is exact saw everybody; one that was refused a look, a signal or time says so. | `a_hunt_that_cannot_look_kills_whom_it_holds_and_says_that_it_is_not_exact`, `a_refusal_to_signal_is_reported_and_not_repeated`, `the_time_is_looked_at_before_each_process` |
//! | What a child that lived for milliseconds leaves behind is found, also where the few that were born since are asked instead of all processes. | `what_a_short_lived_child_leaves_behind_is_found`, `no_chain_of_forks_slips_through_in_any_order`, `what_is_not_known_is_not_told` |
//! | Several stops at once, and members that fork, die and leave their numbers to strangers meanwhile, change nothing of this. | `several_stops_of_one_tree_all_end_and_agree_that_nobody_is_left`, `members_that_fork_die_and_are_recycled_meanwhile_leave_nobody_and_harm_no_stranger` |
//! | Nobody else is signalled, not even by a recycled number. | `nobody_else_is_signalled`, `a_number_that_came_to_mean_a_stranger_before_it_was_pinned_is_spared` |
//! | Dropping a child, a future at any await, or the runtime leaves nobody. | `dropping_a_child_kills_its_whole_tree`, all of `given_up`, `dropping_the_runtime_leaves_nobody` |
//! | When this program is killed, also for want of memory, or becomes another program, nobody is left: other sessions, daemons, scrubbed environments, chains of forks; nor who was being born. | all of `warden::killed` (200 orchestrators of each kind), `warden::storms`, `nobody_outlives_an_outer_orchestrator_of_an_inner_one` |
//! | The warden needs nothing of the host: no call in `main`, no file, no environment; the host sees no child of ours. Where it cannot be had, that is a value, and requiring it fails the spawn. | all of `warden::hosts` |
//! | A warden that dies is replaced; when it and this program are both killed, the janitor ends who is left, and nobody who has an owner. | all of `warden::replaced` and `warden::janitor` |
//! | The status is taken once, and a number that means a stranger is never signalled, in every order that threads can take. | all of `leader::model` |
//! | In a PID namespace ([`Tier::PidNamespace`]) a program runs, stops, ends and fails as anywhere; everybody ends with it, and with this program, also when its warden is killed as well; where there is no namespace to be had, nothing is started. | all of `namespace` |
//! | No descriptor is left over, and none is held once the exit is known. | `the_parents_descriptors_are_the_same_after_two_hundred_spawns`, `once_the_exit_is_known_a_child_and_its_tree_hold_no_descriptor`, `children_of_the_host_inherit_nothing_while_terminals_are_opened` |
//!
//! # What is not promised
//!
//! - **Where no warden can be had** ([`Tier::ProcessGroup`]: other systems, a library that was loaded into a foreign
//!   program, a sandbox), the death of this program by `SIGKILL` hangs the terminals up, and that is all. Require a
//!   [`Tier`] where that is not enough.
//! - **When the warden is killed as well**, or stopped, whoever is left is ended by the next [`janitor`], or at once in a
//!   PID namespace. Programs of the same user can do that: a warden is no sandbox.
//! - A program that closes descriptors which are not its own (as daemons do) after its first spawn closes the lifeline of
//!   its warden, and what it opens next has that number. Become a daemon first.
//! - A process that changes its `RLIMIT_LOCKS` on purpose, scrubs its environment *and* has left the lineage is not
//!   found; nor is one that became setuid and left the lineage; nor one that a service started on the tree's behalf.
//! - **A storm of forks on a starved machine.** A hunt keeps to its second; who forked on until then is in
//!   [`KillReport::left`], and the report is not [`exact`](KillReport::exact).
//! - **A hunt that cannot look.** A few descriptors are kept for the moment in which there are no others; without
//!   `/proc` only the child's lineage and group are reached. The report is not exact then: an empty `left` is proof
//!   only when it is.
//! - A process that raised its limit back or chose its own number (which takes privileges) or took on the look of another run's, and has left
//!   the lineage, is not found.
//! - The status of a child when another part of this program waits for any child, or ignores `SIGCHLD`: now and then it
//!   is lost in the moment in which the kernel discards it, and the wait says so.
//! - A limit of `RLIMIT_LOCKS` too low for the tag: then a member that scrubs its environment and has left the lineage
//!   is not found.
//! - By `fork` and `posix_spawn`, a spawn that fails for want of a descriptor may have started its program first, and has
//!   ended it then.
//! - By `posix_spawn`, a child that is being born when this program is killed may live: it asks nobody, and carries no tag
//!   before its exec.
//! - What is typed is taken by the kernel before the child reads it: of what was taken up to 18 KiB may never be read.
//!   A program that changes its terminal's mode while a long write waits for room may cut what was checked before.
//! - On other Unix systems a spawn forks, the end of a child is polled for every 10 ms, a tree is the child's process
//!   group and is reached only until its status is taken, and a terminal may lose output that is unread when its
//!   last user closes it (macOS).
//! - In a program that has set `SIGPIPE` back to its default, writing to a pipe that nobody reads ends the program.
#![deny(unsafe_code)]

#[cfg(not(unix))]
compile_error!(
    "orch-pty needs the pseudo-terminals of a Unix system; on Windows, build and run inside WSL 2"
);

#[cfg(unix)]
pub mod blocking;
#[cfg(unix)]
mod child;
#[cfg(unix)]
mod command;
#[cfg(unix)]
mod containment;
#[cfg(unix)]
mod drain;
#[cfg(unix)]
mod endpoint;
#[cfg(unix)]
mod error;
#[cfg(unix)]
mod exit;
#[cfg(unix)]
mod flow;
#[cfg(unix)]
mod hold;
#[cfg(unix)]
mod input;
#[cfg(unix)]
mod leader;
#[cfg(unix)]
mod namespace;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod owned;
#[cfg(unix)]
mod pipe;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod signal;
#[cfg(unix)]
mod spawn;
#[cfg(unix)]
mod sys;
#[cfg(unix)]
mod tag;
#[cfg(target_os = "linux")]
mod takeover;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod tree;
#[cfg(unix)]
mod warden;
#[cfg(unix)]
mod watch;

#[cfg(unix)]
pub use crate::{
    child::Child,
    command::{Command, Output, Size, SpawnMethod, Stdin, TerminalMode},
    containment::{Containment, Tier, containment},
    drain::{Drain, Drained, Grace, Source},
    error::SpawnError,
    exit::{Exit, Status},
    input::WriteError,
    output::OutputReader,
    pipe::PipeWriter,
    process::Process,
    signal::Signal,
    tag::{InvalidRunTag, RunTag, Tag},
    terminal::Terminal,
    tree::{KillReport, Ladder, Tree},
    warden::{Swept, janitor},
};
