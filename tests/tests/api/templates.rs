//! The model contract over HTTP: versions of its text, contracts drawn up from them with values and
//! changes of the parties' own, signed over their hash, printed, withdrawn from and ended.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, contract_body, payment_body, text};

const TEMPLATES: &str = "/v1/contract-templates";

/// The text that ships with the program, with another title.
fn official(title: &str) -> String {
    contract::model::BUILT_IN.replace("title: 中小学生校外培训服务合同", &format!("title: {title}"))
}

pub fn template_body(title: &str, effective_on: &str) -> Value {
    json!({"region":"330502","effective_on":effective_on,"name":"官方示范文本","text":official(title)})
}

fn decision(id: &str) -> String {
    format!("{TEMPLATES}/{id}/decision")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_loaded_by_one_adopted_by_another_and_contracts_are_drawn_up_from_it() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let before = world.public(TEMPLATES).await.expect(200);
    assert_eq!(before["items"].as_array().unwrap().len(), 1, "the text that ships with the program");
    let built_in = text(&before["items"][0]["hash"]);

    let drafted = world.ask(Some("officer"), Method::POST, TEMPLATES).json(&template_body("县示范合同", "2026-12-01"));
    let drafted = drafted.send().await.expect(201);
    let (id, hash) = (text(&drafted["id"]), text(&drafted["hash"]));
    assert_eq!((drafted["state"].as_str(), drafted["text"].as_str()), (Some("draft"), Some(&*official("县示范合同"))));
    assert_eq!(hash, ledger::digest(ledger::tags::CONTRACT_TEMPLATE, official("县示范合同").as_bytes()).to_string());
    assert_eq!(world.public(&format!("{TEMPLATES}/{id}")).await.problem(404), "not-found", "drafts are not public");
    assert_eq!(world.public(&format!("{TEMPLATES}/by-hash/{hash}")).await.problem(404), "not-found");

    let adopt = json!({"decision":"adopt"});
    let decide =
        async |who: &str, id: &str| world.ask(Some(who), Method::POST, &decision(id)).json(&adopt).send().await;
    assert_eq!(decide("officer", &id).await.problem(403), "forbidden");
    assert_eq!(decide("city", &id).await.problem(403), "forbidden");
    let decided = decide("approver", &id).await.expect(201);
    assert_eq!(decided["version"]["state"], "adopted");
    let seq = text(&decided["announced"][0]["seq"]);
    let entry = world.get("auditor", &format!("/v1/ledgers/330502/entries/{seq}")).await.expect(200).to_string();
    assert!(entry.contains("template_adopted") && entry.contains(&hash), "{entry}");
    assert_eq!(decide("approver", &id).await.problem(409), "wrong-state");
    assert_eq!(world.public(&format!("{TEMPLATES}/by-hash/{hash}")).await.expect(200)["id"], json!(id));

    // One person with both duties does not adopt what it loaded; nothing takes effect in the past.
    let own = world.ask(Some("bureau"), Method::POST, TEMPLATES).json(&template_body("另一", "2026-12-01"));
    let own = text(&own.send().await.expect(201)["id"]);
    let refused = decide("bureau", &own).await;
    assert_eq!(
        (refused.problem(422), refused.json()["rule"].as_str()),
        ("rule-broken".into(), Some("contract.template_approval_two_persons"))
    );
    let past = world.ask(Some("officer"), Method::POST, TEMPLATES).json(&template_body("旧", "2026-11-21"));
    let past = past.send().await;
    assert_eq!(
        (past.problem(422), past.json()["rule"].as_str()),
        ("rule-broken".into(), Some("contract.template_not_retroactive"))
    );
    for (from, to, says) in [
        ("{{fee_total}}", "另议", "fee_total"),
        ("{{teacher}}", "{{teachers}}", "teachers"),
        ("[5.2 law]", "[5.1 law]", "5.1"),
    ] {
        let mut body = template_body("坏", "2026-12-01");
        body["text"] = json!(official("坏").replace(from, to));
        let refused = world.ask(Some("officer"), Method::POST, TEMPLATES).json(&body).send().await;
        assert_eq!(refused.problem(422), "invalid-template", "{}", refused.text);
        assert!(text(&refused.json()["detail"]).contains(says), "{}", refused.text);
    }

    // Until its day the old text holds, from its day the new one; a contract that names the wrong one says so.
    let mut body = contract_body(&shop.course);
    body["template"] = json!(hash);
    let early = world.post("owner", "/v1/contracts", &body).await.expect(201);
    assert_eq!(early["violations"][0]["rule"], "contract.template_in_force");
    assert_eq!(early["violations"][0]["limit"], json!(built_in));
    world.set_day("2026-12-01");
    for who in ["owner", "auditor"] {
        world.log_in(who).await;
    }
    let drawn = world.post("owner", "/v1/contracts", &body).await.expect(201);
    assert_eq!(drawn["violations"], json!([]), "{drawn}");
    let at = |tail: &str| format!("/v1/contracts/{}/{tail}", text(&drawn["id"]));
    assert!(
        world.get("owner", &at("document?reason=checking%20what%20is%20signed")).await.text.starts_with("县示范合同\n")
    );
    assert_eq!(
        world.get("owner", &at("differences?reason=checking%20what%20is%20signed")).await.expect(200)["template"],
        json!(hash)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_parties_word_otherwise_is_told_and_never_lightens_liability() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let mut body = contract_body(&shop.course);
    body["values"] = json!({"teacher":"沈老师","dispute_forum":"court","late_refund_percent_per_day":"0.05",
        "late_payment_percent_per_day":"0.03"});
    body["clause_changes"] = json!({"3.3":null,"9.1":"本合同一式两份，自双方签署之日起生效。"});
    body["supplementary_terms"] = json!("画材由甲方提供。");
    let drawn = world.post("owner", "/v1/contracts", &body).await.expect(201);
    assert_eq!(drawn["violations"], json!([]), "{drawn}");
    let id = text(&drawn["id"]);
    let told = world
        .get("owner", &format!("/v1/contracts/{id}/differences?reason=checking%20what%20is%20signed"))
        .await
        .expect(200);
    let kinds: Vec<(&str, &Value)> =
        told["items"].as_array().unwrap().iter().map(|d| (d["kind"].as_str().unwrap(), &d["clause"])).collect();
    assert_eq!(kinds, [("removed", &json!("3.3")), ("changed", &json!("9.1")), ("added", &Value::Null)]);
    assert_eq!(told["document_hash"], drawn["document_hash"]);

    // The record covers template, values, changes and print, and its digest is what is signed.
    let record =
        world.get("owner", &format!("/v1/contracts/{id}/document.json?reason=checking%20what%20is%20signed")).await;
    let digest = ledger::digest(ledger::tags::DOCUMENT, record.text.as_bytes());
    assert_eq!(drawn["document_hash"], json!(digest.to_string()));
    let printed =
        world.get("owner", &format!("/v1/contracts/{id}/document?reason=checking%20what%20is%20signed")).await.text;
    let record = record.json();
    assert_eq!((record["text"].as_str(), &record["template"]), (Some(&*printed), &told["template"]));
    assert_eq!(record["values"]["teacher"], "沈老师");
    assert!(printed.contains("任课教师：沈老师") && printed.contains("■向有管辖权的人民法院起诉"), "{printed}");
    assert!(printed.contains("人民币贰仟元整"));

    for (change, rule, field) in [
        (json!({"clause_changes":{"5.3":null}}), "contract.liability_kept", "clause_changes"),
        (json!({"clause_changes":{"5.4":"退款扣除三成手续费后退回。"}}), "contract.liability_kept", "clause_changes"),
        (json!({"clause_changes":{"9.1":"课程一经售出，概不退款。"}}), "contract.unfair_term", "clause_changes"),
        (
            json!({"values":{"late_payment_percent_per_day":"0.5"}}),
            "contract.liability_kept",
            "values.late_payment_percent_per_day",
        ),
    ] {
        let mut body = contract_body(&shop.course);
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let drawn = world.post("owner", "/v1/contracts", &body).await.expect(201);
        let found = drawn["violations"].as_array().unwrap().iter().find(|v| v["rule"] == rule);
        let found = found.unwrap_or_else(|| panic!("{change}: {drawn}"));
        assert_eq!(found["field"], field);
        assert!(found["source"].as_str().is_some_and(|law| law.contains("民法典")), "{found}");
        let sign = format!("/v1/contracts/{}/signatures", text(&drawn["id"]));
        let refused = world.post("owner", &sign, &json!({"party":"institution"})).await;
        assert_eq!(refused.problem(422), "rule-broken", "{change}");
        assert!(refused.text.contains(rule), "{}", refused.text);
    }
    for (change, field) in [
        (json!({"values":{"institution_name":"别家"}}), "values.institution_name"),
        (json!({"values":{"minimum_to_open":"0"}}), "values.minimum_to_open"),
        (json!({"clause_changes":{"77.1":"无"}}), "clause_changes"),
    ] {
        let mut body = contract_body(&shop.course);
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let refused = world.post("owner", "/v1/contracts", &body).await;
        assert_eq!(refused.problem(400), "invalid-field", "{change}");
        assert_eq!(refused.json()["field"], field);
    }
    let fields = world.public("/v1/contract-fields").await.expect(200);
    let teacher = fields["items"].as_array().unwrap().iter().find(|f| f["name"] == "teacher").unwrap();
    assert_eq!((teacher["owner"].as_str(), teacher["filled_by"].as_str()), (Some("agreed"), Some("parties")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_signs_the_hash_of_the_present_document_and_the_contract_is_printed() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let mut body = contract_body(&shop.course);
    body["pupil"]["name"] = json!("李𠮷");
    let drawn = world.post("owner", "/v1/contracts", &body).await.expect(201);
    let (id, hash) = (text(&drawn["id"]), text(&drawn["document_hash"]));
    let at = |tail: &str| format!("/v1/contracts/{id}/{tail}");
    world.user("guardian", app::identity::NewRole::Guardian { contract: id.parse().unwrap() }).await;
    let other = "ab".repeat(32);
    let refused = world.post("guardian", &at("signatures"), &json!({"party":"guardian","document_hash":other})).await;
    assert_eq!(refused.problem(422), "rule-broken");
    assert_eq!(refused.json()["rule"], "contract.document_signed");
    assert_eq!((&refused.json()["limit"], &refused.json()["actual"]), (&json!(hash), &json!(other)));
    let unsigned = world.get("guardian", &at("document.html")).await;
    assert!(unsigned.text.contains("尚未经双方签署"), "{}", unsigned.text);
    for (who, party) in [("owner", "institution"), ("guardian", "guardian")] {
        world.post(who, &at("signatures"), &json!({"party":party,"document_hash":hash})).await.expect(201);
    }

    let page = world.get("guardian", &at("document.html")).await;
    assert_eq!(page.status, 200);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("script"), "{policy}");
    assert!(page.text.contains(&hash) && page.text.contains("<svg") && page.text.contains("已生效"));
    assert!(!page.text.contains("<script") && page.text.contains("李𠮷"));

    let fetch = async || {
        let answer = world.ask(Some("guardian"), Method::GET, &at("document.pdf")).bytes().await;
        (answer.0, answer.1)
    };
    let (headers, pdf) = fetch().await;
    assert_eq!(headers["content-type"], "application/pdf");
    assert_eq!(headers["document-missing-characters"], "U+20BB7");
    assert!(headers["content-disposition"].to_str().unwrap().contains(drawn["number"].as_str().unwrap()));
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() > 20_000 && pdf.len() < 500_000, "{}", pdf.len());
    assert_eq!(fetch().await.1, pdf, "the same contract, the same bytes");
    for who in ["admin", "neighbour", "bank"] {
        for tail in ["document.pdf", "document.html", "document.json", "differences"] {
            let status = world.get(who, &at(tail)).await.status.as_u16();
            assert!([403, 404].contains(&status), "{who} {tail} {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_withdraws_in_its_time_and_a_party_ends_by_notice_on_its_own_ground() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = |tail: &str| format!("/v1/contracts/{contract}/{tail}");
    world.post("bank", &at("payments"), &payment_body(200_000, "R")).await.expect(201);
    let early = json!({"ground":"early"});
    let refused = world.post("owner", &at("termination"), &early).await;
    assert_eq!(
        (refused.problem(422), refused.json()["rule"].as_str()),
        ("rule-broken".into(), Some("contract.termination_ground"))
    );
    assert_eq!(
        world.post("owner", &at("withdrawal"), &json!({"same_service_before":false})).await.problem(403),
        "forbidden"
    );
    let refused = world.post("owner", &at("termination"), &json!({"ground":"payment_overdue"})).await;
    assert_eq!(refused.json()["rule"], "contract.termination_ground", "all is paid");

    let gone = world.post("guardian", &at("withdrawal"), &json!({"same_service_before":false})).await.expect(201);
    assert_eq!((gone["state"].as_str(), gone["by"].as_str()), (Some("ended"), Some("guardian")));
    assert_eq!((gone["amount_fen"].as_i64(), gone["outside_escrow_fen"].as_i64()), (Some(200_000), Some(0)));
    let types: Vec<&str> = gone["entries"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["contract_ended", "refund_requested", "refund_consented"]);
    let refund = text(&gone["refund"]);
    let body = json!({"hours":"1","held_on":"2026-12-05"});
    assert_eq!(world.post("owner", &at("lessons"), &body).await.problem(409), "wrong-state");
    assert_eq!(world.post("guardian", &at("termination"), &early).await.problem(409), "wrong-state");
    world.post("bank", &format!("/v1/refunds/{refund}/payout"), &json!({"bank_reference":"P"})).await.expect(201);
    let shown = world.get("guardian", &format!("/v1/contracts/{contract}")).await.expect(200);
    assert_eq!((shown["state"].as_str(), shown["refund_fen"].as_i64()), (Some("ended"), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_time_a_family_ends_early_and_the_institution_is_asked() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = |tail: &str| format!("/v1/contracts/{contract}/{tail}");
    world.post("bank", &at("payments"), &payment_body(200_000, "R")).await.expect(201);
    world.set_day("2026-12-20");
    for who in ["owner", "guardian"] {
        world.log_in(who).await;
    }
    let lesson = json!({"hours":"2","held_on":"2026-12-05"});
    let lesson = text(&world.post("owner", &at("lessons"), &lesson).await.expect(201)["id"]);
    world.post("guardian", &format!("/v1/lessons/{lesson}/confirmation"), &json!({})).await.expect(201);
    let late = world.post("guardian", &at("withdrawal"), &json!({"same_service_before":false})).await;
    assert_eq!(
        (late.problem(422), late.json()["rule"].as_str()),
        ("rule-broken".into(), Some("contract.withdrawal_window"))
    );
    let over =
        world.post("guardian", &at("termination"), &json!({"ground":"institution_breach","reason":"擅自换教师"})).await;
    let over = over.expect(201);
    assert_eq!((over["cause"].as_str(), over["state"].as_str()), (Some("institution"), Some("ended")));
    assert!(over["answer_by_on"].is_string() && over["pay_by_on"].is_null(), "{over}");
    // 22 of 24 hours of 2,000.00.
    assert_eq!(over["amount_fen"], 183_333);
    let types: Vec<&str> = over["entries"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["contract_ended", "refund_requested"]);
    let consent = format!("/v1/refunds/{}/consent", text(&over["refund"]));
    world.post("owner", &consent, &json!({})).await.expect(201);
}
