//! The load: who is paid, by how many callers, through which call, and how long it took. The same
//! choice of contracts, by the same numbers, as in crates/server/src/bench.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// Institutions; each has a custody account.
pub const INSTITUTIONS: usize = 20;
/// Contracts, institutions alternating; each has a prepaid account.
pub const CONTRACTS: usize = 1_000;
/// Most transfers that are gathered into one call: as many as Tutela's writer takes at a time.
pub const BATCH_MAX: usize = 512;

/// One payment of one fen: the institution's custody account is debited, the contract's prepaid
/// account is credited.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Comes once in a database; the peer must refuse or recognise a second one.
    pub reference: String,
    /// Index of the custody account.
    pub institution: usize,
    /// Index of the prepaid account.
    pub contract: usize,
}

/// A ledger that is measured.
pub trait Peer: Send + Sync + 'static {
    /// Books one transfer; it is durable when this answers.
    fn pay(&self, transfer: Transfer) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Books all or none.
    fn pay_all(&self, transfers: Vec<Transfer>) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Calls repeated after a passing failure, since it was opened.
    fn retries(&self) -> u64;
    /// Transfers in its books, from the balances of the prepaid accounts.
    fn booked(&self) -> impl Future<Output = anyhow::Result<u64>> + Send;
    /// Ends what runs in the background and closes the connections.
    fn close(&self) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// By which call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// One call per transfer, as a service does for each request.
    Single,
    /// Transfers of the callers that wait are gathered here into one call of the peer's batch
    /// interface, one call at a time.
    Batch,
}

impl Interface {
    /// Both.
    pub const ALL: [Interface; 2] = [Interface::Single, Interface::Batch];

    /// As in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Interface::Single => "single",
            Interface::Batch => "batch",
        }
    }
}

/// How to measure.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Callers at a time; each asks again as soon as it is answered.
    pub callers: u16,
    /// For how long.
    pub time: Duration,
    /// Number of the first transfer, so that no reference comes twice in one database.
    pub first: u64,
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Transfers answered.
    pub transfers: u64,
    /// From the first question to the last answer.
    pub took: Duration,
    /// Half of the answers came within.
    pub p50: Duration,
    /// 99 of 100 answers came within.
    pub p99: Duration,
}

impl Measured {
    fn of(mut latencies: Vec<Duration>, took: Duration) -> Measured {
        latencies.sort_unstable();
        let at = |percent: usize| {
            let place = latencies.len() * percent / 100;
            latencies.get(place.min(latencies.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        Measured { transfers: latencies.len() as u64, took, p50: at(50), p99: at(99) }
    }

    /// Accepted transfers per second.
    pub fn per_second(&self) -> f64 {
        self.transfers as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

/// Ends of shares proportional to 1, 1/2, 1/3, …
fn zipf_ends() -> Arc<[u64]> {
    const UNIT: u64 = 1 << 40;
    let ends = (1..=CONTRACTS as u64).scan(0, |sum, rank| {
        *sum += UNIT / rank;
        Some(*sum)
    });
    ends.collect()
}

/// Lets `plan.callers` callers pay until the time is over.
///
/// # Errors
/// A transfer that is refused, or trouble of the database.
pub async fn measure<P: Peer>(peer: &Arc<P>, interface: Interface, plan: Plan) -> anyhow::Result<Measured> {
    let (numbers, ends) = (Arc::new(AtomicU64::new(plan.first)), zipf_ends());
    let desk = (interface == Interface::Batch).then(|| gather(Arc::clone(peer)));
    let began = Instant::now();
    let until = began + plan.time;
    let mut callers = JoinSet::new();
    for caller in 0..u64::from(plan.callers) {
        let (peer, desk) = (Arc::clone(peer), desk.clone());
        let (numbers, ends) = (Arc::clone(&numbers), Arc::clone(&ends));
        let mut random = ChaCha8Rng::seed_from_u64(caller);
        callers.spawn(async move {
            let all = ends.last().copied().unwrap_or(1);
            let mut latencies = Vec::new();
            while Instant::now() < until {
                let draw = random.next_u64() % all;
                let contract = ends.partition_point(|end| *end <= draw);
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let reference = format!("BENCH{number:012}");
                let transfer = Transfer { reference, institution: contract % INSTITUTIONS, contract };
                let asked = Instant::now();
                match &desk {
                    None => peer.pay(transfer).await?,
                    Some(desk) => hand_in(desk, transfer).await?,
                }
                latencies.push(asked.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    drop(desk);
    let mut latencies = Vec::new();
    while let Some(done) = callers.join_next().await {
        latencies.extend(done??);
    }
    Ok(Measured::of(latencies, began.elapsed()))
}

/// A transfer and where its answer goes.
type Job = (Transfer, oneshot::Sender<Result<(), String>>);

/// Takes what waits, as Tutela's writer does, and books it in one call.
fn gather<P: Peer>(peer: Arc<P>) -> mpsc::Sender<Job> {
    let (desk, mut jobs) = mpsc::channel::<Job>(8 * BATCH_MAX);
    tokio::spawn(async move {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while jobs.recv_many(&mut batch, BATCH_MAX).await > 0 {
            let (transfers, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
            let outcome = peer.pay_all(transfers).await.map_err(|error| format!("{error:#}"));
            for answer in answers {
                // A caller that is gone needs no answer.
                let _ = answer.send(outcome.clone());
            }
        }
    });
    desk
}

async fn hand_in(desk: &mpsc::Sender<Job>, transfer: Transfer) -> anyhow::Result<()> {
    let (answer, answered) = oneshot::channel();
    desk.send((transfer, answer)).await?;
    answered.await?.map_err(anyhow::Error::msg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_contracts_get_most_payments() {
        let ends = zipf_ends();
        let all = ends.last().copied().unwrap();
        assert!(ends[0] * 8 > all && ends[0] * 7 < all, "the first gets about 1 in 7.5");
        assert_eq!(ends.len(), CONTRACTS);
    }
}
