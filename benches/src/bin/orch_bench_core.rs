//! Workers against the terminals that they run in: `orch-bench-core core`, which `cargo xtask bench core` builds and
//! runs.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    orch_benches::perform()
}
