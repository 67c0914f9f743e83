//! Plain SQL beside the ledger: the same rows, already decided, encoded and hashed, written by the
//! same functions into another database. In batches it is the ceiling of what the writer could
//! reach; one transaction each, under the lock of the head, is what a ledger without group commit does.

use std::collections::BTreeMap;
use std::time::Duration;

use app::App;
use kernel::ContractId;
use store::{Answer, EntryRow, Head, Payment, Store};
use tokio::time::Instant;

use super::County;

/// Payments copied.
const SAMPLE: u32 = 8_192;
/// Rows of one answer, as long as those that the writer keeps.
const FINGERPRINT: usize = 180;

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// Rows of one payment written per second, in batches.
    pub batched: f64,
    /// The same, one transaction each.
    pub single: f64,
}

struct Rows {
    head: Head,
    entries: Vec<EntryRow>,
    payments: BTreeMap<u64, Payment>,
    accounts: BTreeMap<ContractId, escrow::Account>,
    institutions: BTreeMap<kernel::InstitutionId, registry::Institution>,
}

/// Writes the payments numbered from `from` on of `app` into the empty database `url`.
///
/// # Errors
/// Of the databases.
pub async fn measure(app: &App, county: &County, from: u64, url: &str, batch: usize) -> anyhow::Result<Beside> {
    migrations::up(url).await?;
    let store = Store::connect(url).await?;
    let rows = read(app, county, from).await?;
    open(&store, &rows).await?;
    let (many, few) = rows.entries.split_at(rows.entries.len().saturating_mul(3) / 4);
    let batched = write(&store, &rows, many, batch).await?;
    let single = write(&store, &rows, few, 1).await?;
    store.close().await?;
    let rate = |rows: &[EntryRow], time: Duration| {
        f64::from(u32::try_from(rows.len()).unwrap_or(u32::MAX)) / time.as_secs_f64().max(1e-9)
    };
    Ok(Beside { batched: rate(many, batched), single: rate(few, single) })
}

async fn read(app: &App, county: &County, from: u64) -> anyhow::Result<Rows> {
    let (read, id) = (app.store().read(), county.ledger.id());
    let head = store::head_load(&read, id).await?;
    let head = head.ok_or_else(|| anyhow::anyhow!("the ledger has no head"))?;
    let entries: Vec<EntryRow> = store::entries_range(&read, id, from, SAMPLE).await?;
    let entries: Vec<_> = entries.into_iter().filter(|entry| entry.entry_type == "fee_paid").collect();
    let seqs: std::collections::BTreeSet<u64> = entries.iter().map(|entry| entry.seq).collect();
    let mut payments = BTreeMap::new();
    let mut after = None;
    loop {
        let page = store::payment_all(&read, id, after, 1_000).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        payments.extend(page.into_iter().map(|payment| (payment.seq, payment)));
    }
    payments.retain(|seq, _| seqs.contains(seq));
    let accounts = store::account_load(&read, id, &county.contracts).await?;
    let institutions = store::institution_all(&read, id, None, 1_000).await?;
    Ok(Rows {
        head,
        entries,
        payments,
        accounts: accounts.into_iter().map(|account| (account.terms.id, account)).collect(),
        institutions: institutions.into_iter().map(|institution| (institution.id, institution)).collect(),
    })
}

async fn open(store: &Store, rows: &Rows) -> anyhow::Result<()> {
    let (id, tx) = (&rows.head.ledger, store.begin().await?);
    store::ledger_open(&tx, &Head { size: 0, epoch: 0, ..rows.head.clone() }).await?;
    store::institution_save(&tx, id, &rows.institutions.values().collect::<Vec<_>>()).await?;
    store::account_save(&tx, id, &rows.accounts.values().collect::<Vec<_>>()).await?;
    Ok(tx.commit().await?)
}

async fn write(store: &Store, rows: &Rows, entries: &[EntryRow], batch: usize) -> anyhow::Result<Duration> {
    let id = &rows.head.ledger;
    let began = Instant::now();
    for part in entries.chunks(batch.max(1)) {
        let tx = store.begin_batch().await?;
        let old = store::head_lock(&tx, id).await?.ok_or_else(|| anyhow::anyhow!("the copy has no head"))?;
        let grown = u64::try_from(part.len())?;
        let head = Head { size: old.size.saturating_add(grown), epoch: old.epoch.saturating_add(1), ..old.clone() };
        store::head_advance(&tx, &head, old.mark()).await?;
        store::entries_append(&tx, id, part).await?;
        let institutions: BTreeMap<_, _> = part
            .iter()
            .filter_map(|entry| Some((entry.institution?.0, rows.institutions.get(&entry.institution?.0)?)))
            .collect();
        store::institution_save(&tx, id, &institutions.into_values().collect::<Vec<_>>()).await?;
        let accounts: BTreeMap<_, _> =
            part.iter().filter_map(|entry| Some((entry.contract?.0, rows.accounts.get(&entry.contract?.0)?))).collect();
        store::account_save(&tx, id, &accounts.into_values().collect::<Vec<_>>()).await?;
        let payments: Vec<_> = part.iter().filter_map(|entry| rows.payments.get(&entry.seq)).collect();
        store::payment_save(&tx, id, &payments).await?;
        let answers: Vec<Answer> = part.iter().map(answer).collect();
        store::idempotency_append(&tx, id, &answers).await?;
        tx.commit().await?;
    }
    Ok(began.elapsed())
}

/// A kept answer as long as the writer's.
fn answer(entry: &EntryRow) -> Answer {
    Answer {
        key: format!("bank:00000000-0000-0000-0000-000000000000/BENCH{:012}", entry.seq),
        actor: "bank:00000000-0000-0000-0000-000000000000".to_owned(),
        fingerprint: "f".repeat(FINGERPRINT),
        status: 201,
        body: "b".repeat(FINGERPRINT),
        first_seq: Some(entry.seq),
        entry_count: 1,
    }
}

/// Times of writing 4 KiB to the end of a file and waiting until it is on the disk, sorted.
///
/// # Errors
/// Of the file.
pub fn disk(path: &std::path::Path) -> anyhow::Result<Vec<Duration>> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    let mut times = Vec::with_capacity(500);
    for _ in 0..500 {
        let began = std::time::Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    std::fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times)
}
