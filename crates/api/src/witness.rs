//! The front door of a witness (C2SP tlog-witness): logs bring checkpoints, anybody may see the
//! latest that was cosigned. What is decided and kept lies behind [`WitnessDesk`].

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ledger::witness::REQUEST_BYTES_MAX;
use ledger::{AddCheckpoint, Hash, Refusal};
use tokio::net::TcpListener;

/// The witness itself. Its calls may wait for a disk.
pub trait WitnessDesk: Send + Sync + 'static {
    /// Cosigns what may be cosigned, and has kept it when this returns: the signature line.
    ///
    /// # Errors
    /// [`DeskError`].
    fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<String, DeskError>;

    /// The latest checkpoint that it cosigned of the log with this digest of its origin.
    fn latest(&self, origin: &Hash) -> Option<String>;
}

/// Why there is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// The request does not deserve one.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be kept; the cause is logged where it happened.
    #[error("the checkpoint could not be kept")]
    NotKept,
}

type Desk = State<Arc<dyn WitnessDesk>>;

/// The whole front door of a witness.
pub fn router(desk: Arc<dyn WitnessDesk>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(latest))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(desk)
}

/// Serves a witness until `stop` ends; requests under way are finished.
///
/// # Errors
/// Of the socket.
pub async fn serve(
    listener: TcpListener,
    desk: Arc<dyn WitnessDesk>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(desk)).with_graceful_shutdown(stop).await
}

fn plain(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], body).into_response()
}

async fn add_checkpoint(State(desk): Desk, body: Bytes) -> Response {
    let request = match AddCheckpoint::parse(&body) {
        Ok(request) => request,
        Err(error) => return plain(StatusCode::BAD_REQUEST, format!("请求格式不对 {error}\n")),
    };
    match tokio::task::spawn_blocking(move || desk.add_checkpoint(&request)).await {
        Ok(Ok(line)) => plain(StatusCode::OK, line),
        Ok(Err(DeskError::Refused(refusal))) => refused(refusal),
        Ok(Err(error @ DeskError::NotKept)) => {
            plain(StatusCode::INTERNAL_SERVER_ERROR, format!("检查点未能保存，未联署 {error}\n"))
        }
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "内部错误 internal error\n".to_owned()),
    }
}

/// The status codes are those of C2SP tlog-witness.
fn refused(refusal: Refusal) -> Response {
    let (status, zh) = match refusal {
        Refusal::UnknownLog => (StatusCode::NOT_FOUND, "未知日志"),
        Refusal::NotSigned => (StatusCode::FORBIDDEN, "签名无效"),
        Refusal::OldAboveNew => (StatusCode::BAD_REQUEST, "原长度大于检查点长度"),
        Refusal::OtherSize { size } | Refusal::OtherRoot { size } => {
            let kind = HeaderValue::from_static("text/x.tlog.size");
            return (StatusCode::CONFLICT, [(header::CONTENT_TYPE, kind)], format!("{size}\n")).into_response();
        }
        Refusal::NotConsistent => (StatusCode::UNPROCESSABLE_ENTITY, "一致性证明不成立"),
    };
    plain(status, format!("{zh} {refusal}\n"))
}

async fn latest(State(desk): Desk, Path(origin): Path<String>) -> Response {
    let note = Hash::from_hex(origin.as_bytes()).and_then(|origin| desk.latest(&origin));
    match note {
        Some(note) => {
            let mut answer = plain(StatusCode::OK, note);
            answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
            answer
        }
        None => plain(StatusCode::NOT_FOUND, "没有该日志的检查点 no checkpoint of this log\n".to_owned()),
    }
}
