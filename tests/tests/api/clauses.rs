//! The clause check over HTTP, and contracts whose supplement does not pass it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, World, contract_body, text};

async fn check(world: &World, body: &Value) -> Answer {
    world.ask(None, Method::POST, "/v1/contract-checks").json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_may_have_a_text_checked() {
    let world = World::on("2026-11-22").await;
    let notice = "一、上课时间另定。二、课程一经售出，概不退款！";
    let found = check(&world, &json!({ "text": notice })).await.expect(200);
    let finding = &found["findings"][0];
    assert_eq!((&finding["rule"], &finding["severity"]), (&json!("U01"), &json!("void")));
    let place = |key: &str| usize::try_from(finding[key].as_u64().unwrap()).unwrap();
    let cut: String = notice.chars().skip(place("start")).take(place("end") - place("start")).collect();
    assert_eq!(finding["quote"], json!(cut));
    assert!(finding["law"].as_array().unwrap().contains(&json!("法释4号 9(1)")), "{found}");
    assert!(text(&finding["advice"]).starts_with("删除"), "{found}");

    let english = world.ask(None, Method::POST, "/v1/contract-checks").header("accept-language", "en");
    let found = english.json(&json!({ "text": notice })).send().await.expect(200);
    assert!(text(&found["findings"][0]["advice"]).starts_with("Strike it"), "{found}");

    let fair = "退费按未消课时数乘以合同约定单价计算，10个工作日内原路退回";
    assert_eq!(check(&world, &json!({ "text": fair })).await.expect(200), json!({ "findings": [] }));
    for bad in
        [json!({ "text": "" }), json!({}), json!({ "text": "不退".repeat(50_001) }), json!({ "text": fair, "x": 1 })]
    {
        let answer = check(&world, &bad).await;
        assert!(answer.status.is_client_error(), "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_with_an_unfair_term_is_not_signed() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let mut body = contract_body(&shop.course);
    body["supplementary_terms"] = json!("每周六上午九点上课。\n正式开课后不受理退费。");
    let drafted = world.post("owner", "/v1/contracts", &body).await.expect(201);
    let violation = &drafted["violations"][0];
    assert_eq!(violation["rule"], "contract.unfair_term", "{drafted}");
    assert!(text(&violation["actual"]).starts_with("U03 "), "{drafted}");
    assert!(text(&violation["source"]).contains("法释4号 9(1)"), "{drafted}");
    let path = format!("/v1/contracts/{}/signatures", text(&drafted["id"]));
    let refused = world.post("owner", &path, &json!({"party":"institution"})).await.expect(422);
    assert_eq!(refused["violations"][0]["rule"], "contract.unfair_term", "{refused}");

    body["supplementary_terms"] = json!("每周六上午九点上课。\n退费按未消课时比例计算，十日内原路退回。");
    let drafted = world.post("owner", "/v1/contracts", &body).await.expect(201);
    assert_eq!(drafted["violations"], json!([]), "{drafted}");
    let path = format!("/v1/contracts/{}/signatures", text(&drafted["id"]));
    world.post("owner", &path, &json!({"party":"institution"})).await.expect(201);
}
