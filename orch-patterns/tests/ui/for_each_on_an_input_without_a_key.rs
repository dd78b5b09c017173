//! An input that cannot be serialised has no step key.

use orch_patterns::prelude::*;

struct Question(String);

fn main() {
    let ask: Worker<Question, String> = Worker::new(|question: &Question| Brief::new(question.0.clone()));
    let _program = ask.for_each(4);
}
