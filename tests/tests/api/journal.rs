//! Postings for accountants: hledger and beancount read the journals, add up every account again and
//! find the balances that are stated; a journal that was changed they refuse.

use std::io::Write;
use std::process::Command;

use serde_json::json;

use crate::world::{World, payment_body, text};

/// Runs a program on a journal; true when it accepts it. None where the program is not installed, which
/// CI does not allow.
fn accepts(program: &[&str], journal: &str) -> Option<bool> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(journal.as_bytes()).unwrap();
    let [name, arguments @ ..] = program else { return None };
    let path = file.path().to_str().unwrap();
    let arguments = arguments.iter().map(|argument| if *argument == "FILE" { path } else { argument });
    match Command::new(name).args(arguments).output() {
        Ok(output) => Some(output.status.success()),
        Err(_) => {
            assert!(std::env::var_os("CI").is_none(), "{name} is needed here");
            eprintln!("{name} is not installed: not checked");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn journals_are_accepted_by_the_programs_that_they_are_for() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let pay = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &pay, &payment_body(200_000, "R1")).await.expect(201);
    let why = json!({"cause":"consumer","reason":"搬家"});
    let refund =
        text(&world.post("guardian", &format!("/v1/contracts/{contract}/refunds"), &why).await.expect(201)["id"]);
    world.post("owner", &format!("/v1/refunds/{refund}/consent"), &json!({})).await.expect(201);
    let of = |kind: &str| format!("/v1/institutions/{}/journal.{kind}", shop.institution);

    let hledger = world.get("auditor", &of("hledger")).await;
    assert_eq!(hledger.status, 200);
    let hledger = hledger.text;
    assert!(hledger.contains("  Assets:Custody  2000.00 CNY\n"), "{hledger}");
    assert!(hledger.contains("Liabilities:Refund  0.00 CNY =* -2000.00 CNY\n"), "{hledger}");
    let beancount = world.get("auditor", &of("beancount")).await.text;
    assert!(beancount.contains(" balance Liabilities:Refund  -2000.00 CNY\n"), "{beancount}");
    for (program, journal) in
        [(&["hledger", "-f", "FILE", "check"][..], &hledger), (&["bean-check", "FILE"][..], &beancount)]
    {
        let Some(accepted) = accepts(program, journal) else { continue };
        assert!(accepted, "{program:?} refuses:\n{journal}");
        let changed = journal.replacen("Assets:Custody  2000.00", "Assets:Custody  2000.01", 1);
        assert_ne!(&changed, journal);
        assert_eq!(accepts(program, &changed), Some(false), "{program:?} accepts what does not add up");
        // An entry left out: what is stated at the end tells.
        let begin = journal.find("fee_paid").and_then(|at| journal[..at].rfind("\n2026")).unwrap();
        let end = begin + journal[begin..].find("\n\n").unwrap();
        let without = format!("{}{}", &journal[..begin], &journal[end..]);
        assert_eq!(accepts(program, &without), Some(false), "{program:?} does not miss a payment");
    }

    let csv = world.get("auditor", &of("csv")).await.text;
    assert_eq!(csv.lines().count(), 5, "words, and two postings of each of two entries: {csv}");
    assert!(csv.contains("\"fee_paid\",\"bank:custody\",\"2000.00\""), "{csv}");
    assert!(csv.contains(&format!("\"prepaid:{contract}\",\"-2000.00\"")), "{csv}");
    let xlsx = world.get("auditor", &of("xlsx")).await;
    assert_eq!(xlsx.status, 200);
    for who in ["guardian", "neighbour"] {
        for kind in ["hledger", "beancount", "csv", "xlsx"] {
            let status = world.get(who, &of(kind)).await.status.as_u16();
            assert!(status == 403 || status == 404, "{who} {kind}: {status}");
        }
    }
}
