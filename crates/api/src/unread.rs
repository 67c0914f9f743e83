//! Bodies that a handler answered without reading. A client that is still sending would find the
//! connection closed before it reads the answer, and one that keeps the connection would send its
//! next request into the closing; so the rest is read and thrown away, within bounds.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::oneshot::{Sender, channel};
use tokio_stream::{Stream, StreamExt};

/// Most that is read and thrown away of one body, bytes.
const DISCARDED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest that a client is listened to after its answer is decided.
const DISCARDED_TIME_MAX: Duration = Duration::from_secs(10);

/// Reads what the handler left of the body before its answer is sent; where that is too much, or the
/// client waits to be asked for its body (`Expect: 100-continue`) and was not, says that the connection
/// ends with the answer.
pub async fn discard(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let waits = request.headers().contains_key(header::EXPECT);
    let (back, mut left) = channel();
    let lend = |body: Body| {
        Body::from_stream(Lent { body: Some(body.into_data_stream()), asked_for: false, back: Some(back) })
    };
    let mut answer = next.run(request.map(lend)).await;
    if let Ok((rest, asked_for)) = left.try_recv()
        && ((waits && !asked_for) || !ends(rest).await)
    {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

async fn ends(mut rest: BodyDataStream) -> bool {
    let read = async {
        let mut seen = 0_usize;
        while let Some(Ok(piece)) = rest.next().await {
            seen = seen.saturating_add(piece.len());
            if seen > DISCARDED_BYTES_MAX {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(DISCARDED_TIME_MAX, read).await.unwrap_or(false)
}

/// A body that goes back, unless it was read to its end, when the handler is done with it.
struct Lent {
    body: Option<BodyDataStream>,
    asked_for: bool,
    back: Option<Sender<(BodyDataStream, bool)>>,
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.asked_for = true;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let piece = ready!(Pin::new(body).poll_next(context));
        if !matches!(piece, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(piece)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // Nobody waits for it where the connection is gone.
            let _ = back.send((body, self.asked_for));
        }
    }
}
