//! The public calculators over HTTP: the bodies as clients send them, the sums to the fen, both
//! languages, bad input said and never guessed, and the limit per client.

use api::{ApiOptions, RateLimit};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, World};

async fn ask(world: &World, path: &str, body: &Value) -> Answer {
    world.ask(None, Method::POST, path).json(body).send().await
}

fn refund_body() -> Value {
    json!({"region":"110000","cause":"institution","paid_on":"2025-06-01","requested_on":"2025-09-16",
        "first_lesson_on":"2025-06-14",
        "lots":[{"paid_hours":"68","gift_hours":"10","price_fen":1768000,"list_price_per_hour_fen":null}],
        "used_hours":"17.5","same_service_before":false,"agreed_share_percent":null,
        "rates":{"lpr_percent":"3.00","deposit_percent":null,"account_percent":null},
        "interest_from_on":null,"interest_until_on":null})
}

fn fee_body() -> Value {
    json!({"region":"330502","on":"2026-11-22","category":"arts","mode":"offline","stage":"primary",
        "paid_hours":"40","gift_hours":"24","price_fen":480000,"first_lesson_on":"2026-12-05",
        "last_lesson_on":"2027-02-04","collected_on":"2026-11-22","remaining_hours_before":"0"})
}

fn price_body() -> Value {
    json!({"region":"110000","on":"2026-11-22","mode":"offline","class_size":9,"minutes":90,"area":"city"})
}

fn changed(mut body: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn the_refund_of_the_design_to_the_fen() {
    let world = World::on("2026-11-22").await;
    let answer = ask(&world, "/v1/refund-calculations", &refund_body()).await.expect(200);
    assert_eq!(answer["amount_fen"], 1_371_333);
    assert_eq!((&answer["basis"], &answer["interest_fen"]), (&json!("discounted_price"), &json!(0)));
    assert_eq!(answer["alternatives"], json!([]));
    assert_eq!(answer["due_on"], "2025-10-01");
    let sum: i64 = answer["lines"].as_array().unwrap().iter().map(|line| line["amount_fen"].as_i64().unwrap()).sum();
    assert_eq!(sum, 1_371_333);
    for line in answer["lines"].as_array().unwrap() {
        assert!(!line["rule"].as_str().unwrap().is_empty() && !line["source"].as_str().unwrap().is_empty(), "{line}");
    }
    assert_eq!(answer["policy"].as_str().unwrap().len(), 64);
    assert!(answer["text"].as_str().unwrap().contains("应退 ¥13,713.33"), "{}", answer["text"]);
    let english = world.ask(None, Method::POST, "/v1/refund-calculations").header("accept-language", "en");
    let english = english.json(&refund_body()).send().await.expect(200);
    assert!(english["text"].as_str().unwrap().starts_with("The refund is ¥13,713.33"), "{}", english["text"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_by_cause_place_and_shape() {
    let world = World::on("2026-11-22").await;
    let lots =
        |list: i64| json!([{"paid_hours":"20","gift_hours":"0","price_fen":400_000,"list_price_per_hour_fen":list}]);
    let consumer = json!({"cause":"consumer","lots":lots(30_000),"used_hours":"8"});
    let pass = json!({"from_on":"2025-01-01","until_on":"2025-12-31","gift_until_on":null,"stopped_on":null,"price_fen":365_000});
    let stored = json!({"paid_fen":100_000,"credited_fen":120_000,"used_at_list_fen":60_000});
    let shape = |key: &str, value: &Value, cause: &str| json!({"lots":null,"used_hours":null,"cause":cause,key:value,"paid_on":"2024-12-20","first_lesson_on":null});
    for (changes, amount, others) in [
        (json!({}), 1_371_333, vec![]),
        (json!({"agreed_share_percent":"50"}), 685_667, vec![1_371_333]),
        (json!({"agreed_share_percent":50}), 685_667, vec![1_371_333]),
        (consumer.clone(), 160_000, vec![240_000]),
        (changed(consumer.clone(), &json!({"cause":"neither"})), 240_000, vec![]),
        (changed(consumer.clone(), &json!({"region":"370000"})), 240_000, vec![160_000]),
        (changed(consumer.clone(), &json!({"used_hours":"14"})), 0, vec![120_000]),
        // Before 1 May 2025 no text of the nation knew the list price.
        (
            changed(consumer.clone(), &json!({"paid_on":"2025-01-01","requested_on":"2025-04-30"})),
            240_000,
            vec![160_000],
        ),
        (changed(consumer, &json!({"requested_on":"2025-06-08"})), 400_000, vec![160_000, 240_000]),
        (shape("period", &pass, "institution"), 106_000, vec![]),
        (shape("stored_value", &stored, "institution"), 50_000, vec![]),
        (shape("stored_value", &stored, "consumer"), 40_000, vec![50_000]),
    ] {
        let answer = ask(&world, "/v1/refund-calculations", &changed(refund_body(), &changes)).await.expect(200);
        assert_eq!(answer["amount_fen"], amount, "{changes}: {answer}");
        let found: Vec<i64> =
            answer["alternatives"].as_array().unwrap().iter().map(|o| o["amount_fen"].as_i64().unwrap()).collect();
        assert_eq!(found, others, "{changes}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn interest_by_cause_and_account() {
    let world = World::on("2026-11-22").await;
    let rates = json!({"lpr_percent":"3.00","deposit_percent":"1.50","account_percent":null});
    let account = json!({"lpr_percent":"3.00","deposit_percent":"1.50","account_percent":"0.35"});
    // 12,000.00 for 100 days from the day of the request.
    let lots = json!([{"paid_hours":"50","gift_hours":"0","price_fen":1_500_000,"list_price_per_hour_fen":null}]);
    let base = json!({"lots":lots,"used_hours":"10","interest_until_on":"2025-12-25","interest_from_on":"2025-09-16"});
    for (cause, rates, interest) in [
        ("institution", &rates, 9_863),
        ("consumer", &rates, 4_932),
        ("neither", &rates, 0),
        ("institution", &account, 1_151),
    ] {
        let body = changed(changed(refund_body(), &base), &json!({"cause":cause,"rates":rates}));
        let answer = ask(&world, "/v1/refund-calculations", &body).await.expect(200);
        assert_eq!((&answer["amount_fen"], &answer["interest_fen"]), (&json!(1_200_000), &json!(interest)), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_that_cannot_be_are_said_not_guessed() {
    let world = World::on("2026-11-22").await;
    let lot = |paid: &str, gift: &str| json!([{"paid_hours":paid,"gift_hours":gift,"price_fen":100_000}]);
    for (changes, status, problem, field) in [
        (json!({"lots":lot("17.505","0")}), 400, "invalid-field", "lots[0].paid_hours"),
        (json!({"used_hours":"1.005"}), 400, "invalid-field", "used_hours"),
        (json!({"used_hours":17.5}), 400, "invalid-field", "used_hours"),
        (json!({"lots":lot("0","0"),"used_hours":"0"}), 422, "impossible-facts", "lots[0].paid_hours"),
        (json!({"lots":[]}), 400, "invalid-field", "lots"),
        (json!({"used_hours":"78.01"}), 422, "impossible-facts", "used_hours"),
        (json!({"used_hours":null}), 400, "invalid-field", "used_hours"),
        (json!({"lots":null}), 400, "invalid-field", "lots"),
        (json!({"stored_value":{"paid_fen":1,"credited_fen":1,"used_at_list_fen":0}}), 400, "invalid-field", "lots"),
        (
            json!({"lots":null,"stored_value":{"paid_fen":9,"credited_fen":8,"used_at_list_fen":0}}),
            422,
            "impossible-facts",
            "stored_value.credited_fen",
        ),
        (
            json!({"lots":null,"stored_value":{"paid_fen":9,"credited_fen":9,"used_at_list_fen":10}}),
            422,
            "impossible-facts",
            "stored_value.used_at_list_fen",
        ),
        (
            json!({"lots":null,"period":{"from_on":"2025-06-02","until_on":"2025-06-01","price_fen":1}}),
            422,
            "impossible-facts",
            "period.until_on",
        ),
        (
            json!({"lots":null,"period":{"from_on":"2025-06-01","until_on":"2025-12-01","stopped_on":"2025-10-01","price_fen":1}}),
            422,
            "impossible-facts",
            "period.stopped_on",
        ),
        (json!({"requested_on":"2025-05-31"}), 422, "impossible-facts", "requested_on"),
        (json!({"agreed_share_percent":"half"}), 400, "invalid-field", "agreed_share_percent"),
        (json!({"agreed_share_percent":"100.5"}), 422, "impossible-facts", "agreed_share_percent"),
        (
            json!({"interest_from_on":"2025-12-02","interest_until_on":"2025-12-01"}),
            422,
            "impossible-facts",
            "interest_until_on",
        ),
        (json!({"region":"810000"}), 422, "no-policy", "region"),
        (json!({"region":"993302"}), 400, "invalid-field", "region"),
        (json!({"paid_on":"2014-01-01","requested_on":"2014-02-01"}), 422, "no-policy", "on"),
        (json!({"cause":"weather"}), 400, "invalid-field", "cause"),
        (json!({"colour":"red"}), 400, "unknown-field", "colour"),
    ] {
        let answer = ask(&world, "/v1/refund-calculations", &changed(refund_body(), &changes)).await;
        assert_eq!(answer.problem(status), problem, "{changes}: {}", answer.text);
        assert_eq!(answer.json()["field"], field, "{changes}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_against_the_rules_of_place_and_day() {
    let world = World::on("2026-11-22").await;
    for (changes, broken) in [
        (json!({}), json!([["contract.prepaid_hours_cap", "60", "64"]])),
        (json!({"gift_hours":"20"}), json!([])),
        // Where nothing is written gift hours are not counted.
        (json!({"region":"620000"}), json!([])),
        (json!({"gift_hours":"0","price_fen":500_000}), json!([])),
        (json!({"gift_hours":"0","price_fen":500_001}), json!([["contract.prepaid_amount_cap", "500000", "500001"]])),
        (json!({"gift_hours":"0","last_lesson_on":"2027-03-05"}), json!([])),
        (
            json!({"paid_hours":"61","gift_hours":"0","price_fen":500_001,"last_lesson_on":"2027-03-06"}),
            json!([
                ["contract.prepaid_span_cap", "2027-03-05", "2027-03-06"],
                ["contract.prepaid_hours_cap", "60", "61"],
                ["contract.prepaid_amount_cap", "500000", "500001"]
            ]),
        ),
        (
            json!({"region":"110000","gift_hours":"0","collected_on":"2026-11-04"}),
            json!([["contract.earliest_charge", "2026-11-05", "2026-11-04"]]),
        ),
        (json!({"region":"110000","gift_hours":"0","collected_on":"2026-11-05"}), json!([])),
        (
            json!({"region":"110000","gift_hours":"0","collected_on":"2026-10-01","remaining_hours_before":"20"}),
            json!([]),
        ),
        (
            json!({"region":"110000","gift_hours":"0","collected_on":"2026-10-01","remaining_hours_before":"20.01"}),
            json!([["contract.earliest_charge", "2026-11-05", "2026-10-01"]]),
        ),
        (
            json!({"gift_hours":"0","payment_form":"training_loan"}),
            json!([["contract.payment_form", "no training loan", "training_loan"]]),
        ),
        (
            json!({"gift_hours":"0","stage":"preschool","mode":"online"}),
            json!([["contract.preschool_online", "offline", "online"]]),
        ),
        (
            json!({"gift_hours":"0","sessions":[{"on":"2026-12-05","from":"19:30","until":"20:31"}]}),
            json!([["contract.training_hour", "20:30", "20:31"]]),
        ),
        (
            json!({"gift_hours":"0","category":"subject","class_size":9,"minutes_per_hour":45,"price_fen":264_001,
                "sessions":[{"on":"2026-12-05","from":"18:00","until":"18:45"}]}),
            json!([["contract.guided_price", "264000", "264001"], ["contract.training_day", "rest_day", "2026-12-05"]]),
        ),
    ] {
        let answer = ask(&world, "/v1/fee-checks", &changed(fee_body(), &changes)).await.expect(200);
        let found = answer["violations"].as_array().unwrap().iter();
        let found: Vec<Value> = found.map(|b| json!([b["rule"], b["limit"], b["actual"]])).collect();
        assert_eq!(Value::from(found), broken, "{changes}: {answer}");
        assert!(answer["violations"].as_array().unwrap().iter().all(|b| b["source"].is_string()), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_fee_check_cannot_decide_is_a_warning() {
    let world = World::on("2026-11-22").await;
    for (changes, rule) in [
        (json!({"region":"510100","gift_hours":"0"}), "contract.crossing_terms"),
        (json!({"gift_hours":"0","remaining_hours_before":"30"}), "contract.prepaid_hours_across"),
        (json!({"region":"620000","category":"subject","price_fen":500_001}), "contract.prepaid_amount_cap"),
        (json!({"gift_hours":"0","category":"subject"}), "contract.guided_price"),
    ] {
        let answer = ask(&world, "/v1/fee-checks", &changed(fee_body(), &changes)).await.expect(200);
        let warned = answer["warnings"].as_array().unwrap().iter().any(|warning| warning["rule"] == rule);
        assert!(warned, "{changes}: {answer}");
        assert_eq!(answer["violations"], json!([]), "{changes}: {answer}");
    }
    for (changes, status, problem, field) in [
        (json!({"last_lesson_on":"2026-12-04"}), 422, "impossible-facts", "last_lesson_on"),
        (json!({"paid_hours":"0","gift_hours":"0"}), 422, "impossible-facts", "paid_hours"),
        (json!({"paid_hours":"40.125"}), 400, "invalid-field", "paid_hours"),
        (json!({"on":"2020-01-01"}), 422, "no-policy", "on"),
        (json!({"region":"820000"}), 422, "no-policy", "region"),
        (
            json!({"sessions":[{"on":"2026-12-05","from":"20:00","until":"19:00"}]}),
            422,
            "impossible-facts",
            "sessions[0].until",
        ),
    ] {
        let answer = ask(&world, "/v1/fee-checks", &changed(fee_body(), &changes)).await;
        assert_eq!(answer.problem(status), problem, "{changes}: {}", answer.text);
        assert_eq!(answer.json()["field"], field, "{changes}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_by_band_unit_float_and_area() {
    let world = World::on("2026-11-22").await;
    let answer = ask(&world, "/v1/price-checks", &price_body()).await.expect(200);
    for (key, value) in json!({"base_fen":16000,"cap_fen":17600,"base_per_unit_fen":8000,"unit_minutes":45,
        "float_percent":"10","band":"<10"})
    .as_object()
    .unwrap()
    {
        assert_eq!(&answer[key], value, "{answer}");
    }
    assert!(answer["source"].as_str().unwrap().contains("北京"), "{answer}");
    for (changes, base, cap, band) in [
        (json!({"class_size":10,"minutes":45}), 6000, 6600, "10-35"),
        (json!({"class_size":35,"minutes":45}), 6000, 6600, "10-35"),
        (json!({"class_size":36,"minutes":45}), 4000, 4400, ">35"),
        (json!({"mode":"online","minutes":60}), 4000, 4400, ">=1"),
        (json!({"region":"320200","class_size":9,"minutes":45}), 6000, 6300, "<10"),
        (json!({"region":"320200","class_size":20,"minutes":45}), 4000, 4200, "10-35"),
        (json!({"region":"320200","class_size":36,"minutes":45}), 2500, 2625, ">35"),
        (json!({"region":"320100","class_size":36,"minutes":45}), 2500, 2750, ">35"),
        (json!({"region":"320200","mode":"online","minutes":30}), 1500, 1650, ">=1"),
        // 35 of 45 minutes at 60.00: 46.666… and 51.333…
        (json!({"class_size":20,"minutes":35}), 4667, 5133, "10-35"),
        (json!({"region":"422800","on":"2022-06-01","class_size":35,"minutes":45}), 2200, 2420, ">34"),
        (json!({"region":"422800","on":"2022-06-01","class_size":35,"minutes":45,"area":"village"}), 1700, 1870, ">34"),
    ] {
        let answer = ask(&world, "/v1/price-checks", &changed(price_body(), &changes)).await.expect(200);
        let found = (&answer["base_fen"], &answer["cap_fen"], &answer["band"]);
        assert_eq!(found, (&json!(base), &json!(cap), &json!(band)), "{changes}: {answer}");
    }
    for (changes, status, problem, field) in [
        (json!({"region":"620000"}), 422, "no-policy", "region"),
        (json!({"on":"2020-01-01"}), 422, "no-policy", "on"),
        (json!({"region":"422800","on":"2022-06-01","area":null}), 422, "impossible-facts", "area"),
        (json!({"class_size":0}), 400, "invalid-field", "class_size"),
        (json!({"minutes":0}), 400, "invalid-field", "minutes"),
    ] {
        let answer = ask(&world, "/v1/price-checks", &changed(price_body(), &changes)).await;
        assert_eq!(answer.problem(status), problem, "{changes}: {}", answer.text);
        assert_eq!(answer.json()["field"], field, "{changes}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_of_a_region() {
    let world = World::on("2026-11-22").await;
    let path = |region: &str, from: &str, count: u16, unit: &str| {
        format!("/v1/deadlines?region={region}&from_on={from}&count={count}&unit={unit}")
    };
    for (from, count, unit, on) in [
        ("2025-01-08", 15, "working_day", "2025-02-05"),
        ("2025-01-08", 15, "day", "2025-01-23"),
        ("2025-01-31", 1, "month", "2025-02-28"),
        ("2025-03-03", 15, "working_day", "2025-03-24"),
    ] {
        let answer = world.public(&path("330502", from, count, unit)).await.expect(200);
        assert_eq!(answer["on"], on, "{answer}");
        assert!(answer["source"].is_string() && answer["policy"].is_string() && answer["text"].is_string(), "{answer}");
    }
    // The region is respected: where the rules do not hold there is no deadline by them.
    assert_eq!(world.public(&path("810000", "2025-01-08", 15, "day")).await.problem(422), "no-policy");
    assert_eq!(world.public(&path("330502", "2030-01-08", 15, "working_day")).await.problem(422), "no-policy");
    let inherited = world.public(&path("620000", "2025-01-08", 1, "day")).await.expect(200);
    assert!(inherited["notes"][0].as_str().unwrap().contains("620000"), "{inherited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_too_often_is_told_when_to_come_again() {
    let rate = RateLimit { per_minute: 3, trusted_proxies: 1 };
    let world = World::with("2026-11-22", ApiOptions { rate, ..ApiOptions::default() }).await;
    let from = async |address: &str| {
        let ask = world.ask(None, Method::POST, "/v1/price-checks").header("x-forwarded-for", address);
        ask.json(&price_body()).send().await
    };
    for _ in 0..3 {
        from("203.0.113.7").await.expect(200);
    }
    let refused = from("203.0.113.7").await;
    assert_eq!(refused.problem(429), "too-many-requests");
    // The clock of the tests stands still: one request comes back every 20 seconds.
    assert_eq!(refused.headers["retry-after"], "20");
    assert_eq!((&refused.json()["limit"], &refused.json()["retryable"]), (&json!("3"), &json!(true)));
    // What the client writes before the proxy's own word makes it nobody else.
    assert_eq!(from("198.51.100.1, 203.0.113.7").await.problem(429), "too-many-requests");
    from("198.51.100.1").await.expect(200);
    // Only the calculators are limited, and all of them together.
    let other = "/v1/deadlines?region=330502&from_on=2025-01-08&count=1&unit=day";
    let ask = world.ask(None, Method::GET, other).header("x-forwarded-for", "203.0.113.7");
    assert_eq!(ask.send().await.problem(429), "too-many-requests");
    world.public("/v1/policies").await.expect(200);
    world.set_day("2026-11-23");
    from("203.0.113.7").await.expect(200);
}
