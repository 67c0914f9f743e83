//! Seals, statements and sealed balances over HTTP, checked with nothing of the server's.

use ledger::{SealedBalance, Statement, StatementReport, Unchecked, Verdict, VerifierKey};
use reqwest::Method;
use serde_json::json;

use crate::world::{World, payment_body, text};

async fn key_of(world: &World) -> VerifierKey {
    text(&world.public("/v1/ledgers").await.expect(200)["items"][0]["vkey"]).parse().unwrap()
}

async fn seal(world: &World) -> u64 {
    let ledger = world.app.all_ledgers().await.remove(0);
    world.app.run_clocks(&ledger, world.app.effects().now()).await.unwrap().seals
}

async fn statement(world: &World, who: &str, path: &str) -> StatementReport {
    let answer = world.get(who, path).await;
    assert_eq!(answer.status, 200, "{who}: {}", answer.text);
    assert!(answer.headers["content-disposition"].to_str().unwrap().contains(".tutela-statement"));
    answer.text.parse::<Statement>().unwrap().verify(Some(&key_of(world).await), &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_and_balances_verify_without_the_server() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = |tail: &str| format!("/v1/contracts/{contract}/{tail}");
    let of = |tail: &str| format!("/v1/institutions/{}/{tail}", shop.institution);
    world.post("bank", &at("payments"), &payment_body(200_000, "R")).await.expect(201);
    // Before the first seal there is a statement that says what is missing, and no balance.
    let early = statement(&world, "guardian", &at("statement.txt")).await;
    assert_eq!(early.verdict, Verdict::CouldNotCheckEverything(vec![Unchecked::NoSeal]));
    assert_eq!(world.get("guardian", &at("balance-proof")).await.problem(404), "not-found");
    assert_eq!(world.get("owner", &of("seals")).await.expect(200)["items"], json!([]));
    assert_eq!(seal(&world).await, 0, "the day is not over");

    world.set_day("2026-11-23");
    for who in ["owner", "guardian", "bureau", "auditor", "bank"] {
        world.log_in(who).await;
    }
    assert_eq!(seal(&world).await, 1);
    assert_eq!(seal(&world).await, 0);
    world.post("owner", &at("lessons"), &json!({"hours":"1","held_on":"2026-12-05"})).await;
    for who in ["guardian", "owner", "bureau", "auditor"] {
        let report = statement(&world, who, &at("statement.txt")).await;
        assert_eq!(report.verdict, Verdict::Holds, "{who}");
        let complete = report.complete.as_ref().unwrap();
        assert_eq!((complete.on().to_string().as_str(), complete.entries), ("2026-11-22", 3));
        let proof = world.get(who, &at("balance-proof")).await;
        let proof = proof.text.parse::<SealedBalance>().unwrap().verify(Some(&key_of(&world).await), &[]);
        assert_eq!(proof.verdict, Verdict::Holds, "{who}");
        assert_eq!(proof.sealed.unwrap().prepaid_fen.fen(), 200_000);
    }
    for who in ["owner", "bureau", "auditor"] {
        let report = statement(&world, who, &of("statement")).await;
        assert_eq!(report.verdict, Verdict::Holds, "{who}");
        assert_eq!(report.complete.unwrap().seal.contracts, 1);
    }
    for who in ["owner", "bureau", "auditor", "bank"] {
        let seals = world.get(who, &of("seals")).await.expect(200);
        let seal = &seals["items"][0];
        assert_eq!((&seal["sealed_on"], &seal["contracts"]), (&json!("2026-11-22"), &json!(1)));
        assert_eq!((&seal["custody_fen"], &seal["hours_left"]), (&json!(200_000), &json!("24")));
    }
    // Families see their contract and nothing of the institution's; a bank sees sums.
    for (who, path) in [
        ("guardian", of("statement")),
        ("guardian", of("seals")),
        ("bank", of("statement")),
        ("bank", at("statement.txt")),
        ("bank", at("balance-proof")),
    ] {
        let answer = world.ask(Some(who), Method::GET, &path).send().await;
        assert!([403, 404].contains(&answer.status.as_u16()), "{who} {path}: {}", answer.status);
    }
}
