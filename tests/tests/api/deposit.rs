//! The risk deposit through the front door: paid in, locked, given back, claimed; who may and who not.

use serde_json::json;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_paid_locked_given_back_and_claimed() {
    deposited(World::on("2026-11-22").await).await;
}

async fn deposited(mut world: World) {
    let shop = world.shop().await;
    let at = |tail: &str| format!("/v1/institutions/{}/deposits{tail}", shop.institution);
    let standing = world.get("owner", &at("")).await.expect(200);
    // The county keeps money in custody alone.
    assert_eq!((&standing["required"], &standing["deposit_fen"]), (&json!(false), &json!(0)), "{standing}");
    let pay = json!({"amount_fen":10_000_000,"bank_reference":"DEP-1"});
    for who in ["owner", "guardian", "bureau", "approver", "auditor", "admin", "neighbour"] {
        if world.knows(who) {
            let refused = world.post(who, &at(""), &pay).await;
            assert!([403, 404].contains(&refused.status.as_u16()), "{who}: {}", refused.text);
        }
    }
    assert_eq!(world.post("bank", &at(""), &pay).await.expect(201)["deposit_fen"], 10_000_000);
    let again = world.post("bank", &at(""), &pay).await;
    assert_eq!(again.json()["rule"], "escrow.payment_reference_unique");
    let reason = json!({"reason":"涉嫌违规，先行锁定"});
    assert_eq!(world.post("owner", &at("/lock"), &reason).await.problem(403), "forbidden");
    world.post("officer", &at("/lock"), &reason).await.expect(201);
    let release = json!({"amount_fen":1,"bank_reference":"DEP-2"});
    assert_eq!(world.post("approver", &at("/release"), &release).await.problem(409), "wrong-state");
    assert_eq!(world.post("officer", &at("/unlock"), &reason).await.problem(403), "forbidden");
    let claim = json!({"amount_fen":10_000_001,"bank_reference":"DEP-3","decision":"裁定书"});
    let beyond = world.post("approver", &at("/claim"), &claim).await;
    assert_eq!(beyond.json()["rule"], "escrow.deposit_covers");
    let claim = json!({"amount_fen":4_000_000,"bank_reference":"DEP-3","decision":"裁定书"});
    assert_eq!(world.post("approver", &at("/claim"), &claim).await.expect(201)["deposit_fen"], 6_000_000);
    world.post("approver", &at("/unlock"), &reason).await.expect(201);
    let beyond = json!({"amount_fen":6_000_001,"bank_reference":"DEP-4"});
    let beyond = world.post("approver", &at("/release"), &beyond).await;
    assert_eq!(beyond.json()["rule"], "escrow.deposit_above_floor");
    let release = json!({"amount_fen":6_000_000,"bank_reference":"DEP-4"});
    assert_eq!(world.post("approver", &at("/release"), &release).await.expect(201)["deposit_fen"], 0);
    let balances = world.get("bank", &format!("/v1/institutions/{}/balances", shop.institution)).await.expect(200);
    assert_eq!((&balances["deposit_fen"], &balances["custody_fen"]), (&json!(0), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        deposited(world).await;
    }
}
