//! The way to other people's witnesses over HTTP, and the policies that say which there are.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use app::{WitnessAnswer, WitnessError};
use hyper::{Request, Response, StatusCode, Uri, header};
use kernel::LedgerId;
use ledger::LogPolicy;

use crate::outgoing::{NoAnswer, Outgoing};
use crate::say::said;

/// Longest time for one request.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest answer that is read, bytes: many signature lines.
const ANSWER_MAX: usize = 64 * 1024;

/// Asks witnesses.
#[derive(Clone, Debug)]
pub struct WitnessClient(Outgoing);

impl WitnessClient {
    /// One that waits a few seconds. `ca_file` as in [`crate::tls::client_config`].
    ///
    /// # Errors
    /// Authorities that cannot be read.
    pub fn new(ca_file: &str) -> anyhow::Result<WitnessClient> {
        Ok(WitnessClient(Outgoing::new(ca_file, TIMEOUT, ANSWER_MAX)?))
    }

    /// `POST <prefix>/add-checkpoint`.
    pub fn ask(&self, prefix: &str, body: String) -> WitnessAnswer {
        let url = format!("{}/add-checkpoint", prefix.trim_end_matches('/'));
        let client = self.0.clone();
        Box::pin(async move {
            let request = Request::post(url).header(header::CONTENT_TYPE, "text/plain; charset=utf-8");
            let request = request.body(body.into_bytes()).map_err(|_| WitnessError::Unreachable)?;
            match client.send(request).await {
                Ok(answer) => told(answer),
                Err(NoAnswer::Body(_)) => Err(WitnessError::NotUnderstood),
                Err(error) => {
                    tracing::debug!(%error, "witness");
                    Err(WitnessError::Unreachable)
                }
            }
        })
    }
}

fn told(answer: Response<Vec<u8>>) -> Result<String, WitnessError> {
    let status = answer.status();
    let is_size = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/x.tlog.size");
    let body = answer.into_body();
    let body = String::from_utf8(body).map_err(|_| WitnessError::NotUnderstood)?;
    match status {
        StatusCode::OK => Ok(body),
        StatusCode::CONFLICT if is_size => {
            let size = body.strip_suffix('\n').and_then(kernel::text::canonical_u64);
            Err(size.map_or(WitnessError::NotUnderstood, |size| WitnessError::OtherSize { size }))
        }
        status if status.is_server_error() => Err(WitnessError::Unreachable),
        status if status.is_client_error() => Err(WitnessError::Refused { status: status.as_u16() }),
        _ => Err(WitnessError::NotUnderstood),
    }
}

/// Which ledger asks which witnesses.
#[derive(Clone, Debug, Default)]
pub struct WitnessPolicies {
    /// For ledgers that have none of their own.
    all: Option<LogPolicy>,
    each: BTreeMap<LedgerId, LogPolicy>,
}

fn read(path: &Path) -> anyhow::Result<LogPolicy> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        anyhow::Error::new(error)
            .context(said(format!("无法读取见证策略 {shown}"), format!("the witness policy {shown} cannot be read")))
    })?;
    let policy = LogPolicy::parse(&bytes).map_err(|error| {
        let sentence = error.describe();
        said(format!("见证策略 {shown} {}", sentence.zh), format!("the witness policy {shown}, {}", sentence.en))
    })?;
    for witness in policy.witnesses() {
        let address = witness.url.as_deref().map(|url| url.parse::<Uri>());
        let usable = address.is_none_or(|url| url.is_ok_and(|url| matches!(url.scheme_str(), Some("http" | "https"))));
        if !usable {
            let name = &witness.name;
            return Err(said(
                format!("见证策略 {shown} 中 {name} 的地址须以 http:// 或 https:// 开头"),
                format!("in the witness policy {shown} the address of {name} must begin with http:// or https://"),
            )
            .into());
        }
    }
    Ok(policy)
}

impl WitnessPolicies {
    /// From the setting: empty for none, a file for all ledgers, or a directory with a file
    /// `<ledger>.policy` for each and `default.policy` for the others.
    ///
    /// # Errors
    /// A policy that cannot be read, with its line.
    pub fn load(setting: &str) -> anyhow::Result<WitnessPolicies> {
        let mut policies = WitnessPolicies::default();
        if setting.is_empty() {
            return Ok(policies);
        }
        let path = Path::new(setting);
        if !path.is_dir() {
            policies.all = Some(read(path)?);
            return Ok(policies);
        }
        for file in std::fs::read_dir(path)? {
            let file = file?.path();
            let name = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".policy"));
            match name {
                None => {}
                Some("default") => policies.all = Some(read(&file)?),
                Some(name) => {
                    let ledger: LedgerId = name.parse().map_err(|_| {
                        said(format!("{name} 不是账本编号"), format!("{name} in {setting} is not the id of a ledger"))
                    })?;
                    policies.each.insert(ledger, read(&file)?);
                }
            }
        }
        Ok(policies)
    }

    /// The policy of a ledger.
    pub fn of(&self, ledger: &LedgerId) -> Option<&LogPolicy> {
        self.each.get(ledger).or(self.all.as_ref())
    }
}
