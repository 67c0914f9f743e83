//! Delivering notices: mail over SMTP and signed posts to other programs. Nothing is sent where it is
//! not configured, and nothing is posted into networks that only the server can reach.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use app::{Delivery, DeliveryError, Mail, WebhookPost};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::TokioExecutor;
use kernel::words;
use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tower_service::Service;

use crate::say::said;
use crate::settings::Settings;

/// Longest time for one delivery.
const TIMEOUT: Duration = Duration::from_secs(15);

words! {
    /// Where webhooks may lead.
    WebhookTargets {
        /// `https` to addresses of the internet.
        Public = "public" / "仅公网",
        /// Also `http`, and addresses of private networks: for an installation whose users are trusted.
        Any = "any" / "不限",
    }
}

/// Finds addresses, and leaves out those that may not be posted to.
#[derive(Clone, Debug)]
struct Resolver {
    system: GaiResolver,
    targets: WebhookTargets,
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        self.system.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (found, targets) = (self.system.call(name), self.targets);
        Box::pin(async move {
            let found: Vec<_> = found.await?.filter(|address| reachable(address.ip(), targets)).collect();
            if found.is_empty() { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(found.into_iter()) }
        })
    }
}

/// May this address be posted to?
fn reachable(address: IpAddr, targets: WebhookTargets) -> bool {
    match targets {
        WebhookTargets::Any => true,
        WebhookTargets::Public => is_public(address),
    }
}

/// Is it an address of the internet, and of no network that is special (RFC 6890)?
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(IpAddr::V4(v4)),
            // Global unicast is 2000::/3; of it 2001:db8::/32 is documentation and 2002::/16 embeds IPv4.
            None => {
                let [first, second, ..] = v6.segments();
                (first & 0xe000) == 0x2000 && (first, second) != (0x2001, 0x0db8) && first != 0x2002
            }
        },
    }
}

/// May the server post to this address? Names are looked at again when they are resolved.
pub fn allowed(url: &str, targets: WebhookTargets) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let Some(host) = uri.host() else { return false };
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let address_ok = literal.map_or(true, |address| reachable(address, targets));
    // What stands before an @ is for whoever wants to look like another host.
    let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let scheme_ok = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => targets == WebhookTargets::Any,
        _ => false,
    };
    address_ok && plain && scheme_ok
}

type Plain = HttpConnector<Resolver>;

/// Delivers.
pub struct Courier {
    mail: Option<(AsyncSmtpTransport<Tokio1Executor>, Mailbox)>,
    http: Client<Plain, Full<Bytes>>,
    https: Client<HttpsConnector<Plain>, Full<Bytes>>,
    targets: WebhookTargets,
}

impl Courier {
    /// As the settings say.
    ///
    /// # Errors
    /// A mail server or a sender that cannot be read.
    pub fn new(settings: &Settings) -> anyhow::Result<Courier> {
        Courier::of(&settings.smtp_url, &settings.mail_from, settings.webhook_targets, &settings.tls_ca_file)
    }

    /// With a mail server (`smtp://`, `smtps://`; empty for none), a sender, where webhooks may lead, and
    /// whom to trust there ([`crate::tls::client_config`]).
    ///
    /// # Errors
    /// A mail server, a sender or authorities that cannot be read.
    pub fn of(smtp_url: &str, mail_from: &str, targets: WebhookTargets, ca_file: &str) -> anyhow::Result<Courier> {
        let mail = if smtp_url.is_empty() {
            None
        } else {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url).map_err(|_| {
                said(
                    "设置 smtp_url 不是邮件服务器地址，应如 smtp://主机:25 或 smtps://用户:密码@主机:465",
                    "smtp_url is not the address of a mail server: write smtp://host:25 or smtps://user:password@host:465",
                )
            })?;
            let from: Mailbox = mail_from.parse().map_err(|_| {
                said("设置 mail_from 不是邮件地址，请填写发件人", "mail_from is not a mail address: name the sender")
            })?;
            Some((transport.timeout(Some(TIMEOUT)).build(), from))
        };
        let plain = || {
            let resolver = Resolver { system: GaiResolver::new(), targets };
            let mut plain = HttpConnector::new_with_resolver(resolver);
            plain.enforce_http(false);
            plain.set_connect_timeout(Some(TIMEOUT));
            plain
        };
        let tls = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(crate::tls::client_config(ca_file)?);
        let https = tls.https_only().enable_http1().wrap_connector(plain());
        let https = Client::builder(TokioExecutor::new()).build(https);
        let http = Client::builder(TokioExecutor::new()).build(plain());
        Ok(Courier { mail, http, https, targets })
    }

    /// May the server post to this address?
    pub fn allowed(&self, url: &str) -> bool {
        allowed(url, self.targets)
    }

    /// Hands a mail to the mail server.
    pub fn send_mail(&self, mail: &Mail) -> Delivery {
        let Some((transport, from)) = self.mail.clone() else { return refused(DeliveryError::NotConfigured) };
        let message = message(mail, from);
        Box::pin(async move {
            let message = message.ok_or(DeliveryError::Refused { status: 553 })?;
            match transport.send(message).await {
                Ok(_) => Ok(()),
                Err(error) => {
                    tracing::debug!(%error, "mail");
                    let status = error.status().map(u16::from);
                    Err(status.map_or(DeliveryError::Unreachable, |status| DeliveryError::Refused { status }))
                }
            }
        })
    }

    /// Posts to a program. What it answers beside the status is not read.
    pub fn post(&self, post: WebhookPost) -> Delivery {
        if !self.allowed(&post.url) {
            return refused(DeliveryError::Forbidden);
        }
        let request = Request::post(&post.url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "tutela")
            .header("webhook-id", &post.id)
            .header("webhook-timestamp", post.timestamp)
            .header("webhook-signature", &post.signature)
            .body(Full::new(Bytes::from(post.body)));
        let Ok(request) = request else { return refused(DeliveryError::Forbidden) };
        let (http, https) = (self.http.clone(), self.https.clone());
        Box::pin(async move {
            let answer = async {
                let answered = match request.uri().scheme_str() {
                    Some("http") => http.request(request).await,
                    _ => https.request(request).await,
                };
                let answer = answered.map_err(|error| {
                    tracing::debug!(%error, "webhook");
                    DeliveryError::Unreachable
                })?;
                let status = answer.status();
                // The connection can be used again once the answer is read; a long one is left.
                let _ = http_body_util::Limited::new(answer.into_body(), 64 * 1024).collect().await;
                Ok(status)
            };
            match tokio::time::timeout(TIMEOUT, answer).await {
                Err(_) => Err(DeliveryError::Unreachable),
                Ok(Err(error)) => Err(error),
                Ok(Ok(status)) if status.is_success() => Ok(()),
                Ok(Ok(StatusCode::GONE)) => Err(DeliveryError::Gone),
                Ok(Ok(status)) => Err(DeliveryError::Refused { status: status.as_u16() }),
            }
        })
    }
}

fn refused(error: DeliveryError) -> Delivery {
    Box::pin(std::future::ready(Err(error)))
}

/// The message; none where the receiver's address is none.
fn message(mail: &Mail, from: Mailbox) -> Option<Message> {
    let id = format!("<{}@{}>", mail.id, from.email.domain());
    let message = Message::builder().message_id(Some(id)).from(from).to(mail.to.parse().ok()?);
    message.subject(&mail.subject).header(ContentType::TEXT_PLAIN).body(mail.text.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_posted_into_private_networks() {
        for open in ["https://example.com/x", "https://203.1.2.3/x", "https://[2606:4700::1]/x"] {
            assert!(allowed(open, WebhookTargets::Public), "{open}");
        }
        for closed in [
            "http://example.com/x",
            "https://127.0.0.1/x",
            "https://10.1.2.3/x",
            "https://169.254.169.254/latest/meta-data",
            "https://192.168.1.1",
            "https://100.64.0.1",
            "https://[::1]/x",
            "https://[fd00::1]/x",
            "https://[::ffff:10.0.0.1]/x",
            "https://user@example.com/x",
            "ftp://example.com/x",
            "/x",
            "",
        ] {
            assert!(!allowed(closed, WebhookTargets::Public), "{closed}");
        }
        assert!(allowed("http://127.0.0.1:9/x", WebhookTargets::Any));
        assert!(!allowed("file:///etc/passwd", WebhookTargets::Any));
    }
}
