//! The console over the real API: every page of every desk for those who may open it and for those
//! who may not, and each desk's first task in a real browser.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use tests::browser::Browser;

use crate::world::{PASSWORD, World, text};

/// Longest page, bytes.
const PAGE_BYTES_MAX: usize = 150_000;

/// Who stands for each role.
pub const READERS: [(&str, &str); 6] = [
    ("regulator", "bureau"),
    ("institution", "owner"),
    ("guardian", "guardian"),
    ("bank", "bank"),
    ("auditor", "auditor"),
    ("admin", "admin"),
];

/// A world with an institution, a contract that is paid, and lessons that wait for an answer.
pub async fn world(lessons: usize) -> (World, Places) {
    let mut world = World::on("2026-10-01").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let body =
        json!({"amount_fen":200_000,"method":"bank_transfer","bank_reference":"HZ1","paid_at":"2026-10-01T01:00:00Z"});
    let paid = world.post("bank", &format!("/v1/contracts/{contract}/payments"), &body).await;
    paid.expect(201);
    let teaching = world.class(&shop).await;
    let path = format!("/v1/classes/{}/sessions", teaching.class);
    let body = json!({"sessions":[{"held_on":"2026-12-12","from":"09:00","until":"10:30"}]});
    let made = world.post("owner", &path, &body).await.expect(201);
    let session = text(&made["sessions"][0]["id"]);
    let path = format!("/v1/classes/{}/enrolments", teaching.class);
    world.post("owner", &path, &json!({"contract": contract})).await.expect(201);
    let mut lesson = String::new();
    for at in 0..lessons {
        let day = format!("2026-12-{:02}", 5 + at);
        world.at(&day, 20 * 60).await;
        let body = json!({"held_on": day, "hours": "1"});
        let done = world.post("owner", &format!("/v1/contracts/{contract}/lessons"), &body).await.expect(201);
        lesson = text(&done["id"]);
    }
    let disputed = world.post("guardian", &format!("/v1/lessons/{lesson}/dispute"), &json!({"reason":"absent"})).await;
    disputed.expect(201);
    let entries = world.get("owner", &format!("/v1/institutions/{}/entries", shop.institution)).await.expect(200);
    let places = vec![
        ("/i/{id}", shop.institution.clone()),
        ("/regulator/institutions/{id}", shop.institution.clone()),
        ("/regulator/institutions/{id}/case", shop.institution.clone()),
        ("/regulator/institutions/{id}/record", shop.institution.clone()),
        ("/regulator/institutions/{id}/conduct", shop.institution.clone()),
        ("/bank/institutions/{id}", shop.institution.clone()),
        ("/institution/applications/{id}", shop.application.clone()),
        ("/regulator/applications/{id}", shop.application),
        ("/regulator/disputes/{id}", lesson.clone()),
        ("/family/disputes/{id}", lesson.clone()),
        ("/institution/disputes/{id}", lesson),
        ("/institution/contracts/{id}/parties", contract.clone()),
        ("/regulator/contracts/{id}", contract.clone()),
        ("/family/contracts/{id}/terms", contract.clone()),
        ("/family/contracts/{id}/end", contract.clone()),
        ("/family/contracts/{id}/transfer", contract.clone()),
        ("/family/contracts/{id}/check-in", contract.clone()),
        ("/institution/contracts/{id}", contract.clone()),
        ("/family/contracts/{id}", contract.clone()),
        ("/family/contracts/{id}/refund", contract),
        ("{kind}", "white".to_owned()),
        ("{region}", "330502".to_owned()),
        ("{ledger}", "330502".to_owned()),
        ("{seq}", "3".to_owned()),
        ("{class}", teaching.class),
        ("{session}", session),
        ("{hash}", text(&entries["items"][0]["leaf_hash"])),
    ];
    (world, Places(places))
}

/// What stands for the blanks of addresses.
pub struct Places(Vec<(&'static str, String)>);

impl Places {
    /// The address of a page; none where the world has nothing for it.
    pub fn fill(&self, pattern: &str) -> Option<String> {
        let own = self.0.iter().find(|(known, _)| *known == pattern);
        let parts = pattern.split('/').map(|part| match (part.starts_with('{'), own) {
            (false, _) => Some(part.to_owned()),
            (true, Some((_, value))) => Some(value.clone()),
            (true, None) => self.0.iter().find(|(known, _)| *known == part).map(|(_, value)| value.clone()),
        });
        parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
    }
}

/// A page with a user's session.
async fn page(world: &World, token: Option<&str>, language: &str, path: &str) -> crate::world::Answer {
    let session = token.map(|token| format!("tutela_session={token}; ")).unwrap_or_default();
    let cookies = format!("{session}tutela_form=word; tutela_lang={language}");
    world.ask(None, Method::GET, path).header("cookie", &cookies).send().await
}

#[tokio::test]
async fn every_page_is_shown_to_whom_it_is_for_and_to_nobody_else() {
    let (world, places) = world(2).await;
    let mut tokens = Vec::new();
    for (role, name) in READERS {
        let body = json!({"username": name, "password": PASSWORD});
        let session = world.ask(None, Method::POST, "/v1/sessions").json(&body).send().await.expect(201);
        tokens.push((role, text(&session["token"])));
    }
    let mut shown = 0;
    for desk in web::DESKS {
        for path in desk.pages.iter().filter_map(|page| places.fill(page.path)) {
            for (role, token) in &tokens {
                for language in ["zh", "en"] {
                    let answer = page(&world, Some(token), language, &path).await;
                    if !desk.admits(Some(role)) {
                        assert_eq!(answer.status, 403, "{role} {path}");
                        continue;
                    }
                    assert_eq!(answer.status, 200, "{role} {path}: {}", answer.text);
                    assert!(answer.text.len() < PAGE_BYTES_MAX, "{path}: {} bytes", answer.text.len());
                    assert!(answer.text.contains("<h1>"), "{path}");
                    shown += 1;
                }
            }
            let nobody = page(&world, None, "zh", &path).await;
            // The client follows to the log-in page.
            assert_eq!(nobody.status, 200, "{path}");
            assert_eq!(nobody.text.contains("name=\"password\""), !desk.roles.is_empty(), "{path}");
        }
    }
    assert!(shown > 60, "{shown}");
}

#[tokio::test]
async fn a_neighbour_sees_nothing_of_the_county() {
    let (world, places) = world(1).await;
    let body = json!({"username": "neighbour", "password": PASSWORD});
    let session = world.ask(None, Method::POST, "/v1/sessions").json(&body).send().await.expect(201);
    let token = text(&session["token"]);
    for path in ["/regulator/applications/{id}", "/regulator/disputes/{id}"] {
        let answer = page(&world, Some(&token), "zh", &places.fill(path).unwrap()).await;
        assert!([403, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
    }
}

/// What is wrong with a page for those who do not see or have no mouse: looked for in the page itself.
const LOOK: &str = r#"(() => {
  const wrong = [];
  const seen = new Set();
  for (const e of document.querySelectorAll('[id]')) {
    if (seen.has(e.id)) wrong.push('id twice: ' + e.id);
    seen.add(e.id);
  }
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    if (!e.labels || e.labels.length === 0) wrong.push('no label: ' + e.name);
  }
  for (const e of document.querySelectorAll('a, button, summary, th button')) {
    if (!e.textContent.trim()) wrong.push('no name: ' + e.outerHTML);
  }
  for (const e of document.querySelectorAll('svg.picture')) {
    if (!e.querySelector('title')?.textContent || !e.querySelector('desc')?.textContent) wrong.push('no words: picture');
  }
  if (document.querySelectorAll('h1').length !== 1) wrong.push('h1');
  if (document.querySelectorAll('main').length !== 1) wrong.push('main');
  if (!document.documentElement.lang || !document.title) wrong.push('lang or title');
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the window');
  return wrong;
})()"#;

pub fn log_in(browser: &mut Browser, base: &str, name: &str) {
    browser.forget();
    browser.open(&format!("{base}/login"));
    browser.fill("#username", name);
    browser.fill("#password", PASSWORD);
    browser.press("main button");
}

fn heading(browser: &mut Browser) -> String {
    browser.say("document.querySelector('h1').textContent").as_str().unwrap().to_owned()
}

/// Each desk's first task, in one language and one window.
fn first_tasks(browser: &mut Browser, base: &str, language: &str, run: &str) {
    let zh = language == "zh";
    let look = |browser: &mut Browser, name: &str| {
        assert_eq!(browser.say(LOOK), json!([]), "{run} {name}");
        assert_eq!(browser.complaints, Vec::<String>::new(), "{run} {name}");
        browser.keep(&format!("{name}-{run}"));
    };
    let switch = |browser: &mut Browser| browser.open(&format!("{base}/login?lang={language}"));
    // The public: is this institution safe?
    browser.forget();
    browser.open(&format!("{base}/?lang={language}"));
    look(browser, "public-front");
    browser.fill("#q", "dqhs");
    browser.press("form[role=search] button");
    browser.press("main section a");
    assert_eq!(heading(browser), "丹青画室");
    let page = browser.say("document.querySelector('main').innerText").to_string();
    assert!(page.contains("6222000000000001") && page.contains(if zh { "已许可" } else { "licensed" }), "{page}");
    look(browser, "public-institution");
    // The regulator: where does the county stand, and this institution?
    log_in(browser, base, "bureau");
    switch(browser);
    browser.open(&format!("{base}/home"));
    assert_eq!(heading(browser), if zh { "态势总览" } else { "Situation board" });
    look(browser, "regulator-board");
    browser.press(".menu a[href='/regulator/institutions']");
    browser.press("main table a");
    look(browser, "regulator-institution");
    // The institution: a course that breaks no rule is drafted.
    log_in(browser, base, "owner");
    switch(browser);
    browser.open(&format!("{base}/institution/courses"));
    for (name, value) in [
        ("course_name", run),
        ("category", "arts"),
        ("mode", "offline"),
        ("stage", "primary"),
        ("hours", "24"),
        ("minutes_per_hour", "45"),
        ("price", "2,000.00"),
        ("class_size_max", "20"),
        ("starts_on", "2027-01-02"),
        ("ends_on", "2027-03-20"),
    ] {
        browser.fill(&format!("#form-new_course [name={name}]"), value);
    }
    browser.press("#form-new_course .send button");
    let said = browser.say("document.querySelector('main').innerText").to_string();
    assert!(said.contains(run) && said.contains("¥2,000.00"), "{said}");
    look(browser, "institution-courses");
    // The family: one tap.
    log_in(browser, base, "guardian");
    switch(browser);
    browser.open(&format!("{base}/family"));
    let waiting = |browser: &mut Browser| browser.say("document.querySelectorAll('button.huge:not(.second)').length");
    let before = waiting(browser).as_u64().unwrap();
    look(browser, "family-children");
    browser.press("button.huge:not(.second)");
    assert_eq!(waiting(browser).as_u64(), Some(before - 1));
    // The auditor: a sample that anybody can draw again.
    log_in(browser, base, "auditor");
    switch(browser);
    browser.open(&format!("{base}/auditor/sample"));
    browser.fill("#seed", "7");
    browser.fill("#count", "5");
    browser.press("main .send button");
    browser.press(".answer a");
    assert!(browser.say("document.querySelector('pre').textContent").as_str().unwrap().starts_with("{\"_t\":"));
    look(browser, "auditor-entry");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_desk_does_its_first_task_in_a_browser() {
    let (world, _) = world(4).await;
    let world = Arc::new(world);
    let base = world.base.clone();
    let ran = tokio::task::spawn_blocking(move || {
        let Some(mut browser) = Browser::start() else { return false };
        for (language, width, scripts) in [("zh", 1280, true), ("en", 390, true), ("zh", 390, false)] {
            browser.window(width, 844);
            browser.scripts(scripts);
            let run = format!("{language}-{width}{}", if scripts { "" } else { "-no-script" });
            first_tasks(&mut browser, &base, language, &run);
        }
        true
    });
    if ran.await.unwrap() {
        let lessons = world.get("guardian", "/v1/contracts").await.expect(200);
        let contract = text(&lessons["items"][0]["id"]);
        let lessons = world.get("guardian", &format!("/v1/contracts/{contract}/lessons")).await.expect(200);
        let states: Vec<&Value> = lessons["items"].as_array().unwrap().iter().map(|lesson| &lesson["state"]).collect();
        assert_eq!(states.iter().filter(|state| **state == "confirmed").count(), 3, "{states:?}");
    }
}
