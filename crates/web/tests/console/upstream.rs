//! A small API for the mechanics: who the reader is goes by the token, and every call is written down.

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Calls: method, path with query, key and version, body.
pub type Calls = Arc<Mutex<Vec<(String, String, String, Value)>>>;

/// The console over the small API.
pub struct Console {
    pub routes: Router,
    pub calls: Calls,
}

/// An answer of the console.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The value of the first hidden field of this name.
    pub fn hidden(&self, name: &str) -> String {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().replace("&quot;", "\"").replace("&#x2f;", "/").replace("&amp;", "&")
    }
}

async fn api(calls: Calls, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&body)));
    let text = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let path = parts.uri.to_string();
    let seen = format!("{}{}", text("idempotency-key"), text("if-match"));
    calls.lock().unwrap().push((parts.method.to_string(), path, seen, body.clone()));
    let token = text("authorization");
    let refused = |status: StatusCode, field: Value| {
        let title = "<b>不行</b>";
        (status, Json(json!({"title": title, "status": status.as_u16(), "detail": "d", "field": field})))
            .into_response()
    };
    if token == "Bearer over" {
        return refused(StatusCode::UNAUTHORIZED, Value::Null);
    }
    match (&parts.method, parts.uri.path()) {
        (&Method::POST, "/v1/sessions") if body["password"] == "right" => {
            Json(json!({"token": format!("as-{}", body["username"].as_str().unwrap())})).into_response()
        }
        (&Method::POST, "/v1/sessions") => refused(StatusCode::UNAUTHORIZED, Value::Null),
        (_, "/v1/me") => match token.strip_prefix("Bearer as-") {
            Some(role) => {
                let me = json!({"username": "<i>u</i>", "role": role, "region": "330502", "institution": "i"});
                Json(me).into_response()
            }
            None => refused(StatusCode::UNAUTHORIZED, Value::Null),
        },
        (&Method::POST, path) if path.ends_with("/files") && body == "no paper" => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, Value::Null)
        }
        (&Method::POST, path) if path.ends_with("/files") => Json(json!({"sha256": "ab".repeat(32)})).into_response(),
        (&Method::POST, path) if path.ends_with("/licence-applications") && body["kind"] == "branch" => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, json!("kind"))
        }
        (&Method::POST, path) if path.ends_with("/closure") && body["text"] == "stale" => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, json!("text"))
        }
        (&Method::POST, path) if path.ends_with("/closure") && token.is_empty() => {
            refused(StatusCode::UNAUTHORIZED, Value::Null)
        }
        (&Method::POST, _) => Json(json!({"amount_fen": 5, "state": "closed"})).into_response(),
        (_, "/v1/institutions/i" | "/v1/institutions/i/licence-applications") => {
            Json(json!({"id": "i", "name": "n", "state": "licensed", "items": []})).into_response()
        }
        (_, "/v1/alerts/a") => Json(json!({
            "id": "a", "institution": "i", "rule": "sales_burst", "name": "n", "explanation": "<script>alert(1)</script>",
            "version": "1", "level": "red", "watched_on": "2026-01-02", "state": "raised",
            "facts": {"sold_fen": "123450", "<x>": "<y>"}, "seq": "9"
        }))
        .into_response(),
        _ => refused(StatusCode::NOT_FOUND, Value::Null),
    }
}

/// A console; `secure` as behind HTTPS.
pub fn console(secure: bool) -> Console {
    made(secure, None)
}

/// A console with sample accounts, or none.
pub fn console_with(demo: Option<web::Demo>) -> Console {
    made(false, demo)
}

fn made(secure: bool, demo: Option<web::Demo>) -> Console {
    let calls = Calls::default();
    let written = Arc::clone(&calls);
    let upstream = Router::new().fallback(move |request: Request| api(Arc::clone(&written), request));
    let counter = std::sync::atomic::AtomicU64::new(0);
    let options = web::Options {
        secure,
        today: Arc::new(|| "2026-11-22".parse().unwrap()),
        fresh: Arc::new(move || format!("w{}", counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed))),
        provider: Arc::new(|| false),
        demo,
    };
    Console { routes: web::router(upstream, options).unwrap(), calls }
}

impl Console {
    /// Sends a request with headers.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.routes.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 22).await.unwrap();
        Page { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// GET with cookies.
    pub async fn get(&self, path: &str, cookies: &str) -> Page {
        self.send(Method::GET, path, &[("cookie", cookies)], String::new()).await
    }

    /// POST of a form with cookies.
    pub async fn post(&self, path: &str, cookies: &str, fields: &[(&str, &str)]) -> Page {
        self.send(Method::POST, path, &[("cookie", cookies)], encoded(fields)).await
    }

    /// POST of a form with files, as browsers send them.
    pub async fn hand_in(&self, path: &str, cookies: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (name, file) in files {
            let part = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"扫描件.pdf\"\r\n\
                 Content-Type: application/pdf\r\n\r\n"
            );
            body.extend_from_slice(part.as_bytes());
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let headers = [("cookie", cookies), ("content-type", "multipart/form-data; boundary=edge")];
        self.send(Method::POST, path, &headers, body).await
    }

    /// The calls that were no look at who the reader is, then forgotten.
    pub fn taken(&self) -> Vec<(String, String, String, Value)> {
        let mut calls = self.calls.lock().unwrap();
        std::mem::take(&mut *calls).into_iter().filter(|call| call.1 != "/v1/me").collect()
    }
}

/// A form as browsers send it.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
