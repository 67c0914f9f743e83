//! The lists: criteria and grounds of the place, what follows a listing, published snapshots with proofs of
//! standing there and of not standing there; the record of an institution and whom it is tied to.

use kernel::CreditCode;
use ledger::{ListProof, Verdict, VerifierKey};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, World, institution_body, text};

/// The rules that an answer says are broken.
fn broken(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.problem(422), "rule-broken", "{}", answer.text);
    answer.json()["violations"].as_array().unwrap().iter().map(|v| text(&v["rule"])).collect()
}

async fn registered(world: &World, tail: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut body = institution_body();
    body["credit_code"] = json!(CreditCode::complete(&format!("52330502MJ871{tail}")).unwrap().to_string());
    change(&mut body);
    text(&world.post("bureau", "/v1/institutions", &body).await.expect(201)["id"])
}

async fn again(world: &mut World, day: &str) {
    world.set_day(day);
    for who in ["officer", "bureau", "approver", "owner", "city"] {
        if world.knows(who) {
            world.log_in(who).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_has_a_ground_and_can_be_objected_to_repaired_and_expire() {
    let mut world = World::on("2026-11-23").await;
    let shop = world.shop().await;
    let path = format!("/v1/institutions/{}/listings", shop.institution);
    let black = |code: &str| json!({"list":"black","published_on":"2026-11-23","cause_code":code,"cause":"x"});
    assert_eq!(broken(&world.post("approver", &path, &black("bad_manners")).await), ["list.black_ground"]);
    let listed = world.post("approver", &path, &black("beyond_scope")).await.expect(201);
    assert_eq!(listed["objection_by_on"], "2026-12-07", "{listed}");
    let at = |tail: &str| format!("/v1/listings/{}/{tail}", text(&listed["id"]));
    assert_eq!(world.post("city", &at("objection"), &json!({})).await.problem(403), "forbidden");
    let objected = world.post("owner", &at("objection"), &json!({"words":"与事实不符"})).await.expect(201);
    assert_eq!((&objected["step"], &objected["list"]), (&json!("objected"), &json!("black")));
    assert_eq!(world.post("owner", &at("objection"), &json!({})).await.problem(409), "wrong-state");
    let decision = json!({"decision":"rejected","words":"事实清楚"});
    assert_eq!(world.post("owner", &at("objection"), &decision).await.problem(403), "forbidden");
    world.post("approver", &at("objection"), &decision).await.expect(201);
    assert_eq!(broken(&world.post("owner", &at("repair"), &json!({})).await), ["list.time"], "too early");
    again(&mut world, "2027-05-24").await;
    world.post("owner", &at("repair"), &json!({"words":"已整改"})).await.expect(201);
    let repaired = world.post("approver", &at("repair"), &json!({"decision":"accepted"})).await.expect(201);
    assert_eq!((&repaired["list"], repaired["entries"].as_array().unwrap().len()), (&json!("none"), 2));
    let shown = world.public(&format!("/v1/institutions/{}", shop.institution)).await.expect(200);
    assert_eq!(shown["listing"], "none");

    // A warning for a time ends by itself.
    let warning = json!({"list":"warning","published_on":"2027-05-24","until_on":"2027-05-26"});
    world.post("approver", &path, &warning).await.expect(201);
    again(&mut world, "2027-05-26").await;
    world.tick().await;
    let listing =
        async || world.public(&format!("/v1/institutions/{}", shop.institution)).await.expect(200)["listing"].clone();
    assert_eq!(listing().await, "warning", "its last day counts");
    again(&mut world, "2027-05-27").await;
    world.tick().await;
    let shown = world.public(&format!("/v1/institutions/{}", shop.institution)).await.expect(200);
    assert_eq!(shown["listing"], "none");
    // Without a custody account nobody gets on the white list here.
    let bare = registered(&world, "9201", |body| {
        body.as_object_mut().unwrap().remove("custody_account");
    })
    .await;
    let carried = json!({"licence_number":"旧-2","valid_from_on":"2024-01-01","valid_until_on":"2028-06-30",
        "documents":[{"kind":"existing_licence","sha256":"ab".repeat(32)}]});
    world.post("approver", &format!("/v1/institutions/{bare}/licence-carry-over"), &carried).await.expect(201);
    let white = json!({"list":"white","published_on":"2027-05-27"});
    let path = format!("/v1/institutions/{bare}/listings");
    assert_eq!(broken(&world.post("approver", &path, &white).await), ["list.white_criteria"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_published_and_prove_who_stood_there_and_who_did_not() {
    let mut world = World::on("2026-11-23").await;
    let shop = world.shop().await;
    let other = registered(&world, "9202", |_| ()).await;
    again(&mut world, "2026-11-24").await;
    world.tick().await;
    world.tick().await;
    let path = format!("/v1/institutions/{}/listings", shop.institution);
    world.post("approver", &path, &json!({"list":"warning","published_on":"2026-11-24"})).await.expect(201);
    again(&mut world, "2026-11-25").await;
    world.tick().await;
    let publications = world.public("/v1/list-publications?region=330502").await.expect(200);
    let days: Vec<_> = publications["items"].as_array().unwrap().iter().map(|one| text(&one["on"])).collect();
    assert_eq!(days, ["2026-11-24", "2026-11-23"], "one a day, however often the clock runs");
    let at = |on: &str| format!("/v1/list-snapshots?region=330502&on={on}");
    let first = world.public(&at("2026-11-23")).await.expect(200);
    assert_eq!((&first["listed"], &first["items"][0]["list"]), (&json!(1), &json!("white")));
    assert_eq!(world.public(&at("2026-11-25")).await.problem(404), "not-found", "the day is not over");
    let moved = "/v1/list-differences?region=330502&from=2026-11-23&to=2026-11-24";
    let moved = world.public(moved).await.expect(200);
    let expected = json!([{"institution":shop.institution,"before":"white","after":"warning"}]);
    assert_eq!(moved["items"], expected);

    let ledgers = world.public("/v1/ledgers").await.expect(200);
    let key: VerifierKey = text(&ledgers["items"][0]["vkey"]).parse().unwrap();
    let proof = async |institution: &str, on: &str| {
        let file = world.public(&format!("/v1/institutions/{institution}/list-proof?on={on}")).await;
        assert_eq!(file.status, 200, "{}", file.text);
        let report = file.text.parse::<ListProof>().unwrap().verify(Some(&key), &[]);
        assert!(report.fits && report.receipt.verdict == Verdict::Holds, "{}", file.text);
        report.stood.map(|leaf| leaf.list.to_string())
    };
    assert_eq!(proof(&shop.institution, "2026-11-23").await.as_deref(), Some("white"));
    assert_eq!(proof(&shop.institution, "2026-11-24").await.as_deref(), Some("warning"));
    assert_eq!(proof(&other, "2026-11-24").await, None);

    let csv = world.ask(None, Method::GET, &at("2026-11-23")).header("accept", "text/csv").send().await;
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("lists-330502-2026-11-23.csv"));
    assert!(csv.text.contains("丹青画室") && csv.text.contains("\"white\""), "{}", csv.text);
    let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let sheet = world.ask(None, Method::GET, &at("2026-11-23")).header("accept", xlsx).send().await;
    assert_eq!((sheet.headers["content-type"].to_str().unwrap(), &sheet.text[..2]), (xlsx, "PK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_is_kept_as_of_any_day_and_what_it_lacks_stops_a_grant() {
    let mut world = World::on("2026-11-23").await;
    let id = registered(&world, "9203", |_| ()).await;
    let at = |tail: &str| format!("/v1/institutions/{id}/{tail}");
    let add = async |body: Value| world.post("bureau", &at("record"), &body).await;
    let site = json!({"site":{"address":"某路 1 号","floor_area_m2":120,"highest_floor":3}});
    let site = text(&add(site).await.expect(201)["id"]);
    let room = |seats: u16| json!({"room":{"site":site,"name":"101","area_m2":60,"seats":seats}});
    let room_id = text(&add(room(40)).await.expect(201)["id"]);
    let person = |serving: bool, certificate: Option<&str>| {
        json!({"staff":{"name":"周某","post":"teacher","teaches":true,"full_time":true,
            "serving_teacher":serving,"certificate":certificate}})
    };
    let serving = text(&add(person(true, Some("C-1"))).await.expect(201)["id"]);
    add(json!({"profile":{"promoter":"某公司","capital_fen":30_000_000}})).await.expect(201);
    let twice = add(json!({"profile":{"capital_fen":1}})).await;
    assert_eq!(twice.problem(409), "wrong-state", "capital changes by application");
    let both = json!({"profile":{},"room":{"site":site,"name":"x","area_m2":1,"seats":1}});
    assert_eq!(add(both).await.problem(400), "invalid-field");

    let lacking = async |world: &World| {
        let found = world.get("city", &at("standards")).await.expect(200);
        let found = found["violations"].as_array().unwrap().clone();
        found.iter().map(|v| (text(&v["rule"]), text(&v["limit"]), text(&v["actual"]))).collect::<Vec<_>>()
    };
    let said = |rule: &str, limit: &str, actual: &str| (rule.to_owned(), limit.to_owned(), actual.to_owned());
    assert_eq!(
        lacking(&world).await,
        [said("standard.area_per_pupil", "20", "40"), said("standard.no_serving_teacher", "0", "1")]
    );
    let path = at("licence-applications");
    let application = text(&world.post("bureau", &path, &json!({"kind":"new"})).await.expect(201)["id"]);
    let step = |tail: &str| format!("/v1/licence-applications/{application}/{tail}");
    world.post("bureau", &step("acceptance"), &json!({})).await.expect(201);
    world.examined(&application, true).await;
    let grant = json!({"decision":"grant","licence_number":"B-1","valid_from_on":"2026-11-23",
        "valid_until_on":"2029-11-22"});
    assert_eq!(
        broken(&world.post("approver", &step("decision"), &grant).await),
        ["standard.area_per_pupil", "standard.no_serving_teacher"]
    );
    again(&mut world, "2026-11-26").await;
    let mut smaller = room(20);
    smaller["item"] = json!(room_id);
    world.post("bureau", &at("record"), &smaller).await.expect(201);
    world.post("bureau", &at("record"), &json!({"item":serving,"removed":"staff"})).await.expect(201);
    world.post("bureau", &at("record"), &person(false, Some("C-2"))).await.expect(201);
    assert_eq!(lacking(&world).await, []);
    world.post("approver", &step("decision"), &grant).await.expect(201);

    let then = world.get("bureau", &at("record?on=2026-11-24")).await.expect(200);
    let seats = |record: &Value| {
        let items = record["items"].as_array().unwrap().clone();
        items.iter().find(|item| item["part"] == "room").map(|item| item["record"]["seats"].clone())
    };
    assert_eq!(seats(&then), Some(json!(40)));
    let now = world.get("bureau", &at("record")).await.expect(200);
    assert_eq!(seats(&now), Some(json!(20)));
    let parts = |record: &Value| record["items"].as_array().unwrap().len();
    assert_eq!((parts(&then), parts(&now)), (4, 4));
    assert_eq!(world.public(&at("record")).await.problem(401), "not-signed-in");

    let before = world.public(&format!("/v1/institutions/{id}?on=2026-11-25")).await.expect(200);
    assert_eq!((&before["state"], before.get("licence")), (&json!("unlicensed"), None));
    let after = world.public(&format!("/v1/institutions/{id}?on=2026-11-26")).await.expect(200);
    assert_eq!((&after["state"], &after["licence"]["number"]), (&json!("licensed"), &json!("B-1")));
    assert_eq!(world.public(&format!("/v1/institutions/{id}?on=2026-11-22")).await.problem(404), "not-found");
    let history = world.public(&at("history")).await.expect(200);
    let types: Vec<_> = history["items"].as_array().unwrap().iter().map(|one| text(&one["type"])).collect();
    assert_eq!((types[0].as_str(), types.last().unwrap().as_str()), ("institution_registered", "licence_granted"));
    assert!(!world.public(&at("history")).await.text.contains("周某"), "the history names nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_through_a_shell_is_shown_with_the_path() {
    let world = World::on("2026-11-23").await;
    let bad = registered(&world, "9204", |body| body["address"] = json!("甲路 1 号")).await;
    let shell = registered(&world, "9205", |body| {
        body["name"] = json!("新名画室");
        body["address"] = json!("乙路 2 号");
        body["custody_account"]["account_number"] = json!("6222000000000002");
    })
    .await;
    let clean = registered(&world, "9206", |body| {
        body["address"] = json!("丙路 3 号");
        body["custody_account"]["account_number"] = json!("6222000000000003");
    })
    .await;
    let controller = |id: &str| json!({"controller":{"name":"钱某","role":"controller","id_number":id}});
    for (institution, id) in
        [(&bad, "11010519491231002X"), (&shell, "11010519491231002x"), (&clean, "330502199001011230")]
    {
        world.post("bureau", &format!("/v1/institutions/{institution}/record"), &controller(id)).await.expect(201);
    }
    let black = json!({"list":"black","published_on":"2026-11-23","cause_code":"absconded"});
    world.post("approver", &format!("/v1/institutions/{bad}/listings"), &black).await.expect(201);
    let found = world.get("approver", &format!("/v1/institutions/{shell}/ties")).await;
    assert!(!found.text.contains("110105") && !found.text.contains("钱某"), "never plain: {}", found.text);
    let found = found.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["items"][0]["path"], json!([{"institution":bad,"name":"丹青画室","shares":"person"}]));
    assert_eq!(found["items"][0]["listing"], "black");
    // The officer who is to decide sees it with the application.
    let path = format!("/v1/institutions/{shell}/licence-applications");
    let application = text(&world.post("bureau", &path, &json!({"kind":"new"})).await.expect(201)["id"]);
    let shown = world.get("approver", &format!("/v1/licence-applications/{application}")).await.expect(200);
    assert_eq!(shown["ties"][0]["path"][0]["institution"], bad.as_str());
    let none = world.get("approver", &format!("/v1/institutions/{clean}/ties")).await.expect(200);
    assert_eq!(none["items"], json!([]));
    assert_eq!(world.get("bank", &format!("/v1/institutions/{shell}/ties")).await.problem(403), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_institution_is_found_and_its_certificate_is_live() {
    let mut world = World::on("2026-11-23").await;
    let shop = world.shop().await;
    let other = registered(&world, "9207", |body| body["name"] = json!("湖州墨香书法中心")).await;
    let found = async |q: &str| {
        let asked = reqwest::Url::parse_with_params("http://host/v1/lookups", [("q", q)]).unwrap();
        let answer = world.public(&format!("/v1/lookups?{}", asked.query().unwrap())).await.expect(200);
        let items = answer["items"].as_array().unwrap().clone();
        items.iter().map(|one| (text(&one["institution"]), text(&one["by"]))).collect::<Vec<_>>()
    };
    let is = |id: &str, by: &str| vec![(id.to_owned(), by.to_owned())];
    assert_eq!(found("丹青").await, is(&shop.institution, "prefix"));
    assert_eq!(found("画室").await, is(&shop.institution, "infix"));
    assert_eq!(found("mxsf").await, is(&other, "initials"));
    assert_eq!(found("133050270001239").await, is(&shop.institution, "licence_number"));
    let code = CreditCode::complete("52330502MJ8719207").unwrap().to_string();
    assert_eq!(found(&code).await, is(&other, "credit_code"));
    assert_eq!(found("无此机构").await, vec![]);
    // A name of another server is found by the next search.
    let later = registered(&world, "9208", |body| body["name"] = json!("丹青二部")).await;
    assert_eq!(found("丹青二").await, is(&later, "prefix"));

    let path = format!("/v1/licences/{}/certificate", shop.licence);
    let good = world.public(&path).await.expect(200);
    assert_eq!((&good["may_sell"], &good["state"]), (&json!(true), &json!("in_force")));
    assert_eq!(good["payee"]["account_number"], "6222000000000001");
    let code = world.public(&format!("/v1/licences/{}/qr", shop.licence)).await;
    assert_eq!((code.status.as_u16(), code.headers["content-type"].to_str().unwrap()), (200, "image/svg+xml"));
    let stop = format!("/v1/licences/{}/suspension", shop.licence);
    world.post("approver", &stop, &json!({"reason":"整改"})).await.expect(201);
    let stopped = world.public(&path).await.expect(200);
    assert_eq!((&stopped["may_sell"], &stopped["may_teach"]), (&json!(false), &json!(false)));
    assert!(text(&stopped["advice"]).contains("请勿付款"));
    let told = world.public(&format!("/v1/institutions/{}/notices", shop.institution)).await.expect(200);
    assert_eq!(told["items"][0]["zh"], "告知家长：暂停办学。");
}
