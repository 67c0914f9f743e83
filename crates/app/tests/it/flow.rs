//! The life of a fee through the one writer, on every database at hand; each test ends with a sweep.

use crate::common::{World, approver, bank, officer};
use app::verbs::*;
use app::{AppError, Refusal};
use kernel::*;
use ledger::body::{ConfirmedBy, DisputeDecision, DisputeReason};
use serde_json::json;

async fn institution_row(world: &World, id: InstitutionId) -> registry::Institution {
    store::institution_load(&world.app.store().read(), world.ledger.id(), &[id]).await.unwrap().remove(0)
}

fn rule(error: AppError) -> String {
    match error {
        AppError::Refused { refusal: Refusal::Rules { violations }, .. } => violations[0].rule.to_string(),
        other => panic!("not refused by a rule: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_goes_from_family_to_institution_and_back() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let institution = world.institution(1).await;
        let course = world.course(institution, "24", 200_000).await;
        let contract = world.contract(institution, course, "24", 200_000, 1).await;
        let guardian = world.guardian_of(contract).await;
        let owner = world.institution_user(institution);

        assert_eq!(
            rule(world.run(&bank(), world.payment(contract, 200_001, "b-0")).await.unwrap_err()),
            "escrow.payment_within_price"
        );
        let paid = world.run(&bank(), world.payment(contract, 200_000, "b-1")).await.unwrap();
        assert_eq!((paid.status, paid.entries.len(), paid.entries[0].entry_type), (201, 1, "fee_paid"));

        let first = world.claim(institution, contract, "2", "2026-03-07").await.unwrap();
        let second = world.claim(institution, contract, "2", "2026-03-14").await.unwrap();
        let third = world.claim(institution, contract, "2", "2026-03-21").await.unwrap();
        let confirm = |lesson| LessonConfirm { lesson, by: ConfirmedBy::Guardian };
        let confirmed = world.run(&guardian, confirm(first)).await.unwrap();
        assert_eq!(confirmed.answer["released_fen"], 16_667);
        assert!(matches!(world.run(&guardian, confirm(first)).await, Err(AppError::Refused { .. })));
        assert!(matches!(world.run(&owner, confirm(second)).await, Err(AppError::Denied(_))));

        world.run(&guardian, LessonDispute { lesson: second, reason: DisputeReason::NotHeld }).await.unwrap();
        let reason = world.app.secret(&json!({"reason": "现场检查当日关门"}));
        let decide = DisputeDecide { lesson: second, decision: DisputeDecision::Family, reason };
        world.run(&officer(), decide).await.unwrap();

        // Silence: not on the last day, only after it.
        world.effects.set("2026-04-13");
        assert_eq!(world.app.run_clocks(&world.ledger, world.app.effects().now()).await.unwrap().lessons, 0);
        world.effects.set("2026-04-14");
        assert_eq!(world.app.run_clocks(&world.ledger, world.app.effects().now()).await.unwrap().lessons, 1);
        assert_eq!(world.app.run_clocks(&world.ledger, world.app.effects().now()).await.unwrap().lessons, 0);
        let lesson =
            store::lesson_load(&world.app.store().read(), world.ledger.id(), &[third]).await.unwrap().remove(0);
        assert_eq!(lesson.state, escrow::LessonState::DeemedConfirmed);

        let row = institution_row(&world, institution).await;
        assert_eq!((row.custody, row.prepaid, row.payable), (Fen::new(200_000), Fen::new(166_667), Fen::new(33_333)));
        let settlement = world.app.new_id(&world.call(&owner), SettlementId::new);
        let order = |amount| SettlementOrder { settlement, institution, amount: Fen::new(amount) };
        assert_eq!(rule(world.run(&owner, order(33_334)).await.unwrap_err()), "escrow.settlement_within_payable");
        world.run(&owner, order(33_333)).await.unwrap();
        let reference_hash = ledger::digest(ledger::tags::BANK_REFERENCE, b"b-2");
        world.run(&bank(), SettlementPayout { settlement, reference_hash }).await.unwrap();

        let refund = world.app.new_id(&world.call(&guardian), RefundId::new);
        let reason = world.app.secret(&json!({"reason": "搬家"}));
        let request = RefundRequest {
            refund,
            contract,
            cause: escrow::RefundCause::Consumer,
            asked: Asked::All,
            paid_on: None,
            reason,
        };
        let asked = world.run(&guardian, request).await.unwrap();
        assert_eq!(asked.answer["amount_fen"], 166_667);
        assert!(
            world.claim(institution, contract, "1", "2026-04-18").await.is_err(),
            "no lessons while a refund is open"
        );
        world.run(&owner, RefundConsent { refund }).await.unwrap();
        world.run(&bank(), RefundPayout { refund, reference_hash }).await.unwrap();

        let row = institution_row(&world, institution).await;
        assert_eq!((row.custody, row.prepaid, row.refund, row.payable), (Fen::ZERO, Fen::ZERO, Fen::ZERO, Fen::ZERO));
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_twice_has_one_effect() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let institution = world.institution(1).await;
        let course = world.course(institution, "24", 200_000).await;
        let contract = world.contract(institution, course, "24", 200_000, 1).await;
        let pay = |amount, reference: &str| world.payment(contract, amount, reference);
        let call = || world.keyed(&bank(), "pay-1", &json!({"amount_fen": 5}));
        let (a, b) = tokio::join!(
            world.app.submit(&world.ledger, call(), pay(5, "r-1")),
            world.app.submit(&world.ledger, call(), pay(5, "r-1"))
        );
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!((&a.answer, &a.entries), (&b.answer, &b.entries));
        assert!(a.replayed != b.replayed);
        let other = world.keyed(&bank(), "pay-1", &json!({"amount_fen": 6}));
        let error = world.app.submit(&world.ledger, other, pay(6, "r-2")).await.unwrap_err();
        assert!(matches!(error, AppError::KeyReused { field } if field == "amount_fen"));
        // A refusal for the state stays a refusal, even when the state would allow it by now.
        let refused = || world.keyed(&bank(), "pay-2", &json!({}));
        let first = world.app.submit(&world.ledger, refused(), pay(300_000, "r-3")).await.unwrap_err();
        assert!(matches!(first, AppError::Refused { replayed: false, .. }));
        let again = world.app.submit(&world.ledger, refused(), pay(5, "r-3")).await.unwrap_err();
        assert!(matches!(again, AppError::Refused { replayed: true, .. }));
        let row = institution_row(&world, institution).await;
        assert_eq!(row.prepaid, Fen::new(5));
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn revocation_takes_two_persons_and_stops_the_money() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let institution = world.institution(1).await;
        let listing = |list| ListingDecide {
            listing: world.app.new_id(&world.call(&officer()), ListingId::new),
            institution,
            list,
            published_on: "2026-03-02".parse().unwrap(),
            cause_code: None,
            rectify_by_on: None,
            until_on: None,
            cause: world.app.secret(&json!({"cause": "x", "basis": "y"})),
        };
        world.run(&approver(), listing(registry::ListKind::White)).await.unwrap();
        let course = world.course(institution, "24", 200_000).await;
        let contract = world.contract(institution, course, "24", 200_000, 1).await;
        world.run(&bank(), world.payment(contract, 100_000, "b-1")).await.unwrap();
        let licence = institution_row(&world, institution).await.licence.unwrap();
        let revoke = || {
            let secret = || world.app.secret(&json!({"basis": "b"}));
            LicenceRevoke {
                licence,
                reason_code: "false_advertising".parse().unwrap(),
                effective_on: "2026-03-02".parse().unwrap(),
                hold: world.app.new_id(&world.call(&officer()), HoldId::new),
                listing: world.app.new_id(&world.call(&officer()), ListingId::new),
                reasons: [secret(), secret(), secret()],
            }
        };
        let both = access::Principal::new(bank().user, crate::common::any_duty());
        let proposed = world.run(&both, revoke()).await.unwrap();
        assert_eq!(proposed.entries[0].entry_type, "licence_revocation_proposed");
        assert!(matches!(world.run(&officer(), revoke()).await, Err(AppError::Denied(_))));
        assert_eq!(rule(world.run(&both, revoke()).await.unwrap_err()), "licence.revocation_two_persons");
        assert_eq!(rule(world.run(&approver(), revoke()).await.unwrap_err()), "licence.revocation_hearing");
        let step = registry::RevocationStep::HearingWaived;
        let words = world.app.secret(&json!({}));
        world
            .run(&world.institution_user(institution), LicenceHear { licence, step, held_on: None, words })
            .await
            .unwrap();
        let decided = world.run(&approver(), revoke()).await.unwrap();
        let types: Vec<_> = decided.entries.iter().map(|entry| entry.entry_type).collect();
        assert_eq!(types, ["licence_revoked", "hold_placed", "listing_changed", "notice_given"]);
        let row = institution_row(&world, institution).await;
        assert_eq!(
            (row.state, row.listing, row.holds),
            (registry::InstitutionState::Revoked, registry::ListKind::None, 1)
        );
        assert_eq!(
            rule(world.run(&bank(), world.payment(contract, 100_000, "b-2")).await.unwrap_err()),
            "contract.licence_in_force"
        );
        // The family gets its money, by the regulator's consent.
        let guardian = world.guardian_of(contract).await;
        let refund = world.app.new_id(&world.call(&guardian), RefundId::new);
        let reason = world.app.secret(&json!({"reason": "机构被吊销"}));
        world
            .run(
                &guardian,
                RefundRequest {
                    refund,
                    contract,
                    cause: escrow::RefundCause::Institution,
                    asked: Asked::All,
                    paid_on: None,
                    reason,
                },
            )
            .await
            .unwrap();
        world.run(&officer(), RefundConsent { refund }).await.unwrap();
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_a_rule_is_drawn_up_and_not_signed() {
    let world = World::on(testdb::sqlite()).await;
    let institution = world.institution(1).await;
    let course = world.course(institution, "60", 500_000).await;
    let outcome = world.draft(institution, course, "61", 500_001, 1).await;
    let rules: Vec<_> =
        outcome.answer["violations"].as_array().unwrap().iter().map(|v| v["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["contract.prepaid_hours_cap", "contract.prepaid_amount_cap"]);
    let contract = outcome.answer["id"].as_str().unwrap().parse().unwrap();
    let owner = world.institution_user(institution);
    let sign = world.signature(contract, contract::Party::Institution).await;
    assert_eq!(rule(world.run(&owner, sign).await.unwrap_err()), "contract.prepaid_hours_cap");
    assert!(matches!(
        world.run(&bank(), world.payment(contract, 5, "b-1")).await,
        Err(AppError::Refused { refusal: Refusal::State { .. }, .. })
    ));
    world.sweep().await;
}
