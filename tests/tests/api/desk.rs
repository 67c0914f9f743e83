//! The regulator's desk: an application from its papers to its certificate, its clocks and queue, who may
//! take which step, files that lie, and a licence's life until it is struck from the register.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, World, contract_body, institution_body, text};

/// The rules that an answer says are broken.
fn broken(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.problem(422), "rule-broken", "{}", answer.text);
    answer.json()["violations"].as_array().unwrap().iter().map(|v| text(&v["rule"])).collect()
}

fn entry_types(answer: &Value) -> Vec<String> {
    answer["entries"].as_array().unwrap().iter().map(|entry| text(&entry["type"])).collect()
}

async fn institution(world: &World, tail: &str) -> String {
    let mut body = institution_body();
    body["credit_code"] = json!(kernel::CreditCode::complete(&format!("52330502MJ871{tail}")).unwrap().to_string());
    text(&world.post("bureau", "/v1/institutions", &body).await.expect(201)["id"])
}

async fn applied(world: &World, institution: &str, body: &Value) -> Value {
    let path = format!("/v1/institutions/{institution}/licence-applications");
    world.post("bureau", &path, body).await.expect(201)
}

fn grant(number: &str) -> Value {
    json!({"decision":"grant","licence_number":number,"valid_from_on":"2026-12-01","valid_until_on":"2029-11-30"})
}

const WHO: &[&str] = &["officer", "bureau", "approver", "owner", "city"];

async fn again(world: &mut World, day: &str) {
    world.set_day(day);
    for who in WHO {
        if world.knows(who) {
            world.log_in(who).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_is_corrected_checked_reviewed_and_decided_by_another() {
    let mut world = World::on("2026-11-23").await;
    let id = institution(&world, "9101").await;
    let filed = applied(&world, &id, &json!({"kind":"new"})).await;
    let path = format!("/v1/licence-applications/{}", text(&filed["id"]));
    let at = |tail: &str| format!("{path}/{tail}");
    assert_eq!((&filed["state"], &filed["accept_by_on"]), (&json!("submitted"), &json!("2026-11-30")));
    // If it is accepted as late as may be: 20 working days from 30 November.
    assert_eq!(filed["decide_by_on"], "2026-12-28");

    let asked = json!({"what":"补交消防材料","correct_by_on":"2026-12-04"});
    let asked = world.post("officer", &at("correction"), &asked).await.expect(201);
    assert_eq!((&asked["state"], &asked["decide_by_on"]), (&json!("correcting"), &Value::Null), "the clock stands");
    assert_eq!(world.post("officer", &at("acceptance"), &json!({})).await.problem(409), "wrong-state");
    again(&mut world, "2026-12-02").await;
    let papers = json!({"documents":[{"kind":"fire_check","sha256":"cd".repeat(32)}]});
    let corrected = world.post("bureau", &at("correction"), &papers).await.expect(201);
    assert_eq!((&corrected["state"], &corrected["accept_by_on"]), (&json!("corrected"), &json!("2026-12-09")));
    let second = json!({"what":"再补一次"});
    assert_eq!(world.post("officer", &at("correction"), &second).await.problem(409), "wrong-state", "once");

    again(&mut world, "2026-12-03").await;
    let accepted = world.post("officer", &at("acceptance"), &json!({})).await.expect(201);
    assert_eq!(accepted["decide_by_on"], "2026-12-31", "20 working days from acceptance, not from filing");
    assert_eq!(
        broken(&world.post("approver", &at("decision"), &grant("A-1")).await),
        ["licence.site_check_first", "licence.review_first"]
    );

    let me = text(&world.get("officer", "/v1/me").await.expect(200)["id"]);
    let alone = json!({"second_officer":me,"checked_on":"2026-12-03","result":"passed"});
    assert_eq!(broken(&world.post("officer", &at("site-check"), &alone).await), ["licence.site_check_two_officers"]);
    world.examined(&text(&filed["id"]), true).await;
    // Bureau was there when the site was checked, and handed the papers in at the counter.
    assert_eq!(broken(&world.post("bureau", &at("decision"), &grant("A-1")).await), ["licence.decision_two_persons"]);
    assert_eq!(world.post("officer", &at("decision"), &grant("A-1")).await.problem(403), "forbidden");
    let decided = world.post("approver", &at("decision"), &grant("A-1")).await.expect(201);
    assert_eq!(entry_types(&decided), ["application_decided", "licence_granted"]);
    let shown = world.get("city", &path).await.expect(200);
    assert_eq!(
        (&shown["state"], &shown["site_check"], &shown["advice"]),
        (&json!("granted"), &json!("passed"), &json!("grant"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_on_an_outdated_version_is_refused_and_of_two_at_once_one_counts() {
    let mut world = World::on("2026-11-23").await;
    let id = institution(&world, "9102").await;
    let application = text(&applied(&world, &id, &json!({"kind":"new"})).await["id"]);
    let path = format!("/v1/licence-applications/{application}");
    let read = world.get("approver", &path).await;
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag, "\"v1\"");
    world.post("officer", &format!("{path}/acceptance"), &json!({})).await.expect(201);
    let with = async |tag: &str, tail: &str, body: &Value| {
        let ask = world.ask(Some("officer"), Method::POST, &format!("{path}/{tail}")).header("if-match", tag);
        ask.keyed().json(body).send().await
    };
    let stale = with(&tag, "review", &json!({"advice":"refuse"})).await;
    assert_eq!(stale.problem(412), "stale-version");
    assert_eq!((&stale.json()["limit"], &stale.json()["actual"]), (&json!("2"), &json!("1")));
    assert_eq!(with("3", "review", &json!({"advice":"refuse"})).await.problem(400), "invalid-parameter");
    with("\"v2\"", "review", &json!({"advice":"refuse"})).await.expect(201);
    let decision = json!({"decision":"refuse","reason":"条件不具备"});
    let decide = async || world.post("approver", &format!("{path}/decision"), &decision).await.status.as_u16();
    let (first, second) = tokio::join!(decide(), decide());
    let mut both = [first, second];
    both.sort_unstable();
    assert_eq!(both, [201, 409]);
    again(&mut world, "2026-11-23").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_answers_the_law_accepts_and_a_renewal_in_time_is_granted() {
    let mut world = World::on("2026-11-23").await;
    let shop = world.shop().await;
    let id = institution(&world, "9103").await;
    let silent = text(&applied(&world, &id, &json!({"kind":"new"})).await["id"]);
    let second = institution(&world, "9104").await;
    let later = text(&applied(&world, &second, &json!({"kind":"new"})).await["id"]);
    world.post("officer", &format!("/v1/licence-applications/{later}/acceptance"), &json!({})).await.expect(201);
    // What is due first comes first.
    let queue = world.get("officer", "/v1/licence-applications").await.expect(200);
    let order: Vec<_> = queue["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect();
    assert_eq!(order, [silent.clone(), later.clone()]);
    assert_eq!((&queue["items"][0]["days_left"], &queue["items"][1]["days_left"]), (&json!(5), &json!(20)));
    let page = world.get("city", "/v1/licence-applications?limit=1").await.expect(200);
    let next = format!("/v1/licence-applications?limit=1&after={}", text(&page["next"]));
    assert_eq!(world.get("city", &next).await.expect(200)["items"][0]["id"], later.as_str());
    assert_eq!(world.get("bank", "/v1/licence-applications").await.problem(403), "forbidden");
    assert_eq!(world.public("/v1/licence-applications").await.problem(401), "not-signed-in");

    again(&mut world, "2026-12-01").await;
    world.tick().await;
    let deemed = world.get("bureau", &format!("/v1/licence-applications/{silent}")).await.expect(200);
    assert_eq!((&deemed["state"], &deemed["accepted_on"]), (&json!("accepted"), &json!("2026-11-23")));
    assert_eq!(deemed["decide_by_on"], "2026-12-21", "from the day on which the papers came in");

    // The shop's licence ends on 31 August 2029; it asks in time and nobody decides.
    again(&mut world, "2029-07-02").await;
    let renewal = text(&applied(&world, &shop.institution, &json!({"kind":"renewal"})).await["id"]);
    world.post("officer", &format!("/v1/licence-applications/{renewal}/acceptance"), &json!({})).await.expect(201);
    again(&mut world, "2029-09-01").await;
    world.tick().await;
    let licence = world.public(&format!("/v1/licences/{}", shop.licence)).await.expect(200);
    assert_eq!((&licence["state"], &licence["valid_until_on"]), (&json!("in_force"), &json!("2032-08-31")));
    // The next time it asks for nothing.
    again(&mut world, "2032-09-02").await;
    world.tick().await;
    let licence = world.public(&format!("/v1/licences/{}", shop.licence)).await.expect(200);
    assert_eq!(licence["state"], "expired");
    let shown = world.public(&format!("/v1/institutions/{}", shop.institution)).await.expect(200);
    assert_eq!((&shown["state"], &shown["listing"]), (&json!("unlicensed"), &json!("none")));
    let struck = format!("/v1/licences/{}/deregistration", shop.licence);
    assert_eq!(world.post("approver", &struck, &json!({})).await.expect(201)["state"], "deregistered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_control_stops_sales_until_it_is_decided() {
    let mut world = World::on("2026-11-23").await;
    let shop = world.shop().await;
    let at = |tail: &str| format!("/v1/institutions/{}/{tail}", shop.institution);
    let change = json!({"kind":"change_representative","wish":{"legal_representative":"赵某"}});
    let filed = world.post("owner", &at("licence-applications"), &change).await.expect(201);
    assert_eq!(entry_types(&filed), ["application_submitted", "notice_given"]);
    let drafted = world.post("owner", "/v1/contracts", &contract_body(&shop.course)).await.expect(201);
    let rules: Vec<_> = drafted["violations"].as_array().unwrap().iter().map(|v| text(&v["rule"])).collect();
    assert_eq!(rules, ["contract.no_change_pending"]);
    let path = format!("/v1/licence-applications/{}", text(&filed["id"]));
    let ended = world.post("owner", &format!("{path}/ending"), &json!({"cause":"withdrawn"})).await.expect(201);
    assert_eq!(entry_types(&ended), ["application_ended", "notice_given"]);
    let drafted = world.post("owner", "/v1/contracts", &contract_body(&shop.course)).await.expect(201);
    assert_eq!(drafted["violations"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn measures_inspections_hearings_and_closing() {
    let mut world = World::on("2026-11-23").await;
    let shop = world.shop().await;
    let at = |tail: &str| format!("/v1/licences/{}/{tail}", shop.licence);
    let stop = json!({"measure":"enrolment_suspension","reason_code":"unfiled_staff","basis":"从业人员未备案"});
    assert_eq!(world.post("officer", &at("measures"), &stop).await.problem(403), "forbidden");
    let stopped = world.post("approver", &at("measures"), &stop).await.expect(201);
    assert_eq!(
        (&stopped["state"], entry_types(&stopped)),
        (&json!("enrolment_suspended"), vec!["licence_measure_taken".to_owned(), "notice_given".to_owned()])
    );
    let drafted = world.post("owner", "/v1/contracts", &contract_body(&shop.course)).await.expect(201);
    assert_eq!(drafted["violations"][0]["rule"], "contract.licence_in_force");
    let lift = json!({"measure":"enrolment_suspension","reason":"已备案"});
    assert_eq!(world.post("approver", &at("measures/lifting"), &lift).await.expect(201)["state"], "in_force");
    let warned = json!({"measure":"warning","reason_code":"late_publication"});
    assert_eq!(world.post("approver", &at("measures"), &warned).await.expect(201)["state"], "in_force");
    let inspection = json!({"year":2025,"grade":"qualified"});
    assert_eq!(world.post("officer", &at("annual-inspections"), &inspection).await.expect(201)["grade"], "qualified");
    assert_eq!(world.post("officer", &at("annual-inspections"), &inspection).await.problem(409), "wrong-state");

    let revoke = |code: &str| json!({"reason_code":code,"basis":"x","effective_on":"2026-11-23"});
    let unknown = world.post("officer", &at("revocation"), &revoke("bad_manners")).await;
    assert_eq!(broken(&unknown), ["licence.revocation_ground"]);
    let proposed = world.post("officer", &at("revocation"), &revoke("licence_lent")).await.expect(201);
    assert_eq!(proposed["hearing_by_on"], "2026-11-30");
    world.post("owner", &at("hearing"), &json!({"step":"hearing_asked"})).await.expect(201);
    let soon = json!({"step":"hearing_set","held_on":"2026-11-27"});
    assert_eq!(broken(&world.post("officer", &at("hearing"), &soon).await), ["licence.hearing_notice"]);
    let set = json!({"step":"hearing_set","held_on":"2026-12-04"});
    assert_eq!(world.post("officer", &at("hearing"), &set).await.expect(201)["hearing_on"], "2026-12-04");
    assert_eq!(
        broken(&world.post("approver", &at("revocation"), &revoke("licence_lent")).await),
        ["licence.revocation_hearing"]
    );
    again(&mut world, "2026-12-04").await;
    world.post("officer", &at("hearing"), &json!({"step":"hearing_held"})).await.expect(201);
    let dropped = world.post("officer", &at("hearing"), &json!({"step":"dropped"})).await.expect(201);
    assert_eq!(dropped["revocation"], "dropped");

    // The institution wants to close: nothing new is sold, and not before its notice has run.
    let path = format!("/v1/institutions/{}/licence-applications", shop.institution);
    let closing = text(&world.post("owner", &path, &json!({"kind":"closure"})).await.expect(201)["id"]);
    let step = |tail: &str| format!("/v1/licence-applications/{closing}/{tail}");
    let accepted = world.post("officer", &step("acceptance"), &json!({})).await.expect(201);
    assert_eq!(entry_types(&accepted), ["application_accepted", "licence_closing", "notice_given"]);
    world.examined(&closing, false).await;
    let early = world.post("approver", &step("decision"), &json!({"decision":"grant"})).await;
    assert_eq!(broken(&early), ["licence.closure_notice"]);
    assert_eq!(early.json()["limit"], "2027-06-04");
    again(&mut world, "2027-06-04").await;
    let closed = world.post("approver", &step("decision"), &json!({"decision":"grant"})).await.expect(201);
    assert_eq!(entry_types(&closed), ["application_decided", "licence_ended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_older_than_the_ledger_is_carried_over_once() {
    let world = World::on("2026-11-23").await;
    let id = institution(&world, "9105").await;
    let path = format!("/v1/institutions/{id}/licence-carry-over");
    let old = |from: &str| {
        json!({"licence_number":"旧-1","valid_from_on":from,"valid_until_on":"2028-06-30",
            "documents":[{"kind":"existing_licence","sha256":"ab".repeat(32)}],"reason":"开账前已许可"})
    };
    assert_eq!(world.post("officer", &path, &old("2025-07-01")).await.problem(403), "forbidden");
    assert_eq!(world.post("approver", &path, &old("2026-11-23")).await.problem(409), "wrong-state");
    let carried = world.post("approver", &path, &old("2025-07-01")).await.expect(201);
    assert_eq!((&carried["state"], &carried["number"]), (&json!("in_force"), &json!("旧-1")));
    assert_eq!(world.post("approver", &path, &old("2025-07-01")).await.problem(409), "wrong-state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_kept_sealed_and_one_that_lies_about_its_type_is_refused() {
    let mut world = World::on("2026-11-23").await;
    let shop = world.shop().await;
    let path = format!("/v1/institutions/{}/files", shop.institution);
    let pdf = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n".to_vec();
    let send = async |who: &str, kind: &str, bytes: Vec<u8>| {
        world.ask(Some(who), Method::POST, &path).header("content-type", kind).body(bytes).send().await
    };
    let kept = send("owner", "application/pdf", pdf.clone()).await.expect(201);
    assert_eq!((&kept["media_type"], &kept["bytes"]), (&json!("application/pdf"), &json!(pdf.len())));
    assert_eq!(kept["sha256"], ledger::file_digest(&pdf).to_string());
    let on_disk = world.files_on_disk();
    assert!(on_disk.len() == 1 && !on_disk[0].windows(4).any(|four| four == b"%PDF"), "sealed at rest");
    assert_eq!(send("owner", "application/pdf", pdf.clone()).await.expect(201), kept, "twice is once");

    let page = b"<!doctype html><script>alert(1)</script>".to_vec();
    for (kind, bytes) in [
        ("image/png", pdf.clone()),
        ("application/pdf", page.clone()),
        ("text/html", page),
        ("application/pdf", vec![]),
    ] {
        assert_eq!(send("owner", kind, bytes).await.problem(409), "wrong-state", "{kind}");
    }
    let long = [b"%PDF-1.7\n".to_vec(), vec![b' '; 20 * 1024 * 1024]].concat();
    assert_eq!(send("owner", "application/pdf", long).await.problem(413), "body-too-large");
    assert_eq!(send("bank", "application/pdf", pdf.clone()).await.problem(403), "forbidden");

    let file = format!("{path}/{}", text(&kept["sha256"]));
    let got = world.get("bureau", &file).await;
    assert_eq!((got.status.as_u16(), got.text.as_bytes()), (200, pdf.as_slice()));
    assert!(got.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename="));
    assert_eq!(got.headers["x-content-type-options"], "nosniff");
    assert_eq!(got.headers["content-security-policy"], "sandbox; default-src 'none'");
    assert_eq!(world.public(&file).await.problem(401), "not-signed-in");
    assert_eq!(world.get("bank", &file).await.problem(403), "forbidden");
    let none = format!("{path}/{}", "00".repeat(32));
    assert_eq!(world.get("bureau", &none).await.problem(404), "not-found");
}
