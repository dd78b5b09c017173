//! A step in the middle of a chain is missing: the next one takes what nobody makes.

use orch_patterns::prelude::*;

fn main() {
    let find: Worker<String, Findings> = Worker::new(|path: &String| Brief::new(path.clone()));
    let explain: Worker<String, String> = Worker::new(|text: &String| Brief::new(text.clone()));
    let _program = find.labelled("find").then(explain);
}
