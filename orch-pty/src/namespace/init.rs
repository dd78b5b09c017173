//! The first process of a namespace: what a start of this executable does that is one's. It never returns to `main`.

use crate::sys::namespace::{Change, News, Post, next_change, pass, take_post};
use crate::sys::warden::leave;

/// Serves and ends if this start is a first process's; called before `main`. With its end, everybody's in the namespace
/// comes.
pub(crate) fn take_over() {
    if let Some(post) = take_post() {
        serve(post);
        leave();
    }
}

fn serve(mut post: Post) {
    let program = match post.start_program() {
        Ok(program) => program.pid(),
        Err(failure) => {
            // Whether or not there is somebody to hear it, this is the end.
            post.report(Some(failure));
            return;
        }
    };
    if !post.report(None) {
        return;
    }
    loop {
        match post.next() {
            News::OrchestratorGone => return,
            News::Pass(signal) => pass(signal, program),
            News::Children => {
                while let Some((whose, change)) = next_change() {
                    match change {
                        // An orphan's end is nobody's business.
                        _ if whose != program => {}
                        Change::Stopped(signal) => post.note_stop(Some(signal)),
                        Change::Continued => post.note_stop(None),
                        Change::Ended(status) => {
                            post.note_end(status);
                            return;
                        }
                    }
                }
            }
            News::Nothing => {}
        }
    }
}
