//! Classes, sessions, enrolment, timetables: what is checked and what is left out.

use access::Post;
use app::identity::NewRole;
use serde_json::{Value, json};

use crate::world::{World, course_body, payment_body, text};

fn rules(answer: &Value) -> Vec<String> {
    answer["violations"].as_array().unwrap().iter().map(|v| text(&v["rule"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_fits_its_course_its_room_and_its_teacher() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let class = world.class(&shop).await;
    let path = format!("/v1/courses/{}/classes", shop.course);
    let body = |teacher: &str, room: Value, capacity: u32| json!({"name":"二班","teacher":teacher,"room":room,"capacity":capacity});
    // 60 square metres at 3 each: 20 pupils; the course publishes 20 as well.
    let over = world.post("owner", &path, &body(&class.teacher, json!(class.room), 21)).await;
    assert_eq!(rules(&over.expect(422)), ["class.size", "class.room_capacity"]);
    let small = json!({"room":{"site":class.site,"name":"二号教室","area_m2":24,"seats":20}});
    let small = world.record(&shop, small).await;
    let over = world.post("owner", &path, &body(&class.teacher, json!(small), 9)).await.expect(422);
    assert_eq!(rules(&over), ["class.room_capacity"]);
    assert_eq!((&over["violations"][0]["limit"], &over["violations"][0]["actual"]), (&json!("8"), &json!("9")));
    assert_eq!(
        rules(&world.post("owner", &path, &body(&class.teacher, json!(null), 9)).await.expect(422)),
        ["class.room_capacity"]
    );
    let barred = json!({"staff":{"name":"钱某","post":"teacher","teaches":true,"serving_teacher":true,"barred":true}});
    let barred = world.record(&shop, barred).await;
    let refused = world.post("owner", &path, &body(&barred, json!(class.room), 9)).await.expect(422);
    assert_eq!(
        rules(&refused),
        ["standard.teacher_qualified", "standard.no_serving_teacher", "standard.staff_not_barred"]
    );
    let nobody = "01900000-0000-7000-8000-000000000000";
    assert_eq!(world.post("owner", &path, &body(nobody, json!(class.room), 9)).await.status, 404);
    assert_eq!(world.post("owner", &path, &body(&class.teacher, json!(nobody), 9)).await.status, 404);
    // A draft has no classes.
    let courses = format!("/v1/institutions/{}/courses", shop.institution);
    let draft = text(&world.post("owner", &courses, &course_body()).await.expect(201)["id"]);
    let draft = format!("/v1/courses/{draft}/classes");
    assert_eq!(
        world.post("owner", &draft, &body(&class.teacher, json!(class.room), 9)).await.problem(409),
        "wrong-state"
    );
    // Who may: the institution's people who act for it; teachers, regulators and auditors read.
    let institution = shop.institution.parse().unwrap();
    world.user("teacher", NewRole::Institution { institution, post: Post::Teacher }).await;
    let body = body(&class.teacher, json!(class.room), 9);
    for (who, reads) in [("teacher", 200), ("bureau", 200), ("auditor", 200), ("bank", 403), ("neighbour", 403)] {
        assert_eq!(world.get(who, &path).await.status, reads, "{who}");
        assert_eq!(world.post(who, &path, &body).await.status, 403, "{who}");
    }
    let listed = world.get("owner", &path).await.expect(200);
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["enrolled"]), (&json!(class.class), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weekly_pattern_leaves_out_what_may_not_be_and_says_why() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let class = world.class(&shop).await;
    let sessions = format!("/v1/classes/{}/sessions", class.class);
    // One on the second Saturday is there already.
    let one = json!({"sessions":[{"held_on":"2026-12-12","from":"09:30","until":"10:30"}]});
    world.post("owner", &sessions, &one).await.expect(201);
    let weekly = json!({"weekly":{"weekdays":[6],"from":"09:00","until":"10:30",
        "from_on":"2026-11-01","until_on":"2027-12-31"}});
    let made = world.post("owner", &sessions, &weekly).await.expect(201);
    // Thirteen Saturdays from 5 December to 27 February, one of them taken.
    assert_eq!(made["sessions"].as_array().unwrap().len(), 12);
    let skipped = made["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 1, "{made}");
    assert_eq!(skipped[0]["held_on"], "2026-12-12");
    assert_eq!(rules(&skipped[0]), ["class.teacher_free", "class.room_free"]);
    // Too late in the evening: nothing of it can be held.
    let late = json!({"weekly":{"weekdays":[7],"from":"19:30","until":"21:00",
        "from_on":"2026-12-01","until_on":"2026-12-31"}});
    let late = world.post("owner", &sessions, &late).await.expect(201);
    assert_eq!(late["sessions"], json!([]));
    assert!(late["skipped"].as_array().unwrap().iter().all(|s| rules(s) == ["contract.training_hour"]));
    // Single ones are refused whole.
    let mixed = json!({"sessions":[{"held_on":"2026-12-13","from":"09:00","until":"10:00"},
        {"held_on":"2026-12-13","from":"09:30","until":"10:30"},
        {"held_on":"2027-03-06","from":"20:00","until":"21:00"}]});
    let mixed = world.post("owner", &sessions, &mixed).await.expect(422);
    assert_eq!(
        rules(&mixed),
        ["class.teacher_free", "class.room_free", "contract.training_hour", "class.session_within_course"]
    );
    let week = format!("/v1/institutions/{}/timetable?on=2026-12-10", shop.institution);
    let week = world.get("auditor", &week).await.expect(200);
    assert_eq!((&week["from_on"], week["sessions"].as_array().unwrap().len()), (&json!("2026-12-07"), 1));
    for bad in [
        json!({}),
        json!({"sessions":[{"held_on":"2026-12-13","from":"10:00","until":"10:00"}]}),
        json!({"weekly":{"weekdays":[8],"from":"09:00","until":"10:00","from_on":"2026-12-01","until_on":"2026-12-31"}}),
        json!({"weekly":{"weekdays":[1],"from":"09:00","until":"10:00","from_on":"2026-12-02","until_on":"2026-12-01"}}),
    ] {
        assert_eq!(world.post("owner", &sessions, &bad).await.status, 400, "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_at_once_never_book_a_teacher_twice() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let class = world.class(&shop).await;
    let sessions = format!("/v1/classes/{}/sessions", class.class);
    let body = json!({"sessions":[{"held_on":"2026-12-13","from":"09:00","until":"10:00"}]});
    let at_once = (0..8).map(|_| Box::pin(world.post("owner", &sessions, &body))).collect();
    let mut made = 0;
    let answers = futures_all(at_once).await;
    for answer in answers {
        match answer.status.as_u16() {
            201 => made += 1,
            422 => assert_eq!(rules(&answer.json()), ["class.teacher_free", "class.room_free"]),
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert_eq!(made, 1);
}

/// Waits for all, polling them in turn.
async fn futures_all<F: Future + Unpin>(mut all: Vec<F>) -> Vec<F::Output> {
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(move |context| {
        for (future, slot) in all.iter_mut().zip(done.iter_mut()) {
            if slot.is_none()
                && let std::task::Poll::Ready(output) = std::pin::Pin::new(future).poll(context)
            {
                *slot = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(done.iter_mut().filter_map(Option::take).collect())
        } else {
            std::task::Poll::Pending
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_takes_paid_contracts_of_its_course_as_many_as_fit() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let class = world.class(&shop).await;
    let drafted = world.post("owner", "/v1/contracts", &crate::world::contract_body(&shop.course)).await.expect(201);
    let draft = text(&drafted["id"]);
    let enrolments = format!("/v1/classes/{}/enrolments", class.class);
    let refused = world.post("owner", &enrolments, &json!({"contract":draft})).await.expect(422);
    assert_eq!(rules(&refused), ["class.enrolment_contract"]);
    let contract = world.contract(&shop).await;
    let refused = world.post("owner", &enrolments, &json!({"contract":contract})).await.expect(422);
    assert_eq!(
        (&refused["violations"][0]["limit"], &refused["violations"][0]["actual"]),
        (&json!("paid"), &json!("0"))
    );
    let payments = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &payments, &payment_body(200_000, "R")).await.expect(201);
    let done = world.post("owner", &enrolments, &json!({"contract":contract})).await.expect(201);
    assert_eq!((&done["from_on"], &done["enrolled"]), (&json!("2026-12-05"), &json!(1)));
    // Twice is once.
    let again = world.post("owner", &enrolments, &json!({"contract":contract})).await.expect(201);
    assert_eq!(again["enrolled"], 1);
    // A class of another course, of which the contract is not.
    let courses = format!("/v1/institutions/{}/courses", shop.institution);
    let other = text(&world.post("owner", &courses, &course_body()).await.expect(201)["id"]);
    world.post("owner", &format!("/v1/courses/{other}/publication"), &json!({})).await.expect(201);
    let body = json!({"name":"别班","teacher":class.teacher,"room":class.room,"capacity":1});
    let other = text(&world.post("owner", &format!("/v1/courses/{other}/classes"), &body).await.expect(201)["id"]);
    let refused = world.post("owner", &format!("/v1/classes/{other}/enrolments"), &json!({"contract":contract})).await;
    assert_eq!(rules(&refused.expect(422)), ["class.enrolment_contract"]);
    let gone = json!({"contract":contract,"until_on":"2026-12-12"});
    let gone = world.post("owner", &format!("/v1/classes/{}/departures", class.class), &gone).await.expect(201);
    assert_eq!((&gone["until_on"], &gone["enrolled"]), (&json!("2026-12-12"), &json!(0)));
    let sessions = json!({"sessions":[{"held_on":"2026-12-12","from":"09:00","until":"10:30"},
        {"held_on":"2026-12-19","from":"09:00","until":"10:30"}]});
    world.post("owner", &format!("/v1/classes/{}/sessions", class.class), &sessions).await.expect(201);
    // The family sees the sessions of the days on which the pupil is in the class.
    let own = world.get("guardian", &format!("/v1/contracts/{contract}/class-sessions")).await.expect(200);
    assert_eq!(own["items"].as_array().unwrap().len(), 1);
    assert_eq!(own["items"][0]["held_on"], "2026-12-12");
    assert_eq!(world.get("guardian", &enrolments).await.status, 403);
}
