//! Connections by https that the server opens: an authority of one's own network counts once a setting
//! names it, and nobody else's.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::Method;
use server::oidc::Provider;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::oidc::{BACK, CLIENT, start};
use crate::world::World;

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Takes TLS off in front of `behind`, as `localhost`.
fn encrypt(listener: TcpListener, authority: &CertifiedIssuer<'_, KeyPair>, behind: String) {
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = names.signed_by(&key, authority).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                // A client that does not believe the certificate hangs up here.
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut plain = TcpStream::connect(behind).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut plain).await;
            });
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_ones_own_is_believed_once_it_is_named() {
    let world = World::on("2026-11-22").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let provider = start(world.now().micros() / 1_000_000, Some(&issuer));
    let (ours, others) = (authority(), authority());
    encrypt(listener, &ours, provider.issuer.trim_start_matches("http://").to_owned());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let log_in = async |ca_file: &str| {
        world.provider(Arc::new(Provider::new(&issuer, CLIENT, None, BACK, ca_file).unwrap()));
        world.ask(None, Method::POST, "/v1/oidc/authorizations").send().await
    };
    for ca_file in [String::new(), file("others.pem", &others.pem())] {
        assert_eq!(log_in(&ca_file).await.problem(503), "identity-provider", "{ca_file}");
    }
    let begun = log_in(&file("ours.pem", &ours.pem())).await.expect(201);
    assert!(begun["authorization_url"].as_str().unwrap().starts_with(&format!("{issuer}/authorize")), "{begun}");

    for broken in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = server::tls::client_config(&file("broken.pem", broken)).unwrap_err();
        assert!(error.to_string().contains("tls_ca_file"), "{error}");
    }
    assert!(server::tls::client_config("no-such-file.pem").is_err());
}
