//! Property: under any sequence of commands and crashes the custody account equals what is owed and what the
//! bank really holds, no fen appears or vanishes, hours are conserved. A bank beside the ledger keeps its own
//! books: what families paid, what was paid out, came back, was misdirected, and interest. Its statements come
//! in day by day, while families, institution, authority and the clock do as they like, and the process dies
//! before and after any statement of the database.
//!
//! `CUSTODY_SEEDS=500 CUSTODY_STEPS=300 cargo test --workspace --test it custody` runs more; `CUSTODY_SEED=n`
//! one. The seed is in every message.

mod bank_books;
mod steps;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use access::{Principal, Role};
use app::bank::Imported;
use app::{App, AppError, Call, Effects, Ledger, Outcome};
use kernel::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use store::vault::Vault;
use tempfile::TempDir;

use crate::common::{REGION, TestEffects, World, approver, bank, officer};
use crate::trouble::{Trouble, kept, made, opened};
use bank_books::Bank;

/// Seeds and steps of an ordinary run.
const SEEDS: u64 = 10;
const STEPS: u64 = 110;

/// The county that every run begins with: contracts in force, and a rule that says whose interest is.
struct Start {
    dir: TempDir,
    institution: InstitutionId,
    licence: LicenceId,
    contracts: Vec<ContractId>,
}

fn start() -> &'static Start {
    static START: OnceLock<Start> = OnceLock::new();
    START.get_or_init(|| {
        made(async || {
            let world = World::on(testdb::sqlite()).await;
            let institution = world.institution(1).await;
            let course = world.course(institution, "24", 200_000).await;
            let mut contracts = Vec::new();
            for n in 0..4 {
                contracts.push(world.contract(institution, course, "24", 200_000, n).await);
            }
            let rule = format!(
                "region = \"{REGION}\"\nname = \"x\"\n[[interest_owner]]\nvalue = \"families\"\n\
                 from_on = 2026-03-03\nsource = \"测试\"\ngrade = \"K\"\n"
            );
            let (region, on) = (REGION.parse().unwrap(), "2026-03-03".parse().unwrap());
            let drafted = world.app.policy_draft(&world.call(&officer()), region, on, rule).await.unwrap();
            let adopt = app::policies::PolicyDecision::Adopt;
            world.app.policy_decide(&world.call(&approver()), drafted.id, adopt).await.unwrap();
            let read = world.app.store().read();
            let row = store::institution_load(&read, world.ledger.id(), &[institution]).await.unwrap().remove(0);
            let dir = TempDir::new().unwrap();
            kept(world, &dir.path().join("start.db")).await;
            Start { dir, institution, licence: row.licence.unwrap(), contracts }
        })
    })
}

/// How often each kind of step had an effect, was refused, and was cut off.
type Tally = BTreeMap<&'static str, [u64; 3]>;

struct Run {
    seed: u64,
    url: String,
    effects: Arc<TestEffects>,
    random: ChaCha8Rng,
    app: Arc<App>,
    ledger: Arc<Ledger>,
    trouble: Option<Arc<Trouble>>,
    met: u64,
    day: Day,
    bank: Bank,
    lessons: Vec<LessonId>,
    refunds: Vec<RefundId>,
    holds: Vec<HoldId>,
    families: u32,
    tally: Tally,
}

impl Run {
    /// A new process on the same database, with trouble ahead or in peace.
    async fn reopen(&mut self, peace: bool) {
        let seed = self.seed;
        self.met += self.trouble.take().map_or(0, |trouble| trouble.met.load(Ordering::SeqCst));
        let trouble = (!peace).then(|| Trouble::from_seed(self.random.next_u64()));
        let Some((app, ledger)) = opened(&self.url, &self.effects, trouble.clone()).await else {
            panic!("seed {seed}: the server does not start");
        };
        assert!(ledger.accepts_writes(), "seed {seed}: the ledger does not hold at start");
        if let Some(trouble) = &trouble {
            trouble.one_in.store([60, 250, 1_000][self.random.random_range(0..3)], Ordering::SeqCst);
        }
        (self.app, self.ledger, self.trouble) = (app, ledger, trouble);
    }

    fn troubled(&self) -> bool {
        self.trouble.as_ref().is_some_and(|trouble| trouble.met.load(Ordering::SeqCst) > 0)
    }

    /// Counts an answer; what is neither an effect nor a refusal must come from a failure on purpose.
    fn note<T>(&mut self, what: &'static str, answer: Result<T, AppError>) -> Option<T> {
        let (place, found) = match answer {
            Ok(found) => (0, Some(found)),
            Err(AppError::Refused { .. } | AppError::Denied(_)) => (1, None),
            Err(error) => {
                assert!(self.troubled(), "seed {}: {what}: {error:?}", self.seed);
                (2, None)
            }
        };
        self.tally.entry(what).or_default()[place] += 1;
        found
    }

    fn call(&self, who: &Principal) -> Call {
        Call { principal: Some(who.clone()), now: self.effects.now(), key: None, dry_run: false }
    }

    async fn act(
        &mut self,
        what: &'static str,
        who: &Principal,
        verb: impl app::context::Verb + 'static,
    ) -> Option<Outcome> {
        let answer = self.app.submit(&self.ledger, self.call(who), verb).await;
        self.note(what, answer)
    }

    fn owner(&self) -> Principal {
        let (ledger, institution) = (self.ledger.id().clone(), start().institution);
        let role = Role::Institution { ledger, institution, post: access::Post::Owner };
        Principal::new(UserId::new(uuid::Uuid::from_u128(100)), role)
    }

    async fn guardian(&self, contract: ContractId) -> Principal {
        let (ledger, terms) = self.app.contract_terms(contract).await.unwrap();
        let user = UserId::new(terms.guardian.uuid());
        Principal::new(user, Role::Guardian { ledger, subject: terms.guardian })
    }

    fn contract(&mut self) -> ContractId {
        let all = &start().contracts;
        all[self.random.random_range(0..all.len())]
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[self.random.random_range(0..from.len())]) }
    }

    fn id<T>(&self, make: impl Fn(uuid::Uuid) -> T) -> T {
        self.app.new_id(&self.call(&bank()), make)
    }

    fn said(&self) -> app::context::Secret {
        self.app.secret(&json!({"reason": "x"}))
    }

    /// What must hold at any moment, read from the tables.
    async fn check(&self, when: &str) {
        let seed = self.seed;
        let read = self.app.store().read();
        let row = store::institution_load(&read, self.ledger.id(), &[start().institution]).await.unwrap().remove(0);
        let filter = store::ContractFilter { institution: Some(row.id), ..Default::default() };
        let accounts = store::accounts_page(&read, self.ledger.id(), &filter, None, 50).await.unwrap();
        let owed = [row.prepaid, row.disputed, row.refund, row.payable, row.interest, row.suspended_in];
        assert!(owed.iter().chain([&row.custody, &row.deposit]).all(|fen| *fen >= Fen::ZERO), "seed {seed}: {when}");
        let owed = Fen::try_sum(owed).unwrap().checked_sub(row.suspended_out).unwrap();
        assert_eq!(row.custody, owed, "seed {seed}: custody is what is owed, {when}");
        let of = |pick: fn(&escrow::Account) -> Fen| Fen::try_sum(accounts.iter().map(pick)).unwrap();
        assert_eq!(
            (row.prepaid, row.disputed, row.refund),
            (of(|account| account.prepaid), of(|account| account.disputed), of(|account| account.refund)),
            "seed {seed}: the institution's sums are its contracts', {when}"
        );
        for account in &accounts {
            let bought = account.terms.lots.iter().map(|lot| lot.paid_hours.hundredths() + lot.gift_hours.hundredths());
            let there = account.lots.iter().map(|lot| {
                let parts = [lot.remaining().unwrap(), lot.claimed, lot.used, lot.disputed, lot.returned];
                parts.iter().map(|hours| hours.hundredths()).sum::<i64>()
            });
            assert_eq!(bought.sum::<i64>(), there.sum::<i64>(), "seed {seed}: hours of {}, {when}", account.terms.id);
        }
    }

    /// Money in and money out by the bytes of the entries, added up here and nowhere else.
    async fn by_entries(&mut self) -> i64 {
        let mut custody = 0;
        let seen = [
            "fee_paid",
            "interest_credited",
            "interest_allotted",
            "settlement_paid",
            "settlement_returned",
            "refund_paid",
            "refund_returned",
            "bank_line_suspended",
            "suspense_cleared",
            "reconciled",
        ];
        let app = Arc::clone(&self.app);
        let read = app.store().read();
        let size = store::head_load(&read, self.ledger.id()).await.unwrap().unwrap().size;
        for row in store::entries_range(&read, self.ledger.id(), 0, u32::try_from(size).unwrap()).await.unwrap() {
            let entry: Value = serde_json::from_slice(&row.bytes).unwrap();
            if let Some(kind) = seen.into_iter().find(|kind| entry["_t"] == **kind) {
                self.tally.entry(kind).or_default()[0] += 1;
            }
            let fen: i64 = entry["data"]["amount_fen"].as_str().map_or(0, |fen| fen.parse().unwrap());
            let credit = entry["data"]["direction"] == "credit";
            custody += match entry["_t"].as_str().unwrap() {
                "fee_paid" | "interest_credited" | "settlement_returned" | "refund_returned" => fen,
                "settlement_paid" | "refund_paid" => -fen,
                "bank_line_suspended" => {
                    if credit {
                        fen
                    } else {
                        -fen
                    }
                }
                "suspense_cleared" => {
                    if credit {
                        -fen
                    } else {
                        fen
                    }
                }
                _ => 0,
            };
        }
        custody
    }
}

async fn run(seed: u64, steps: u64, tally: &mut Tally) -> u64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("run.db");
    std::fs::copy(start().dir.path().join("start.db"), &path).unwrap();
    let url = format!("sqlite://{}", path.display());
    let effects = Arc::new(TestEffects::new());
    let day: Day = "2026-03-14".parse().unwrap();
    effects.set(&day.to_string());
    let (app, ledger) = opened(&url, &effects, None).await.unwrap();
    let fails_at = random.random_bool(0.4).then(|| random.random_range(steps / 2..steps));
    let mut run = Run {
        seed,
        url,
        effects,
        random,
        app,
        ledger,
        trouble: None,
        met: 0,
        day,
        bank: Bank::default(),
        lessons: Vec::new(),
        refunds: Vec::new(),
        holds: Vec::new(),
        families: 0,
        tally: std::mem::take(tally),
    };
    run.reopen(false).await;
    for step in 0..steps {
        if fails_at == Some(step) {
            run.fail().await;
        } else {
            run.step().await;
        }
        let crashed = run.trouble.as_ref().is_some_and(|trouble| trouble.crashed.load(Ordering::SeqCst));
        if crashed || run.random.random_ratio(1, 60) {
            run.reopen(false).await;
        }
        run.check(&format!("after step {step}")).await;
    }
    // In peace: the bank's last statements, every file once more, and the clock.
    run.reopen(true).await;
    run.next_day();
    run.import().await;
    for file in std::mem::take(&mut run.bank.imported) {
        let again: Vec<Imported> = run.app.bank_import(&run.call(&bank()), file.as_bytes(), |_, _| ()).await.unwrap();
        assert!(again.iter().all(|done| done.replayed), "seed {seed}: a file twice");
        assert!(again.iter().all(|done| done.open == 0), "seed {seed}: {again:?}\n{file}");
    }
    run.clocks().await;
    run.next_day();
    run.import().await;
    run.clocks().await;
    run.check("in the end").await;
    let app = Arc::clone(&run.app);
    let row =
        store::institution_load(&app.store().read(), run.ledger.id(), &[start().institution]).await.unwrap().remove(0);
    assert_eq!(row.custody.fen(), run.by_entries().await, "seed {seed}: custody by the entries");
    // What is recorded and was never on a statement, there is none: every fen in the books is at the bank.
    assert_eq!(row.custody.fen(), run.bank.balance, "seed {seed}: custody is what the bank holds");
    let options = app::verify::Options { vault: Some(&Vault::new([5; 32])), ..Default::default() };
    let report = app::verify::verify(run.app.store(), run.ledger.id(), options, |_, _| ()).await.unwrap();
    assert!(report.findings.is_empty(), "seed {seed}: {:?}", report.findings);
    *tally = run.tally;
    run.met
}

#[test]
fn custody_is_what_is_owed_and_what_the_bank_holds() {
    let env = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match env("CUSTODY_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..env("CUSTODY_SEEDS").unwrap_or(SEEDS),
    };
    let steps = env("CUSTODY_STEPS").unwrap_or(STEPS);
    let (mut met, mut tally) = (0, Tally::new());
    for seed in seeds.clone() {
        println!("seed {seed}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        met += runtime.block_on(run(seed, steps, &mut tally));
        runtime.shutdown_background();
    }
    println!("{} seeds of {steps} steps, {met} failures on the way", seeds.end - seeds.start);
    for (what, [done, refused, cut]) in &tally {
        println!("{what}: {done} done, {refused} refused, {cut} cut off");
    }
    if seeds.end - seeds.start >= SEEDS && steps >= STEPS {
        assert!(met > 0, "nothing ever failed: the run does not interfere");
        let by_hand = ["return", "match_by_hand", "refund_decide"];
        let never: Vec<_> = tally.iter().filter(|(what, count)| count[0] == 0 && !by_hand.contains(*what)).collect();
        assert!(never.is_empty(), "steps that never had an effect: {never:?}");
    }
}
