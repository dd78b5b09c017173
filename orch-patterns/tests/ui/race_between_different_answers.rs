//! Who races must give the same.

use orch_patterns::prelude::*;

fn main() {
    let text: Worker<String, String> = Worker::new(|what: &String| Brief::new(what.clone()));
    let number: Worker<String, u32> = Worker::new(|what: &String| Brief::new(what.clone()));
    let _program = text.race(number);
}
