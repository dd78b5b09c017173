//! The server itself: a port, a thread, and the end of both.
//!
//! It has a thread and a runtime of its own. So a test may block its thread on a child process, or pause its clock,
//! and the server still answers; and when the thread has ended, the runtime has dropped every connection and task,
//! also those that a script keeps silent for ever.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::delivery::deliver;
use super::record::Record;
use super::{Request, Script};

/// The longest body it reads: far above the 1 MiB of characters that codex takes as a prompt.
const LONGEST_BODY: usize = 64 * 1024 * 1024;

/// A running scripted model server. Dropping it closes the port and every connection, and joins its thread.
#[derive(Debug)]
#[must_use = "the server ends when this is dropped"]
pub struct Server {
    address: SocketAddr,
    stage: Arc<Stage>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Stage {
    script: Script,
    record: Record,
}

impl Server {
    /// Listens on a free port of 127.0.0.1 and answers by `script`. It answers when this returns.
    ///
    /// # Errors
    /// The system's error when there is no port, thread or runtime to be had.
    pub fn start(script: Script) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let listener = {
            let _entered = runtime.enter();
            let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            listener.set_nonblocking(true)?;
            TcpListener::from_std(listener)?
        };
        let address = listener.local_addr()?;
        let stage = Arc::new(Stage {
            script,
            record: Record::new(),
        });
        let (stop, stopped) = oneshot::channel();
        let router = Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(LONGEST_BODY))
            .with_state(Arc::clone(&stage));
        let thread = thread::Builder::new()
            .name("scripted-model".into())
            .spawn(move || serve(runtime, listener, router, stopped))?;
        Ok(Self {
            address,
            stage,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base address of the two OpenAI APIs for a provider's configuration: `http://127.0.0.1:PORT/v1`.
    pub fn url(&self) -> String {
        format!("{}/v1", self.origin())
    }

    /// The base address without a path, as the other two want it: `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far, in the order of arrival, also those that were refused.
    pub fn requests(&self) -> Vec<Arc<Request>> {
        self.stage.record.all()
    }

    /// The requests that no rule matched. A test that expects none should say so.
    pub fn unmatched(&self) -> Vec<Arc<Request>> {
        self.stage.record.unmatched()
    }

    /// Returns every request so far, as soon as there are `count` of them. It has no deadline of its own.
    ///
    /// # Cancel safety
    /// Cancel safe: it only looks.
    pub async fn wait_for_requests(&self, count: usize) -> Vec<Arc<Request>> {
        self.stage.record.wait_for(count).await;
        self.requests()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !thread::panicking()
        {
            panic!("the scripted model server's thread panicked; its message is above");
        }
    }
}

fn serve(runtime: Runtime, listener: TcpListener, router: Router, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        tokio::select! {
            // Either way the server's value is gone.
            _ = stopped => {}
            ended = axum::serve(listener, router) => {
                if let Err(error) = ended {
                    panic!("the scripted model server stopped serving: {error}");
                }
            }
        }
    });
    // Drops every connection and task there is, before the thread ends.
    drop(runtime);
}

async fn answer(
    State(stage): State<Arc<Stage>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers = headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let make = |arrival| Request::new(arrival, method.as_str(), uri.path(), headers, body);
    let judge = |request: &Request| {
        let decision = stage.script.decide(request);
        (decision.reply, !decision.matched)
    };
    let (request, reply) = stage.record.add(make, judge);
    deliver(reply, &request).await
}
