//! Two batches at a time: while one is being written, the next is decided on what will hold once it is.
//! Then the first one fails, each way that a database can. What was decided on it is decided again, on
//! what does hold: its money may be there (the effect came and nobody was told) or not.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use app::verbs::FeePay;
use app::{App, AppError, Call, Ledger, Outcome};
use kernel::ContractId;
use store::vault::Vault;
use store::{Fault, Faults, Store};
use tokio::task::JoinHandle;

use crate::common::{REGION, World, bank};

/// Holds the first COMMIT after it is armed until the test has sent more, then fails it.
#[derive(Default)]
struct Gate {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Open,
    Armed(Fault),
    Holding(Fault),
    Released(Fault),
}

impl Faults for Gate {
    fn at(&self, statement: &str) -> Option<Fault> {
        let mut state = self.state.lock().unwrap();
        let (State::Armed(fault), "COMMIT") = (*state, statement) else { return None };
        *state = State::Holding(fault);
        self.moved.notify_all();
        let state = self.moved.wait_while(state, |state| matches!(state, State::Holding(_)));
        *state.unwrap() = State::Open;
        Some(fault)
    }
}

impl Gate {
    fn set(&self, state: State) {
        *self.state.lock().unwrap() = state;
        self.moved.notify_all();
    }

    /// Waits on a thread of its own until a COMMIT stands before the gate.
    async fn holds(self: &Arc<Gate>, fault: Fault) {
        let gate = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let wait = gate.moved.wait_while(gate.state.lock().unwrap(), |state| *state != State::Holding(fault));
            drop(wait.unwrap());
        })
        .await
        .unwrap();
    }
}

type Answer = JoinHandle<Result<Outcome, AppError>>;

fn pay(app: &Arc<App>, ledger: &Arc<Ledger>, call: Call, verb: FeePay) -> Answer {
    let (app, ledger) = (Arc::clone(app), Arc::clone(ledger));
    tokio::spawn(async move { app.submit(&ledger, call, verb).await })
}

async fn prepaid(world: &World, contract: ContractId) -> i64 {
    let accounts = store::account_load(&world.app.store().read(), world.ledger.id(), &[contract]).await.unwrap();
    accounts[0].prepaid.fen()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_decided_on_a_batch_that_failed_is_decided_again() {
    for fault in [Fault::Contention, Fault::Before, Fault::After] {
        let world = World::on(testdb::sqlite()).await;
        let institution = world.institution(1).await;
        let course = world.course(institution, "24", 200_000).await;
        let contract = world.contract(institution, course, "24", 200_000, 1).await;
        let gate = Arc::new(Gate::default());
        let store = Store::connect_with(&world.database.url, Some(gate.clone())).await.unwrap();
        let app = App::start(store, Vault::new([5; 32]), world.effects.clone()).await.unwrap();
        let ledger = app.ledger_of(REGION.parse().unwrap()).await.unwrap();
        // So that the writer remembers what it decides on.
        app.submit(&ledger, world.call(&bank()), world.payment(contract, 1, "warm")).await.unwrap();

        gate.set(State::Armed(fault));
        let key = |name| world.keyed(&bank(), name, &serde_json::json!({ "reference": name }));
        let first = world.payment(contract, 149_999, "first");
        let first = pay(&app, &ledger, key("first"), first);
        gate.holds(fault).await;
        // Fits beside the first and beside nothing; fits only if the first is not there.
        let small = pay(&app, &ledger, key("small"), world.payment(contract, 50_000, "small"));
        // Long enough that it is decided; were it not, the answers would be the same.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let large = pay(&app, &ledger, key("large"), world.payment(contract, 100_000, "large"));
        tokio::time::sleep(Duration::from_millis(50)).await;
        gate.set(State::Released(fault));

        let taken = |answer: Result<Outcome, AppError>| match answer {
            Ok(_) => Some(true),
            Err(AppError::Refused { .. }) => Some(false),
            Err(AppError::Busy) => None,
            Err(other) => panic!("{fault:?}: {other:?}"),
        };
        let [first, small, large] = [first, small, large].map(|answer| async { taken(answer.await.unwrap()) });
        let answers = [first.await, small.await, large.await];
        let expected = match fault {
            // Tried again.
            Fault::Contention => [Some(true), Some(true), Some(false)],
            // Nobody was told, and it is not there.
            Fault::Before => [None, Some(true), Some(true)],
            // Nobody was told, and it is there.
            Fault::After => [None, Some(true), Some(false)],
        };
        assert_eq!(answers, expected, "{fault:?}");
        let sum: i64 = [149_999, 50_000, 100_000]
            .into_iter()
            .zip(expected)
            .filter_map(|(fen, taken)| (taken == Some(true)).then_some(fen))
            .sum();
        let there = if fault == Fault::After { 149_999 } else { 0 };
        assert_eq!(prepaid(&world, contract).await, 1 + sum + there, "{fault:?}");
        world.sweep().await;
    }
}
