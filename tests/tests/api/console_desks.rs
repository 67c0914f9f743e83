//! What is done on the pages of the desks, over the real API: papers go in and come out as files, a
//! class is held in a recorded room, a register is checked and taken over, a contract is ended.

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::Method;
use serde_json::json;

use crate::world::{PASSWORD, World, text};

static KEYS: AtomicU32 = AtomicU32::new(1);

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n";

/// The session of a user, as a browser keeps it.
async fn session(world: &World, name: &str) -> String {
    let body = json!({"username": name, "password": PASSWORD});
    let session = world.ask(None, Method::POST, "/v1/sessions").json(&body).send().await.expect(201);
    format!("tutela_session={}; tutela_form=word; tutela_lang=en", text(&session["token"]))
}

async fn open(world: &World, cookies: &str, path: &str) -> crate::world::Answer {
    world.ask(None, Method::GET, path).header("cookie", cookies).send().await
}

/// A form as browsers send it, with files where it has some; the client follows to the page after it.
async fn send(
    world: &World,
    cookies: &str,
    path: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &[u8])],
) -> crate::world::Answer {
    let mut body = Vec::new();
    // Each form that is shown has a key of its own.
    let key = format!("page-{}", KEYS.fetch_add(1, Ordering::Relaxed));
    for (name, value) in [("_csrf", "word"), ("_key", key.as_str())].iter().chain(fields) {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, file) in files {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\n");
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let request = world.ask(None, Method::POST, path).header("cookie", cookies);
    request.header("content-type", "multipart/form-data; boundary=edge").body(body).send().await
}

#[tokio::test]
async fn papers_are_handed_in_on_a_page_and_read_where_it_is_decided() {
    let mut world = World::on("2026-10-01").await;
    let shop = world.shop().await;
    let owner = session(&world, "owner").await;
    let fields = [("_form", "apply"), ("kind", "change_name"), ("wish_name", "丹青画苑")];
    let shown = send(&world, &owner, "/institution/applications", &fields, &[("paper_resolution", PDF)]).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains("Resolution of the board") && shown.text.contains("PDF"), "{}", shown.text);
    let list = world.get("owner", &format!("/v1/institutions/{}/licence-applications", shop.institution)).await;
    let list = list.expect(200);
    let asked = list["items"].as_array().unwrap().iter().find(|item| item["kind"] == "change_name").unwrap();
    let id = text(&asked["id"]);
    // The officer sees the paper, opens it as a download, and asks for a correction.
    let bureau = session(&world, "bureau").await;
    let page = open(&world, &bureau, &format!("/regulator/applications/{id}")).await;
    let text_of_page = page.text.replace("&#x2f;", "/");
    let mut links = text_of_page.split("href=\"").map(|part| part.split('"').next().unwrap());
    let link = links.find(|link| link.contains("/files/")).unwrap().to_owned();
    let file = open(&world, &bureau, &link).await;
    assert_eq!((file.status.as_u16(), file.text.as_bytes()), (200, PDF));
    let header = |name: &str| file.headers[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment"));
    assert!(header("content-security-policy").contains("default-src 'none'"));
    let fields = [("_form", "correction"), ("what", "请补交章程")];
    send(&world, &bureau, &format!("/regulator/applications/{id}"), &fields, &[]).await;
    // The institution reads what is asked, and answers.
    let path = format!("/institution/applications/{id}");
    let page = open(&world, &owner, &path).await;
    assert!(page.text.contains("请补交章程") && page.text.contains("form-hand_in"), "{}", page.text);
    let done = send(&world, &owner, &path, &[("_form", "hand_in")], &[("paper_charter", PDF)]).await;
    assert!(done.text.contains("Charter") && !done.text.contains("form-hand_in"), "{}", done.text);
    // What is no paper is said, and nothing is handed in.
    let fields = [("_form", "apply"), ("kind", "branch"), ("wish_address", "某路 9 号")];
    let bad = send(&world, &owner, "/institution/applications", &fields, &[("paper_fire", b"<script>")]).await;
    assert_ne!(bad.status, 200);
    // A neighbour's officer gets neither page nor file.
    let neighbour = session(&world, "neighbour").await;
    for path in [format!("/regulator/applications/{id}"), link] {
        let refused = open(&world, &neighbour, &path).await;
        assert!([403, 404].contains(&refused.status.as_u16()), "{path}: {}", refused.status);
    }
}

#[tokio::test]
async fn a_class_is_held_in_a_room_of_the_record() {
    let mut world = World::on("2026-10-01").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let paid = json!({"amount_fen": 200_000, "method": "bank_transfer", "bank_reference": "HZ1",
        "paid_at": "2026-10-01T01:00:00Z"});
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &paid).await.expect(201);
    let owner = session(&world, "owner").await;
    let record = |part: &'static str| {
        let path = format!("/v1/institutions/{}/record", shop.institution);
        let world = &world;
        async move {
            let record = world.get("owner", &path).await.expect(200);
            let item = record["items"].as_array().unwrap().iter().find(|item| item["part"] == part).cloned();
            text(&item.unwrap()["id"])
        }
    };
    let page = "/institution/record";
    let site = [("_form", "site"), ("site_address", "某路 1 号"), ("floor_area", "320"), ("highest_floor", "2")];
    assert_eq!(send(&world, &owner, page, &site, &[]).await.status, 200);
    let site = record("site").await;
    let room = [
        ("_form", "room"),
        ("room_site", site.as_str()),
        ("room_name", "一号教室"),
        ("room_area", "60"),
        ("seats", "20"),
    ];
    let shown = send(&world, &owner, page, &room, &[]).await;
    assert!(shown.text.contains("一号教室"), "{}", shown.text);
    let staff = [
        ("_form", "staff"),
        ("staff_name", "赵某"),
        ("staff_post", "teacher"),
        ("teaches", "yes"),
        ("full_time", "yes"),
        ("certificate", "20261234"),
    ];
    assert_eq!(send(&world, &owner, page, &staff, &[]).await.status, 200);
    let (room, teacher) = (record("room").await, record("staff").await);
    let class = [
        ("_form", "new_class"),
        ("course", shop.course.as_str()),
        ("class_name", "周六班"),
        ("teacher", &teacher),
        ("room", &room),
        ("capacity", "10"),
    ];
    let shown = send(&world, &owner, "/institution/classes", &class, &[]).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let classes = world.get("owner", &format!("/v1/courses/{}/classes", shop.course)).await.expect(200);
    let class = text(&classes["items"][0]["id"]);
    let page = format!("/institution/classes/{class}");
    let single = [("_form", "single"), ("held_on", "2026-12-12"), ("begins", "09:00"), ("ends", "10:30")];
    let made = send(&world, &owner, &page, &single, &[]).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let joined = send(&world, &owner, &page, &[("_form", "enrol"), ("contract", &contract)], &[]).await;
    assert_eq!(joined.status, 200, "{}", joined.text);
    let sessions = world.get("owner", &format!("/v1/classes/{class}/sessions")).await.expect(200);
    let held = text(&sessions["items"][0]["id"]);
    world.at("2026-12-12", 9 * 60).await;
    let owner = session(&world, "owner").await;
    let code = world.get("owner", &format!("/v1/class-sessions/{held}/code")).await.expect(200);
    let shown = open(&world, &owner, &format!("{page}/{held}/code")).await;
    assert!(shown.text.contains(&text(&code["code"])), "{}", shown.text);
    // The family checks in with it.
    let guardian = session(&world, "guardian").await;
    let path = format!("/family/contracts/{contract}/check-in");
    let code = text(&code["code"]);
    let fields =
        [("_form", "check_in"), ("class_session", held.as_str()), ("room_code", &code), ("contract", &contract)];
    let done = send(&world, &guardian, &path, &fields, &[]).await;
    assert!(done.status == 200 && done.text.contains("Checked in."), "{}", done.text);
}

#[tokio::test]
async fn a_register_is_checked_before_it_is_taken_over() {
    let world = World::on("2026-10-01").await;
    let bureau = session(&world, "bureau").await;
    let fields = |commit| [("_form", "import_register"), ("region", "330502"), ("commit", commit)];
    let wrong = "机构名称,统一社会信用代码\n丹青画室,没有代码\n";
    let shown =
        send(&world, &bureau, "/regulator/import", &fields("true"), &[("register_file", wrong.as_bytes())]).await;
    assert!(shown.text.contains("What is wrong") || shown.status == 422, "{}", shown.text);
    let institutions = world.public("/v1/institutions").await.expect(200);
    assert_eq!(institutions["items"], json!([]));
}

#[tokio::test]
async fn names_behind_a_contract_are_read_with_a_reason() {
    let mut world = World::on("2026-10-01").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let bureau = session(&world, "bureau").await;
    let path = format!("/regulator/contracts/{contract}");
    let name = text(&crate::world::contract_body(&shop.course)["guardian"]["name"]);
    let closed = open(&world, &bureau, &path).await;
    assert!(closed.status == 200 && !closed.text.contains(&name), "{}", closed.text);
    let opened = open(&world, &bureau, &format!("{path}?reason=complaint-7")).await;
    assert!(opened.text.contains(&name) && opened.text.contains("Where it differs"), "{}", opened.text);
    // The family sees that, and why; its own reading of the differences is none.
    let guardian = session(&world, "guardian").await;
    let terms = open(&world, &guardian, &format!("/family/contracts/{contract}/terms")).await;
    assert!(terms.status == 200 && !terms.text.contains("class=\"note bad\""), "{}", terms.text);
    let readings = open(&world, &guardian, "/family/readings").await;
    assert!(readings.text.contains("complaint-7"), "{}", readings.text);
}
