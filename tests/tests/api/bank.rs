//! Statements of the custody bank through the front door: read, continued, matched, suspended, explained;
//! what is refused, and who may not.

use std::fmt::Write;

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, World, payment_body, text};

/// The custody account of the shop.
pub const ACCOUNT: &str = "6222000000000001";

/// A line of a statement: credit or debit, yuan, reference, remittance text, end-to-end reference.
#[derive(Clone, Default)]
pub struct Line {
    pub credit: bool,
    pub yuan: &'static str,
    pub reference: String,
    pub text: String,
    pub end_to_end: String,
    pub code: &'static str,
}

pub fn credit(yuan: &'static str, reference: &str) -> Line {
    Line { credit: true, yuan, reference: reference.to_owned(), ..Line::default() }
}

pub fn debit(yuan: &'static str, reference: &str) -> Line {
    Line { yuan, reference: reference.to_owned(), ..Line::default() }
}

/// A camt.053.001.08 message with one statement.
pub fn camt(sequence: u64, on: &str, opening: &str, closing: &str, lines: &[Line]) -> String {
    let balance = |code: &str, yuan: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{yuan}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
        )
    };
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>M{sequence}</MsgId><CreDtTm>{on}T23:00:00+08:00</CreDtTm></GrpHdr><Stmt><Id>S{sequence}</Id>\
         <LglSeqNb>{sequence}</LglSeqNb><Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{}{}",
        balance("OPBD", opening),
        balance("CLBD", closing)
    );
    for line in lines {
        let way = if line.credit { "CRDT" } else { "DBIT" };
        let code = if line.code.is_empty() { "OTHR" } else { line.code };
        write!(
            xml,
            "<Ntry><Amt Ccy=\"CNY\">{}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>{on}</Dt></BookgDt><AcctSvcrRef>{}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly>\
             <Cd>RCDT</Cd><SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>\
             <EndToEndId>{}</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>张&amp;某</Nm></Pty></Dbtr></RltdPties>\
             <RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
            line.yuan,
            line.reference,
            if line.end_to_end.is_empty() { "NOTPROVIDED" } else { &line.end_to_end },
            line.text
        )
        .unwrap();
    }
    xml.push_str("</Stmt></BkToCstmrStmt></Document>");
    xml
}

pub async fn send(world: &World, who: Option<&str>, kind: &str, file: impl Into<reqwest::Body>) -> Answer {
    world.ask(who, Method::POST, "/v1/bank-statements").header("content-type", kind).body(file).send().await
}

pub async fn import(world: &World, file: String) -> Value {
    let answer = send(world, Some("bank"), "application/xml", file).await.expect(201);
    answer["statements"][0].clone()
}

async fn balances(world: &World, institution: &str) -> Value {
    world.get("auditor", &format!("/v1/institutions/{institution}/balances")).await.expect(200)
}

fn counts(statement: &Value) -> [i64; 3] {
    ["matched", "suspended", "open"].map(|key| statement[key].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_matched_by_named_rules_and_the_rest_is_suspended() {
    matched_and_suspended(World::on("2026-11-22").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        matched_and_suspended(world).await;
    }
}

async fn matched_and_suspended(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let pay = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &pay, &payment_body(100_000, "REF-EXACT")).await.expect(201);
    world.post("bank", &pay, &payment_body(60_000, "REF-INTEXT")).await.expect(201);
    world.post("bank", &pay, &payment_body(27_655, "REF-OTHER")).await.expect(201);
    let lines = [
        credit("1000.00", "REF-EXACT"),
        Line { text: "少儿国画 REF-INTEXT 学费".to_owned(), ..credit("600", "B-2") },
        credit("276.55000", "B-3"),
        credit("123.45", "B-4"),
        debit("23.45", "B-5"),
    ];
    let file = camt(1, "2026-11-22", "0.00", "1976.55", &lines);
    let done = import(&world, file.clone()).await;
    assert_eq!((counts(&done), &done["replayed"]), ([3, 2, 0], &json!(false)), "{done}");
    let held = balances(&world, &shop.institution).await;
    // What was paid was in custody already: only what nothing explains moved it.
    assert_eq!((&held["custody_fen"], &held["suspense_fen"]), (&json!(197_655), &json!(10_000)), "{held}");
    let all = world.get("bank", &format!("/v1/bank-lines?statement={}", text(&done["id"]))).await.expect(200);
    let rules: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|line| &line["rule"]).collect();
    for rule in ["reference_exact", "reference_in_text", "amount_and_day"] {
        assert!(rules.contains(&&json!(rule)), "{rule}: {rules:?}");
    }
    assert_eq!(all["items"][0]["party"], "张&某");
    // The same again, and the work list.
    let again = send(&world, Some("bank"), "application/xml", file).await.expect(200);
    assert_eq!((&again["statements"][0]["replayed"], &again["statements"][0]["id"]), (&json!(true), &done["id"]));
    let work = world.get("bureau", "/v1/bank-lines?state=suspended").await.expect(200);
    assert_eq!(work["items"].as_array().unwrap().len(), 2);
    // The payment is recorded later: by its reference it explains the line, and money is counted once.
    world.post("bank", &pay, &payment_body(12_345, "B-4")).await.expect(201);
    assert_eq!(balances(&world, &shop.institution).await["custody_fen"], 210_000, "twice, until it is explained");
    world.tick().await;
    let held = balances(&world, &shop.institution).await;
    assert_eq!((&held["custody_fen"], &held["suspense_fen"]), (&json!(197_655), &json!(-2_345)), "{held}");
    let report = world.get("auditor", &format!("/v1/institutions/{}/entries", shop.institution)).await.expect(200);
    let types: Vec<String> =
        report["items"].as_array().unwrap().iter().map(|entry| text(&entry["entry"]["_t"])).collect();
    assert!(types.iter().any(|t| t == "suspense_cleared"), "{types:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_pays_on_order_is_confirmed_by_its_statement_and_comes_back_once() {
    paid_on_order(World::on("2026-11-22").await).await;
}

async fn paid_on_order(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(200_000, "R-1")).await.expect(201);
    import(&world, camt(7, "2026-11-22", "0", "2000", &[credit("2000", "R-1")])).await;
    world.at("2026-12-05", 600).await;
    let lesson = json!({"hours":"2","held_on":"2026-12-05","class_session":null});
    let lesson = world.post("owner", &format!("/v1/contracts/{contract}/lessons"), &lesson).await.expect(201);
    let lesson = text(&lesson["id"]);
    world.post("guardian", &format!("/v1/lessons/{lesson}/confirmation"), &json!({})).await.expect(201);
    let order = format!("/v1/institutions/{}/settlements", shop.institution);
    let ordered = text(&world.post("owner", &order, &json!({"amount_fen":16_667})).await.expect(201)["id"]);
    let out = Line { end_to_end: ordered.replace('-', ""), ..debit("166.67", "OUT-1") };
    let done = import(&world, camt(8, "2026-12-05", "2000", "1833.33", &[out])).await;
    assert_eq!(counts(&done), [1, 0, 0], "{done}");
    let state = world.get("owner", &format!("/v1/settlements/{ordered}")).await.expect(200);
    assert_eq!(state["state"], "paid");
    let held = balances(&world, &shop.institution).await;
    assert_eq!((&held["custody_fen"], &held["payable_fen"]), (&json!(183_333), &json!(0)), "{held}");
    // Paid twice by hand is refused, and what comes back is payable again.
    let twice = world.post("bank", &format!("/v1/settlements/{ordered}/payout"), &json!({"bank_reference":"X"})).await;
    assert_eq!(twice.problem(409), "wrong-state");
    world.at("2026-12-06", 600).await;
    let back = Line { end_to_end: ordered.replace('-', ""), code: "RRTN", ..credit("166.67", "BACK-1") };
    let done = import(&world, camt(9, "2026-12-06", "1833.33", "2000", &[back])).await;
    assert_eq!(counts(&done), [1, 0, 0], "{done}");
    let held = balances(&world, &shop.institution).await;
    assert_eq!((&held["custody_fen"], &held["payable_fen"]), (&json!(200_000), &json!(16_667)), "{held}");
    assert_eq!(world.get("owner", &format!("/v1/settlements/{ordered}")).await.expect(200)["state"], "returned");
    // It may be ordered again, and fail before anything moves.
    let second = text(&world.post("owner", &order, &json!({"amount_fen":16_667})).await.expect(201)["id"]);
    let more = world.post("owner", &order, &json!({"amount_fen":1})).await;
    assert_eq!(
        (more.problem(422).as_str(), &more.json()["rule"]),
        ("rule-broken", &json!("escrow.settlement_within_payable"))
    );
    let reason = json!({"reason":"账户已注销"});
    world.post("bank", &format!("/v1/settlements/{second}/failure"), &reason).await.expect(201);
    world.post("owner", &order, &json!({"amount_fen":16_667})).await.expect(201);
    for who in ["owner", "guardian", "bureau", "auditor"] {
        for tail in ["failure", "return"] {
            let refused = world.post(who, &format!("/v1/settlements/{second}/{tail}"), &reason).await;
            assert!([403, 404].contains(&refused.status.as_u16()), "{who} {tail}: {}", refused.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_does_not_continue_the_last_is_refused_whole() {
    refused_whole(World::on("2026-11-22").await).await;
}

async fn refused_whole(mut world: World) {
    let shop = world.shop().await;
    import(&world, camt(1, "2026-11-20", "0", "100", &[credit("100", "B-1")])).await;
    let rule = |answer: Answer| {
        assert_eq!(answer.problem(422), "rule-broken");
        text(&answer.json()["rule"])
    };
    let next = |sequence, on, opening, closing, lines: &[Line]| {
        send(&world, Some("bank"), "application/xml", camt(sequence, on, opening, closing, lines))
    };
    assert_eq!(rule(next(3, "2026-11-21", "100", "100", &[]).await), "bank.statement_sequence");
    assert_eq!(rule(next(2, "2026-11-21", "99.99", "99.99", &[]).await), "bank.statement_continues");
    assert_eq!(rule(next(2, "2026-11-19", "100", "100", &[]).await), "bank.statement_day");
    assert_eq!(rule(next(2, "2026-11-23", "100", "100", &[]).await), "bank.statement_day", "the future");
    // The day is there with another content.
    let other = next(2, "2026-11-20", "100", "100", &[]).await;
    assert_eq!((other.problem(422).as_str(), &other.json()["field"]), ("unreadable-file", &json!("other_of_day")));
    let lines = world.get("bank", &format!("/v1/bank-lines?institution={}", shop.institution)).await.expect(200);
    assert_eq!(lines["items"].as_array().unwrap().len(), 1, "nothing of what was refused is kept");
    // What was refused before it continued is taken when it does.
    let third = camt(3, "2026-11-22", "100", "100", &[]);
    assert_eq!(rule(send(&world, Some("bank"), "application/xml", third.clone()).await), "bank.statement_sequence");
    import(&world, camt(2, "2026-11-21", "100", "100", &[])).await;
    import(&world, third).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_twice_is_seen_and_money_that_went_back_explains_both() {
    seen_twice(World::on("2026-11-22").await).await;
}

async fn seen_twice(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(100_000, "R-1")).await.expect(201);
    let twice = [credit("1000", "R-1"), credit("1000", "R-1")];
    let done = import(&world, camt(1, "2026-11-22", "0", "2000", &twice)).await;
    assert_eq!(counts(&done), [1, 1, 0], "the second is nobody's: {done}");
    world.at("2026-11-23", 600).await;
    let done = import(&world, camt(2, "2026-11-23", "2000", "1000", &[debit("1000", "BACK")])).await;
    assert_eq!(counts(&done), [0, 1, 0], "{done}");
    let work = world.get("bank", "/v1/bank-lines?state=suspended").await.expect(200);
    let find = |way: &str| {
        let items = work["items"].as_array().unwrap();
        text(&items.iter().find(|line| line["direction"] == way).unwrap()["id"])
    };
    let (back, double) = (find("debit"), find("credit"));
    let path = format!("/v1/bank-lines/{double}/match");
    let body = json!({"line":back,"reason":"家长重复转账，已原路退回"});
    for who in ["owner", "guardian", "auditor", "admin", "neighbour"] {
        let refused = world.post(who, &path, &body).await;
        assert!([403, 404].contains(&refused.status.as_u16()), "{who}: {}", refused.text);
    }
    let wrong = world.post("bank", &path, &json!({"line":double,"reason":"自己"})).await;
    assert_eq!(wrong.json()["rule"], "bank.line_amount");
    let none = world.post("bank", &path, &json!({"reason":"没有说是什么"})).await;
    assert_eq!(none.problem(400), "invalid-field");
    let payments = world.get("bureau", &format!("/v1/contracts/{contract}/payments")).await.expect(200);
    let payment = text(&payments["items"][0]["id"]);
    let taken = world.post("bank", &path, &json!({"payment":payment,"reason":"已匹配过"})).await;
    assert_eq!(taken.json()["rule"], "bank.line_matches_once");
    world.post("bank", &path, &body).await.expect(200);
    let held = balances(&world, &shop.institution).await;
    assert_eq!((&held["custody_fen"], &held["suspense_fen"]), (&json!(100_000), &json!(0)), "{held}");
    let over = world.post("bank", &path, &body).await;
    assert_eq!(over.problem(409), "wrong-state");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_bank_hands_in_a_statement() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    world.contract(&shop).await;
    let file = camt(1, "2026-11-22", "0", "0", &[]);
    assert_eq!(send(&world, None, "application/xml", file.clone()).await.problem(401), "not-signed-in");
    for who in ["owner", "guardian", "bureau", "officer", "approver", "city", "neighbour", "auditor", "admin"] {
        let refused = send(&world, Some(who), "application/xml", file.clone()).await;
        assert_eq!(refused.problem(403), "forbidden", "{who}");
    }
    for who in ["owner", "guardian", "admin"] {
        for path in ["/v1/bank-statements", "/v1/bank-lines"] {
            assert_eq!(world.get(who, path).await.problem(403), "forbidden", "{who} {path}");
        }
    }
    assert_eq!(world.public("/v1/bank-lines").await.problem(401), "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_statement_are_refused_and_say_why() {
    let mut world = World::on("2026-11-22").await;
    world.shop().await;
    let good = camt(1, "2026-11-22", "0", "100", &[credit("100", "B-1")]);
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><d>&b;</d>";
    let deep = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">{}{}</Document>",
        "<x>".repeat(10_000),
        "</x>".repeat(10_000)
    );
    let entity = good.replace("<Id>S1</Id>", "<Id>&secret;</Id>");
    let dollars = good.replacen("Ccy=\"CNY\">100", "Ccy=\"USD\">100", 1);
    let version = good.replace("camt.053.001.08", "camt.053.001.13");
    let pain = good.replace("camt.053.001.08", "pain.001.001.09");
    let unknown = good.replace(ACCOUNT, "6222999999999999");
    let cases: Vec<(&str, String, &str)> = vec![
        ("text/csv", String::new(), "empty"),
        ("application/xml", bomb.to_owned(), "doctype"),
        ("application/xml", deep, "depth"),
        ("application/xml", entity, "doctype"),
        ("application/xml", dollars, "currency"),
        ("application/xml", version, "version"),
        ("application/xml", pain, "format"),
        ("application/xml", unknown, "account"),
        ("application/xml", good[..good.len() / 2].to_owned(), "xml"),
        ("application/xml", good.replace("<LglSeqNb>1</LglSeqNb>", ""), "value"),
        (
            "application/xml",
            good.replace(">100</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>", ">99</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>"),
            "sum",
        ),
        ("text/csv", "a,b\n1,2\n".to_owned(), "format"),
    ];
    for (kind, file, code) in cases {
        let refused = send(&world, Some("bank"), kind, file.clone()).await;
        assert_eq!(refused.problem(422), "unreadable-file", "{code}");
        assert_eq!(refused.json()["field"], code, "{}", refused.text);
    }
    let kind = send(&world, Some("bank"), "application/json", good).await;
    assert_eq!(kind.problem(415), "unsupported-media-type");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_statement_as_a_table() {
    as_a_table(World::on("2026-11-22").await).await;
}

async fn as_a_table(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(100_000, "R-1")).await.expect(201);
    let file = format!(
        "账号,对账单号,对账日,期初余额,期末余额,记账日,收付,金额,流水号,种类,对方户名,附言\n\
         {ACCOUNT},1,2026-11-22,0.00,1001.50,2026-11-22,收入,1000.00,R-1,,李某,学费\n\
         {ACCOUNT},1,2026-11-22,0.00,1001.50,2026-11-22,收入,1.50,I-1,结息,,\n"
    );
    let done = send(&world, Some("bank"), "text/csv", file).await.expect(201);
    assert_eq!(counts(&done["statements"][0]), [2, 0, 0], "{done}");
    let held = balances(&world, &shop.institution).await;
    assert_eq!((&held["custody_fen"], &held["interest_fen"]), (&json!(100_150), &json!(150)), "{held}");
}

/// A refund that the bank paid, got back and paid once more is three lines of one refund.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_came_back_is_paid_again_and_every_line_is_known() {
    paid_again(World::on("2026-11-22").await).await;
}

async fn paid_again(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(100_000, "R-1")).await.expect(201);
    let refunds = format!("/v1/contracts/{contract}/refunds");
    let refund = text(&world.post("guardian", &refunds, &json!({"cause":"consumer"})).await.expect(201)["id"]);
    world.post("owner", &format!("/v1/refunds/{refund}/consent"), &json!({})).await.expect(201);
    let end_to_end = refund.replace('-', "");
    let out = |reference: &str| Line { end_to_end: end_to_end.clone(), ..debit("1000", reference) };
    let back = |reference: &str| Line { end_to_end: end_to_end.clone(), code: "RRTN", ..credit("1000", reference) };
    let state = async || text(&world.get("owner", &format!("/v1/refunds/{refund}")).await.expect(200)["state"]);
    // Paid, back and paid again on one day; the bank's file lists the return first.
    world.post("bank", &format!("/v1/refunds/{refund}/payout"), &json!({"bank_reference":"OUT-1"})).await.expect(201);
    let lines = [credit("1000", "R-1"), back("BACK-1"), out("OUT-1"), out("OUT-2")];
    let done = import(&world, camt(1, "2026-11-22", "0", "0", &lines)).await;
    assert_eq!((done["open"].as_i64(), state().await.as_str()), (Some(0), "paid"), "{done}");
    let held = balances(&world, &shop.institution).await;
    assert_eq!((&held["custody_fen"], &held["suspense_fen"], &held["refund_fen"]), (&json!(0), &json!(0), &json!(0)));
    // The bank says by telephone that it came back, its statement says so a day later.
    world.post("bank", &format!("/v1/refunds/{refund}/return"), &json!({"reason":"账号有误"})).await.expect(201);
    assert_eq!(state().await, "consented");
    world.at("2026-11-23", 600).await;
    let done = import(&world, camt(2, "2026-11-23", "0", "1000", &[back("BACK-2")])).await;
    assert_eq!(counts(&done), [1, 0, 0], "said and seen are one return: {done}");
    let held = balances(&world, &shop.institution).await;
    assert_eq!((&held["custody_fen"], &held["refund_fen"]), (&json!(100_000), &json!(100_000)), "{held}");
    world.at("2026-11-24", 600).await;
    let done = import(&world, camt(3, "2026-11-24", "1000", "0", &[out("OUT-3")])).await;
    assert_eq!((counts(&done), state().await.as_str()), ([1, 0, 0], "paid"), "{done}");
    assert_eq!(balances(&world, &shop.institution).await["custody_fen"], json!(0));
}

/// Money went where nobody knows before a payment was explained: the line waits until it is back, and the
/// ledger goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_custody_no_longer_covers_waits() {
    waits(World::on("2026-11-22").await).await;
}

async fn waits(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let pay = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &pay, &payment_body(10_000, "A-1")).await.expect(201);
    import(&world, camt(1, "2026-11-22", "0", "200", &[credit("100", "A-1"), credit("100", "X-1")])).await;
    // Recorded now, and not yet held against its line; then all is refunded and said to be paid.
    world.post("bank", &pay, &payment_body(10_000, "X-1")).await.expect(201);
    let refunds = format!("/v1/contracts/{contract}/refunds");
    let refund = text(&world.post("guardian", &refunds, &json!({"cause":"consumer"})).await.expect(201)["id"]);
    world.post("owner", &format!("/v1/refunds/{refund}/consent"), &json!({})).await.expect(201);
    world.post("bank", &format!("/v1/refunds/{refund}/payout"), &json!({"bank_reference":"P-1"})).await.expect(201);
    world.at("2026-11-23", 600).await;
    let done = import(&world, camt(2, "2026-11-23", "200", "100", &[debit("100", "GONE")])).await;
    assert_eq!(counts(&done), [0, 1, 0], "{done}");
    world.tick().await;
    let suspended = async || world.get("bank", "/v1/bank-lines?state=suspended").await.expect(200)["items"].clone();
    assert_eq!(suspended().await.as_array().unwrap().len(), 2, "it waits");
    let holds = format!("/v1/institutions/{}/holds", shop.institution);
    world.post("bureau", &holds, &json!({})).await.expect(201);
    world.at("2026-11-24", 600).await;
    import(&world, camt(3, "2026-11-24", "100", "200", &[credit("100", "BACK")])).await;
    world.tick().await;
    let left = suspended().await;
    let left: Vec<&Value> = left.as_array().unwrap().iter().map(|line| &line["reference"]).collect();
    assert!(!left.contains(&&json!("X-1")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        paid_on_order(world).await;
    }
    if let Some(world) = World::on_postgres("2026-11-22").await {
        refused_whole(world).await;
    }
    if let Some(world) = World::on_postgres("2026-11-22").await {
        seen_twice(world).await;
    }
    if let Some(world) = World::on_postgres("2026-11-22").await {
        as_a_table(world).await;
    }
    if let Some(world) = World::on_postgres("2026-11-22").await {
        paid_again(world).await;
    }
    if let Some(world) = World::on_postgres("2026-11-22").await {
        waits(world).await;
    }
}
