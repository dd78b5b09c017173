//! Where and when: absolute figures mean nothing without, and ratios little.

use std::fs;

/// For instance `22 November 2026, 2 processors (Some CPU), 23 GiB, Linux 6.18.44, release build`.
pub(crate) fn described() -> String {
    let date = jiff::Zoned::now().strftime("%-d %B %Y, %H:%M %Z").to_string();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let model = read("/proc/cpuinfo");
    let model = model
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown", |(_, model)| model);
    let memory = read("/proc/meminfo");
    let gib = memory
        .split_ascii_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok())
        .map_or(0, |kib| kib / (1024 * 1024));
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let load = load.split_ascii_whitespace().next().unwrap_or("unknown");
    let build = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    format!(
        "{date}; {processors} processors ({model}), {gib} GiB, Linux {}, {build} build, load at the end {load}",
        kernel.trim()
    )
}
