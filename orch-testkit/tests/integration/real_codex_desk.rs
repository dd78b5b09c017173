//! The real codex as a writer.

use std::path::{Path, PathBuf};

use orch_core::Cx;
use orch_core::agent::Codex;
use orch_testkit::real;
use orch_testkit::server::{Reply, Request, Rule, Script, Server};

use crate::house::{House, within, writer};

#[tokio::test]
async fn real_codex_writes_in_its_clone_and_the_users_tree_is_as_it_was_until_apply() {
    let Some(codex) = real::codex("desk_clone") else {
        return;
    };
    let house = House::new();
    let shell = "sed -i s/5/five/ src/a.rs; echo other >> ../../../../../tree/other.txt";
    let server = Server::start(
        Script::new()
            .rule(
                Rule::when(|request: &Request| request.call_outputs().is_empty()).reply(Reply::shell(shell)),
            )
            .rule(Rule::always().reply(Reply::text("done"))),
    )
    .unwrap();
    let home = codex.home(&server).create().unwrap();
    let mut agent = Codex::new().binary(&codex.bin);
    for (key, value) in home.env() {
        agent = agent.env(key, value.to_str().unwrap());
    }
    let orch = house.orch_of(agent);
    let (said, patch) = within(&orch, |cx: Cx| async move {
        let mut desk = cx.desk(["src"]).await?;
        let said = desk.write(&writer(&["src"]), &()).await?;
        Ok((said, desk.patch().await?))
    })
    .await
    .unwrap();
    assert_eq!(said, "done");
    let requests = server.requests();
    assert!(
        requests[0]
            .prompt()
            .contains("only to these files and beneath these folders, relative to the work tree:\n- src\n"),
        "{}",
        requests[0].prompt()
    );
    assert_eq!(house.status(), "", "the user's tree is as it was");
    assert_eq!(house.read("other.txt"), "other\n");
    assert_eq!(patch.files().collect::<Vec<_>>(), [Path::new("src/a.rs")]);
    assert_eq!(
        patch.left_out(),
        Vec::<PathBuf>::new().as_slice(),
        "codex leaves nothing of its own"
    );
    patch.apply().await.unwrap();
    assert_eq!(house.read("src/a.rs"), "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");
}
