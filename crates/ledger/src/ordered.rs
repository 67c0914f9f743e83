//! The same work for many pieces on several cores, with the results in the order of the pieces and
//! never more than a few of them in memory.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// Pieces under way for each worker: one in work, one waiting, one done.
const AHEAD: usize = 3;

/// Fetches pieces with `next`, works on them on `workers` threads, and hands the results to `take` in
/// the order of the pieces. `next` and `take` run on the calling thread. One worker or none: all of
/// it does.
///
/// # Errors
/// The error of `next`, after what it gave before was taken; or the first error of `take`, and what
/// is under way then is dropped.
pub fn in_order<J: Send, T: Send, E>(
    workers: usize,
    mut next: impl FnMut() -> Result<Option<J>, E>,
    work: impl Fn(J) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    if workers <= 1 {
        while let Some(piece) = next()? {
            take(work(piece))?;
        }
        return Ok(());
    }
    let (hand_out, waiting) = mpsc::channel::<(J, mpsc::SyncSender<T>)>();
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let piece = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((piece, answer)) = piece else { return };
                    // After an error nobody waits for it any more.
                    let _ = answer.send(work(piece));
                }
            });
        }
        // Dropped on every way out, which is what ends the workers.
        let hand_out = hand_out;
        let mut under_way = VecDeque::new();
        let mut end = None;
        loop {
            while end.is_none() && under_way.len() < workers.saturating_mul(AHEAD) {
                match next() {
                    Ok(Some(piece)) => {
                        let (answer, result) = mpsc::sync_channel(1);
                        under_way.push_back(result);
                        // The workers live as long as this end of the channel.
                        let _ = hand_out.send((piece, answer));
                    }
                    Ok(None) => end = Some(Ok(())),
                    Err(error) => end = Some(Err(error)),
                }
            }
            let Some(result) = under_way.pop_front() else { return end.unwrap_or(Ok(())) };
            // No answer: a worker panicked, and the scope goes on with that panic.
            let Ok(result) = result.recv() else { return Ok(()) };
            take(result)?;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(workers: usize, fail_at: Option<u64>) -> Result<Vec<u64>, u64> {
        let mut pieces = 0..1_000_u64;
        let mut out = Vec::new();
        let work = |n: u64| {
            // Uneven work, so that later pieces are done before earlier ones.
            (0..(n % 7) * 1_000).fold(n * n, |square, _| std::hint::black_box(square))
        };
        in_order(
            workers,
            || Ok(pieces.next()),
            work,
            |square| {
                out.push(square);
                if fail_at.is_some_and(|at| square >= at) { Err(square) } else { Ok(()) }
            },
        )?;
        Ok(out)
    }

    #[test]
    fn results_come_in_the_order_of_the_pieces() {
        let expected: Vec<u64> = (0..1_000).map(|n| n * n).collect();
        for workers in [0, 1, 2, 5] {
            assert_eq!(squares(workers, None).as_ref(), Ok(&expected), "{workers} workers");
        }
    }

    #[test]
    fn an_error_ends_it() {
        for workers in [1, 3] {
            assert_eq!(squares(workers, Some(10_000)), Err(10_000));
        }
        let mut left = 10;
        let mut taken = 0;
        let broken = in_order(
            3,
            || {
                left -= 1;
                if left == 0 { Err("broken") } else { Ok(Some(left)) }
            },
            |n| n,
            |_| {
                taken += 1;
                Ok(())
            },
        );
        assert_eq!((broken, taken), (Err("broken"), 9), "what came before the break is taken");
        let never = in_order(3, || Err::<Option<u64>, _>("no piece"), |n| n, |_| Ok(()));
        assert_eq!(never, Err("no piece"));
    }
}
