//! An identity provider as a process of its own, for tests: discovery, authorization, token and keys,
//! with an RSA and an elliptic-curve key made at its start. What it does wrong is asked for with `mode`
//! in the authorization address. Arguments: the seconds since 1970 that it is, the client's id and
//! secret. Prints its address.

#![expect(clippy::unwrap_used, reason = "a provider that cannot go on must stop")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::signature::Signer;
use rsa::signature::SignatureEncoding;
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use tokio::net::TcpListener;

struct Provider {
    issuer: String,
    now: i64,
    client: String,
    secret: String,
    curve: p256::ecdsa::SigningKey,
    other: p256::ecdsa::SigningKey,
    rsa: rsa::RsaPrivateKey,
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn discovery(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
    }))
}

async fn jwks(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let point = provider.curve.verifying_key().to_sec1_point(false);
    let point = point.as_bytes();
    let rsa = provider.rsa.to_public_key();
    Json(json!({"keys": [
        {"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"curve","x":b64(&point[1..33]),"y":b64(&point[33..65])},
        {"kty":"RSA","use":"sig","alg":"RS256","kid":"rsa","n":b64(rsa.n().to_bytes_be()),"e":b64(rsa.e().to_bytes_be())},
    ]}))
}

/// The person is logged in at once, as the account in `account`.
async fn authorize(State(provider): State<Arc<Provider>>, Query(asked): Query<HashMap<String, String>>) -> Response {
    let right = asked["response_type"] == "code"
        && asked["client_id"] == provider.client
        && asked["code_challenge_method"] == "S256"
        && asked["scope"].split(' ').any(|scope| scope == "openid");
    if !right {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut codes = provider.codes.lock().unwrap();
    let code = format!("code-{}", codes.len());
    let back = format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"]);
    codes.insert(code, asked);
    Redirect::to(&back).into_response()
}

/// A code counts once, for its client and whoever knows the verifier.
async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Form(asked): Form<HashMap<String, String>>,
) -> Response {
    let refused = || (StatusCode::BAD_REQUEST, Json(json!({"error":"invalid_grant"}))).into_response();
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", provider.client, provider.secret)));
    if headers.get("authorization").is_none_or(|header| header.as_bytes() != basic.as_bytes()) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error":"invalid_client"}))).into_response();
    }
    let Some(begun) = provider.codes.lock().unwrap().insert(asked["code"].clone(), HashMap::new()) else {
        return refused();
    };
    let digest = rsa::sha2::Digest::finalize(<rsa::sha2::Sha256 as rsa::sha2::Digest>::new_with_prefix(
        asked.get("code_verifier").map(String::as_str).unwrap_or_default(),
    ));
    if begun.get("code_challenge") != Some(&b64(digest)) || begun.get("redirect_uri") != asked.get("redirect_uri") {
        return refused();
    }
    let id_token = provider.id_token(&begun);
    Json(json!({"access_token":"unused","token_type":"Bearer","expires_in":60,"id_token":id_token})).into_response()
}

impl Provider {
    fn id_token(&self, begun: &HashMap<String, String>) -> String {
        let mode = begun.get("mode").map(String::as_str).unwrap_or_default();
        let mut claims = json!({
            "iss": self.issuer,
            "sub": begun.get("account").map(String::as_str).unwrap_or("officer-7"),
            "aud": self.client,
            "iat": self.now,
            "exp": self.now + 60,
            "nonce": begun["nonce"],
        });
        match mode {
            "wrong-nonce" => claims["nonce"] = json!("another"),
            "no-nonce" => drop(claims.as_object_mut().unwrap().remove("nonce")),
            "wrong-audience" => claims["aud"] = json!("another client"),
            "wrong-issuer" => claims["iss"] = json!("http://other.example"),
            "expired" => claims["exp"] = json!(self.now - 1),
            _ => {}
        }
        let (alg, kid) = match mode {
            "rsa" => ("RS256", "rsa"),
            "none" => ("none", "curve"),
            _ => ("ES256", "curve"),
        };
        let signed =
            format!("{}.{}", b64(json!({"alg":alg,"kid":kid,"typ":"JWT"}).to_string()), b64(claims.to_string()));
        let curve = |key: &p256::ecdsa::SigningKey| {
            let signature: p256::ecdsa::Signature = key.sign(signed.as_bytes());
            b64(signature.to_bytes())
        };
        let signature = match mode {
            "rsa" => {
                let key = rsa::pkcs1v15::SigningKey::<rsa::sha2::Sha256>::new(self.rsa.clone());
                b64(rsa::signature::Signer::sign(&key, signed.as_bytes()).to_bytes())
            }
            "none" => String::new(),
            "other-key" => curve(&self.other),
            "altered" => curve(&self.curve).chars().rev().collect(),
            _ => curve(&self.curve),
        };
        format!("{signed}.{signature}")
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let provider = Provider {
        // Behind something that encrypts it has another name than address.
        issuer: arguments.get(3).cloned().unwrap_or_else(|| address.clone()),
        now: arguments[0].parse().unwrap(),
        client: arguments[1].clone(),
        secret: arguments[2].clone(),
        curve: p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap(),
        other: p256::ecdsa::SigningKey::from_slice(&[8; 32]).unwrap(),
        rsa: rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap(),
        codes: Mutex::default(),
    };
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .with_state(Arc::new(provider));
    println!("{address}");
    axum::serve(listener, routes).await.unwrap();
}
