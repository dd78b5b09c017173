//! A reading that was not awaited.

use orch_patterns::prelude::*;

fn main() {
    let ask: Worker<String, String> = Worker::new(|what: &String| Brief::new(what.clone()));
    let _program = step(move |cx: Cx, question: String| {
        let ask = ask.clone();
        async move {
            let answer = cx.read(&ask, &question)?;
            Ok(answer)
        }
    });
}
