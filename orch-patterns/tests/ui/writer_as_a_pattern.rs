//! A writer runs at a desk alone.

use orch_patterns::prelude::*;

fn main() {
    let fix: Worker<String, String> = Worker::new(|what: &String| Brief::new(what.clone()));
    let check: Worker<String, String> = Worker::new(|what: &String| Brief::new(what.clone()));
    let _program = check.then(fix.writes(["src"]));
}
