//! Readings of families' records, one's own data, retention and erasure.

use app::verify::{Options, verify};
use reqwest::Method;
use serde_json::{Value, json};
use store::vault::Vault;

use crate::world::{World, policy_draft_body, text};

/// 核实投诉情况
const WHY: &str = "%E6%A0%B8%E5%AE%9E%E6%8A%95%E8%AF%89%E6%83%85%E5%86%B5";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_a_family_without_a_reason_and_a_trace() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = |tail: &str| format!("/v1/contracts/{contract}/{tail}");
    for tail in ["parties", "document", "document.json"] {
        for who in ["bureau", "owner", "auditor"] {
            let refused = world.get(who, &at(tail)).await;
            assert_eq!(refused.problem(400), "access-reason-required", "{who} {tail}");
            let short = world.get(who, &format!("{}?reason=x", at(tail))).await;
            assert_eq!(short.problem(400), "access-reason-required", "{who} {tail}");
        }
        // Those who may not read it are told so, whatever they say.
        for (who, status) in [("city", 403), ("bank", 403), ("neighbour", 404), ("admin", 404)] {
            let refused = world.get(who, &format!("{}?reason=because", at(tail))).await;
            assert_eq!(refused.status.as_u16(), status, "{who} {tail}: {}", refused.text);
        }
        // A family reads its own.
        assert_eq!(world.get("guardian", &at(tail)).await.status, 200, "{tail}");
    }
    assert_eq!(world.get("auditor", "/v1/readings").await.expect(200)["items"], json!([]), "refusals read nothing");
    let read = world.ask(Some("bureau"), Method::GET, &at("parties")).header("x-access-reason", WHY).send().await;
    let read = read.expect(200);
    assert_eq!((&read["guardian"]["name"], &read["pupil"]["birth_on"]), (&json!("李某"), &json!("2016-05-01")));
    world.get("owner", &format!("{}?reason=lesson%20plan", at("document"))).await;
    let log = world.get("auditor", "/v1/readings").await.expect(200);
    let mut items = log["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2, "{log}");
    // Both were read at the same instant.
    items.sort_by_key(|item| item["what"] != "parties");
    assert_eq!((&items[0]["reason"], &items[0]["what"]), (&json!("核实投诉情况"), &json!("parties")));
    assert_eq!((&items[0]["role"], &items[0]["department"]), (&json!("regulator"), &json!("education")));
    assert_eq!(items[0]["user"], world.id_of("bureau").await);
    assert_eq!(items[1]["institution"], shop.institution);
    let of = format!("/v1/readings?user={}", world.id_of("owner").await);
    assert_eq!(world.get("auditor", &of).await.expect(200)["items"].as_array().unwrap().len(), 1);
    for who in ["bureau", "city", "owner", "guardian", "bank", "admin", "neighbour"] {
        assert_eq!(world.get(who, "/v1/readings").await.problem(403), "forbidden", "{who}");
    }
    // The family sees which office looked and why, not whose account it was.
    let own = world.get("guardian", "/v1/me/readings").await.expect(200);
    let own = own["items"].as_array().unwrap();
    assert_eq!(own.len(), 2);
    assert!(own.iter().any(|item| item["reason"] == "核实投诉情况") && own.iter().all(|item| item["user"].is_null()));
    assert_eq!(world.get("owner", "/v1/me/readings").await.problem(404), "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_gets_all_that_is_kept_about_it() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let pay = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &pay, &crate::world::payment_body(200_000, "R1")).await.expect(201);
    let data = world.get("guardian", "/v1/me/data").await.expect(200);
    assert_eq!(data["guardian"]["record"]["phone"], "13800000000");
    let pupils: Vec<&Value> = data["pupils"].as_object().unwrap().values().collect();
    assert_eq!(pupils[0]["school"], "某小学");
    let kept = &data["contracts"][0];
    assert_eq!((&kept["id"], &kept["prepaid_fen"]), (&json!(contract), &json!(200_000)));
    assert_eq!(kept["payments"][0]["reference"], "R1");
    assert!(text(&kept["document"]).contains("李小某"));
    let entries = kept["entries"].as_array().unwrap();
    assert_eq!(entries.iter().map(|entry| text(&entry["type"])).collect::<Vec<_>>().last().unwrap(), "fee_paid");
    for entry in entries {
        let receipt: ledger::Receipt = text(&entry["receipt"]).parse().unwrap();
        assert!(!receipt.entry.is_empty());
    }
    // Others have an account and no records.
    let data = world.get("bank", "/v1/me/data").await.expect(200);
    assert_eq!(data.as_object().unwrap().keys().collect::<Vec<_>>(), ["account"]);
}

async fn rule_of_two_years(world: &World) {
    let draft = policy_draft_body("2026-11-23", "records_kept_years", json!(2));
    let version = world.post("officer", "/v1/policies/330502/versions", &draft).await.expect(201);
    let path = format!("/v1/policy-versions/{}/decision", text(&version["id"]));
    world.post("approver", &path, &json!({"decision":"adopt"})).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_go_when_their_time_is_over_and_every_proof_stands() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let subject = text(&world.get("guardian", "/v1/me").await.expect(200)["subject"]);
    let body = |ground: &str| json!({"region":"330502","subject":subject,"ground":ground});
    let retention = "/v1/retention?region=330502";
    for (who, status) in [("owner", 403), ("guardian", 403), ("bank", 403), ("admin", 403), ("neighbour", 403)] {
        assert_eq!(world.get(who, retention).await.status.as_u16(), status, "{who}");
        assert_eq!(world.post(who, "/v1/erasures", &body("order")).await.status.as_u16(), status, "{who}");
    }
    assert_eq!(world.post("officer", "/v1/erasures", &body("order")).await.problem(403), "forbidden");
    assert_eq!(world.post("city", "/v1/erasures", &body("order")).await.problem(403), "forbidden");
    // No rule says how long: nothing is due by itself.
    let none = world.get("approver", retention).await.expect(200);
    assert_eq!((&none["kept_years"], &none["items"]), (&Value::Null, &json!([])));
    let refused = world.post("approver", "/v1/erasures", &body("retention_over")).await;
    assert_eq!(
        refused.json()["violations"].as_array().unwrap().iter().map(|v| text(&v["rule"])).collect::<Vec<_>>(),
        ["person.contracts_over", "person.retention"]
    );
    assert_eq!(refused.problem(422), "rule-broken");
    // A refund ends the contract.
    let pay = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &pay, &crate::world::payment_body(200_000, "R1")).await.expect(201);
    let address = json!({"address":"doudou.mama@example.cn"});
    world.ask(Some("guardian"), Method::PUT, "/v1/me/notice-address").json(&address).send().await;
    let refunds = format!("/v1/contracts/{contract}/refunds");
    let why = json!({"cause":"consumer","reason":"搬家，小名豆豆"});
    let refund = text(&world.post("guardian", &refunds, &why).await.expect(201)["id"]);
    world.post("owner", &format!("/v1/refunds/{refund}/consent"), &json!({})).await.expect(201);
    let early = world.post("approver", "/v1/erasures", &body("order")).await;
    assert_eq!(early.json()["rule"], "person.contracts_over", "money is on its way");
    world.post("bank", &format!("/v1/refunds/{refund}/payout"), &json!({"bank_reference":"B"})).await.expect(201);
    rule_of_two_years(&world).await;
    world.set_day("2026-11-23");
    for who in ["approver", "auditor"] {
        world.log_in(who).await;
    }
    let early = world.post("approver", "/v1/erasures", &body("request")).await;
    assert_eq!((&early.json()["rule"], &early.json()["limit"]), (&json!("person.retention"), &json!("2029-02-28")));
    world.set_day("2029-03-01");
    for who in ["approver", "auditor", "guardian", "bureau"] {
        world.log_in(who).await;
    }
    let due = world.get("approver", retention).await.expect(200);
    assert_eq!((&due["kept_years"], &due["items"][0]["subject"]), (&json!(2), &json!(subject)));
    assert_eq!(due["items"][0]["erasable_on"], "2029-02-28");
    let before = world.get("auditor", &format!("/v1/contracts/{contract}/parties?reason=before")).await.expect(200);
    assert_eq!(before["guardian"]["name"], "李某");
    let erased = world.post("approver", "/v1/erasures", &body("retention_over")).await.expect(201);
    assert_eq!(erased["erased"].as_array().unwrap().len(), 2, "guardian and pupil: {erased}");
    let types: Vec<_> = erased["entries"].as_array().unwrap().iter().map(|entry| text(&entry["type"])).collect();
    assert_eq!(types, ["subject_erased", "subject_erased"]);
    // Nothing is left of the family, in the answers and in the file.
    let after = world.get("auditor", &format!("/v1/contracts/{contract}/parties?reason=after")).await.expect(200);
    assert_eq!(after, json!({"guardian":null,"pupil":null}));
    let document = world.get("auditor", &format!("/v1/contracts/{contract}/document?reason=after")).await;
    assert_eq!(document.problem(404), "not-found");
    assert_eq!(world.get("guardian", "/v1/me").await.problem(401), "not-signed-in");
    assert_eq!(world.get("approver", retention).await.expect(200)["items"], json!([]));
    let again = world.post("approver", "/v1/erasures", &body("retention_over")).await;
    assert_eq!(again.status, 201, "erasing nothing changes nothing: {}", again.text);
    // The statement and its receipts stand, and the whole ledger verifies.
    let statement = world.get("auditor", &format!("/v1/contracts/{contract}/statement")).await.expect(200);
    assert!(!statement["entries"]["items"].as_array().or(statement["entries"].as_array()).unwrap().is_empty());
    let leaf = text(&erased["entries"][0]["leaf_hash"]);
    assert_eq!(world.get("auditor", &format!("/v1/receipts/{leaf}")).await.status, 200);
    let options = Options { vault: Some(&Vault::new([9; 32])), ..Options::default() };
    let report = verify(world.app.store(), &"330502".parse().unwrap(), options, |_, _| ()).await.unwrap();
    assert_eq!((report.found, &report.findings), (0, &Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_a_contract_goes_with_its_guardians_key() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let pupils = crate::world::contract_body(&shop.course);
    let second = text(&world.post("owner", "/v1/contracts", &pupils).await.expect(201)["id"]);
    let [contract, second] = [contract, second].map(|id| id.parse::<kernel::ContractId>().unwrap());
    let ledger = world.app.all_ledgers().await.remove(0);
    let (id, store) = (ledger.id(), world.app.store());
    // A second contract of the same family leaves the first one's text readable: the key stays.
    for contract in [contract, second] {
        assert!(world.app.document(id, contract).await.unwrap().text.contains("李小某"));
    }
    // A text from before, sealed with the master key.
    let (guardian, _) = store::draft_document_load(&store.read(), id, contract).await.unwrap().unwrap();
    let text = world.app.document(id, second).await.unwrap();
    let before = Vault::new([9; 32]).seal(&format!("tutela/document/1/{id}/{second}"), [7; 24], text.bytes()).unwrap();
    let tx = store.begin().await.unwrap();
    store::draft_document_save(&tx, id, second, &before).await.unwrap();
    tx.commit().await.unwrap();
    assert!(world.app.document(id, second).await.unwrap().bytes() == text.bytes());

    let tx = store.begin().await.unwrap();
    assert!(store::person_erase(&tx, id, guardian).await.unwrap());
    tx.commit().await.unwrap();
    let gone = world.app.document(id, contract).await;
    assert!(matches!(gone, Err(app::error::AppError::Store(store::StoreError::Sealed))), "{:?}", gone.err());
}
