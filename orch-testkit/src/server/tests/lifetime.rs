use std::hint::black_box;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::super::{Gate, Reply, Rule, Script};
use super::client::{Call, texts, turn};
use super::{prompt, start};

/// A script whose rules hold `token`, so that its count tells whether anything of the server is left.
fn holding(token: &Arc<()>, gate: &Gate) -> Script {
    let (first, second) = (Arc::clone(token), Arc::clone(token));
    let (held, silent) = (Reply::after(gate, Reply::text("late")), Reply::silence());
    Script::new()
        .rule(
            Rule::when(move |r| {
                black_box(&first);
                r.prompt() == "held"
            })
            .reply(held),
        )
        .rule(Rule::always().reply_with(move |_| {
            black_box(&second);
            silent.clone()
        }))
}

#[tokio::test]
async fn nothing_is_left_of_a_dropped_server() {
    let (token, gate) = (Arc::new(()), Gate::new());
    let server = start(holding(&token, &gate));
    assert_eq!(Arc::strong_count(&token), 3);
    let address = server.address();
    let _held = Call::post(&server, &prompt("held")).await;
    let _silent = Call::post(&server, &prompt("silent")).await;
    server.wait_for_requests(2).await;
    gate.reached(1).await;
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    drop(server);

    // The drop has joined the thread: the script went with the last task that could reach it.
    assert_eq!(Arc::strong_count(&token), 1);
    assert!(TcpStream::connect(address).await.is_err(), "the port is closed");
    assert_eq!(
        tokio::runtime::Handle::current().metrics().num_alive_tasks(),
        tasks,
        "no task in the caller's runtime"
    );
}

#[test]
fn it_answers_while_the_caller_blocks_and_without_a_runtime_of_the_caller() {
    let server = start(Script::new().rule(Rule::always().reply(Reply::text("hello"))));
    let (method, body) = ("POST /v1/responses HTTP/1.0\r\n", prompt("x").to_string());
    let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
    std::io::Write::write_all(
        &mut stream,
        format!("{method}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
    )
    .unwrap();
    let answer = std::io::read_to_string(stream).unwrap();
    assert!(
        answer.contains("hello") && answer.contains("response.completed"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_rule_that_panics_costs_its_own_request_only() {
    let server = start(
        Script::new()
            .rule(
                Rule::when(|r| r.prompt() == "panic" && panic!("the test's own mistake"))
                    .reply(Reply::text("x")),
            )
            .rule(Rule::always().reply(Reply::text("fine"))),
    );
    let mut call = Call::post(&server, &prompt("panic")).await;
    assert!(call.head().await.is_err());
    assert_eq!(texts(&turn(&server, &prompt("calm")).await), ["fine"]);
}

#[tokio::test]
async fn two_servers_do_not_share_a_port() {
    let one = start(Script::new().rule(Rule::always().reply(Reply::text("one"))));
    let two = start(Script::new().rule(Rule::always().reply(Reply::text("two"))));
    assert_ne!(one.url(), two.url());
    assert_eq!(texts(&turn(&two, &prompt("x")).await), ["two"]);
    assert!(one.requests().is_empty());
}
