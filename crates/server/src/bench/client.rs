//! A client of one keep-alive connection, as light as can be, so that what is measured is the server.

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest answer.
const ANSWER_MAX: usize = 256 * 1024;

/// A connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Of the socket.
    pub async fn connect(address: std::net::SocketAddr) -> anyhow::Result<Client> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Client { stream, buffer: Vec::with_capacity(ANSWER_MAX) })
    }

    /// Sends a request and reads its answer whole; the status comes back.
    ///
    /// # Errors
    /// Of the socket, and an answer without a length.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, length) = loop {
            self.read().await?;
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break (end.saturating_add(4), content_length(&self.buffer[..end])?);
            }
        };
        while self.buffer.len() < head.saturating_add(length) {
            self.read().await?;
        }
        let status = self.buffer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
        status.and_then(|digits| digits.parse().ok()).context("answer without status")
    }

    /// The body of the last answer, for telling what went wrong.
    pub fn answer(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        if self.buffer.len() > ANSWER_MAX {
            bail!("answer too long");
        }
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("connection closed");
        }
        Ok(())
    }
}

fn content_length(head: &[u8]) -> anyhow::Result<usize> {
    let head = std::str::from_utf8(head)?;
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .context("answer without content-length")
}
