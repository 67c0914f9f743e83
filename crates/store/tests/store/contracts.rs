//! Contracts and their money, there and back; pages, clocks, and emptying for a rebuild.

use contract::ContractState;
use escrow::*;
use kernel::*;
use store::*;

use crate::samples::*;

#[tokio::test]
async fn accounts_come_back_with_their_lots_in_order() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let mut all: Vec<Account> = (0..600).map(account).collect();
        let tx = store.begin().await.unwrap();
        account_save(&tx, &l, &all.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        {
            let changed = &mut all[7];
            changed.state = ContractState::Ended;
            changed.prepaid = Fen::new(1);
            changed.disputed = Fen::new(2);
            changed.refund = Fen::new(3);
            changed.open_refund = None;
            changed.last_seq = 99;
            let lot = &mut changed.lots[1];
            lot.paid = Fen::new(200_000);
            lot.prepaid = Fen::new(5);
            lot.claimed = hours("0");
            lot.used = hours("5");
            lot.disputed = hours("6");
            lot.returned = hours("7.75");
        }
        let tx = store.begin().await.unwrap();
        account_save(&tx, &l, &[&all[7], &all[8]]).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        let ids: Vec<ContractId> = all.iter().map(|a| a.terms.id).collect();
        assert_eq!(sorted(account_load(&read, &l, &ids).await.unwrap(), |a| a.terms.id), all);
        assert_eq!(account_all(&read, &l, Some(ids[590]), 100).await.unwrap(), all[591..]);
        let own = |keep: &dyn Fn(&Account) -> bool| all.iter().filter(|a| keep(a)).cloned().collect::<Vec<_>>();
        let page = async |filter: ContractFilter| accounts_page(&read, &l, &filter, None, 1_000).await.unwrap();
        let none = ContractFilter::default();
        let (seller, guardian, pupil) = (all[4].terms.institution, all[4].terms.guardian, all[4].terms.pupil);
        let found = page(ContractFilter { institution: Some(seller), ..none }).await;
        assert_eq!(found, own(&|a| a.terms.institution == seller));
        let found = page(ContractFilter { guardian: Some(guardian), institution: Some(seller), ..none }).await;
        assert_eq!(found, own(&|a| a.terms.guardian == guardian && a.terms.institution == seller));
        assert_eq!(page(ContractFilter { pupil: Some(pupil), ..none }).await, [all[4].clone()]);
        assert_eq!(page(ContractFilter { state: Some(ContractState::Ended), ..none }).await, [all[7].clone()]);
        assert_eq!(account_load(&read, &"110000".parse().unwrap(), &ids).await.unwrap(), []);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn an_account_whose_lots_cannot_be_is_corrupt() {
    for Opened { store, db } in stores().await {
        let tx = store.begin().await.unwrap();
        account_save(&tx, &ledger(), &[&account(1)]).await.unwrap();
        tx.commit().await.unwrap();
        for lots in ["[]", "", "[[1]]", "replace(lots, ',100,200,300,400]', ',100,2000,300,400]')"] {
            let value = if lots.contains("replace") { lots.to_owned() } else { format!("'{lots}'") };
            db.execute(&format!("UPDATE contract SET lots = {value}")).await.unwrap();
            let found = account_load(&store.read(), &ledger(), &[account(1).terms.id]).await;
            let corrupt = matches!(found, Err(StoreError::Corrupt { table: "contract", what: "lots" }));
            assert!(corrupt, "{lots}: {found:?}");
            let tx = store.begin().await.unwrap();
            account_save(&tx, &ledger(), &[&account(1)]).await.unwrap();
            tx.commit().await.unwrap();
        }
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn rows_that_the_domain_cannot_hold_are_corrupt() {
    for Opened { store, db } in stores().await {
        let l = ledger();
        let id = institution(1).id;
        for (sql, column) in [
            ("UPDATE institution SET credit_code = 'x'", "credit_code"),
            ("UPDATE institution SET modes = 'offline,flying'", "modes"),
            ("UPDATE institution SET region = '1'", "region"),
        ] {
            let tx = store.begin().await.unwrap();
            clear_projections(&tx, &l).await.unwrap();
            institution_save(&tx, &l, &[&institution(1)]).await.unwrap();
            tx.commit().await.unwrap();
            db.execute(sql).await.unwrap();
            let found = institution_load(&store.read(), &l, &[id]).await;
            let as_expected =
                matches!(&found, Err(StoreError::Corrupt { table: "institution", what }) if *what == column);
            assert!(as_expected, "{column}: {found:?}");
        }
        store.close().await.unwrap();
    }
}

fn draft(number: u64) -> Draft {
    Draft {
        terms: terms(number),
        number: format!("HT-2026-{number:06}"),
        state: ContractState::Draft,
        document_hash: [21; 32],
        created_at: at(5),
    }
}

#[tokio::test]
async fn drafts_and_their_documents() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let mut drafts: Vec<Draft> = (0..12).map(draft).collect();
        let id = drafts[3].terms.id;
        let tx = store.begin().await.unwrap();
        draft_save(&tx, &l, &drafts.iter().collect::<Vec<_>>()).await.unwrap();
        draft_document_save(&tx, &l, id, b"sealed").await.unwrap();
        tx.commit().await.unwrap();
        drafts[3].state = ContractState::SignedByGuardian;
        drafts[3].document_hash = [22; 32];
        drafts[3].terms.lots.truncate(1);
        drafts[3].terms.refund_terms.pay_back_days = 7;
        drafts[3].terms.last_lesson_on = day("2027-03-01");
        let tx = store.begin().await.unwrap();
        draft_save(&tx, &l, &[&drafts[3]]).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        assert_eq!(draft_all(&read, &l, None, 99).await.unwrap(), drafts);
        assert_eq!(draft_load(&read, &l, &[id]).await.unwrap(), [drafts[3].clone()]);
        let kept = draft_document_load(&read, &l, id).await.unwrap();
        assert_eq!(kept, Some((drafts[3].terms.guardian, b"sealed".to_vec())));
        assert_eq!(draft_document_load(&read, &l, drafts[4].terms.id).await.unwrap(), None);
        assert_eq!(drafts_by_number(&read, &l, &["HT-2026-000004"]).await.unwrap(), [drafts[4].clone()]);
        let filter = ContractFilter { state: Some(ContractState::SignedByGuardian), ..ContractFilter::default() };
        assert_eq!(drafts_page(&read, &l, &filter, None, 9).await.unwrap(), [drafts[3].clone()]);
        let filter = ContractFilter { guardian: Some(drafts[2].terms.guardian), ..ContractFilter::default() };
        let found = drafts_page(&read, &l, &filter, Some(drafts[2].terms.id), 9).await.unwrap();
        assert_eq!(found, [drafts[7].clone()]);
        let tx = store.begin().await.unwrap();
        let twice = Draft { terms: terms(50), ..draft(4) };
        let refused = draft_save(&tx, &l, &[&twice]).await;
        assert!(matches!(refused, Err(StoreError::Constraint(Constraint::ContractNumber))), "{refused:?}");
        tx.rollback().await.unwrap();
        store.close().await.unwrap();
    }
}

pub fn payment(number: u64) -> Payment {
    Payment {
        id: PaymentId::new(uuid(12, number)),
        contract: ContractId::new(uuid(6, number % 2)),
        institution: InstitutionId::new(uuid(1, number % 3)),
        amount: Fen::new(200_000),
        paid_at: at(1),
        method: "bank_transfer".to_owned(),
        reference: Some(format!("bank-{number}")),
        reference_hash: hash(number / 2),
        seq: 100 - number,
    }
}

#[tokio::test]
async fn payments_and_their_references() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let mut payments: Vec<Payment> = (0..10).map(payment).collect();
        let tx = store.begin().await.unwrap();
        payment_save(&tx, &l, &payments.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        assert_eq!(payment_all(&read, &l, None, 99).await.unwrap(), payments);
        assert_eq!(payment_load(&read, &l, &[payments[3].id]).await.unwrap(), [payments[3].clone()]);
        // A reference is one institution's: the same at another is another payment.
        let asked = [2, 5].map(|i: usize| (payments[i].institution, payments[i].reference.as_deref().unwrap())).into();
        let found = sorted(payments_by_reference(&read, &l, &asked).await.unwrap(), |p| p.id);
        assert_eq!(found, [payments[2].clone(), payments[5].clone()]);
        let crossed = [(payments[2].institution, "bank-0")].into();
        assert_eq!(payments_by_reference(&read, &l, &crossed).await.unwrap(), []);
        assert_eq!(payments_by_reference(&read, &l, &[].into()).await.unwrap(), []);
        let hashes = [2, 5].map(|i: usize| (payments[i].institution, payments[i].reference_hash)).into();
        assert_eq!(payments_unprinted(&read, &l, &hashes).await.unwrap(), [], "their references are known as printed");
        let tx = store.begin().await.unwrap();
        let imported = Payment { id: PaymentId::new(uuid(12, 50)), reference: None, ..payments[5].clone() };
        payment_save(&tx, &l, &[&imported]).await.unwrap();
        assert_eq!(payments_unprinted(&tx, &l, &hashes).await.unwrap(), std::slice::from_ref(&imported));
        let twice = Payment { id: PaymentId::new(uuid(12, 51)), ..imported };
        let refused = payment_save(&tx, &l, &[&twice]).await;
        assert!(matches!(refused, Err(StoreError::Constraint(Constraint::PaymentReferenceHash))), "{refused:?}");
        tx.rollback().await.unwrap();
        let tx = store.begin().await.unwrap();
        let twice = Payment { id: PaymentId::new(uuid(12, 99)), ..payments[2].clone() };
        let refused = payment_save(&tx, &l, &[&twice]).await;
        assert!(matches!(refused, Err(StoreError::Constraint(Constraint::PaymentReference))), "{refused:?}");
        tx.rollback().await.unwrap();
        // A rebuild does not know the reference as printed, and does not lose it.
        let tx = store.begin().await.unwrap();
        clear_projections(&tx, &l).await.unwrap();
        assert_eq!(payment_all(&tx, &l, None, 99).await.unwrap(), []);
        let rebuilt: Vec<Payment> = payments.drain(..).map(|p| Payment { reference: None, ..p }).collect();
        payment_save(&tx, &l, &rebuilt.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        let after = payment_load(&read, &l, &[rebuilt[3].id]).await.unwrap();
        assert_eq!(after[0].reference.as_deref(), Some("bank-3"));
        store.close().await.unwrap();
    }
}

fn lesson(number: u64) -> Lesson {
    Lesson {
        class_session: None,
        claimed_on: Some(day("2026-12-06")),
        decide_by_on: None,
        id: LessonId::new(uuid(13, number)),
        contract: ContractId::new(uuid(6, number % 2)),
        institution: InstitutionId::new(uuid(1, 0)),
        hours: hours("1.5"),
        held_on: day("2026-12-05"),
        deemed_confirmed_on: (number != 4).then(|| day(&format!("2026-12-2{}", 9 - number))),
        lots: vec![LotHours { lot: LotId::new(uuid(7, 2)), hours: hours("1.5") }],
        frozen: Vec::new(),
        state: LessonState::Claimed,
    }
}

#[tokio::test]
async fn lessons_and_their_clock() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let mut lessons: Vec<Lesson> = (0..6).map(lesson).collect();
        let tx = store.begin().await.unwrap();
        lesson_save(&tx, &l, &lessons.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        lessons[5].state = LessonState::Disputed;
        lessons[5].frozen = vec![Part { lot: LotId::new(uuid(7, 2)), hours: hours("1.5"), amount: Fen::new(12_500) }];
        lessons[5].deemed_confirmed_on = Some(day("2026-12-20"));
        let tx = store.begin().await.unwrap();
        lesson_save(&tx, &l, &[&lessons[5]]).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        assert_eq!(lesson_all(&read, &l, None, 99).await.unwrap(), lessons);
        assert_eq!(lesson_load(&read, &l, &[lessons[5].id]).await.unwrap(), [lessons[5].clone()]);
        // Days fall from 2026-12-29 at the first to 2026-12-26 at the fourth.
        let due = lessons_due(&read, &l, day("2026-12-28"), 99).await.unwrap();
        assert_eq!(due, [lessons[3].clone(), lessons[2].clone()]);
        assert_eq!(lessons_due(&read, &l, day("2026-12-26"), 99).await.unwrap(), []);
        assert_eq!(lessons_unclocked(&read, &l, None, 99).await.unwrap(), [lessons[4].clone()]);
        let of_contract = lessons_of_contract(&read, &l, lessons[0].contract, Some(lessons[0].id), 1).await.unwrap();
        assert_eq!(of_contract, [lessons[2].clone()]);
        let disputed = Some(LessonState::Disputed);
        assert_eq!(lessons_page(&read, &l, None, disputed, None, 9).await.unwrap(), [lessons[5].clone()]);
        let own = lessons_page(&read, &l, Some(lessons[0].institution), None, Some(lessons[3].id), 9).await.unwrap();
        assert_eq!(own, lessons[4..]);
        let own = lessons_page(&read, &l, Some(lessons[0].institution), None, None, 3).await.unwrap();
        assert_eq!(own, lessons[..3]);
        assert_eq!(lessons_page(&read, &l, None, None, Some(lessons[1].id), 2).await.unwrap(), lessons[2..4]);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn refunds_settlements_and_holds() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let seller = InstitutionId::new(uuid(1, 0));
        let refund = |number: u64| Refund {
            id: RefundId::new(uuid(10, number)),
            contract: ContractId::new(uuid(6, number)),
            institution: seller,
            cause: RefundCause::Consumer,
            lots: vec![Part { lot: LotId::new(uuid(7, number)), hours: hours("20"), amount: Fen::new(180_000) }],
            amount: Fen::new(180_000),
            requested_on: Some(day("2026-12-01")),
            answer_by_on: (number != 2).then(|| day(&format!("2026-12-1{number}"))),
            decide_by_on: None,
            pay_by_on: None,
            whole: number != 1,
            state: RefundState::Requested,
        };
        let mut refunds: Vec<Refund> = (0..4).map(refund).collect();
        let mut settlements: Vec<Settlement> = (0..2)
            .map(|number| Settlement {
                id: SettlementId::new(uuid(14, number)),
                institution: seller,
                amount: Fen::new(16_667),
                state: SettlementState::Ordered,
            })
            .collect();
        let mut holds: Vec<Hold> = (0..2)
            .map(|number| Hold {
                id: HoldId::new(uuid(15, number)),
                institution: seller,
                contract: (number == 1).then(|| ContractId::new(uuid(6, number))),
                cause: HoldCause::Order,
                state: HoldState::Placed,
            })
            .collect();
        for round in 0..2 {
            if round == 1 {
                refunds[3].state = RefundState::Consented;
                refunds[3].pay_by_on = Some(day("2027-01-01"));
                settlements[1].state = SettlementState::Paid;
                holds[1].state = HoldState::Released;
            }
            let tx = store.begin().await.unwrap();
            refund_save(&tx, &l, &refunds.iter().collect::<Vec<_>>()).await.unwrap();
            settlement_save(&tx, &l, &settlements.iter().collect::<Vec<_>>()).await.unwrap();
            hold_save(&tx, &l, &holds.iter().collect::<Vec<_>>()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let read = store.read();
        assert_eq!(refund_all(&read, &l, None, 9).await.unwrap(), refunds);
        assert_eq!(settlement_all(&read, &l, None, 9).await.unwrap(), settlements);
        assert_eq!(hold_all(&read, &l, None, 9).await.unwrap(), holds);
        assert_eq!(refund_load(&read, &l, &[refunds[1].id]).await.unwrap(), [refunds[1].clone()]);
        assert_eq!(settlement_load(&read, &l, &[settlements[1].id]).await.unwrap(), [settlements[1].clone()]);
        assert_eq!(hold_load(&read, &l, &[holds[1].id]).await.unwrap(), [holds[1].clone()]);
        assert_eq!(refunds_due(&read, &l, day("2026-12-12"), 9).await.unwrap(), refunds[..2]);
        assert_eq!(refunds_unclocked(&read, &l, None, 9).await.unwrap(), [refunds[2].clone()]);
        let consented = Some(RefundState::Consented);
        assert_eq!(refunds_page(&read, &l, Some(seller), None, consented, None, 9).await.unwrap(), refunds[3..]);
        let of_contract = Some(refunds[1].contract);
        assert_eq!(refunds_page(&read, &l, None, of_contract, None, None, 9).await.unwrap(), refunds[1..2]);
        let paid = Some(SettlementState::Paid);
        assert_eq!(settlements_page(&read, &l, Some(seller), paid, None, 9).await.unwrap(), settlements[1..]);
        let placed = Some(HoldState::Placed);
        assert_eq!(holds_page(&read, &l, Some(seller), placed, None, 9).await.unwrap(), holds[..1]);
        let tx = store.begin().await.unwrap();
        clear_projections(&tx, &l).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(refund_all(&read, &l, None, 9).await.unwrap(), []);
        assert_eq!(hold_all(&read, &l, None, 9).await.unwrap(), []);
        store.close().await.unwrap();
    }
}
