//! Versions of a region's rules: drafted, decided by another person, told to the ledgers, in force on
//! their day on every server; what is refused; and what a draft would have changed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, policy_draft_body, text};

const VERSIONS: &str = "/v1/policies/330502/versions";

fn decision(id: &str) -> String {
    format!("/v1/policy-versions/{id}/decision")
}

/// The parameter of the county on a day, as the public sees it.
async fn parameter(world: &World, on: &str, key: &str) -> Value {
    let policy = world.public(&format!("/v1/policies/330502?on={on}")).await.expect(200);
    policy["parameters"].as_array().unwrap().iter().find(|p| p["key"] == key).unwrap().clone()
}

async fn hash(world: &World, on: &str) -> String {
    text(&world.public(&format!("/v1/policies/330502?on={on}")).await.expect(200)["hash"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_drafted_by_one_adopted_by_another_and_holds_from_its_day() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let second = world.second_server().await;
    let (before, later) = (hash(&world, "2026-11-22").await, hash(&world, "2026-12-01").await);
    assert_eq!(before, later);

    let body = policy_draft_body("2026-12-01", "prepaid_hours_max", json!({"hours":"20","per":"charge"}));
    let drafted = world.post("officer", VERSIONS, &body).await.expect(201);
    assert_eq!((drafted["state"].as_str(), &drafted["policy"]), (Some("draft"), &Value::Null));
    assert!(text(&drafted["document"]).contains("from_on\" = 2026-12-01"), "{drafted}");
    let id = text(&drafted["id"]);
    assert_eq!(world.public(VERSIONS).await.expect(200)["items"], json!([]), "drafts are not public");
    assert_eq!(world.public(&format!("/v1/policy-versions/{id}")).await.problem(404), "not-found");
    assert_eq!(world.get("city", VERSIONS).await.expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(hash(&world, "2026-12-01").await, later, "a draft changes nothing");

    let adopt = json!({"decision":"adopt"});
    assert_eq!(world.post("officer", &decision(&id), &adopt).await.problem(403), "forbidden");
    assert_eq!(world.post("city", &decision(&id), &adopt).await.problem(403), "forbidden");
    let decided = world.post("approver", &decision(&id), &adopt).await.expect(201);
    assert_eq!(decided["version"]["state"], "adopted");
    assert_eq!(decided["announced"][0]["ledger"], "330502");
    let under = text(&decided["version"]["policy"]);
    assert_eq!(hash(&world, "2026-12-01").await, under);
    assert_eq!(hash(&world, "2026-11-30").await, before, "not before its day");
    assert_ne!(under, before);

    let told = decided["announced"][0]["seq"].as_str().unwrap();
    let entry = world.get("auditor", &format!("/v1/ledgers/330502/entries/{told}")).await.expect(200);
    let said = entry.to_string();
    assert!(said.contains("policy_adopted") && said.contains("2026-12-01"), "{entry}");
    assert!(said.contains(&under), "the entry names the hash of the rules: {entry}");
    let ledger = second.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    second.run_clocks(&ledger, second.effects().now()).await.unwrap();
    let answer = world.get("auditor", "/v1/ledgers").await.expect(200);
    assert_eq!(answer["items"][0]["size"], json!((told.parse::<u64>().unwrap() + 1).to_string()), "told once");

    let known = second.policies().resolve("330502".parse().unwrap(), "2026-12-01".parse().unwrap()).unwrap();
    assert_eq!(known.prepaid_hours_max.in_force().unwrap().value.hours.to_string(), "20", "the other server too");
    assert_eq!(world.post("approver", &decision(&id), &adopt).await.problem(409), "wrong-state");

    // The contract of 24 hours may be drawn up today, and no more on the day of effect.
    let contract = crate::world::contract_body(&shop.course);
    assert_eq!(world.post("owner", "/v1/contracts", &contract).await.expect(201)["violations"], json!([]));
    world.set_day("2026-12-01");
    for who in ["owner", "auditor"] {
        world.log_in(who).await;
    }
    let refused = world.post("owner", "/v1/contracts", &contract).await.expect(201);
    assert_eq!(refused["violations"][0]["rule"], "contract.prepaid_hours_cap");
    assert_eq!(refused["violations"][0]["limit"], "20");
    assert_eq!(refused["violations"][0]["source"], "吴兴区测试文件第一条");
    let course = world
        .post(
            "owner",
            &format!("/v1/institutions/{}/courses", shop.institution),
            &json!({
        "name":"少儿书法","category":"arts","mode":"offline","stage":"primary","hours":"10","minutes_per_hour":45,
        "list_price_per_hour_fen":10000,"price_fen":80000,"class_size_max":20,
        "starts_on":"2026-12-05","ends_on":"2027-02-27"}),
        )
        .await
        .expect(201);
    let published = world.post("owner", &format!("/v1/courses/{}/publication", text(&course["id"])), &json!({})).await;
    let seq = text(&published.expect(201)["entries"][0]["seq"]);
    let entry = world.get("auditor", &format!("/v1/ledgers/330502/entries/{seq}")).await.expect(200);
    assert!(entry.to_string().contains(&under), "a decision names the hash that decided: {entry}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_of_a_version() {
    let world = World::on("2026-11-22").await;
    let draft = |key: &str, value: Value| policy_draft_body("2027-01-01", key, value);
    // One person with both duties does not adopt what it drafted.
    let id = text(&world.post("bureau", VERSIONS, &draft("refund_answer", json!({"days":3}))).await.expect(201)["id"]);
    let own = world.post("bureau", &decision(&id), &json!({"decision":"adopt"})).await;
    assert_eq!(own.problem(422), "rule-broken");
    assert_eq!(own.json()["rule"], "policy.approval_two_persons");
    let rejected = world.post("approver", &decision(&id), &json!({"decision":"reject"})).await.expect(201);
    assert_eq!((rejected["version"]["state"].as_str(), &rejected["announced"]), (Some("rejected"), &json!([])));
    assert_eq!(parameter(&world, "2027-01-01", "refund_answer").await["value"], "5 working_days");

    // The past is not changed, at the draft or at the decision.
    let past = policy_draft_body("2026-11-21", "refund_answer", json!({"days":3}));
    let refused = world.post("officer", VERSIONS, &past).await;
    assert_eq!(refused.problem(422), "rule-broken");
    assert_eq!(refused.json()["rule"], "policy.not_retroactive");
    let mut early = draft("refund_answer", json!({"days":3}));
    early["parameters"]["refund_answer"][0]["from_on"] = json!("2026-12-31");
    let refused = world.post("officer", VERSIONS, &early).await;
    assert_eq!(refused.problem(422), "invalid-policy");
    assert_eq!(refused.json()["field"], "refund_answer");

    for (body, field) in [
        (draft("refund_anwser", json!({"days":3})), "refund_anwser"),
        (draft("refund_answer", json!({"weeks":3})), "refund_answer.value"),
        (
            draft(
                "guided_price_offline",
                json!({"unit_minutes":45,"float_up_percent":10,"shared_edges":false,
            "areas":[{"area":"all","bands":[{"from":1,"to":9,"fen":6000},{"from":11,"fen":4000}]}]}),
            ),
            "guided_price_offline.value",
        ),
    ] {
        let refused = world.post("officer", VERSIONS, &body).await;
        assert_eq!(refused.problem(422), "invalid-policy", "{}", refused.text);
        assert_eq!(refused.json()["field"], field);
        assert!(text(&refused.json()["detail"]).contains(field), "{}", refused.text);
    }
    let mut without_source = draft("refund_answer", json!({"days":3}));
    without_source["parameters"]["refund_answer"][0].as_object_mut().unwrap().remove("source");
    assert_eq!(world.post("officer", VERSIONS, &without_source).await.json()["field"], "refund_answer.source");
    let toml = |region: &str| {
        let text = format!(
            "region = \"{region}\"\nname = \"x\"\n[[refund_answer]]\nvalue = {{ days = 3 }}\n\
                            from_on = 2027-01-01\nsource = \"某文件第三条\"\ngrade = \"P\"\n"
        );
        json!({"effective_on":"2027-01-01","toml":text})
    };
    assert_eq!(world.post("officer", VERSIONS, &toml("330503")).await.json()["field"], "region");
    world.post("officer", VERSIONS, &toml("330502")).await.expect(201);
    let both = json!({"effective_on":"2027-01-01","toml":"x","parameters":{}});
    assert_eq!(world.post("officer", VERSIONS, &both).await.problem(400), "invalid-field");
    let fraction = draft("prepaid_span_months_max", json!(2.5));
    assert_eq!(world.post("officer", VERSIONS, &fraction).await.problem(400), "invalid-field");
    // Others may not, and are told so before their draft is read.
    for who in ["approver", "city", "bank", "auditor", "admin", "neighbour"] {
        assert_eq!(world.post(who, VERSIONS, &both).await.problem(403), "forbidden", "{who}");
    }
    assert_eq!(world.ask(None, Method::POST, VERSIONS).json(&both).send().await.problem(401), "not-signed-in");
    let nothing = "/v1/policy-versions/0190b5a2-0000-7000-8000-000000000000/decision";
    let adopt = json!({"decision":"adopt"});
    assert_eq!(world.post("approver", nothing, &adopt).await.problem(404), "not-found");
}

/// A province's version holds in its counties, and every ledger under it is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_a_level_above_reaches_the_ledgers_below() {
    use access::{Department, Duty};
    use app::identity::NewRole;
    let mut world = World::on("2026-11-22").await;
    world.shop().await;
    for (name, duty) in [("province-officer", Duty::Officer), ("province-approver", Duty::Approver)] {
        let region = "330000".parse().unwrap();
        world.user(name, NewRole::Regulator { region, department: Department::Education, duties: vec![duty] }).await;
    }
    let body = policy_draft_body("2027-01-01", "accounts_per_institution", json!(2));
    let path = "/v1/policies/330000/versions";
    assert_eq!(world.post("officer", path, &body).await.problem(403), "forbidden");
    let id = text(&world.post("province-officer", path, &body).await.expect(201)["id"]);
    let decided = world.post("province-approver", &decision(&id), &json!({"decision":"adopt"})).await.expect(201);
    assert_eq!(decided["announced"][0]["ledger"], "330502");
    let parameter = parameter(&world, "2027-01-01", "accounts_per_institution").await;
    assert_eq!((parameter["value"].as_str(), parameter["level"].as_str()), (Some("2"), Some("330000")));
    assert_eq!(world.public(path).await.expect(200)["items"][0]["id"], json!(id), "what is adopted is public");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_replayed_over_past_decisions() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let paid = crate::world::payment_body(200_000, "R");
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &paid).await.expect(201);
    let lesson = json!({"hours":"1","held_on":"2026-12-05"});
    world.post("owner", &format!("/v1/contracts/{contract}/lessons"), &lesson).await.expect(201);
    world
        .post("guardian", &format!("/v1/contracts/{contract}/refunds"), &json!({"cause":"consumer"}))
        .await
        .expect(201);

    let path = "/v1/policies/330502/simulation";
    let mut body = policy_draft_body("2027-01-01", "prepaid_hours_max", json!({"hours":"20","per":"charge"}));
    let clock = policy_draft_body("2027-01-01", "deemed_confirmation", json!({"working_days":7}));
    body["parameters"]["deemed_confirmation"] = clock["parameters"]["deemed_confirmation"].clone();
    let answer = world.post("officer", path, &body).await;
    let again = world.post("approver", path, &body).await;
    assert_eq!(answer.text, again.text, "same inputs, same bytes");
    let found = answer.expect(200);
    let finding = |rule: &str, effect: &str| {
        let all = found["findings"].as_array().unwrap();
        let one = all.iter().find(|f| f["rule"] == rule && f["effect"] == effect);
        let one = one.unwrap_or_else(|| panic!("{rule} {effect}: {found}"));
        [one["decisions"].clone(), one["families"].clone(), one["amount_fen"].clone()]
    };
    // The course (200,000 fen, no family) and the contract (the same, one family).
    assert_eq!(finding("contract.prepaid_hours_cap", "refused"), [json!(2), json!(1), json!(400_000)]);
    // One hour of 24 for 200,000 fen.
    assert_eq!(finding("escrow.deemed_confirmation_clock", "earlier"), [json!(1), json!(1), json!(8_333)]);
    assert_eq!((&found["families"], &found["differing"]), (&json!(1), &json!(3)));
    assert_eq!(found["ledgers"][0]["ledger"], "330502");
    assert!(text(&found["findings"][0]["text"]["zh"]).contains("2 项决定"), "{found}");

    let mut none = body.clone();
    none["from_on"] = json!("2026-11-23");
    assert_eq!(world.post("officer", path, &none).await.expect(200)["differing"], 0, "no decisions on those days");
    let same = policy_draft_body("2027-01-01", "refund_answer", json!({"working_days":5}));
    assert_eq!(world.post("officer", path, &same).await.expect(200)["findings"], json!([]), "nothing differs");
    assert_eq!(parameter(&world, "2027-01-01", "deemed_confirmation").await["value"], "15 working_days");
    for who in ["city", "bank", "auditor", "owner"] {
        assert_eq!(world.post(who, path, &body).await.problem(403), "forbidden", "{who}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_held_against_all_contracts_of_a_family() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let first = world.contract(&shop).await;
    let path = "/v1/policies/330502/simulation";
    // 24 hours in one contract, and 48 in two of the same family.
    let body = policy_draft_body("2027-01-01", "prepaid_hours_max", json!({"hours":"40","per":"charge"}));
    assert_eq!(world.post("officer", path, &body).await.expect(200)["findings"], json!([]));
    let second = crate::world::contract_body(&shop.course);
    let second = text(&world.post("owner", "/v1/contracts", &second).await.expect(201)["id"]);
    let path_of = format!("/v1/contracts/{second}/signatures");
    for (who, party) in [("owner", "institution"), ("guardian", "guardian")] {
        world.post(who, &path_of, &json!({"party":party})).await.expect(201);
    }
    let paid = crate::world::payment_body(200_000, "R");
    world.post("bank", &format!("/v1/contracts/{first}/payments"), &paid).await.expect(201);
    let found = world.post("officer", path, &body).await.expect(200);
    let [across] = found["findings"].as_array().unwrap().as_slice() else { panic!("{found}") };
    assert_eq!((&across["rule"], &across["effect"]), (&json!("contract.prepaid_hours_across"), &json!("refused")));
    // The second signature, and the payment that came while both were open.
    assert_eq!(
        [&across["decisions"], &across["families"], &across["amount_fen"]],
        [&json!(2), &json!(1), &json!(400_000)]
    );
    let enough = policy_draft_body("2027-01-01", "prepaid_hours_max", json!({"hours":"48","per":"charge"}));
    assert_eq!(world.post("officer", path, &enough).await.expect(200)["findings"], json!([]));
}
