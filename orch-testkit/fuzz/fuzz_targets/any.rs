//! One program for all targets: `ORCH_FUZZ_TARGET` names the one that is fed.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use orch_testkit::fuzz::{Target, targets};

fn target() -> &'static Target {
    static TARGET: OnceLock<Target> = OnceLock::new();
    TARGET.get_or_init(|| {
        let name = std::env::var("ORCH_FUZZ_TARGET").expect("ORCH_FUZZ_TARGET names a target");
        let found = targets().into_iter().find(|target| target.name == name);
        found.unwrap_or_else(|| panic!("there is no target {name}"))
    })
}

fuzz_target!(|bytes: &[u8]| (target().run)(bytes));
