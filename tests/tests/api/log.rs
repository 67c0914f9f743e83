//! What can be proved from outside: checkpoints, tiles, proofs, receipts, exports, checked with the
//! ledger's own verifier and nothing of the server's.

use ledger::{Hash, Node, Note, ProofPlan, VerifierKey};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, institution_body, text};

async fn key_of(world: &World) -> (String, VerifierKey) {
    let ledger = &world.public("/v1/ledgers").await.expect(200)["items"][0];
    (text(&ledger["id"]), text(&ledger["vkey"]).parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_verifies_without_the_server() {
    let world = World::on("2026-11-22").await;
    let ask = world.ask(Some("bureau"), Method::POST, "/v1/institutions").keyed();
    let ask = ask.header("prefer", "wait=checkpoint, return=representation").json(&institution_body());
    let registered = ask.send().await.expect(201);
    let (_, key) = key_of(&world).await;
    let inline: ledger::Receipt = text(&registered["receipt"]).parse().unwrap();
    let report = inline.verify(Some(&key), &[]);
    assert_eq!(report.verdict.exit_code(), 0, "{report:?}");
    let leaf = text(&registered["entries"][0]["leaf_hash"]);
    assert_eq!(report.leaf.to_string(), leaf);
    for who in ["bureau", "auditor", "city"] {
        let receipt = world.get(who, &format!("/v1/receipts/{leaf}")).await;
        assert_eq!(receipt.status, 200, "{who}: {}", receipt.text);
        assert!(receipt.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
        let receipt: ledger::Receipt = receipt.text.parse().unwrap();
        assert_eq!(receipt.verify(Some(&key), &[]).verdict.exit_code(), 0);
    }
    assert_eq!(world.get("neighbour", &format!("/v1/receipts/{leaf}")).await.problem(403), "forbidden");
    let code = world.get("auditor", &format!("/v1/receipts/{leaf}/qr")).await;
    assert_eq!(code.status, 200, "{}", code.text);
    assert_eq!(code.headers["content-type"], "image/svg+xml");
    assert!(code.text.starts_with("<svg ") && code.text.contains("h1v1h-1z"), "{}", code.text);
    assert_eq!(world.get("neighbour", &format!("/v1/receipts/{leaf}/qr")).await.problem(403), "forbidden");
    let none = format!("/v1/receipts/{}", "0".repeat(64));
    assert_eq!(world.get("auditor", &none).await.problem(404), "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_tiles_and_checkpoints_agree() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let (id, key) = key_of(&world).await;
    let ask = world.ask(Some("bureau"), Method::POST, &format!("/v1/institutions/{}/holds", shop.institution)).keyed();
    ask.header("prefer", "wait=checkpoint").json(&json!({})).send().await.expect(201);
    let checkpoint = world.public(&format!("/log/{id}/checkpoint")).await;
    let note = Note::parse(checkpoint.text.as_bytes()).unwrap();
    note.verify(std::slice::from_ref(&key)).unwrap();
    let mut lines = note.text().lines().skip(1);
    let size: u64 = lines.next().unwrap().parse().unwrap();
    let width = if size < 256 { format!(".p/{size}") } else { String::new() };
    let tile = world.client.get(format!("{}/log/{id}/tile/0/000{width}", world.base)).send().await.unwrap();
    assert!(tile.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let bytes = tile.bytes().await.unwrap();
    let leaves: Vec<Hash> = bytes.chunks(32).map(|chunk| Hash::new(chunk.try_into().unwrap())).collect();
    assert_eq!(leaves.len() as u64, size);
    let mut frontier = ledger::Frontier::new();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    let nodes = |node: Node| -> Option<Hash> {
        let mut part = ledger::Frontier::new();
        let (from, to) = (node.index << node.level, (node.index + 1) << node.level);
        leaves.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?.iter().for_each(|leaf| part.push(*leaf));
        Some(part.root())
    };
    for seq in 0..size {
        let proof = world.public(&format!("/v1/ledgers/{id}/entries/{seq}/proof?size={size}")).await.expect(200);
        let expected = ProofPlan::inclusion(seq, size).unwrap().build(&nodes).unwrap();
        let hashes: Vec<_> = proof["hashes"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(hashes, expected.iter().map(Hash::to_string).collect::<Vec<_>>(), "{seq}");
        assert_eq!(proof["leaf_hash"], leaves[seq as usize].to_string());
    }
    let consistency = world.public(&format!("/v1/ledgers/{id}/consistency?from=2&to={size}")).await.expect(200);
    let expected = ProofPlan::consistency(2, size).unwrap().build(&nodes).unwrap();
    assert_eq!(consistency["hashes"].as_array().unwrap().len(), expected.len());
    // Entries are for those whom they concern, bundles for auditors.
    let entry = format!("/v1/ledgers/{id}/entries/1");
    assert_eq!(world.public(&entry).await.problem(401), "not-signed-in");
    let shown = world.get("auditor", &entry).await.expect(200);
    assert_eq!(ledger::leaf_hash(text(&shown["bytes"]).as_bytes()), leaves[1]);
    let bundle = format!("/log/{id}/tile/entries/000{width}");
    assert_eq!(world.public(&bundle).await.problem(401), "not-signed-in");
    assert_eq!(world.get("bureau", &bundle).await.problem(403), "forbidden");
    assert_eq!(world.get("auditor", &bundle).await.status, 200);
    for missing in ["tile/0/001", "tile/1/000", "tile/0/999.p/3"] {
        assert_eq!(world.public(&format!("/log/{id}/{missing}")).await.problem(404), "not-found", "{missing}");
    }
    for bad in ["tile/0/0", "tile/x/000", "tile/0/000.p/0", "tile/0/000.p/256"] {
        assert_eq!(world.public(&format!("/log/{id}/{bad}")).await.problem(400), "invalid-parameter", "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_verifies_and_is_for_auditors() {
    let mut world = World::on("2026-11-22").await;
    world.shop().await;
    let (id, key) = key_of(&world).await;
    let path = format!("/v1/ledgers/{id}/export");
    for who in ["bureau", "owner", "bank", "admin"] {
        assert_eq!(world.get(who, &path).await.problem(403), "forbidden", "{who}");
    }
    let export = world.get("auditor", &path).await;
    assert_eq!(export.status, 200);
    let mut reader = ledger::ExportReader::open(export.text.as_bytes()).unwrap();
    let (mut entries, mut buffer) = (0, Vec::new());
    while reader.next_entry(&mut buffer).unwrap() {
        ledger::decode(&buffer).unwrap();
        entries += 1;
    }
    let checkpoint = reader.checkpoint().unwrap();
    Note::parse(&checkpoint).unwrap().verify(&[key]).unwrap();
    let size = world.public("/v1/ledgers").await.expect(200)["items"][0]["size"].clone();
    assert_eq!(json!(entries.to_string()), size);
    assert_eq!(world.public("/v1/integrity").await.expect(200)["status"], json!("ok"));
    assert_eq!(world.public("/healthz").await.expect(200), json!({"status":"ok"}));
    assert_eq!(world.public("/readyz").await.expect(200), json!({"status":"ok"}));
    assert_eq!(world.public("/v1/ledgers").await.expect(200)["next"], Value::Null);
}

/// The page that checks a receipt: everybody's, and its policy lets nothing in.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_that_checks_receipts() {
    let world = World::on("2026-11-22").await;
    let page = world.public("/verify").await;
    assert_eq!(page.status, 200);
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    let (_, rest) = page.text.split_once("<script>").unwrap();
    let (script, _) = rest.split_once("</script>").unwrap();
    assert!(policy.contains(&format!("script-src '{}'", ledger::hash::csp_source(script.as_bytes()))), "{policy}");
}
