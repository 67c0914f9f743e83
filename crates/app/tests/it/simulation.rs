//! A deterministic simulation of the writer: callers that repeat themselves, go away or come in
//! another order, a second server on the same database, contention and crashes before and after any
//! statement. Whatever happened, in the end every command has had its effect once or was refused,
//! what was acknowledged is there, and the ledger holds with every table.
//!
//! `SIMULATION_SEEDS=5000 cargo test -p app --test it simulation` runs more; `SIMULATION_SEED=n` one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use app::{App, AppError, Call, Effects, Key, Ledger, Outcome};
use kernel::{ContractId, InstitutionId, LessonId};
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use store::vault::Vault;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::common::{TestEffects, World, bank};
use crate::trouble::{Trouble, kept, made, opened};

/// Commands of one run.
const COMMANDS: usize = 24;
/// Lives of the process in one run; the last one is left in peace.
const LIVES: usize = 4;
/// Callers at a time.
const CALLERS: usize = 6;
/// Seeds of an ordinary test run.
const SEEDS: u64 = 60;

/// A county that every run begins with: three contracts in force.
struct Start {
    dir: TempDir,
    institution: InstitutionId,
    contracts: Vec<ContractId>,
    entries: u64,
}

fn start() -> &'static Start {
    static START: OnceLock<Start> = OnceLock::new();
    START.get_or_init(|| {
        made(async || {
            let world = World::on(testdb::sqlite()).await;
            let institution = world.institution(1).await;
            let course = world.course(institution, "24", 200_000).await;
            let mut contracts = Vec::new();
            for n in 0..3 {
                contracts.push(world.contract(institution, course, "24", 200_000, n).await);
            }
            world.sweep().await;
            let entries = store::head_load(&world.app.store().read(), world.ledger.id()).await.unwrap().unwrap().size;
            let dir = TempDir::new().unwrap();
            kept(world, &dir.path().join("start.db")).await;
            Start { dir, institution, contracts, entries }
        })
    })
}

/// What a caller wants, whole enough to be said again word for word.
#[derive(Clone, Debug)]
enum Wish {
    Pay { contract: ContractId, fen: i64, reference: u32 },
    Claim { contract: ContractId },
    Confirm { contract: ContractId, lesson: LessonId },
}

/// What is known of a command.
#[derive(Default)]
struct Known {
    /// Leaves of its entries, once acknowledged.
    entries: Option<Vec<ledger::Hash>>,
    refused: bool,
}

struct Server {
    app: Arc<App>,
    ledger: Arc<Ledger>,
}

async fn open(url: &str, effects: &Arc<TestEffects>, trouble: Option<Arc<Trouble>>) -> Option<Server> {
    let (app, ledger) = opened(url, effects, trouble).await?;
    Some(Server { app, ledger })
}

async fn say(server: &Server, effects: &TestEffects, number: usize, wish: &Wish) -> Result<Outcome, AppError> {
    let who = match wish {
        Wish::Pay { .. } => bank(),
        Wish::Claim { .. } => access::Principal::new(
            kernel::UserId::new(uuid::Uuid::from_u128(100)),
            access::Role::Institution {
                ledger: server.ledger.id().clone(),
                institution: start().institution,
                post: access::Post::Owner,
            },
        ),
        Wish::Confirm { contract, .. } => {
            let (ledger, terms) = server.app.contract_terms(*contract).await?;
            let user = kernel::UserId::new(terms.guardian.uuid());
            access::Principal::new(user, access::Role::Guardian { ledger, subject: terms.guardian })
        }
    };
    let body = json!({ "wish": format!("{wish:?}") });
    let key = Key::new(&effects.lookup_key(), &who.actor(), &format!("k{number}"), "simulation", &body);
    let call = Call { principal: Some(who), now: effects.now(), key: Some(key), dry_run: false };
    match wish.clone() {
        Wish::Pay { contract, fen, reference } => {
            let reference = format!("r{reference}");
            let verb = app::verbs::FeePay {
                payment: server.app.new_id(&call, kernel::PaymentId::new),
                contract,
                amount: kernel::Fen::new(fen),
                paid_at: effects.now(),
                method: ledger::PaymentMethod::BankTransfer,
                reference_hash: ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes()),
                reference,
            };
            server.app.submit(&server.ledger, call, verb).await
        }
        Wish::Claim { contract } => {
            let lesson = server.app.new_id(&call, LessonId::new);
            let (hours, held_on) = ("1".parse().unwrap(), "2026-03-07".parse().unwrap());
            let verb = app::verbs::LessonClaim { lesson, contract, hours, held_on, class_session: None };
            server.app.submit(&server.ledger, call, verb).await
        }
        Wish::Confirm { lesson, .. } => {
            server
                .app
                .submit(&server.ledger, call, app::verbs::LessonConfirm { lesson, by: ledger::ConfirmedBy::Guardian })
                .await
        }
    }
}

fn wishes(random: &mut ChaCha8Rng) -> Vec<Wish> {
    let contracts = &start().contracts;
    (0..COMMANDS)
        .map(|_| {
            let contract = contracts[random.random_range(0..contracts.len())];
            match random.random_range(0..3_u32) {
                0 => Wish::Claim { contract },
                // References come up twice now and then, and sums go beyond the price now and then.
                _ => Wish::Pay { contract, fen: random.random_range(1..80_000), reference: random.random_range(0..40) },
            }
        })
        .collect()
}

/// Keeps what an answer says; an answer must never contradict an earlier one.
fn learn(known: &mut Known, answer: &Result<Outcome, AppError>, seed: u64, number: usize) {
    match answer {
        Ok(outcome) => {
            let leaves: Vec<_> = outcome.entries.iter().map(|entry| entry.leaf).collect();
            assert!(!known.refused, "seed {seed}: command {number} was refused, and now it succeeded");
            let before = known.entries.get_or_insert_with(|| leaves.clone());
            assert_eq!(*before, leaves, "seed {seed}: command {number} was answered with other entries");
        }
        Err(AppError::Refused { .. }) => {
            assert!(known.entries.is_none(), "seed {seed}: command {number} succeeded, and now it is refused");
            known.refused = true;
        }
        // Nothing is known: the effect may be there or not.
        Err(_) => {}
    }
}

async fn live(
    servers: Vec<Arc<Server>>,
    effects: &Arc<TestEffects>,
    wishes: &[Wish],
    known: &mut BTreeMap<usize, Known>,
    random: &mut ChaCha8Rng,
    seed: u64,
) {
    let mut order: Vec<usize> = (0..wishes.len()).chain((0..wishes.len() / 3).map(|i| i * 3)).collect();
    order.shuffle(random);
    order.truncate(random.random_range(1..=order.len()));
    for round in order.chunks(CALLERS) {
        let mut callers = JoinSet::new();
        for &number in round {
            let server = Arc::clone(&servers[random.random_range(0..servers.len())]);
            let (effects, wish) = (Arc::clone(effects), wishes[number].clone());
            let patience = random.random_bool(0.9).then_some(());
            let steps = random.random_range(0..6_u32);
            callers.spawn(async move {
                let answer = say(&server, &effects, number, &wish);
                if patience.is_some() {
                    return (number, Some(answer.await));
                }
                // A caller that goes away after a few steps.
                let away = async {
                    for _ in 0..steps {
                        tokio::task::yield_now().await;
                    }
                };
                tokio::select! {
                    biased;
                    () = away => (number, None),
                    answer = answer => (number, Some(answer)),
                }
            });
        }
        while let Some(done) = callers.join_next().await {
            let (number, answer) = done.unwrap();
            if let Some(answer) = answer {
                learn(known.entry(number).or_default(), &answer, seed, number);
            }
        }
    }
}

async fn run(seed: u64) -> u64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let dir = TempDir::new().unwrap();
    let path: PathBuf = dir.path().join("run.db");
    std::fs::copy(start().dir.path().join("start.db"), &path).unwrap();
    let url = format!("sqlite://{}", path.display());
    let effects = Arc::new(TestEffects::new());
    effects.set("2026-03-14");
    let mut wishes = wishes(&mut random);
    let mut known: BTreeMap<usize, Known> = BTreeMap::new();
    let mut met = 0;
    for _ in 0..LIVES {
        let trouble = Trouble::from_seed(random.next_u64());
        let Some(first) = open(&url, &effects, Some(Arc::clone(&trouble))).await else {
            panic!("seed {seed}: the server does not start");
        };
        assert!(first.ledger.accepts_writes(), "seed {seed}: the ledger does not hold at start");
        // A second server on the same database, whose statements work.
        let second = if random.random_bool(0.5) { open(&url, &effects, None).await } else { None };
        let servers: Vec<_> = std::iter::once(first).chain(second).map(Arc::new).collect();
        trouble.one_in.store([10, 30, 100][random.random_range(0..3)], Ordering::SeqCst);
        live(servers, &effects, &wishes, &mut known, &mut random, seed).await;
        met += trouble.met.load(Ordering::SeqCst);
    }
    // In peace: every command once more. Lessons that are claimed by now are confirmed, too.
    let server = open(&url, &effects, None).await.unwrap();
    let mut lessons = Vec::new();
    for (number, wish) in wishes.iter().enumerate() {
        let answer = say(&server, &effects, number, wish).await;
        if let (Wish::Claim { contract }, Ok(outcome)) = (wish, &answer) {
            let lesson = outcome.answer["id"].as_str().unwrap().parse().unwrap();
            lessons.push(Wish::Confirm { contract: *contract, lesson });
        }
        assert!(matches!(answer, Ok(_) | Err(AppError::Refused { .. })), "seed {seed}: {number}: {answer:?}");
        learn(known.entry(number).or_default(), &answer, seed, number);
    }
    for wish in lessons {
        let number = wishes.len();
        wishes.push(wish);
        let answer = say(&server, &effects, number, &wishes[number]).await;
        learn(known.entry(number).or_default(), &answer, seed, number);
    }
    let appended: usize = known.values().filter_map(|known| known.entries.as_ref()).map(Vec::len).sum();
    let size = store::head_load(&server.app.store().read(), server.ledger.id()).await.unwrap().unwrap().size;
    assert_eq!(size, start().entries + appended as u64, "seed {seed}: entries that nobody's command made");
    let options = app::verify::Options { vault: Some(&Vault::new([5; 32])), ..Default::default() };
    let report = app::verify::verify(server.app.store(), server.ledger.id(), options, |_, _| ()).await.unwrap();
    assert!(report.findings.is_empty(), "seed {seed}: {:?}", report.findings);
    met
}

#[test]
fn whatever_fails_every_command_has_its_effect_once() {
    let env = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match env("SIMULATION_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..env("SIMULATION_SEEDS").unwrap_or(SEEDS),
    };
    let (next, met) = (AtomicU64::new(seeds.start), AtomicU64::new(0));
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| seeds.contains(seed)) {
            // A runtime of its own: what a crash leaves behind ends with it.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            met.fetch_add(runtime.block_on(run(seed)), Ordering::Relaxed);
            runtime.shutdown_background();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let met = met.into_inner();
    println!("{} seeds, {met} failures on the way", seeds.end - seeds.start);
    assert!(met > 0, "nothing ever failed: the simulation does not interfere");
}
