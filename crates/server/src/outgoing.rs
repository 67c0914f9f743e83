//! Requests that the server itself sends, to the identity provider and to witnesses: by https or http,
//! no redirect followed, an answer of bounded length within bounded time.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Why there is no answer; what is told outside is less.
#[derive(Debug)]
pub enum NoAnswer {
    /// Not in time.
    Late,
    /// No connection, or none that is believed.
    Connection(hyper_util::client::legacy::Error),
    /// It broke off, or is too long.
    Body(Box<dyn std::error::Error + Send + Sync>),
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NoAnswer::Late => "no answer in time",
            NoAnswer::Connection(_) => "no connection",
            NoAnswer::Body(_) => "the answer broke off or is too long",
        })
    }
}

impl std::error::Error for NoAnswer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            NoAnswer::Late => None,
            NoAnswer::Connection(error) => Some(error),
            NoAnswer::Body(error) => Some(&**error),
        }
    }
}

/// Sends requests.
#[derive(Clone, Debug)]
pub struct Outgoing {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
    answer_max: usize,
}

impl Outgoing {
    /// `ca_file` as in [`crate::tls::client_config`]; `timeout` for a whole request; `answer_max` in bytes.
    ///
    /// # Errors
    /// Authorities that cannot be read.
    pub fn new(ca_file: &str, timeout: Duration, answer_max: usize) -> anyhow::Result<Outgoing> {
        let tls = HttpsConnectorBuilder::new().with_tls_config(crate::tls::client_config(ca_file)?);
        let client = Client::builder(TokioExecutor::new()).build(tls.https_or_http().enable_http1().build());
        Ok(Outgoing { client, timeout, answer_max })
    }

    /// Sends one.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, NoAnswer> {
        let answered = async {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            let (head, body) = self.client.request(request).await.map_err(NoAnswer::Connection)?.into_parts();
            let body = Limited::new(body, self.answer_max).collect().await.map_err(NoAnswer::Body)?;
            Ok(Response::from_parts(head, body.to_bytes().to_vec()))
        };
        tokio::time::timeout(self.timeout, answered).await.map_err(|_| NoAnswer::Late)?
    }
}
