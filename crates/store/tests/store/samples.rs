//! Values to write and read back. Every field differs from its neighbours, so that two columns that
//! changed places are seen.

use std::collections::BTreeSet;

use contract::{ContractState, LotTerms, RefundTerms, Terms};
use escrow::{Account, Lot};
use kernel::*;
use registry::{Institution, InstitutionState, ListKind};
use store::{Engine, EntryRow, Head, Store};
use testdb::TestDatabase;

/// An open store and the database behind it.
pub struct Opened {
    pub store: Store,
    pub db: TestDatabase,
}

/// A store on every engine there is.
pub async fn stores() -> Vec<Opened> {
    let mut stores = Vec::new();
    for db in testdb::fresh_databases() {
        stores.push(Opened { store: Store::connect(&db.url).await.unwrap(), db });
    }
    stores
}

pub fn ledger() -> LedgerId {
    "330502".parse().unwrap()
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn at(micros: i64) -> Instant {
    Instant::try_from_micros(1_790_000_000_000_000 + micros).unwrap()
}

pub fn hours(text: &str) -> ClassHours {
    text.parse().unwrap()
}

/// An id of any kind; kinds are told apart by `kind`, things by `number`.
pub fn uuid(kind: u8, number: u64) -> uuid::Uuid {
    uuid::Uuid::from_u64_pair(0x0190_b7e2_0000_7000 | u64::from(kind), 0x8000_0000_0000_0000 | number)
}

pub fn scope() -> Scope {
    Scope {
        category: Category::Arts,
        modes: BTreeSet::from([Mode::Offline, Mode::Online]),
        stages: BTreeSet::from([Stage::Primary, Stage::Junior]),
    }
}

pub fn institution(number: u64) -> Institution {
    Institution {
        id: InstitutionId::new(uuid(1, number)),
        region: "330502".parse().unwrap(),
        credit_code: CreditCode::complete(&format!("52330502MJ{number:07}")).unwrap(),
        scope: scope(),
        state: InstitutionState::Licensed,
        listing: ListKind::White,
        licence: Some(LicenceId::new(uuid(3, number))),
        open_application: None,
        control_change: None,
        holds: 2,
        account_holds: 1,
        custody: Fen::new(101),
        prepaid: Fen::new(102),
        disputed: Fen::new(103),
        refund: Fen::new(104),
        payable: Fen::new(105),
        settling: Fen::new(106),
        interest: Fen::new(107),
        suspended_in: Fen::new(108),
        suspended_out: Fen::new(109),
        deposit: Fen::new(110),
        deposit_locked: true,
        last_seq: 107,
        last_leaf: [8; 32],
    }
}

pub fn lot_terms(contract: u64, lot: u64) -> LotTerms {
    LotTerms {
        id: LotId::new(uuid(7, contract * 10 + lot)),
        paid_hours: hours("24.5"),
        gift_hours: hours("0.25"),
        price: Fen::new(200_000),
        list_price_per_hour: (lot == 0).then(|| Fen::new(10_000)),
    }
}

pub fn terms(number: u64) -> Terms {
    Terms {
        id: ContractId::new(uuid(6, number)),
        institution: InstitutionId::new(uuid(1, number % 3)),
        course: CourseId::new(uuid(5, number)),
        category: Category::Sports,
        mode: Mode::Offline,
        stage: Stage::Senior,
        guardian: SubjectId::new(uuid(8, number % 5)),
        pupil: SubjectId::new(uuid(9, number)),
        // Ids that fall, so that the order of use is not the order of ids.
        lots: vec![lot_terms(number, 1), lot_terms(number, 0)],
        refund_terms: RefundTerms {
            full_refund_days_before_start: 5,
            full_refund_days_after_start: 3,
            pay_back_days: 10,
        },
        first_lesson_on: day("2026-12-05"),
        last_lesson_on: day("2027-02-27"),
    }
}

pub fn account(number: u64) -> Account {
    let terms = terms(number);
    let lots = terms
        .lots
        .iter()
        .map(|lot| Lot {
            id: lot.id,
            paid_hours: lot.paid_hours,
            gift_hours: lot.gift_hours,
            price: lot.price,
            list_price_per_hour: lot.list_price_per_hour,
            paid: Fen::new(150_000),
            prepaid: Fen::new(120_000),
            claimed: hours("1"),
            used: hours("2"),
            disputed: hours("3"),
            returned: hours("4"),
        })
        .collect();
    Account {
        terms,
        document: [11; 32],
        state: ContractState::Signed,
        lots,
        prepaid: Fen::new(240_000),
        disputed: Fen::new(12),
        refund: Fen::new(13),
        open_refund: Some(RefundId::new(uuid(10, number))),
        holds: 0,
        last_seq: 14,
        last_entry: 1_009,
    }
}

pub fn head() -> Head {
    Head {
        ledger: ledger(),
        region: "330502".parse().unwrap(),
        origin: "example.org/330502".to_owned(),
        vkey: "example.org/330502+00000000+AA==".to_owned(),
        opened_at: at(0),
        size: 0,
        epoch: 1,
        frontier: Vec::new(),
        last_leaf: [0; 32],
        last_recorded_at: at(0),
    }
}

/// The hash of no entry in particular: different for every number.
pub fn hash(number: u64) -> [u8; 32] {
    let mut hash = [0xa5; 32];
    hash[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    hash
}

pub fn entry(seq: u64) -> EntryRow {
    EntryRow {
        seq,
        leaf_hash: hash(seq),
        entry_type: "fee_paid".into(),
        institution: (!seq.is_multiple_of(4)).then(|| (InstitutionId::new(uuid(1, seq % 4)), seq / 4 + 1)),
        contract: (seq % 4 == 1).then(|| (ContractId::new(uuid(6, seq % 8)), seq / 8 + 1)),
        contract_before: (seq % 4 == 1 && seq / 8 > 1).then(|| seq - 8),
        recorded_at: at(i64::try_from(seq).unwrap()),
        effective_on: day("2026-11-22"),
        bytes: format!("{{\"seq\":\"{seq}\",\"name\":\"少儿国画\"}}").into_bytes(),
    }
}

/// Sorted by a key, so that answers in no order can be compared.
pub fn sorted<T, K: Ord>(mut items: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    items.sort_by_key(key);
    items
}

/// Literals of an engine.
pub struct Literals(pub Engine);

impl Literals {
    pub fn bytes(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        if self.0 == Engine::Sqlite { format!("X'{hex}'") } else { format!("'\\x{hex}'") }
    }

    pub fn id(&self, id: uuid::Uuid) -> String {
        if self.0 == Engine::Sqlite { self.bytes(id.as_bytes()) } else { format!("'{id}'") }
    }
}
