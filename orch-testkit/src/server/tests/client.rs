//! A small HTTP/1.1 client: one request a connection, events read one by one.

use std::io;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::super::Server;

/// A request that was sent.
pub(super) struct Call {
    stream: BufReader<TcpStream>,
}

/// The headers of a response, before its body.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
}

impl Call {
    pub(super) async fn post(server: &Server, body: &Value) -> Self {
        Self::send(server, "POST", "/v1/responses", body.to_string().as_bytes()).await
    }

    pub(super) async fn send(server: &Server, method: &str, path: &str, body: &[u8]) -> Self {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nX-Codex-Turn-Metadata: {{\"sandbox\":\"ro\"}}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        Self {
            stream: BufReader::new(stream),
        }
    }

    pub(super) async fn head(&mut self) -> io::Result<Head> {
        let status = self.line().await?;
        let status = status.split(' ').nth(1).unwrap().parse().unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(": ") else {
                return Ok(Head { status, headers });
            };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
    }

    /// The next event's data; none at the body's orderly end.
    pub(super) async fn event(&mut self) -> io::Result<Option<Value>> {
        Ok(self.chunk().await?.map(|chunk| {
            let chunk = String::from_utf8(chunk).unwrap();
            let (kind, data) = chunk.trim_end().split_once('\n').unwrap();
            let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            assert_eq!(kind.strip_prefix("event: "), data["type"].as_str());
            data
        }))
    }

    /// Every event up to the orderly end.
    pub(super) async fn events(&mut self) -> io::Result<Vec<Value>> {
        let mut events = Vec::new();
        while let Some(event) = self.event().await? {
            events.push(event);
        }
        Ok(events)
    }

    /// A body that is no stream.
    pub(super) async fn body(&mut self, head: &Head) -> String {
        let mut body = vec![0; head.header("content-length").unwrap().parse().unwrap()];
        self.stream.read_exact(&mut body).await.unwrap();
        String::from_utf8(body).unwrap()
    }

    /// The body as far as it came, and how it broke; nothing when it ended in good order.
    pub(super) async fn text(&mut self) -> (String, Option<io::Error>) {
        let mut bytes = Vec::new();
        let broken = loop {
            match self.chunk().await {
                Ok(Some(chunk)) => bytes.extend(chunk),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        (String::from_utf8(bytes).unwrap(), broken)
    }

    async fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let length = usize::from_str_radix(&self.line().await?, 16).unwrap();
        let mut chunk = vec![0; length + 2];
        self.stream.read_exact(&mut chunk).await?;
        chunk.truncate(length);
        Ok((length > 0).then_some(chunk))
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Head {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Sends a request and reads the whole stream.
pub(super) async fn turn(server: &Server, body: &Value) -> Vec<Value> {
    let mut call = Call::post(server, body).await;
    let head = call.head().await.unwrap();
    assert_eq!(
        (head.status, head.header("content-type")),
        (200, Some("text/event-stream"))
    );
    call.events().await.unwrap()
}

/// Sends a request that is refused, and reads status and body.
pub(super) async fn refusal(server: &Server, body: &Value) -> (u16, Value) {
    let mut call = Call::post(server, body).await;
    let head = call.head().await.unwrap();
    let body = call.body(&head).await;
    (head.status, serde_json::from_str(&body).unwrap())
}

/// The texts of the messages in these events.
pub(super) fn texts(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| event.pointer("/item/content/0/text")?.as_str())
        .collect()
}
