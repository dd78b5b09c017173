//! A reader that is told to write.

use crate::conformance::complaint::check;
use crate::conformance::stage::{Ground, check_ending};
use crate::conformance::{Candidate, Case, Complaint, Ending};
use crate::server::{Reply, Request, Rule};

pub(super) async fn reader(candidate: &dyn Candidate, ending: Ending) -> Result<(), Complaint> {
    let ground = Ground::new()?;
    let outputs = |count: usize| move |request: &Request| request.call_outputs().len() == count;
    let (written, spilled) = (ground.file("written.txt"), ground.file("spilled.txt"));
    let line = format!("echo x > '{spilled}'");
    let rules = [
        Rule::when(outputs(0)).reply(Reply::write(written, "x")),
        Rule::when(outputs(1)).reply(Reply::shell(line)),
        Rule::always().reply(Reply::text("tried")),
    ];
    let stage = ground.stage(Case::ReaderToldToWrite, candidate, rules)?;
    let found = stage.ask::<String>("Look around.").await?;
    for name in ["written.txt", "spilled.txt"] {
        check(!stage.exists(name), || {
            format!("a reader wrote {name}; it ended so: {found:?}")
        })?;
    }
    check_ending(ending, &"tried".to_owned(), &found)?;
    stage.check_clean()
}
