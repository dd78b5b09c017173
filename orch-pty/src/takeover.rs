//! Starts of this executable that are not the program's own: a warden's, and that of the first process of a PID
//! namespace. Either is taken over before `main` and never gets there. What they do is theirs.

use crate::{namespace, sys, warden};

sys::warden::before_main!(before_main);

/// Called before `main` at every start of a program that uses this crate.
fn before_main() {
    // First, because it also finds out whether this executable can be started once more.
    warden::take_over();
    namespace::take_over();
}
