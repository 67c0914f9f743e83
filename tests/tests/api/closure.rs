//! A failed institution: the pack, and the refund of all families, cut off and gone on with.

use std::io::{Cursor, Read};

use serde_json::{Value, json};

use crate::world::{Shop, World, contract_body, payment_body, text};

const PASSPHRASE: &str = "清算组 2026 长口令 passphrase";

async fn suspended(world: &mut World, families: usize) -> (Shop, Vec<String>) {
    let shop = world.shop().await;
    let mut contracts = vec![world.contract(&shop).await];
    for n in 1..families {
        let mut body = contract_body(&shop.course);
        body["guardian"]["id_number"] = json!(["110105194912310039", "110105194912310055"][n - 1]);
        body["pupil"]["name"] = json!(format!("李小{n}"));
        let contract = text(&world.post("owner", "/v1/contracts", &body).await.expect(201)["id"]);
        let name = format!("family-{n}");
        let role = app::identity::NewRole::Guardian { contract: contract.parse().unwrap() };
        world.user(&name, role).await;
        let path = format!("/v1/contracts/{contract}/signatures");
        world.post("owner", &path, &json!({"party":"institution"})).await.expect(201);
        world.post(&name, &path, &json!({"party":"guardian"})).await.expect(201);
        contracts.push(contract);
    }
    for (n, contract) in contracts.iter().enumerate() {
        let path = format!("/v1/contracts/{contract}/payments");
        world.post("bank", &path, &payment_body(200_000, &format!("REF-{n}"))).await.expect(201);
    }
    let early = world.post("approver", &run_path(&shop), &json!({})).await;
    assert_eq!(early.problem(409), "wrong-state", "it may still act for itself");
    let path = format!("/v1/licences/{}/suspension", shop.licence);
    world.post("approver", &path, &json!({"reason":"停业失联"})).await.expect(201);
    (shop, contracts)
}

fn run_path(shop: &Shop) -> String {
    format!("/v1/institutions/{}/refund-runs", shop.institution)
}

fn file(zip: &[u8], name: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut out = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut out).unwrap();
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pack_names_every_family_and_every_fen() {
    let mut world = World::on("2026-11-22").await;
    let (shop, contracts) = suspended(&mut world, 2).await;
    let path = format!("/v1/institutions/{}/closure", shop.institution);
    let body = json!({"passphrase":PASSPHRASE});
    assert_eq!(world.post("owner", &path, &body).await.problem(403), "forbidden");
    assert_eq!(world.post("approver", &path, &json!({"passphrase":"short"})).await.problem(409), "wrong-state");
    let made = world.post("approver", &path, &body).await.expect(201);
    assert_eq!(made["entries"][0]["type"], "closure_packed");
    assert_eq!(
        (&made["contracts"], &made["owed_fen"], &made["hours_left"]),
        (&json!("2"), &json!(400_000), &json!("48"))
    );
    let pack = format!("/v1/institutions/{}/closures/{}/pack", shop.institution, text(&made["id"]));
    assert_eq!(world.get("owner", &pack).await.problem(403), "forbidden");
    let (headers, zip) = world.ask(Some("approver"), reqwest::Method::GET, &pack).bytes().await;
    assert_eq!(headers["content-type"], "application/zip");
    // The manifest is the one that the ledger names, and every file is the one that the manifest names.
    let manifest = file(&zip, "manifest.json");
    assert_eq!(made["manifest"], ledger::file_digest(&manifest).to_string());
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    for listed in manifest["files"].as_array().unwrap() {
        let bytes = file(&zip, listed["name"].as_str().unwrap());
        assert_eq!(listed["sha256"], ledger::file_digest(&bytes).to_string());
    }
    let families = String::from_utf8(file(&zip, "families.csv")).unwrap();
    for contract in &contracts {
        assert!(families.contains(contract.as_str()));
    }
    let position: Value = serde_json::from_slice(&file(&zip, "position.json")).unwrap();
    assert_eq!(
        (&position["custody_fen"], &position["order_of_payment"][0]["paid_fen"]),
        (&json!(400_000), &json!(400_000))
    );
    // Names and phones are nowhere in the clear.
    let sealed = file(&zip, "contacts.sealed.json");
    assert_eq!(&file(&zip, "closure.xlsx")[..2], b"PK");
    assert!(String::from_utf8(file(&zip, "transfer_offers.csv")).unwrap().starts_with("offer,institution,name"));
    let texts = ["README.txt", "contacts.sealed.json", "families.csv", "position.json", "refunds.csv"];
    for name in texts.into_iter().chain(["transfer_offers.csv", "manifest.json"]) {
        let text = String::from_utf8(file(&zip, name)).unwrap();
        assert!(!text.contains("李某") && !text.contains("13800000000"), "{name}");
    }
    assert!(app::closure::open_contacts(&sealed, "another passphrase").is_err());
    let contacts = app::closure::open_contacts(&sealed, PASSPHRASE).unwrap();
    assert_eq!(contacts.as_array().unwrap().len(), 2);
    assert!(contacts.to_string().contains("13800000000"));
    let listed = world.get("auditor", &format!("/v1/institutions/{}/closures", shop.institution)).await.expect(200);
    assert_eq!(listed["items"][0]["manifest"], made["manifest"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_refund_that_is_cut_off_goes_on_and_pays_nobody_twice() {
    let mut world = World::on("2026-11-22").await;
    let (shop, contracts) = suspended(&mut world, 3).await;
    // One family had asked for a part itself.
    let path = format!("/v1/contracts/{}/refunds", contracts[0]);
    world.post("guardian", &path, &json!({"cause":"institution","hours":"12"})).await.expect(201);
    assert_eq!(world.post("officer", &run_path(&shop), &json!({})).await.problem(403), "forbidden");
    let first = world.post("approver", &run_path(&shop), &json!({"contracts_max":1})).await.expect(200);
    assert_eq!((&first["state"], &first["done"], &first["total"]), (&json!("running"), &json!("1"), &json!("3")));
    // Another server goes on where the first was cut off, while the officer asks again.
    let second = world.second_server().await;
    let ledger = second.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    let body = json!({});
    let path = run_path(&shop);
    let (run, asked) = tokio::join!(second.run_jobs(&ledger, world.now()), world.post("approver", &path, &body));
    run.unwrap();
    asked.expect(200);
    let run = format!("{}/{}", run_path(&shop), text(&first["id"]));
    let now = world.get("auditor", &run).await.expect(200);
    assert_eq!((&now["state"], &now["refused"]), (&json!("done"), &json!("0")), "{now}");
    let items = world.get("auditor", &format!("{run}/items")).await.expect(200);
    let items = items["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert!(items.iter().all(|item| item["outcome"] == "refunded" && item["amount_fen"] == 200_000), "{items:?}");
    let balances = format!("/v1/institutions/{}/balances", shop.institution);
    let balances = world.get("auditor", &balances).await.expect(200);
    assert_eq!((&balances["prepaid_fen"], &balances["refund_fen"]), (&json!(0), &json!(600_000)), "{balances}");
    // A run after the end finds nothing to do.
    let again = world.post("approver", &run_path(&shop), &json!({})).await.expect(200);
    assert_eq!(again["state"], "done");
    let balances = world.get("auditor", &format!("/v1/institutions/{}/balances", shop.institution)).await.expect(200);
    assert_eq!(balances["refund_fen"], 600_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_volunteers_is_of_the_same_kind_and_a_family_accepts_once() {
    let mut world = World::on("2026-11-22").await;
    let (shop, contracts) = suspended(&mut world, 1).await;
    let path = format!("/v1/institutions/{}/transfer-offers", shop.institution);
    let offer = json!({"category":"arts","stage":"primary","hours":"30"});
    // The failed one itself is no longer licensed.
    let refused = world.post("owner", &path, &offer).await;
    assert_eq!(refused.json()["rule"], "supervision.transfer_fits", "{}", refused.text);
    assert_eq!(world.post("guardian", &path, &offer).await.problem(403), "forbidden");
    assert_eq!(world.public(&path).await.expect(200)["items"], json!([]));
    let accept = format!("/v1/contracts/{}/transfer-acceptance", contracts[0]);
    let nobody = json!({"offer":"01900000-0000-7000-8000-000000000000"});
    assert_eq!(world.post("guardian", &accept, &nobody).await.problem(404), "not-found");
    assert_eq!(world.post("owner", &accept, &nobody).await.problem(403), "forbidden");
    // Two offers of an institution of the same kind: one too small, one large enough.
    let ledger = "330502".parse().unwrap();
    for (n, hours) in [(1, "10"), (2, "30")] {
        let offer = store::TransferOffer {
            id: format!("01900000-0000-7000-8000-00000000000{n}").parse().unwrap(),
            failed: shop.institution.parse().unwrap(),
            institution: "01900000-0000-7000-8000-000000000009".parse().unwrap(),
            category: kernel::Category::Arts,
            stage: kernel::Stage::Primary,
            hours: hours.parse().unwrap(),
            offered_at: world.now(),
        };
        let tx = world.app.store().begin().await.unwrap();
        store::transfer_offer_insert(&tx, &ledger, &offer).await.unwrap();
        tx.commit().await.unwrap();
    }
    let of = |n: u8| json!({"offer":format!("01900000-0000-7000-8000-00000000000{n}")});
    let small = world.post("guardian", &accept, &of(1)).await;
    assert_eq!(small.json()["rule"], "supervision.transfer_hours", "{}", small.text);
    assert_eq!(world.post("guardian", &accept, &of(2)).await.expect(200)["hours"], "24");
    assert_eq!(world.post("guardian", &accept, &of(2)).await.status.as_u16(), 422, "what is left is too little now");
    let left = world.public(&path).await.expect(200);
    assert_eq!((&left["items"][0]["hours_left"], &left["items"][1]["hours_left"]), (&json!("10"), &json!("6")));
}
