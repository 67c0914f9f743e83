//! Every route of the OpenAPI document is tried by the public and by roles that may not: what is
//! not public is refused. A new route is covered without a line here.

use access::Department;
use app::identity::NewRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::templates::template_body;
use crate::world::{
    Answer, Ask, Shop, World, contract_body, course_body, institution_body, payment_body, policy_draft_body,
};

/// Open to everybody, with or without a session; the access table says so.
const PUBLIC: &[&str] = &[
    "get /healthz",
    "get /log/{ledger}/checkpoint",
    "get /log/{ledger}/tile/{path}",
    "get /problems/{type}",
    "get /readyz",
    "get /v1/contract-fields",
    "get /v1/contract-templates",
    "get /v1/contract-templates/by-hash/{hash}",
    "get /v1/contract-templates/{id}",
    "get /v1/courses/{id}",
    "get /v1/deadlines",
    "get /v1/institutions",
    "get /v1/institutions/{id}",
    "get /v1/institutions/{id}/courses",
    "get /v1/institutions/{id}/history",
    "get /v1/institutions/{id}/list-proof",
    "get /v1/institutions/{id}/notices",
    "get /v1/institutions/{id}/listings",
    "get /v1/institutions/{id}/transfer-offers",
    "get /v1/integrity",
    "get /v1/ledgers",
    "get /v1/ledgers/{ledger}/consistency",
    "get /v1/ledgers/{ledger}/entries/{seq}/proof",
    "get /v1/ledgers/{ledger}/witnesses",
    "get /v1/licences",
    "get /v1/licences/{id}",
    "get /v1/licences/{id}/certificate",
    "get /v1/licences/{id}/qr",
    "get /v1/list-differences",
    "get /v1/list-publications",
    "get /v1/list-snapshots",
    "get /v1/lists/{kind}",
    "get /v1/lookups",
    "get /v1/policies",
    "get /v1/policies/{region}",
    "get /v1/policies/{region}/versions",
    "get /v1/policy-versions/{id}",
    "get /v1/reconciliations",
    "get /verify",
    "post /v1/contract-checks",
    "post /v1/fee-checks",
    "post /v1/oidc/authorizations",
    "post /v1/oidc/sessions",
    "post /v1/price-checks",
    "post /v1/receipt-checks",
    "post /v1/refund-calculations",
    "post /v1/sessions",
];

/// Open to everybody who is signed in.
const SIGNED_IN: &[&str] = &[
    "delete /v1/api-keys/{id}",
    "delete /v1/delegations/{id}",
    "delete /v1/me/notice-address",
    "delete /v1/me/second-factor",
    "delete /v1/me/sessions/{id}",
    "delete /v1/sessions/current",
    "get /v1/api-keys",
    "get /v1/delegations",
    "get /v1/me",
    "get /v1/me/data",
    "get /v1/me/notice-address",
    "get /v1/me/readings",
    "get /v1/me/second-factor",
    "get /v1/me/sessions",
    "post /v1/api-keys",
    "post /v1/delegations",
    "post /v1/me/password",
    "post /v1/me/second-factor",
    "post /v1/me/second-factor/confirmation",
    "post /v1/sessions/current/step-up",
    "put /v1/me/notice-address",
];

/// What an authority above the county may compute there: nothing is written.
const COMPUTED: &[&str] = &["post /v1/contracts/{id}/refund-quotes", "post /v1/ledgers/{ledger}/verification"];

struct Things {
    shop: Shop,
    contract: String,
    lesson: String,
    refund: String,
    settlement: String,
    hold: String,
    policy_version: String,
    template: String,
    listing: String,
    user: String,
    leaf: String,
}

fn operations() -> Vec<(String, String, Value)> {
    let document: Value = serde_json::from_str(&api::openapi_json().unwrap()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push((method.clone(), path.clone(), operation.clone()));
        }
    }
    assert!(found.len() > 60, "{}", found.len());
    found
}

async fn things(world: &mut World) -> Things {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = |tail: &str| format!("/v1/contracts/{contract}/{tail}");
    let id = |answer: Value| answer["id"].as_str().unwrap().to_owned();
    let paid = world.post("bank", &at("payments"), &payment_body(200_000, "R")).await.expect(201);
    let leaf = paid["entries"][0]["leaf_hash"].as_str().unwrap().to_owned();
    let lesson = json!({"hours":"1","held_on":"2026-12-05"});
    let first = id(world.post("owner", &at("lessons"), &lesson).await.expect(201));
    world.post("guardian", &format!("/v1/lessons/{first}/confirmation"), &json!({})).await.expect(201);
    let lesson = id(world.post("owner", &at("lessons"), &lesson).await.expect(201));
    let settlements = format!("/v1/institutions/{}/settlements", shop.institution);
    let settlement = id(world.post("owner", &settlements, &json!({"amount_fen":100})).await.expect(201));
    let refund = id(world.post("guardian", &at("refunds"), &json!({"cause":"consumer"})).await.expect(201));
    let holds = format!("/v1/institutions/{}/holds", shop.institution);
    let hold = id(world.post("bureau", &holds, &json!({})).await.expect(201));
    let draft = policy_draft_body("2027-01-01", "refund_answer", json!({"days":3}));
    let listings = format!("/v1/institutions/{}/listings", shop.institution);
    let listing =
        id(world.post("bureau", &listings, &json!({"list":"white","published_on":"2026-11-22"})).await.expect(201));
    let policy_version = id(world.post("officer", "/v1/policies/330502/versions", &draft).await.expect(201));
    let loaded = world.ask(Some("officer"), Method::POST, "/v1/contract-templates");
    let loaded = loaded.json(&template_body("示范合同", "2027-01-01")).send().await;
    let template = id(loaded.expect(201));
    let user = world.id_of("bank").await;
    Things { shop, contract, lesson, refund, settlement, hold, policy_version, template, listing, user, leaf }
}

fn address(path: &str, things: &Things) -> String {
    let room = path.split('/').nth(2).unwrap_or_default();
    let id = match room {
        "institutions" => &things.shop.institution,
        "licence-applications" => &things.shop.application,
        "licences" => &things.shop.licence,
        "courses" => &things.shop.course,
        "contracts" => &things.contract,
        "lessons" => &things.lesson,
        "refunds" => &things.refund,
        "settlements" => &things.settlement,
        "holds" => &things.hold,
        "policy-versions" => &things.policy_version,
        "contract-templates" => &things.template,
        "listings" => &things.listing,
        "users" => &things.user,
        _ => "01900000-0000-7000-8000-000000000000",
    };
    let query = match path {
        "/v1/retention" | "/v1/registry-imports" => "?region=330502",
        "/v1/institutions/{id}/lesson-figures" => "?from=2026-12-01&to=2026-12-31",
        _ => "",
    };
    format!("{path}{query}")
        .replace("{id}", id)
        .replace("{key}", "01900000-0000-7000-8000-000000000000")
        .replace("{closure}", "01900000-0000-7000-8000-000000000000")
        .replace("{run}", "01900000-0000-7000-8000-000000000000")
        .replace("{ledger}", "330502")
        .replace("{file}", "01900000-0000-7000-8000-000000000000.xml")
        .replace("{seq}", "1")
        .replace("{leaf_hash}", &things.leaf)
        .replace("{kind}", "white")
        .replace("{hash}", &"ab".repeat(32))
        .replace("{sha256}", &"ab".repeat(32))
        .replace("{region}", "330502")
}

/// A body that would do, so that it is the right that is missing and nothing else.
fn body(path: &str, things: &Things) -> Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "institutions" => institution_body(),
        "licence-applications" => json!({"kind":"renewal"}),
        "correction" => json!({"what":"x"}),
        "site-check" => {
            let officer = "01900000-0000-7000-8000-000000000000";
            json!({"second_officer":officer,"checked_on":"2026-11-22","result":"passed"})
        }
        "review" => json!({"advice":"grant"}),
        "record" => json!({"profile":{}}),
        "points" => json!({"points":1,"cause_code":"x"}),
        "grades" => json!({"scale":"x","grade":"a","year":2025}),
        "ending" => json!({"cause":"withdrawn"}),
        "measures" => json!({"measure":"warning","reason_code":"x"}),
        "lifting" if path.starts_with("/v1/licences") => json!({"measure":"rectification"}),
        "staff-bars" => json!({"region":"330502","name":"钱某","id_number":"11010519491231002X","cause":"虐待学生",
            "basis":"某教处〔2026〕3号","barred_on":"2026-11-20"}),
        "annual-inspections" => json!({"year":2025,"grade":"qualified"}),
        "hearing" => json!({"step":"hearing_asked"}),
        "licence-carry-over" => json!({"licence_number":"1","valid_from_on":"2020-01-01",
            "valid_until_on":"2030-01-01","documents":[]}),
        "contract-templates" => template_body("示范合同", "2027-01-01"),
        "objection" if path.contains("refunds") => json!({"reason":"amount","text":"x"}),
        "decision" if path.contains("refunds") => json!({"decision":"family"}),
        "withdrawal" if path.contains("refunds") => json!({}),
        "match" => json!({"payment":"01900000-0000-7000-8000-000000000000","reason":"x"}),
        "lock" | "unlock" | "failure" | "return" => json!({"reason":"x"}),
        "deposits" | "release" if path.contains("deposits") => json!({"amount_fen":1,"bank_reference":"D"}),
        "claim" => json!({"amount_fen":1,"bank_reference":"D","decision":"x"}),
        "transfer" => {
            let parties = contract_body(&things.shop.course);
            json!({"guardian":parties["guardian"],"pupil":parties["pupil"]})
        }
        "transfer-offers" => json!({"category":"arts","stage":"primary","hours":"1"}),
        "transfer-acceptance" => json!({"offer":"01900000-0000-7000-8000-000000000000"}),
        "closure" if path.contains("institutions") => json!({"passphrase":"long enough words"}),
        "inspections" => {
            json!({"institution":things.shop.institution,"inspected_on":"2026-11-22","finding":"in_order"})
        }
        "withdrawal" => json!({"same_service_before":false}),
        "termination" => json!({"ground":"early"}),
        "decision" if path.contains("policy-versions") || path.contains("contract-templates") => {
            json!({"decision":"reject"})
        }
        "versions" | "simulation" => policy_draft_body("2027-01-01", "refund_answer", json!({"days":3})),
        "decision" => json!({"decision":"refuse","reason":"x"}),
        "listings" => json!({"list":"none","published_on":"2026-11-22"}),
        "revocation" => json!({"reason_code":"x","effective_on":"2026-11-22"}),
        "courses" => course_body(),
        "contracts" => contract_body(&things.shop.course),
        "signatures" => json!({"party":"guardian"}),
        "payments" => payment_body(1, "Q"),
        "classes" => {
            let item = "01900000-0000-7000-8000-000000000000";
            json!({"name":"x","teacher":item,"room":item,"capacity":1})
        }
        "sessions" => json!({"sessions":[{"held_on":"2026-12-05","from":"09:00","until":"10:00"}]}),
        "enrolments" => json!({"contract":things.contract}),
        "departures" => json!({"contract":things.contract,"until_on":"2026-12-05"}),
        "cancellation" => json!({"reason":"x"}),
        "check-ins" => json!({"contract":things.contract,"code":"000000"}),
        "dispute-arguments" => json!({"stance":"maintains"}),
        "webhooks" => json!({"url":"https://example.com/hook"}),
        "lessons" if path.contains("class-sessions") => json!({"hours":"1","attended":[things.contract]}),
        "lessons" => json!({"hours":"1","held_on":"2026-12-05"}),
        "dispute" => json!({"reason":"quality"}),
        "dispute-decision" => json!({"decision":"family"}),
        "refund-quotes" | "refunds" => json!({"cause":"consumer"}),
        "payout" => json!({"bank_reference":"P"}),
        "settlements" => json!({"amount_fen":1}),
        "erasures" => {
            let subject = "01900000-0000-7000-8000-000000000000";
            json!({"region":"330502","subject":subject,"ground":"order"})
        }
        "identities" | "current" => json!({"issuer":"http://id.example","subject":"1"}),
        "password" => json!({"password":"long enough words"}),
        "users" => json!({"username":"nobody","password":"long enough","role":"admin"}),
        "lesson-batches" => json!({"lessons":[{"contract":things.contract,"hours":"1","held_on":"2026-12-05"}]}),
        _ => json!({}),
    }
}

async fn tried(world: &World, things: &Things, method: &str, path: &str, who: Option<&str>) -> Answer {
    let verb = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    with_body(world.ask(who, verb, &address(path, things)).keyed(), method, path, things).send().await
}

fn with_body<'a>(ask: Ask<'a>, method: &str, path: &str, things: &Things) -> Ask<'a> {
    let ask = if method == "patch" { ask.header("if-match", "x") } else { ask };
    match path {
        _ if method == "get" => ask,
        "/v1/bank-statements" => ask.header("content-type", "text/csv").body(
            "account_number,sequence,statement_on,opening,closing,booked_on,direction,amount,reference\n\
             6222000000000001,1,2026-11-22,0,0,,,,\n",
        ),
        _ => ask.json(&body(path, things)),
    }
}

/// Was the caller kept out?
fn refused(answer: &Answer) -> bool {
    // A list shows what the caller may see; of this county that is nothing.
    let empty = answer.json()["items"] == json!([]);
    // Each lesson of a batch has its own status.
    let each = answer.json()["results"][0]["status"].as_u64().is_some_and(|status| [403, 404].contains(&status));
    // A statement is of an account, and a bank beside knows none here.
    let (kind, field) = (&answer.json()["type"], &answer.json()["field"]);
    let unknown = kind == "/problems/unreadable-file" && field == "account";
    [403, 404].contains(&answer.status.as_u16()) || empty || each || unknown
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_public_is_refused_to_strangers() {
    let mut world = World::on("2026-11-22").await;
    let things = things(&mut world).await;
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        let declared = operation["security"] == json!([{}]);
        if declared != PUBLIC.contains(&name.as_str()) {
            wrong.push(format!("{name}: public in the document: {declared}"));
        }
        if PUBLIC.contains(&name.as_str()) {
            continue;
        }
        let answer = tried(&world, &things, &method, &path, None).await;
        if answer.status != 401 {
            wrong.push(format!("{name}: the public gets {}", answer.status));
        }
        if SIGNED_IN.contains(&name.as_str()) {
            continue;
        }
        // The administrator manages users and sees nothing else; a neighbour acts nowhere here.
        let stranger = match &*path {
            path if path.starts_with("/v1/users") => "auditor",
            "/v1/jobs" => "bank",
            _ => "admin",
        };
        for who in [stranger, "neighbour"] {
            let answer = tried(&world, &things, &method, &path, Some(who)).await;
            if !refused(&answer) {
                wrong.push(format!("{name}: {who} gets {}: {}", answer.status, answer.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every route as every office of every region: who supervises the county acts in it, who is above
/// reads, who is beside does neither.
#[tokio::test(flavor = "multi_thread")]
async fn regions_above_read_and_regions_beside_do_nothing() {
    let mut world = World::on("2026-11-22").await;
    let things = things(&mut world).await;
    let region = |code: &str| code.parse().unwrap();
    let officer =
        |code: &str| NewRole::Regulator { region: region(code), department: Department::Education, duties: vec![] };
    for (name, role) in [
        ("province", officer("330000")),
        ("other province", officer("320000")),
        ("auditor beside", NewRole::Auditor { region: region("330503") }),
        ("bank beside", NewRole::Bank { region: region("330503") }),
        ("auditor above", NewRole::Auditor { region: region("330500") }),
    ] {
        world.user(name, role).await;
    }
    let mut wrong = Vec::new();
    for (method, path, _) in operations() {
        let name = format!("{method} {path}");
        if PUBLIC.contains(&name.as_str()) || SIGNED_IN.contains(&name.as_str()) {
            continue;
        }
        let acts = method != "get" && !COMPUTED.contains(&name.as_str());
        for who in ["neighbour", "other province", "auditor beside", "bank beside"] {
            let answer = tried(&world, &things, &method, &path, Some(who)).await;
            if !refused(&answer) {
                wrong.push(format!("{name}: {who} gets {}: {}", answer.status, answer.text));
            }
        }
        for who in ["city", "province", "auditor above"] {
            let answer = tried(&world, &things, &method, &path, Some(who)).await;
            if answer.status.is_server_error() || (acts && !refused(&answer)) {
                wrong.push(format!("{name}: {who} gets {}: {}", answer.status, answer.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A key that may only claim lessons tries every route for its owner.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_nothing_beyond_its_scope_on_any_route() {
    let mut world = World::on("2026-11-22").await;
    let things = things(&mut world).await;
    let key = json!({"name":"课表","scope":["lesson_claim"],"until_on":"2026-12-22"});
    let key = world.post("owner", "/v1/api-keys", &key).await.expect(201)["secret"].as_str().unwrap().to_owned();
    let within = [
        "delete /v1/sessions/current",
        "get /v1/me",
        "post /v1/contracts/{id}/lessons",
        "post /v1/institutions/{id}/lesson-imports",
        "post /v1/lesson-batches",
    ];
    let mut wrong = Vec::new();
    for (method, path, _) in operations() {
        let name = format!("{method} {path}");
        if PUBLIC.contains(&name.as_str()) || within.contains(&name.as_str()) {
            continue;
        }
        let verb = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let ask = world.ask_with(&key, verb, &address(&path, &things)).keyed();
        let answer = with_body(ask, &method, &path, &things).send().await;
        // What is malformed is said before what is missing; nothing is read or written.
        if !(refused(&answer) || answer.status == 400) {
            wrong.push(format!("{name}: {}: {}", answer.status, answer.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
