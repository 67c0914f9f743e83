//! Encrypted connections that the server opens itself: to the identity provider, to witnesses, to the
//! receivers of webhooks. Trusted are the authorities of the system, and those of the bureau's own
//! network that a setting names.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::say::said;

/// How to connect: with TLS 1.2 or 1.3, to whom an authority of the system or of `ca_file` (PEM; empty
/// for none) vouches for. Without any authority nobody is believed, and connections fail.
///
/// # Errors
/// A file that cannot be read or has no certificate, with what to do.
pub fn client_config(ca_file: &str) -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        tracing::warn!(%error, "certificates of the system");
    }
    let (_, unusable) = roots.add_parsable_certificates(system.certs);
    if unusable > 0 {
        tracing::debug!(unusable, "certificates of the system that cannot be used");
    }
    if !ca_file.is_empty() {
        own_authorities(Path::new(ca_file), &mut roots)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn own_authorities(path: &Path, roots: &mut RootCertStore) -> anyhow::Result<()> {
    let shown = path.display();
    let wrong = |why: &dyn std::fmt::Display| {
        said(
            format!("设置 tls_ca_file 的文件 {shown} 不能使用：须为 PEM 格式的证书（{why}）"),
            format!("the file {shown} of tls_ca_file cannot be used: it must hold certificates as PEM ({why})"),
        )
    };
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))?;
    let mut found = false;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
        found = true;
    }
    if found { Ok(()) } else { Err(wrong(&"0").into()) }
}
