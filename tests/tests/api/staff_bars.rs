//! The staff blacklist: who is on it may not teach anywhere, whatever the institution's own record says.

use serde_json::{Value, json};

use crate::world::{World, text};

/// A number of the kind that residents have, with its check digit.
const NUMBER: &str = "11010519491231002X";

fn bar() -> Value {
    json!({"region":"330502","name":"钱某","id_number":NUMBER,"cause":"虐待学生","basis":"某教处〔2026〕3号",
        "barred_on":"2026-11-20"})
}

fn rules(answer: &Value) -> Vec<String> {
    answer["violations"].as_array().unwrap().iter().map(|violation| text(&violation["rule"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_barred_teaches_nowhere() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let class = world.class(&shop).await;
    // The institution wrote the number in its own way, and that nothing is known against the person.
    let person = json!({"staff":{"name":"钱某","post":"teacher","teaches":true,"full_time":true,"certificate":"T-1",
        "id_number":"110105 19491231 002x","barred":false}});
    let teacher = world.record(&shop, person).await;
    let standards = format!("/v1/institutions/{}/standards", shop.institution);
    let lacking = async |world: &World| world.get("bureau", &standards).await.expect(200).to_string();
    assert!(!lacking(&world).await.contains("standard.staff_not_barred"));

    for who in ["officer", "owner", "city", "auditor"] {
        assert_eq!(world.post(who, "/v1/staff-bars", &bar()).await.status, 403, "{who}");
    }
    let entered = world.post("approver", "/v1/staff-bars", &bar()).await.expect(200);
    assert_eq!(entered["id_number_end"], "****002X");
    assert!(!entered.to_string().contains(NUMBER));
    let again = json!({"region":"330502","name":"钱某","id_number":"110105194912310 02x","cause":"同一人","basis":"同上",
        "barred_on":"2026-12-01"});
    assert_eq!(world.post("approver", "/v1/staff-bars", &again).await.problem(409), "already-exists");

    assert!(lacking(&world).await.contains("standard.staff_not_barred"));
    let classes = format!("/v1/courses/{}/classes", shop.course);
    let new = json!({"name":"二班","teacher":teacher,"room":class.room,"capacity":9});
    assert_eq!(rules(&world.post("owner", &classes, &new).await.expect(422)), ["standard.staff_not_barred"]);

    let list = "/v1/staff-bars?region=330502";
    for who in ["owner", "bank", "auditor", "admin"] {
        assert_eq!(world.get(who, list).await.status, 403, "{who}");
    }
    let seen = world.get("city", "/v1/staff-bars?region=330500").await.expect(200);
    assert_eq!((&seen["items"][0]["name"], &seen["items"][0]["cause"]), (&json!("钱某"), &json!("虐待学生")));

    let lifting = format!("/v1/staff-bars/{}/lifting", text(&entered["id"]));
    assert_eq!(world.post("officer", &lifting, &json!({})).await.problem(403), "forbidden");
    assert!(world.post("approver", &lifting, &json!({})).await.expect(200)["lifted_at"].is_string());
    assert_eq!(world.post("approver", &lifting, &json!({})).await.problem(409), "wrong-state");
    world.post("owner", &classes, &new).await.expect(201);
    assert!(!lacking(&world).await.contains("standard.staff_not_barred"));
    // What was lifted is still told, and the person may be barred again.
    world.post("approver", "/v1/staff-bars", &again).await.expect(200);
    assert_eq!(world.get("bureau", list).await.expect(200)["items"].as_array().unwrap().len(), 2);
    assert!(!lacking(&world).await.contains("standard.staff_not_barred"), "it begins in December");
}
