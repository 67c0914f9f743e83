//! What families, institution, authority, bank and clock may do next: each step is taken from the seed, and
//! what does not fit the state is refused.

use access::Principal;
use app::bank::MatchAsked;
use app::verbs::*;
use app::{AppError, Effects};
use escrow::matching::Thing;
use kernel::*;
use ledger::body::{ConfirmedBy, DisputeDecision, DisputeReason};
use rand::RngExt;

use super::{Run, start};
use crate::common::{any_duty, approver, bank, officer};

impl Run {
    /// A family's money reaches the bank; mostly it is recorded at once.
    async fn pay(&mut self) {
        let contract = self.contract();
        let fen = if self.random.random_bool(0.3) {
            let filter = store::ContractFilter { institution: Some(start().institution), ..Default::default() };
            let accounts =
                store::accounts_page(&self.app.store().read(), self.ledger.id(), &filter, None, 50).await.unwrap();
            let account = accounts.iter().find(|account| account.terms.id == contract).unwrap();
            account.lots.iter().map(|lot| lot.price.fen() - lot.paid.fen()).sum()
        } else {
            self.random.random_range(1..60_000)
        };
        if fen == 0 {
            return;
        }
        let reference = self.bank.credit(self.day, fen, "");
        if self.random.random_bool(0.8) {
            self.record(contract, fen, reference).await;
        } else {
            self.bank.unrecorded.push((contract, fen, reference));
        }
    }

    async fn record(&mut self, contract: ContractId, fen: i64, reference: String) {
        for _ in 0..self.random.random_range(1..3_u32) {
            let verb = FeePay {
                payment: self.id(PaymentId::new),
                contract,
                amount: Fen::new(fen),
                paid_at: self.effects.now(),
                method: ledger::PaymentMethod::BankTransfer,
                reference_hash: ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes()),
                reference: reference.clone(),
            };
            self.act("fee_pay", &bank(), verb).await;
        }
    }

    /// The bank pays an order, told before or seen on its statement.
    async fn pay_order(&mut self) {
        let viewer = bank();
        let orders = self.app.payment_orders(Some(&viewer), start().institution, self.day).await.unwrap().1;
        let Some(at) = (!orders.is_empty()).then(|| self.random.random_range(0..orders.len())) else { return };
        let (thing, fen, end_to_end) = (orders[at].thing, orders[at].amount.fen(), orders[at].end_to_end.clone());
        if self.bank.paid.contains(&end_to_end) || fen > self.bank.balance {
            return;
        }
        let reference = self.bank.reference();
        let reference_hash = ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes());
        if self.random.random_bool(0.4) {
            let answer = match thing {
                Thing::Settlement(settlement) => {
                    let verb = SettlementPayout { settlement, reference_hash };
                    self.app.submit(&self.ledger, self.call(&bank()), verb).await
                }
                Thing::Refund(refund) => {
                    let verb = RefundPayout { refund, reference_hash };
                    self.app.submit(&self.ledger, self.call(&bank()), verb).await
                }
                Thing::Payment(_) => return,
            };
            let refused = matches!(answer, Err(AppError::Refused { .. }));
            self.note("payout", answer);
            // Told and refused, the bank does not pay; told and not answered, it has paid.
            if refused {
                return;
            }
        }
        self.bank.pay(self.day, fen, reference, end_to_end);
    }

    /// A payout comes back; mostly the statement says so, sometimes a person was faster.
    async fn come_back(&mut self) {
        let Some(end_to_end) = self.bank.give_back(&mut self.random) else { return };
        if self.random.random_bool(0.3) {
            let id = uuid::Uuid::try_parse(&end_to_end).unwrap();
            let settlement = SettlementReturn { settlement: SettlementId::new(id), line: None, reason: self.said() };
            let refund = RefundReturn { refund: RefundId::new(id), line: None, reason: self.said() };
            if self.act("return", &bank(), settlement).await.is_none() {
                self.act("return", &bank(), refund).await;
            }
        }
    }

    async fn hold(&mut self) {
        let contract = self.random.random_bool(0.5).then(|| self.contract());
        let account = contract.is_none() && self.random.random_bool(0.3);
        let cause = if account { escrow::HoldCause::Account } else { escrow::HoldCause::Order };
        let hold = self.id(HoldId::new);
        let verb = HoldPlace { hold, institution: start().institution, contract, cause, reason: self.said() };
        if self.act("hold_place", &officer(), verb).await.is_some() {
            self.holds.push(hold);
        }
    }

    async fn transfer(&mut self) {
        let contract = self.contract();
        self.families += 1;
        let guardian = contract::document::GuardianParty {
            name: "王五".into(),
            phone: "19911111111".into(),
            id_kind: "resident_id".into(),
            id_number: format!("33050219900202{:04}", self.families),
            relation: "father".into(),
            address: "某小区".into(),
        };
        let pupil = contract::document::PupilParty {
            name: format!("王小五{}", self.families),
            birth_on: "2016-06-01".parse().unwrap(),
            school: "某小学".into(),
            grade: "4".into(),
        };
        let who = self.guardian(contract).await;
        let verb = self.app.contract_transfer(&self.call(&who), contract, &guardian, &pupil, self.said());
        self.act("transfer", &who, verb).await;
    }

    async fn refund_step(&mut self) {
        let refunds = self.refunds.clone();
        let Some(refund) = self.pick(&refunds) else { return };
        let owner = self.owner();
        match self.random.random_range(0..6_u32) {
            0 | 1 => drop(self.act("refund_consent", &owner, RefundConsent { refund }).await),
            2 | 3 => {
                let verb = RefundObject { refund, ground: escrow::RefundObjection::Amount, text: self.said() };
                self.act("refund_object", &owner, verb).await;
            }
            4 => {
                let verb = RefundDecide { refund, for_family: self.random.random_bool(0.6), reason: self.said() };
                self.act("refund_decide", &officer(), verb).await;
            }
            _ => {
                let row = store::refund_load(&self.app.store().read(), self.ledger.id(), &[refund]).await.unwrap();
                let Some(row) = row.first() else { return };
                let guardian = self.guardian(row.contract).await;
                self.act("refund_withdraw", &guardian, RefundWithdraw { refund }).await;
            }
        }
    }

    async fn refund_ask(&mut self) {
        let contract = self.contract();
        let refund = self.id(RefundId::new);
        let hours = ClassHours::try_from_hundredths(self.random.random_range(1..400)).unwrap();
        let asked = if self.random.random_bool(0.6) { Asked::Hours(hours) } else { Asked::All };
        let cause = escrow::RefundCause::Consumer;
        let verb = RefundRequest { refund, contract, cause, asked, paid_on: None, reason: self.said() };
        let guardian = self.guardian(contract).await;
        if self.act("refund_ask", &guardian, verb).await.is_some() {
            self.refunds.push(refund);
        }
    }

    async fn lesson_step(&mut self) {
        let lessons = self.lessons.clone();
        let Some(lesson) = self.pick(&lessons) else { return };
        let row = store::lesson_load(&self.app.store().read(), self.ledger.id(), &[lesson]).await.unwrap();
        let Some(row) = row.first() else { return };
        let guardian = self.guardian(row.contract).await;
        match self.random.random_range(0..4_u32) {
            0 | 1 => {
                let verb = LessonConfirm { lesson, by: ConfirmedBy::Guardian };
                self.act("lesson_confirm", &guardian, verb).await;
            }
            2 => {
                let verb = LessonDispute { lesson, reason: DisputeReason::NotHeld };
                self.act("lesson_dispute", &guardian, verb).await;
            }
            _ => {
                let decision = [DisputeDecision::Family, DisputeDecision::Institution][self.random.random_range(0..2)];
                let verb = DisputeDecide { lesson, decision, reason: self.said() };
                self.act("dispute_decide", &officer(), verb).await;
            }
        }
    }

    async fn deposit(&mut self) {
        let reference = self.bank.reference();
        let reference = ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes());
        let amount = Fen::new(self.random.random_range(1..50_000));
        let (who, change) = match self.random.random_range(0..6_u32) {
            0..3 => (bank(), DepositMove::Pay { amount, reference }),
            3 => (officer(), DepositMove::Lock { reason: self.said() }),
            4 => (approver(), DepositMove::Unlock { reason: self.said() }),
            _ => (approver(), DepositMove::Release { amount, reference, floor: Fen::new(10_000) }),
        };
        self.act("deposit", &who, DepositChange { institution: start().institution, change }).await;
    }

    /// Two suspended lines the other way round are held against each other by a person.
    async fn match_lines(&mut self) {
        let filter = store::BankLineFilter {
            institution: Some(start().institution),
            state: Some(escrow::bank::LineState::Suspended),
            statement: None,
        };
        let lines =
            store::bank_lines_page(&self.app.store().read(), self.ledger.id(), &filter, None, 200).await.unwrap();
        let pair = lines.iter().find_map(|one| {
            let other = lines.iter().find(|two| two.amount == one.amount && two.direction != one.direction)?;
            Some((one.id, other.id))
        });
        let Some((one, other)) = pair else { return };
        let call = self.call(&bank());
        let answer = self.app.bank_line_match(call, one, MatchAsked::Line(other), self.said()).await;
        self.note("match_by_hand", answer);
    }

    /// The institution fails: from then on nothing is sold, and families are refunded contract by contract.
    pub(super) async fn fail(&mut self) {
        let verb = LicenceSuspend {
            licence: start().licence,
            hold: self.id(HoldId::new),
            reasons: [self.said(), self.said()],
        };
        self.act("licence_suspend", &approver(), verb).await;
        let who = Principal::new(UserId::new(uuid::Uuid::from_u128(2)), any_duty());
        let answer = self.app.refund_run(&self.call(&who), start().institution, Some(2)).await;
        self.note("refund_run", answer);
    }

    /// Hands in the statements that wait, in order, until one is cut off.
    pub(super) async fn import(&mut self) {
        while let Some(file) = self.bank.waiting.first().cloned() {
            let call = self.call(&bank());
            let answer = self.app.bank_import(&call, file.as_bytes(), |_, _| ()).await;
            assert!(
                !matches!(answer, Err(AppError::Refused { .. } | AppError::BankFile(_))),
                "seed {}: {file}: {answer:?}",
                self.seed
            );
            if self.note("import", answer).is_none() {
                return;
            }
            let file = self.bank.waiting.remove(0);
            self.bank.imported.push(file);
        }
    }

    pub(super) async fn clocks(&mut self) {
        let answer = self.app.run_clocks(&self.ledger, self.effects.now()).await;
        self.note("clocks", answer);
    }

    pub(super) fn next_day(&mut self) {
        self.bank.close(self.day);
        self.day = self.day.plus_days(1).unwrap();
        self.effects.set(&self.day.to_string());
    }

    pub(super) async fn step(&mut self) {
        match self.random.random_range(0..100_u32) {
            0..14 => self.pay().await,
            14..18 => {
                let unrecorded = self.bank.unrecorded.pop();
                if let Some((contract, fen, reference)) = unrecorded {
                    self.record(contract, fen, reference).await;
                }
            }
            18..30 => {
                let (contract, owner, lesson) = (self.contract(), self.owner(), self.id(LessonId::new));
                let hours = ClassHours::try_from_hundredths(self.random.random_range(1..300)).unwrap();
                let verb = LessonClaim { lesson, contract, hours, held_on: self.day, class_session: None };
                if self.act("lesson_claim", &owner, verb).await.is_some() {
                    self.lessons.push(lesson);
                }
            }
            30..44 => self.lesson_step().await,
            44..49 => {
                let call = self.call(&self.owner());
                let answer = self.app.settlement_run(call, start().institution).await;
                self.note("settlement_run", answer);
            }
            49..58 => self.pay_order().await,
            58..61 => self.come_back().await,
            61..65 => self.bank.misdirect(self.day, &mut self.random),
            65..67 => drop(self.bank.credit(self.day, 7 + i64::from(self.random.random_range(0..2_000_u32)), "结息")),
            67..72 => self.refund_ask().await,
            72..79 => self.refund_step().await,
            79..81 => self.hold().await,
            81..84 => {
                let holds = self.holds.clone();
                if let Some(hold) = self.pick(&holds) {
                    self.act("hold_release", &approver(), HoldRelease { hold }).await;
                }
            }
            84..86 => self.transfer().await,
            86..88 => self.deposit().await,
            88..90 => self.match_lines().await,
            90..93 => self.import().await,
            93..95 => self.clocks().await,
            _ => self.next_day(),
        }
    }
}
