//! Fetching from a log over HTTP: small answers, short waits, no redirects. Nothing that comes this
//! way is believed; it is proved by hashes and signatures.

use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use ureq::Agent;
use ureq::http::StatusCode;

/// Longest wait for a connection, and for a whole answer.
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(60);
/// How often a request is made that a busy server puts off, and the longest pause before the next.
const TRIES: u32 = 8;
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// A log's address, and how to ask it.
pub struct Log {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

/// What came back.
pub enum Answer {
    /// The bytes asked for.
    Found(Vec<u8>),
    /// There is no such thing.
    Missing,
    /// It is not given to us.
    Refused,
}

impl Log {
    /// The log at `http://host/…`, asked with this token.
    ///
    /// # Errors
    /// Another kind of address.
    pub fn at(url: &str, token: Option<&str>) -> Result<Log> {
        if !url.starts_with("http://") {
            bail!(
                "地址须以 http:// 开头（https 请经由本机代理；内容由哈希和签名保证）\n\
                 the address must begin with http:// (https goes through a proxy of yours; hashes and signatures \
                 prove what comes)"
            );
        }
        let config = Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(WHOLE))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("tutela-verify")
            .build();
        Ok(Log {
            agent: config.into(),
            base: url.trim_end_matches('/').to_owned(),
            authorization: token.map(|token| format!("Bearer {token}")),
        })
    }

    /// `GET <log>/<path>`, at most `max` bytes.
    ///
    /// # Errors
    /// No answer, one that is too long, one that nobody can make sense of.
    pub fn get(&self, path: &str, max: u64) -> Result<Answer> {
        let url = format!("{}/{path}", self.base);
        let mut pause = Duration::from_millis(200);
        for _ in 0..TRIES {
            let mut request = self.agent.get(&url);
            if let Some(authorization) = &self.authorization {
                request = request.header("authorization", authorization);
            }
            let trouble = match request.call() {
                Ok(mut answer) => match answer.status() {
                    StatusCode::OK => {
                        let body = answer.body_mut().with_config().limit(max.saturating_add(1)).read_to_vec();
                        return body.map(Answer::Found).map_err(|error| unreadable(&url, &error.to_string()));
                    }
                    StatusCode::NOT_FOUND => return Ok(Answer::Missing),
                    StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Ok(Answer::Refused),
                    status if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => {
                        let after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
                        if let Some(seconds) = after.and_then(kernel::text::canonical_u64) {
                            pause = Duration::from_secs(seconds);
                        }
                        format!("HTTP {status}")
                    }
                    status => return Err(unreadable(&url, &format!("HTTP {status}"))),
                },
                Err(error @ (ureq::Error::Timeout(_) | ureq::Error::Io(_) | ureq::Error::ConnectionFailed)) => {
                    error.to_string()
                }
                Err(error) => return Err(unreadable(&url, &error.to_string())),
            };
            if pause > PAUSE_MAX {
                return Err(unreadable(&url, &trouble));
            }
            sleep(pause);
            pause = pause.saturating_mul(2);
        }
        Err(unreadable(&url, "…"))
    }
}

fn unreadable(url: &str, why: &str) -> anyhow::Error {
    anyhow!("无法读取 {url}：{why} / cannot read {url}: {why}")
}
