//! Rules of licences, lists and escrow, each broken once and told by its id.

use serde_json::{Value, json};

use crate::world::{Answer, World, contract_body, payment_body, text};

/// The rules that an answer says are broken.
fn broken(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.problem(422), "rule-broken", "{}", answer.text);
    answer.json()["violations"].as_array().unwrap().iter().map(|v| text(&v["rule"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_licences_and_lists() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let mut other = crate::world::institution_body();
    other["credit_code"] = json!(kernel::CreditCode::complete("52330502MJ8719001").unwrap().to_string());
    let other = text(&world.post("bureau", "/v1/institutions", &other).await.expect(201)["id"]);
    let at = |tail: &str| format!("/v1/institutions/{other}/{tail}");
    let apply = async |category: &str| {
        let scope = json!({"category":category,"modes":["offline"],"stages":["primary"]});
        world.post("bureau", &at("licence-applications"), &json!({"kind":"new","scope":scope})).await
    };
    assert_eq!(broken(&apply("subject").await), ["licence.subject_approval_closed"]);
    let application = text(&apply("arts").await.expect(201)["id"]);
    assert_eq!(broken(&apply("arts").await), ["licence.one_open_application"]);
    let listing = json!({"list":"white","published_on":"2026-11-22"});
    assert_eq!(broken(&world.post("bureau", &at("listings"), &listing).await), ["list.white_needs_licence"]);

    let path = format!("/v1/licence-applications/{application}");
    world.post("bureau", &format!("{path}/acceptance"), &json!({})).await.expect(201);
    world.examined(&application, true).await;
    let grant = |number: &str, from: &str| json!({"decision":"grant","licence_number":number,"valid_from_on":from,"valid_until_on":"2029-08-31"});
    let decide = async |body: Value| world.post("approver", &format!("{path}/decision"), &body).await;
    assert_eq!(broken(&decide(grant("133050270001239", "2026-12-01")).await), ["licence.number_unique"]);
    assert_eq!(broken(&decide(grant("133050270001240", "2029-09-01")).await), ["licence.validity_order"]);
    assert!(!shop.licence.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_lessons_and_refunds() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = |tail: &str| format!("/v1/contracts/{contract}/{tail}");
    let lesson = |hours: &str, on: &str| json!({"hours":hours,"held_on":on});
    let unpaid = world.post("owner", &at("lessons"), &lesson("1", "2026-12-05")).await;
    assert_eq!(broken(&unpaid), ["escrow.lesson_paid"]);
    let refund = world.post("guardian", &at("refunds"), &json!({"cause":"consumer"})).await;
    assert_eq!(broken(&refund), ["escrow.refund_hours_remaining"]);
    world.post("bank", &at("payments"), &payment_body(200_000, "R")).await.expect(201);
    let late = world.post("owner", &at("lessons"), &lesson("1", "2027-02-28")).await;
    assert_eq!(broken(&late), ["escrow.lesson_within_term"]);
    assert_eq!(contract_body(&shop.course)["last_lesson_on"], "2027-02-27");
}
