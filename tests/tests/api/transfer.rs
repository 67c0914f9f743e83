//! A family hands its contract to another by notice: what has to be settled first, who may do what after
//! it, and that seals, statements and the replay follow.

use app::identity::NewRole;
use ledger::{SealedBalance, Statement, Verdict, VerifierKey};
use serde_json::{Value, json};

use crate::world::{World, payment_body, text};

fn notice() -> Value {
    json!({"guardian":{"name":"周某","phone":"13900000000","id_kind":"passport","id_number":"E00000001",
            "relation":"father"},
        "pupil":{"name":"周小某","birth_on":"2015-03-01","school":"另一小学","grade":"5"},"reason":"搬家"})
}

async fn key_of(world: &World) -> VerifierKey {
    text(&world.public("/v1/ledgers").await.expect(200)["items"][0]["vkey"]).parse().unwrap()
}

async fn seal(world: &World) {
    let ledger = world.app.all_ledgers().await.remove(0);
    assert_eq!(world.app.run_clocks(&ledger, world.app.effects().now()).await.unwrap().seals, 1);
}

async fn verified(world: &World, who: &str, contract: &str) -> Verdict {
    let answer = world.get(who, &format!("/v1/contracts/{contract}/statement.txt")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let key = key_of(world).await;
    let statement = answer.text.parse::<Statement>().unwrap().verify(Some(&key), &[]).verdict;
    let answer = world.get(who, &format!("/v1/contracts/{contract}/balance-proof")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.text.parse::<SealedBalance>().unwrap().verify(Some(&key), &[]).verdict, statement);
    statement
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_contract_is_handed_on_and_only_the_new_family_has_it() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = |tail: &str| format!("/v1/contracts/{contract}/{tail}");
    let rule = |answer: &crate::world::Answer| {
        (answer.problem(422), answer.json()["rule"].as_str().unwrap_or_default().to_owned())
    };
    world.post("bank", &at("payments"), &payment_body(150_000, "R1")).await.expect(201);
    let unpaid = world.post("guardian", &at("transfer"), &notice()).await;
    assert_eq!(rule(&unpaid), ("rule-broken".into(), "contract.transfer_paid".into()));
    world.post("bank", &at("payments"), &payment_body(50_000, "R2")).await.expect(201);
    assert_eq!(world.post("owner", &at("transfer"), &notice()).await.problem(403), "forbidden");
    // A lesson that nobody answered yet.
    let lesson = json!({"hours":"2","held_on":"2026-12-05"});
    let lesson = text(&world.post("owner", &at("lessons"), &lesson).await.expect(201)["id"]);
    let open = world.post("guardian", &at("transfer"), &notice()).await;
    assert_eq!(rule(&open), ("rule-broken".into(), "contract.transfer_settled".into()));
    world.post("guardian", &format!("/v1/lessons/{lesson}/confirmation"), &json!({})).await.expect(201);

    world.set_day("2026-11-23");
    seal(&world).await;
    for who in ["owner", "guardian", "bank", "auditor"] {
        world.log_in(who).await;
    }
    let mut same = notice();
    same["guardian"] = crate::world::contract_body(&shop.course)["guardian"].clone();
    same["pupil"] = crate::world::contract_body(&shop.course)["pupil"].clone();
    assert_eq!(world.post("guardian", &at("transfer"), &same).await.problem(409), "wrong-state");
    let ledger = world.app.all_ledgers().await.remove(0);
    let kept = store::draft_document_load(&world.app.store().read(), ledger.id(), contract.parse().unwrap()).await;
    let (old, _) = kept.unwrap().unwrap();
    let handed = world.post("guardian", &at("transfer"), &notice()).await.expect(201);
    assert_eq!(handed["prepaid_fen"], 183_333);
    assert_eq!(handed["entries"][0]["type"], "contract_transferred");
    let seq = text(&handed["entries"][0]["seq"]);
    let entry = world.get("auditor", &format!("/v1/ledgers/330502/entries/{seq}")).await.expect(200).to_string();
    for name in ["周某", "周小某", "E00000001", "13900000000", "搬家"] {
        assert!(!entry.contains(name), "{entry}");
    }

    // The old family may no more; the new one may, and sees who it is.
    let read = format!("/v1/contracts/{contract}");
    assert_eq!(world.get("guardian", &read).await.problem(404), "not-found");
    assert_eq!(world.post("guardian", &at("transfer"), &notice()).await.problem(404), "not-found");
    world.user("taker", NewRole::Guardian { contract: contract.parse().unwrap() }).await;
    assert_eq!(world.get("taker", &read).await.expect(200)["prepaid_fen"], 183_333);
    let lesson = json!({"hours":"2","held_on":"2026-12-06"});
    let lesson = text(&world.post("owner", &at("lessons"), &lesson).await.expect(201)["id"]);
    let path = format!("/v1/lessons/{lesson}/confirmation");
    assert_eq!(world.post("guardian", &path, &json!({})).await.problem(404), "not-found");
    world.post("taker", &path, &json!({})).await.expect(201);

    // The last seal counted it for the old family, the next one counts it for the new.
    let early = verified(&world, "taker", &contract).await;
    assert!(!matches!(early, Verdict::DoesNotHold(_)), "{early:?}");
    world.set_day("2026-11-24");
    seal(&world).await;
    world.log_in("taker").await;
    let sealed = verified(&world, "taker", &contract).await;
    assert!(!matches!(sealed, Verdict::DoesNotHold(_)), "{sealed:?}");
    let report = app::verify::verify(world.app.store(), ledger.id(), app::verify::Options::default(), |_, _| ()).await;
    assert_eq!(report.unwrap().findings, []);

    // The text went over to the key of the family that has it now.
    let (contract, store) = (contract.parse().unwrap(), world.app.store());
    let before = world.app.document(ledger.id(), contract).await.unwrap();
    let transfer = store::transfers_of_contract(&store.read(), ledger.id(), contract).await.unwrap().remove(0);
    assert_ne!(transfer.guardian, old);
    let tx = store.begin().await.unwrap();
    assert!(store::person_erase(&tx, ledger.id(), old).await.unwrap());
    tx.commit().await.unwrap();
    assert!(world.app.document(ledger.id(), contract).await.unwrap().bytes() == before.bytes());
}
