//! Measuring: many callers pay for many contracts for a while, through the writer alone or over HTTP, or
//! record lessons of many contracts at once. Durability is on, as it is in service.

mod beside;
mod client;
mod county;
mod growth;
mod imports;
mod plot;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use app::verbs::FeePay;
use app::{App, Call, Key};
use kernel::{ContractId, Day, Fen, PaymentId};
use ledger::body::PaymentMethod;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

pub use self::beside::{Beside, disk, measure as beside};
use self::client::Client;
pub use self::county::{County, build};
pub use self::growth::{Grown, grow};
pub use self::imports::{ImportMeasured, lessons as import_lessons, statement as import_statement};
pub use self::plot::plot;
use crate::cli::BenchLoad;
use crate::effects::now;

/// How to measure.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Callers at a time.
    pub callers: u16,
    /// For how long.
    pub time: Duration,
    /// Which contracts are paid for.
    pub load: BenchLoad,
    /// Number of the first payment, so that no reference comes twice in one database.
    pub first: u64,
    /// Number after the last payment, if it is reached before the time is over.
    pub end: u64,
}

/// Lessons of one request.
pub const LESSONS: usize = 100;
/// Hours of a lesson: so few that a contract has room for more than a measurement records.
const LESSON_HOURS: &str = "0.01";

/// What a request over HTTP asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// One payment.
    Payment,
    /// [`LESSONS`] lessons of as many contracts.
    Lessons,
}

impl Ask {
    /// Entries that a request appends.
    fn entries(self) -> u64 {
        match self {
            Ask::Payment => 1,
            Ask::Lessons => LESSONS as u64,
        }
    }
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Payments or lessons answered.
    pub done: u64,
    /// From the first question to the last answer.
    pub took: Duration,
    /// Half of the answers came within.
    pub p50: Duration,
    /// 99 of 100 answers came within.
    pub p99: Duration,
}

impl Measured {
    fn of(mut latencies: Vec<Duration>, took: Duration, each: u64) -> Measured {
        latencies.sort_unstable();
        let at = |percent: usize| {
            let place = latencies.len().saturating_mul(percent) / 100;
            latencies.get(place.min(latencies.len().saturating_sub(1))).copied().unwrap_or_default()
        };
        let done = u64::try_from(latencies.len()).unwrap_or(u64::MAX).saturating_mul(each);
        Measured { done, took, p50: at(50), p99: at(99) }
    }

    /// Payments or lessons per second.
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

/// Which contract is paid next.
struct Choice {
    random: ChaCha8Rng,
    /// Upper ends of each contract's share of the numbers a draw can give; empty for equal shares.
    ends: Arc<[u64]>,
    contracts: Arc<[ContractId]>,
}

/// Ends of shares proportional to 1, 1/2, 1/3, …
fn zipf_ends(contracts: usize) -> Arc<[u64]> {
    const UNIT: u64 = 1 << 40;
    let mut sum: u64 = 0;
    (1..=contracts)
        .map(|rank| {
            sum = sum.saturating_add(UNIT / u64::try_from(rank).unwrap_or(u64::MAX));
            sum
        })
        .collect()
}

impl Choice {
    fn next(&mut self) -> Option<ContractId> {
        let draw = self.random.next_u64();
        let place = match self.ends.last() {
            Some(all) => self.ends.partition_point(|end| *end <= draw % all),
            None => usize::try_from(draw).unwrap_or(usize::MAX).checked_rem(self.contracts.len())?,
        };
        self.contracts.get(place).copied()
    }
}

fn choices(plan: Plan, contracts: &[ContractId]) -> impl Iterator<Item = Choice> {
    // Institutions alternate.
    let step = if plan.load == BenchLoad::Hot { county::INSTITUTIONS } else { 1 };
    let contracts: Arc<[ContractId]> = contracts.iter().step_by(step).copied().collect();
    let even = || Arc::new([]) as Arc<[u64]>;
    let ends = if plan.load == BenchLoad::Zipf { zipf_ends(contracts.len()) } else { even() };
    (0..u64::from(plan.callers)).map(move |caller| Choice {
        random: ChaCha8Rng::seed_from_u64(caller),
        ends: Arc::clone(&ends),
        contracts: Arc::clone(&contracts),
    })
}

async fn gather(
    began: Instant,
    mut callers: JoinSet<anyhow::Result<Vec<Duration>>>,
    each: u64,
) -> anyhow::Result<Measured> {
    let mut latencies = Vec::new();
    while let Some(done) = callers.join_next().await {
        latencies.extend(done??);
    }
    Ok(Measured::of(latencies, began.elapsed(), each))
}

/// Pays through the writer, in this process.
///
/// # Errors
/// A payment that is refused, or trouble of the database.
pub async fn in_process(app: &Arc<App>, county: &County, plan: Plan) -> anyhow::Result<Measured> {
    let numbers = Arc::new(AtomicU64::new(plan.first));
    let began = Instant::now();
    let until = began + plan.time;
    let mut callers = JoinSet::new();
    for mut choice in choices(plan, &county.contracts) {
        let (app, ledger, bank) = (Arc::clone(app), Arc::clone(&county.ledger), county.bank.clone());
        let numbers = Arc::clone(&numbers);
        callers.spawn(async move {
            let lookup_key = app.effects().lookup_key();
            let actor = bank.actor();
            let mut latencies = Vec::new();
            while Instant::now() < until {
                let Some(contract) = choice.next() else { break };
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                if number >= plan.end {
                    break;
                }
                let reference = format!("BENCH{number:012}");
                let asked = Instant::now();
                let key = Key::new(&lookup_key, &actor, &reference, "bench", &json!({ "bank_reference": reference }));
                let now = now()?;
                let call = Call { principal: Some(bank.clone()), now, key: Some(key), dry_run: false };
                let verb = FeePay {
                    payment: app.new_id(&call, PaymentId::new),
                    contract,
                    amount: Fen::new(1),
                    paid_at: now,
                    method: PaymentMethod::BankTransfer,
                    reference_hash: ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes()),
                    reference,
                };
                app.submit(&ledger, call, verb).await?;
                latencies.push(asked.elapsed());
            }
            Ok(latencies)
        });
    }
    gather(began, callers, 1).await
}

/// Asks over HTTP, one connection per caller.
///
/// # Errors
/// A payment or a lesson that is refused, or trouble of the socket.
pub async fn over_http(address: SocketAddr, county: &County, plan: Plan, ask: Ask) -> anyhow::Result<Measured> {
    let numbers = Arc::new(AtomicU64::new(plan.first));
    let mut clients = Vec::new();
    for _ in 0..plan.callers {
        clients.push(Client::connect(address).await?);
    }
    let began = Instant::now();
    let until = began + plan.time;
    let mut callers = JoinSet::new();
    let (contracts, token) = match ask {
        Ask::Payment => (&county.contracts, &county.bank_token),
        Ask::Lessons => (&county.paid, &county.teacher_token),
    };
    let held_on = county.first_lesson_on;
    // A contract has only so many hours: no few get most.
    let load = if ask == Ask::Lessons { BenchLoad::Even } else { plan.load };
    let plan = Plan { load, ..plan };
    for (mut choice, mut client) in choices(plan, contracts).zip(clients) {
        let token = token.clone();
        let numbers = Arc::clone(&numbers);
        callers.spawn(async move {
            let mut latencies = Vec::new();
            while Instant::now() < until {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let Some((path, body)) = question(ask, &mut choice, number, held_on)? else { break };
                let request = request(address, &token, &path, number, &body);
                let asked = Instant::now();
                let status = client.send(&request).await?;
                latencies.push(asked.elapsed());
                let answer = client.answer();
                let (good, count) = match ask {
                    Ask::Payment => (status == 201, 1),
                    Ask::Lessons => (status == 200, answer.matches("\"status\":201").count()),
                };
                anyhow::ensure!(good && count as u64 == ask.entries(), "request {number}: {status} {answer:.2000}");
            }
            Ok(latencies)
        });
    }
    gather(began, callers, ask.entries()).await
}

/// Path and body of a request; none where there is no contract.
fn question(ask: Ask, choice: &mut Choice, number: u64, held_on: Day) -> anyhow::Result<Option<(String, Value)>> {
    if ask == Ask::Lessons {
        let lessons: Option<Vec<Value>> = (0..LESSONS)
            .map(|_| {
                let contract = choice.next()?.to_string();
                Some(json!({ "contract": contract, "hours": LESSON_HOURS, "held_on": held_on.to_string() }))
            })
            .collect();
        return Ok(lessons.map(|lessons| ("lesson-batches".to_owned(), json!({ "lessons": lessons }))));
    }
    let Some(contract) = choice.next() else { return Ok(None) };
    let body = json!({
        "amount_fen": 1,
        "paid_at": now()?.to_string(),
        "method": "bank_transfer",
        "bank_reference": format!("BENCH{number:012}"),
    });
    Ok(Some((format!("contracts/{contract}/payments"), body)))
}

fn request(address: SocketAddr, token: &str, path: &str, number: u64, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    format!(
        "POST /v1/{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Idempotency-Key: bench-{number}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_contracts_get_most_payments() {
        let ends = zipf_ends(1000);
        let all = ends.last().copied().unwrap();
        assert!(ends[0] * 8 > all && ends[0] * 7 < all, "the first gets about 1 in 7.5");
        assert!(ends.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn percentiles() {
        let measured = Measured::of((1..=100).map(Duration::from_millis).collect(), Duration::from_secs(2), 1);
        assert_eq!(measured.done, 100);
        assert_eq!(measured.p50, Duration::from_millis(51));
        assert_eq!(measured.p99, Duration::from_millis(100));
        assert!((measured.per_second() - 50.0).abs() < 1e-9);
        assert_eq!(Measured::of(Vec::new(), Duration::ZERO, 1).done, 0);
    }
}
