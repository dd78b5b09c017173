//! Carries a reply over HTTP: status, headers, and a body that waits, breaks or stays silent where the reply says so.

use std::collections::VecDeque;
use std::future::pending;
use std::io;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;

use super::Request;
use super::refusal::Refusal;
use super::reply::{Kind, Reply};
use super::wire::{Chunk, Wire};

/// The response to `request`; returns when its headers may go.
pub(super) async fn deliver(mut reply: Reply, request: &Request) -> Response {
    // What no API knows is refused, and an error has a shape all the same.
    let wire = request.wire.unwrap_or(Wire::Responses);
    loop {
        match reply.kind {
            Kind::Answer(answer) => return streamed(wire.chunks(answer, request)),
            Kind::Refusal(refusal) => return refused(refusal, wire),
            Kind::Silence => pending().await,
            Kind::After(gate, inner) => {
                gate.pass().await;
                reply = *inner;
            }
        }
    }
}

fn streamed(chunks: VecDeque<Chunk>) -> Response {
    let body = stream::unfold(chunks, |mut chunks| async move {
        loop {
            match chunks.pop_front()? {
                Chunk::Event(text) => return Some((Ok(text), chunks)),
                Chunk::Hold(gate) => gate.pass().await,
                Chunk::Silence => pending().await,
                Chunk::Break => {
                    // The connection writes what it has when the body has nothing for it, and throws it away when
                    // the body fails. One turn of the scheduler puts the first before the second.
                    tokio::task::yield_now().await;
                    return Some((Err(io::Error::other("the script breaks the stream here")), chunks));
                }
            }
        }
    });
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(body),
    )
        .into_response()
}

fn refused(refusal: Refusal, wire: Wire) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = wire.error(&refusal).to_string();
    let mut response = (status, refusal.body.unwrap_or(body)).into_response();
    for (name, value) in &refusal.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
