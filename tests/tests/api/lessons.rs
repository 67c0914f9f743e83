//! Lessons of a whole class, check-ins, disputes with what stands beside them, files of lessons.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Answer, Class, Shop, World, payment_body, policy_draft_body, text};

/// A class with one paid pupil and a session on 5 December from nine to half past ten.
struct Lesson {
    shop: Shop,
    class: Class,
    contract: String,
    session: String,
}

async fn lesson(world: &mut World) -> Lesson {
    let shop = world.shop().await;
    let class = world.class(&shop).await;
    let contract = world.contract(&shop).await;
    let payments = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &payments, &payment_body(200_000, "R")).await.expect(201);
    let enrolments = format!("/v1/classes/{}/enrolments", class.class);
    world.post("owner", &enrolments, &json!({"contract":contract})).await.expect(201);
    let body = json!({"sessions":[{"held_on":"2026-12-05","from":"09:00","until":"10:30"}]});
    let made = world.post("owner", &format!("/v1/classes/{}/sessions", class.class), &body).await.expect(201);
    let session = text(&made["sessions"][0]["id"]);
    Lesson { shop, class, contract, session }
}

fn rules(answer: &Value) -> Vec<String> {
    answer["violations"].as_array().unwrap().iter().map(|v| text(&v["rule"])).collect()
}

async fn check_in(world: &World, at: &Lesson, code: &str) -> Answer {
    let path = format!("/v1/class-sessions/{}/check-ins", at.session);
    world.post("guardian", &path, &json!({"contract":at.contract,"code":code})).await
}

async fn code(world: &World, at: &Lesson) -> String {
    let path = format!("/v1/class-sessions/{}/code", at.session);
    text(&world.get("owner", &path).await.expect(200)["code"])
}

async fn claim(world: &World, at: &Lesson, held_on: &str) -> Answer {
    let body = json!({"hours":"2","held_on":held_on,"class_session":at.session});
    world.post("owner", &format!("/v1/contracts/{}/lessons", at.contract), &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_claimed_once_on_its_day_for_who_is_in_the_class() {
    let mut world = World::on("2026-11-22").await;
    let at = lesson(&mut world).await;
    world.at("2026-12-05", 11 * 60).await;
    assert_eq!(rules(&claim(&world, &at, "2026-12-06").await.expect(422)), ["escrow.lesson_session"]);
    let path = format!("/v1/class-sessions/{}/lessons", at.session);
    let nobody = "01900000-0000-7000-8000-000000000000";
    let body = json!({"hours":"2","attended":[at.contract, nobody]});
    let done = world.post("owner", &path, &body).await.expect(200);
    assert_eq!((&done["results"][0]["status"], &done["results"][1]["status"]), (&json!(201), &json!(404)));
    assert_eq!(done["unmarked"], json!([]));
    // One way or the other, twice is refused.
    assert_eq!(rules(&claim(&world, &at, "2026-12-05").await.expect(422)), ["escrow.lesson_once_per_session"]);
    let again = world.post("owner", &path, &body).await.expect(200);
    assert_eq!(again["results"][0]["status"], 422);
    assert_eq!(again["results"][0]["problem"]["violations"][0]["rule"], "escrow.lesson_once_per_session");
    let shown =
        world.get("guardian", &format!("/v1/lessons/{}", text(&done["results"][0]["lesson"]))).await.expect(200);
    assert_eq!(shown["class_session"], json!(at.session));
    // Who was absent is not charged; who is in neither list is named.
    let body = json!({"sessions":[{"held_on":"2026-12-12","from":"09:00","until":"10:30"}]});
    let made = world.post("owner", &format!("/v1/classes/{}/sessions", at.class.class), &body).await.expect(201);
    let second = format!("/v1/class-sessions/{}", text(&made["sessions"][0]["id"]));
    world.at("2026-12-12", 11 * 60).await;
    let one = json!({"hours":"2","attended":[nobody]});
    let unmarked = world.post("owner", &format!("{second}/lessons"), &one).await.expect(200);
    assert_eq!(unmarked["unmarked"], json!([at.contract]));
    let cancelled = json!({"reason":"教师病假"});
    world.post("owner", &format!("{second}/cancellation"), &cancelled).await.expect(201);
    assert_eq!(world.post("owner", &format!("{second}/cancellation"), &cancelled).await.problem(409), "wrong-state");
    let body = json!({"hours":"2","attended":[at.contract]});
    let refused = world.post("owner", &format!("{second}/lessons"), &body).await.expect(200);
    assert_eq!(refused["results"][0]["problem"]["violations"][0]["rule"], "escrow.lesson_session");
    // Nobody else's session.
    assert_eq!(world.post("neighbour", &format!("{second}/lessons"), &body).await.status, 403);
    assert_eq!(world.post("guardian", &format!("{second}/lessons"), &body).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_lesson_of_a_suspended_licence() {
    let mut world = World::on("2026-11-22").await;
    let at = lesson(&mut world).await;
    world.at("2026-12-05", 8 * 60).await;
    let suspension = json!({"reason":"整改"});
    world.post("approver", &format!("/v1/licences/{}/suspension", at.shop.licence), &suspension).await.expect(201);
    world.at("2026-12-05", 11 * 60).await;
    assert_eq!(rules(&claim(&world, &at, "2026-12-05").await.expect(422)), ["contract.licence_in_force"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_in_needs_the_code_that_is_shown_and_is_evidence_not_confirmation() {
    let mut world = World::on("2026-11-22").await;
    let at = lesson(&mut world).await;
    let path = format!("/v1/class-sessions/{}/code", at.session);
    assert_eq!(world.get("owner", &path).await.problem(409), "wrong-state");
    world.at("2026-12-05", 9 * 60).await;
    for who in ["guardian", "bureau", "bank", "auditor"] {
        assert_eq!(world.get(who, &path).await.status, 403, "{who}");
    }
    let shown = code(&world, &at).await;
    let wrong = if shown == "000000" { "000001" } else { "000000" };
    assert_eq!(rules(&check_in(&world, &at, wrong).await.expect(422)), ["escrow.check_in_code"]);
    for bad in ["", "12345", "1234567", "12345a"] {
        assert_eq!(check_in(&world, &at, bad).await.status, 400, "{bad}");
    }
    // One window later it is still taken, two later it is not.
    world.pass(120);
    assert_eq!(rules(&check_in(&world, &at, &shown).await.expect(422)), ["escrow.check_in_code"]);
    let shown = code(&world, &at).await;
    world.pass(60);
    let done = check_in(&world, &at, &shown).await.expect(201);
    assert_eq!(done["entries"][0]["type"], "lesson_checked_in");
    assert_eq!(done["lesson"], Value::Null);
    assert_eq!(check_in(&world, &at, &code(&world, &at).await).await.problem(409), "already-exists");
    // The claim waits for the guardian all the same.
    world.at("2026-12-05", 11 * 60).await;
    let claimed = claim(&world, &at, "2026-12-05").await.expect(201);
    assert_eq!(claimed["state"], "claimed");
    // Guessing gets slow.
    let mut last = 0;
    for _ in 0..7 {
        last = check_in(&world, &at, wrong).await.status.as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_place_says_so_a_check_in_confirms_before_and_after_the_claim() {
    let mut world = World::on("2026-11-22").await;
    let at = lesson(&mut world).await;
    let draft = policy_draft_body("2026-11-23", "check_in_confirms", json!(true));
    let drafted = world.post("officer", "/v1/policies/330502/versions", &draft).await.expect(201);
    let decision = format!("/v1/policy-versions/{}/decision", text(&drafted["id"]));
    world.post("approver", &decision, &json!({"decision":"adopt"})).await.expect(201);
    // First the check-in, then the claim.
    world.at("2026-12-05", 9 * 60).await;
    check_in(&world, &at, &code(&world, &at).await).await.expect(201);
    let claimed = claim(&world, &at, "2026-12-05").await.expect(201);
    assert_eq!(claimed["state"], "confirmed");
    let kinds: Vec<_> = claimed["entries"].as_array().unwrap().iter().map(|e| text(&e["type"])).collect();
    assert_eq!(kinds, ["lesson_claimed", "lesson_confirmed"]);
    // First the claim, then the check-in.
    let body = json!({"sessions":[{"held_on":"2026-12-12","from":"09:00","until":"10:30"}]});
    let made = world.post("owner", &format!("/v1/classes/{}/sessions", at.class.class), &body).await.expect(201);
    let at = Lesson { session: text(&made["sessions"][0]["id"]), ..at };
    world.at("2026-12-12", 9 * 60).await;
    let claimed = claim(&world, &at, "2026-12-12").await.expect(201);
    assert_eq!(claimed["state"], "claimed");
    let done = check_in(&world, &at, &code(&world, &at).await).await.expect(201);
    assert_eq!((&done["lesson"], &done["lesson_state"]), (&claimed["id"], &json!("confirmed")));
    let balances = format!("/v1/institutions/{}/balances", at.shop.institution);
    let balances = world.get("owner", &balances).await.expect(200);
    // 4 of 24 hours at 2,000 yuan.
    assert_eq!(balances["payable_fen"], 33_333);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_at_once_confirm_once() {
    let mut world = World::on("2026-11-22").await;
    let at = lesson(&mut world).await;
    world.at("2026-12-05", 11 * 60).await;
    let claimed = claim(&world, &at, "2026-12-05").await.expect(201);
    let lesson = format!("/v1/lessons/{}", text(&claimed["id"]));
    let path = format!("{lesson}/confirmation");
    let empty = json!({});
    let dispute = format!("{lesson}/dispute");
    let reason = json!({"reason":"not_held"});
    let (a, b, c, d) = tokio::join!(
        world.post("guardian", &path, &empty),
        world.post("guardian", &path, &empty),
        world.post("guardian", &path, &empty),
        world.post("guardian", &dispute, &reason),
    );
    let statuses: Vec<u16> = [&a, &b, &c, &d].iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    for answer in [a, b, c, d].iter().filter(|answer| answer.status != 201) {
        assert_eq!(answer.problem(409), "wrong-state");
    }
    let balances = format!("/v1/institutions/{}/balances", at.shop.institution);
    let balances = world.get("owner", &balances).await.expect(200);
    let (payable, disputed) = (balances["payable_fen"].as_i64().unwrap(), balances["disputed_fen"].as_i64().unwrap());
    assert_eq!(payable + disputed, 16_667, "{balances}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_argued_decided_or_conceded_and_shown_when_late() {
    let mut world = World::on("2026-11-22").await;
    let at = lesson(&mut world).await;
    world.at("2026-12-05", 9 * 60).await;
    check_in(&world, &at, &code(&world, &at).await).await.expect(201);
    let claimed = claim(&world, &at, "2026-12-05").await.expect(201);
    let lesson = format!("/v1/lessons/{}", text(&claimed["id"]));
    let argue = format!("{lesson}/dispute-arguments");
    let paper = json!([{"kind":"attendance_sheet","sha256":"ab".repeat(32)}]);
    let maintains = json!({"stance":"maintains","statement":"有签到表","documents":paper});
    // Not before it is disputed; not without a session.
    assert_eq!(world.post("owner", &argue, &maintains).await.problem(409), "wrong-state");
    assert_eq!(world.get("bureau", &format!("{lesson}/dispute")).await.status, 404);
    let disputed = world.post("guardian", &format!("{lesson}/dispute"), &json!({"reason":"wrong_hours"})).await;
    let disputed = disputed.expect(201);
    let by: kernel::Day = text(&disputed["decide_by_on"]).parse().unwrap();
    assert_eq!(world.post("guardian", &format!("{lesson}/confirmation"), &json!({})).await.problem(409), "wrong-state");
    world.post("owner", &argue, &maintains).await.expect(201);
    world.post("guardian", &argue, &json!({"stance":"maintains","statement":"只上了一小时"})).await.expect(201);
    for who in ["bureau", "bank", "neighbour"] {
        assert!([403, 404].contains(&world.post(who, &argue, &maintains).await.status.as_u16()), "{who}");
    }
    let shown = world.get("bureau", &format!("{lesson}/dispute")).await.expect(200);
    assert_eq!((&shown["reason"], &shown["checked_in_on"]), (&json!("wrong_hours"), &json!("2026-12-05")));
    assert_eq!(shown["session"]["id"], json!(at.session));
    let arguments = shown["arguments"].as_array().unwrap();
    assert_eq!((&arguments[0]["by"], &arguments[0]["statement"]), (&json!("institution"), &json!("有签到表")));
    assert_eq!(arguments[0]["documents"][0]["kind"], "attendance_sheet");
    assert_eq!((&arguments[1]["by"], &shown["overdue"]), (&json!("guardian"), &json!(false)));
    assert_eq!(world.get("bank", &format!("{lesson}/dispute")).await.status, 403);
    // Late when the clock of the policy has passed.
    assert_eq!(world.get("bureau", "/v1/disputes?overdue=true").await.expect(200)["items"], json!([]));
    world.at(&by.plus_days(1).unwrap().to_string(), 600).await;
    let late = world.get("bureau", "/v1/disputes?overdue=true").await.expect(200);
    assert_eq!(late["items"][0]["id"], claimed["id"]);
    assert_eq!(world.get("owner", "/v1/disputes").await.expect(200)["items"][0]["id"], claimed["id"]);
    assert_eq!(world.get("neighbour", "/v1/disputes").await.status, 403);
    assert_eq!(world.get("bureau", &format!("{lesson}/dispute")).await.expect(200)["overdue"], json!(true));
    // Whoever gives in ends it.
    let conceded = world.post("owner", &argue, &json!({"stance":"concedes"})).await.expect(201);
    assert_eq!((&conceded["state"], &conceded["decision"]), (&json!("rejected"), &json!("family")));
    let kinds: Vec<_> = conceded["entries"].as_array().unwrap().iter().map(|e| text(&e["type"])).collect();
    assert_eq!(kinds, ["dispute_argued", "dispute_decided"]);
    let decide = format!("{lesson}/dispute-decision");
    assert_eq!(world.post("bureau", &decide, &json!({"decision":"institution"})).await.problem(409), "wrong-state");
    let figures = "lesson-figures?from=2026-12-01&to=2026-12-31";
    let figures = format!("/v1/institutions/{}/{figures}", at.shop.institution);
    let counted = world.get("bureau", &figures).await.expect(200);
    assert_eq!((&counted["total"]["disputed"], &counted["total"]["checked_in"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&counted["months"][0]["month"], &counted["total"]["deemed_rate_basis_points"]),
        (&json!("2026-12"), &json!(0))
    );
    assert_eq!(world.get("guardian", &figures).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_lessons_is_recorded_line_by_line_and_goes_on_after_a_cut() {
    let mut world = World::on("2026-11-22").await;
    let at = lesson(&mut world).await;
    world.at("2026-12-05", 11 * 60).await;
    let mut file = String::from("contract,held_on,hours,class_session\n");
    file.push_str(&format!("{},2026-12-05,2,{}\n", at.contract, at.session));
    file.push_str(&format!("{},2026-12-05,2,{}\n", at.contract, at.session));
    file.push_str(&format!("{},2026-12-05,half,\n", at.contract));
    file.push_str("01900000-0000-7000-8000-000000000000,2026-12-05,1,\n");
    for _ in 0..1100 {
        file.push_str(&format!("{},2026-12-05,0.01,\n", at.contract));
    }
    let path = format!("/v1/institutions/{}/lesson-imports", at.shop.institution);
    let send = |who: &'static str, file: String| {
        world.ask(Some(who), reqwest::Method::POST, &path).header("content-type", "text/csv").body(file).send()
    };
    assert_eq!(send("guardian", file.clone()).await.status, 403);
    assert_eq!(send("neighbour", file.clone()).await.status, 403);
    assert_eq!(send("owner", "a,b\n1,2\n".to_owned()).await.problem(409), "wrong-state");
    let kept = send("owner", file.clone()).await.expect(201);
    assert_eq!((&kept["lines"], &kept["parts"]), (&json!(1104), &json!(2)));
    let import = format!("/v1/lesson-imports/{}", text(&kept["id"]));
    let mut progress = Value::Null;
    for _ in 0..600 {
        progress = world.get("owner", &import).await.expect(200);
        if progress["finished_at"].is_string() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        (&progress["recorded"], &progress["refused"], &progress["done"]),
        (&json!(1101), &json!(3), &json!(1104))
    );
    let results = world.get("owner", &format!("{import}/results")).await.expect(200);
    let line = |i: usize| results["results"][i].clone();
    assert_eq!((&line(0)["line"], &line(0)["status"]), (&json!(2), &json!("recorded")));
    assert_eq!(line(1)["refusal"]["violations"][0]["rule"], "escrow.lesson_once_per_session");
    assert_eq!(line(2)["field"], "hours");
    assert_eq!(line(3)["refusal"]["kind"], "not_found");
    // To run it again changes nothing.
    world.post("owner", &format!("{import}/run"), &json!({})).await.expect(200);
    let again = world.get("owner", &import).await.expect(200);
    assert_eq!(again, progress);
    assert_eq!(world.get("neighbour", &import).await.status, 403);
    assert_eq!(world.get("guardian", &import).await.status, 403);
}

/// A server stopped between the two parts of a file: the clock of the next one goes on, for whoever handed the
/// file in, and not while somebody else is at it.
#[tokio::test(flavor = "multi_thread")]
async fn the_clock_goes_on_with_a_file_that_was_cut_off() {
    let mut world = World::on("2026-11-22").await;
    let at = lesson(&mut world).await;
    world.at("2026-12-05", 11 * 60).await;
    let mut file = String::from("contract,held_on,hours\n");
    (0..1100).for_each(|_| file.push_str(&format!("{},2026-12-05,0.01\n", at.contract)));
    let institution = at.shop.institution.parse().unwrap();
    let role = access::Role::Institution { ledger: "330502".parse().unwrap(), institution, post: access::Post::Owner };
    let owner = world.id_of("owner").await.parse().unwrap();
    let principal = Some(access::Principal::new(owner, role));
    let call = app::Call { principal, now: world.now(), key: None, dry_run: false };
    // Kept, and then the process is gone before the first line.
    let kept = world.app.lesson_import_create(&call, institution, file.as_bytes()).await.unwrap();
    let import = format!("/v1/lesson-imports/{}", kept.import.id);
    let done = async || world.get("owner", &import).await.expect(200)["done"].clone();
    world.tick().await;
    assert_eq!(done().await, 0, "it may be somebody else's who is at it");
    let user = format!("/v1/users/{}", world.id_of("owner").await);
    let active = async |active: bool| {
        let tag = world.get("admin", &user).await.headers["etag"].to_str().unwrap().to_owned();
        let asked = world.ask(Some("admin"), reqwest::Method::PATCH, &user).header("if-match", &tag);
        let told = asked.json(&json!({"active":active})).send().await;
        assert!(told.status.is_success(), "{}", told.text);
    };
    world.at("2026-12-05", 11 * 60 + 2).await;
    active(false).await;
    world.tick().await;
    active(true).await;
    world.log_in("owner").await;
    assert_eq!(done().await, 0, "who may no longer log in records nothing");
    world.at("2026-12-05", 11 * 60 + 4).await;
    world.tick().await;
    let progress = world.get("owner", &import).await.expect(200);
    assert_eq!((&progress["recorded"], &progress["refused"]), (&json!(1100), &json!(0)), "{progress}");
    assert!(progress["finished_at"].is_string());
    let jobs = world.get("admin", "/v1/jobs").await.expect(200);
    let runs = jobs["runs"].as_array().unwrap();
    let run = runs.iter().find(|run| run["job"] == "lesson_imports" && run["items"] == "2");
    assert!(run.is_some(), "{jobs}");
    // Nothing twice.
    world.at("2026-12-05", 11 * 60 + 6).await;
    world.tick().await;
    assert_eq!(world.get("owner", &import).await.expect(200), progress);
}
