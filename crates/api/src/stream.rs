//! A body that is produced while it is sent.

use std::io;

use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;

/// Pieces waiting to be sent; a slow reader holds the producer up.
const WAITING_MAX: usize = 4;

/// What a producer sends.
pub type Piece = Result<Vec<u8>, io::Error>;

/// Starts a producer and gives what it sends. It ends when its reader goes away.
pub fn produced<F: Future<Output = ()> + Send + 'static>(
    produce: impl FnOnce(Sender<Piece>) -> F,
) -> ReceiverStream<Piece> {
    let (out, pieces) = channel(WAITING_MAX);
    tokio::spawn(produce(out));
    ReceiverStream::new(pieces)
}
