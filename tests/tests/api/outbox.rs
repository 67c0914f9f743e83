//! Notices: written once with their cause, delivered to a real mail server and a real receiver, tried
//! again, given up, and tried once more by hand.

use std::sync::{Arc, Mutex};

use app::outbox::{ATTEMPTS_MAX, DeliveryRun, Notice, To, Topic, enqueue};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use reqwest::Method;
use serde_json::{Value, json};
use server::notify::{Courier, WebhookTargets};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::world::{World, text};

/// Head and body of what was posted.
type Posted = (HeaderMap, Vec<u8>);

/// What a receiver got, and how it answers.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<Posted>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Receiver {
    /// Starts one; its address.
    async fn start(&self) -> String {
        async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
            receiver.got.lock().unwrap().push((headers, body.to_vec()));
            let next = receiver.answers.lock().unwrap().pop().unwrap_or(204);
            StatusCode::from_u16(next).unwrap()
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", axum::routing::post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }
}

/// A mail server that takes what comes; `refuse` is its answer to a message instead of 250.
async fn mail_server(mails: Arc<Mutex<Vec<String>>>, refuse: Arc<Mutex<Option<u16>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (mails, refuse) = (Arc::clone(&mails), Arc::clone(&refuse));
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 test\r\n").await.unwrap();
                let mut mail: Option<String> = None;
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer = match &mut mail {
                        Some(text) if line == "." => {
                            mails.lock().unwrap().push(std::mem::take(text));
                            mail = None;
                            match *refuse.lock().unwrap() {
                                Some(code) => format!("{code} no\r\n"),
                                None => "250 ok\r\n".to_owned(),
                            }
                        }
                        Some(text) => {
                            text.push_str(&line);
                            text.push('\n');
                            continue;
                        }
                        None if line.starts_with("EHLO") => "250-test\r\n250 8BITMIME\r\n".to_owned(),
                        None if line == "DATA" => {
                            mail = Some(String::new());
                            "354 go on\r\n".to_owned()
                        }
                        None if line == "QUIT" => "221 bye\r\n".to_owned(),
                        None => "250 ok\r\n".to_owned(),
                    };
                    if write.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

fn notice(key: &str, to: To, institution: &str) -> Notice {
    Notice {
        key: key.to_owned(),
        topic: Topic::RefundDue,
        to,
        institution: Some(institution.parse().unwrap()),
        due_at: "2026-11-22T00:00:00.000000Z".parse().unwrap(),
        subject: "退费即将到期 a refund is due".to_owned(),
        text: "请登录处理。\nLog in.".to_owned(),
        data: json!({"refund":"r1"}),
    }
}

async fn write(world: &World, notice: Notice) -> u64 {
    let ledger = world.app.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    enqueue(&world.app, &ledger, &[notice], world.now()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_signed_tried_again_given_up_and_tried_by_hand() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let receiver = Receiver::default();
    let url = receiver.start().await;
    // Nothing is posted into networks that only the server can reach, unless the installation says so.
    let refused = world.post("owner", "/v1/webhooks", &json!({"url":url})).await;
    assert_eq!(refused.problem(409), "wrong-state");
    world.courier(Courier::of("", "", WebhookTargets::Any, "").unwrap());
    let made = world.post("owner", "/v1/webhooks", &json!({"url":url,"topics":["refund.due"]})).await.expect(201);
    let secret = text(&made["secret"]);
    assert!(secret.starts_with("whsec_"));
    let listed = world.get("owner", "/v1/webhooks").await;
    assert!(!listed.text.contains("whsec_") && listed.text.contains("refund.due"), "{}", listed.text);

    let institution = To::Institution(shop.institution.parse().unwrap());
    assert_eq!(write(&world, notice("a", institution, &shop.institution)).await, 1);
    assert_eq!(write(&world, notice("a", institution, &shop.institution)).await, 0, "the same notice is written once");
    let other = Notice { topic: Topic::AlertRaised, ..notice("b", institution, &shop.institution) };
    assert_eq!(write(&world, other).await, 0, "what is not wanted is not written");

    *receiver.answers.lock().unwrap() = vec![500];
    assert_eq!(world.deliver().await, DeliveryRun { delivered: 0, postponed: 1, dead: 0 });
    assert_eq!(world.deliver().await, DeliveryRun::default(), "its pause is not over");
    world.pass(30);
    assert_eq!(world.deliver().await, DeliveryRun { delivered: 1, postponed: 0, dead: 0 });
    let got = receiver.got.lock().unwrap().clone();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].0["webhook-id"], got[1].0["webhook-id"], "a repetition is known by its id");
    let key = ledger::webhook::secret_of(&secret).unwrap();
    for (headers, body) in &got {
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let timestamp = header("webhook-timestamp").parse().unwrap();
        assert!(ledger::webhook::holds(&key, &header("webhook-id"), timestamp, body, &header("webhook-signature")));
        let body: Value = serde_json::from_slice(body).unwrap();
        assert_eq!((&body["type"], &body["data"]["refund"]), (&json!("refund.due"), &json!("r1")));
    }

    // Given up after many attempts.
    assert_eq!(write(&world, notice("c", institution, &shop.institution)).await, 1);
    *receiver.answers.lock().unwrap() = vec![503; 64];
    let mut dead = 0;
    for _ in 0..ATTEMPTS_MAX {
        dead += world.deliver().await.dead;
        world.pass(25 * 3600);
    }
    assert_eq!(dead, 1);
    world.log_in("owner").await;
    world.log_in("bureau").await;
    let listed = world.get("owner", "/v1/outbox?state=dead").await.expect(200);
    let item = &listed["items"][0];
    assert_eq!(item["attempts"], ATTEMPTS_MAX);
    assert!(text(&item["last_error"]).contains("503"), "{item}");
    let id = text(&item["id"]);
    receiver.answers.lock().unwrap().clear();
    let retry = format!("/v1/outbox/{id}/retry");
    assert_eq!(world.post("owner", &retry, &json!({})).await.expect(200)["state"], "pending");
    assert_eq!(world.deliver().await.delivered, 1);
    assert_eq!(world.post("owner", &retry, &json!({})).await.problem(409), "wrong-state");

    // A receiver that is gone is told no more.
    assert_eq!(write(&world, notice("d", institution, &shop.institution)).await, 1);
    receiver.answers.lock().unwrap().push(410);
    assert_eq!(world.deliver().await.dead, 1);
    assert_eq!(world.get("owner", "/v1/webhooks").await.expect(200)["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_is_reminded_by_mail_once_before_silence_confirms() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &crate::world::payment_body(200_000, "R")).await;
    let (mails, refuse) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(None)));
    let address = mail_server(Arc::clone(&mails), Arc::clone(&refuse)).await;
    world.courier(Courier::of(&address, "安学 <no-reply@tutela.example>", WebhookTargets::Public, "").unwrap());
    let put = |who: &'static str, address: &'static str| {
        world.ask(Some(who), Method::PUT, "/v1/me/notice-address").json(&json!({ "address": address })).send()
    };
    assert_eq!(put("guardian", "mother@family.example").await.status, 204);
    for bad in ["mother", "a@b", "a b@c.example", "a@b@c.example", "x\r\nBcc: y@z.example"] {
        assert_eq!(put("guardian", bad).await.status, 400, "{bad}");
    }
    let own = world.get("guardian", "/v1/me/notice-address").await.expect(200);
    assert_eq!(own["address"], "mother@family.example");

    world.at("2026-12-05", 12 * 60).await;
    let lesson = json!({"hours":"2","held_on":"2026-12-05"});
    let path = format!("/v1/contracts/{contract}/lessons");
    let claimed = world.post("owner", &path, &lesson).await.expect(201);
    let last = text(&claimed["deemed_confirmed_on"]);
    world.tick().await;
    assert_eq!(world.deliver().await, DeliveryRun::default(), "too early to be reminded");

    // Three working days before, as the policy says.
    world.at("2026-12-23", 8 * 60).await;
    world.tick().await;
    *refuse.lock().unwrap() = Some(451);
    assert_eq!(world.deliver().await, DeliveryRun { delivered: 0, postponed: 1, dead: 0 });
    *refuse.lock().unwrap() = None;
    world.pass(3600);
    assert_eq!(world.deliver().await, DeliveryRun { delivered: 1, postponed: 0, dead: 0 });
    let second = world.second_server().await;
    let ledger = second.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    second.run_clocks(&ledger, world.now()).await.unwrap();
    assert_eq!(world.deliver().await, DeliveryRun::default(), "another server reminds nobody twice");
    let got = mails.lock().unwrap().clone();
    assert_eq!(got.len(), 2, "one was refused");
    assert!(got[1].contains("mother@family.example") && got[1].contains("Message-ID:"), "{}", got[1]);
    assert!(!got[1].contains("李"), "no names in a mail");
    assert_eq!(
        got[0].lines().find(|l| l.starts_with("Message-ID")),
        got[1].lines().find(|l| l.starts_with("Message-ID"))
    );

    // After the last day silence confirms, and nobody is reminded of it.
    let after = last.parse::<kernel::Day>().unwrap().plus_days(1).unwrap().to_string();
    world.at(&after, 9 * 60).await;
    world.tick().await;
    let lesson = format!("/v1/lessons/{}", text(&claimed["id"]));
    assert_eq!(world.get("guardian", &lesson).await.expect(200)["state"], "deemed_confirmed");
    assert_eq!(world.deliver().await, DeliveryRun::default());
    assert_eq!(world.ask(Some("guardian"), Method::DELETE, "/v1/me/notice-address").send().await.status, 204);
    assert_eq!(world.get("guardian", "/v1/me/notice-address").await.expect(200)["address"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_tells_institution_and_authority_and_its_decision_the_family() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &crate::world::payment_body(200_000, "R")).await;
    world.courier(Courier::of("", "", WebhookTargets::Any, "").unwrap());
    let (own, authority) = (Receiver::default(), Receiver::default());
    world.post("owner", "/v1/webhooks", &json!({"url":own.start().await})).await.expect(201);
    world.post("bureau", "/v1/webhooks", &json!({"url":authority.start().await})).await.expect(201);
    world.at("2026-12-05", 12 * 60).await;
    let lesson = json!({"hours":"2","held_on":"2026-12-05"});
    let claimed = world.post("owner", &format!("/v1/contracts/{contract}/lessons"), &lesson).await.expect(201);
    let lesson = format!("/v1/lessons/{}", text(&claimed["id"]));
    let dry = format!("{lesson}/dispute?dry_run=true");
    world.post("guardian", &dry, &json!({"reason":"not_held"})).await.expect(200);
    assert_eq!(world.deliver().await.delivered, 0, "a dry run tells nobody");
    world.post("guardian", &format!("{lesson}/dispute"), &json!({"reason":"not_held"})).await.expect(201);
    assert_eq!(world.deliver().await.delivered, 2);
    world.post("bureau", &format!("{lesson}/dispute-decision"), &json!({"decision":"family"})).await.expect(201);
    assert_eq!(world.deliver().await.delivered, 1);
    let kinds = |receiver: &Receiver| -> Vec<String> {
        let got = receiver.got.lock().unwrap();
        got.iter().map(|(_, body)| text(&serde_json::from_slice::<Value>(body).unwrap()["type"])).collect()
    };
    assert_eq!(kinds(&own), ["lesson.disputed", "dispute.decided"]);
    assert_eq!(kinds(&authority), ["lesson.disputed"]);
    // An institution sees that its own notices exist, not the authority's webhook or what they say.
    let listed = world.get("owner", "/v1/outbox").await;
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 3);
    assert!(!listed.text.contains("not_held"), "{}", listed.text);
    let mut other = world;
    other
        .user(
            "teacher",
            app::identity::NewRole::Institution {
                institution: shop.institution.parse().unwrap(),
                post: access::Post::Teacher,
            },
        )
        .await;
    for path in ["/v1/outbox", "/v1/webhooks"] {
        assert_eq!(other.get("teacher", path).await.status, 403);
        assert_eq!(other.get("guardian", path).await.status, 403);
    }
}
