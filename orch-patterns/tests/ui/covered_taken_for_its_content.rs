//! What `for_each` gives is covered, and the next step wants the content.

use orch_patterns::prelude::*;

fn main() {
    let explain: Worker<String, String> = Worker::new(|path: &String| Brief::new(path.clone()));
    let join = step(|_cx: Cx, texts: Vec<String>| async move { Ok(texts.join("\n")) });
    let _program = explain.for_each(4).then(join);
}
