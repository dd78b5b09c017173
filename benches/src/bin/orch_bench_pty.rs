//! Terminals against the raw limit: `orch-bench-pty pty`, which `cargo xtask bench pty` builds and runs.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    orch_benches::perform()
}
