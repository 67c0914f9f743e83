//! The record of an institution, part by part: sites, rooms, staff, accounts, who stands behind it. The
//! institution keeps its own; an officer of its county may as well. What a part said before stays in the chain.

use serde_json::{Map, Value, json};

use crate::page::{Field, Form, Kind, field, form};

/// Which one is to be changed; a new one where nothing is chosen.
const fn item(list: &'static str) -> Field {
    field("item", Kind::Of(list, "id", "label")).or_not()
}

const SITE: &[Field] = &[
    item("sites"),
    field("site_address", Kind::Text).at("site.address"),
    field("floor_area", Kind::Int).at("site.floor_area_m2"),
    field("teaching_area", Kind::Int).at("site.teaching_area_m2").or_not(),
    field("highest_floor", Kind::Int).at("site.highest_floor").or_not(),
    field("lease_until_on", Kind::Day).at("site.lease_until_on").or_not(),
];

const ROOM: &[Field] = &[
    item("rooms"),
    field("room_site", Kind::Of("sites", "id", "label")).at("room.site"),
    field("room_name", Kind::Text).at("room.name"),
    field("room_area", Kind::Int).at("room.area_m2"),
    field("seats", Kind::Int).at("room.seats"),
];

const STAFF: &[Field] = &[
    item("staff"),
    field("staff_name", Kind::Text).at("staff.name"),
    field("staff_post", Kind::One(&["head", "teacher", "researcher", "assistant", "administration", "safety"]))
        .at("staff.post"),
    field("teaches", Kind::Flag).at("staff.teaches").or_not(),
    field("full_time", Kind::Flag).at("staff.full_time").or_not(),
    field("subject", Kind::Text).at("staff.subject").or_not(),
    field("certificate", Kind::Text).at("staff.certificate").or_not(),
    field("screened_on", Kind::Day).at("staff.screened_on").or_not(),
    field("staff_id_number", Kind::Text).at("staff.id_number").or_not(),
];

const ACCOUNT: &[Field] = &[
    item("accounts"),
    field("account_kind", Kind::One(&["custody", "deposit", "basic"])).at("account.kind"),
    field("bank", Kind::Text).at("account.bank"),
    field("account_name", Kind::Text).at("account.account_name"),
    field("account_number", Kind::Text).at("account.account_number"),
];

const CONTROLLER: &[Field] = &[
    item("controllers"),
    field("controller_name", Kind::Text).at("controller.name"),
    field("controller_role", Kind::One(&["promoter", "legal_representative", "controller", "shareholder"]))
        .at("controller.role"),
    field("share_percent", Kind::Decimal).at("controller.share_percent").or_not(),
    field("controller_id_number", Kind::Text).at("controller.id_number").or_not(),
];

const PROFILE: &[Field] = &[
    field("item", Kind::Hidden).from("profile.id"),
    field("legal_form", Kind::Text).at("profile.legal_form").or_not().from("profile.record.legal_form"),
    field("promoter", Kind::Text).at("profile.promoter").or_not().from("profile.record.promoter"),
    field("capital", Kind::Yuan).at("profile.capital_fen").or_not().from("profile.capital"),
    field("equipment", Kind::Yuan).at("profile.equipment_fen").or_not().from("profile.equipment"),
    field("public_phone", Kind::Text).at("profile.phone").or_not().from("profile.record.phone"),
    field("icp_number", Kind::Text).at("profile.icp_number").or_not().from("profile.record.icp_number"),
];

const REMOVED: &[Field] = &[field("removed", Kind::Hidden), field("item", Kind::Hidden)];

/// The forms of the record that is changed at `path`.
pub const fn forms(path: &'static str) -> [Form; 7] {
    [
        form("site", path, SITE).tried(),
        form("room", path, ROOM).tried(),
        form("staff", path, STAFF).tried(),
        form("account", path, ACCOUNT).tried(),
        form("controller", path, CONTROLLER).tried(),
        form("profile", path, PROFILE).tried(),
        form("remove_part", path, REMOVED),
    ]
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A part in one line: what it is called.
fn label(part: &str, record: &Value) -> String {
    let name = match part {
        "site" => text(record, "address"),
        "account" => text(record, "account_number"),
        _ => text(record, "name"),
    };
    let more = match part {
        "controller" => text(record, "role"),
        "account" => text(record, "bank"),
        _ => "",
    };
    if more.is_empty() { name.to_owned() } else { format!("{name} · {more}") }
}

/// The parts of the record by their kind, each with the name by which it is chosen.
pub fn shape(values: &mut Map<String, Value>) {
    let items = values.get("record").and_then(|list| list["items"].as_array().cloned()).unwrap_or_default();
    for (part, list) in [
        ("site", "sites"),
        ("room", "rooms"),
        ("staff", "staff"),
        ("account", "accounts"),
        ("controller", "controllers"),
    ] {
        let of = items.iter().filter(|item| text(item, "part") == part && item["record"].is_object());
        let rows = of.map(|item| {
            let label = label(part, &item["record"]);
            json!({"id": item["id"], "part": part, "label": label, "record": item["record"],
                "since_on": item["since_on"], "seq": item["seq"]})
        });
        let rows: Vec<Value> = rows.collect();
        values.insert(list.to_owned(), Value::Array(rows));
    }
    let mut profile = items.into_iter().find(|item| text(item, "part") == "profile").unwrap_or(Value::Null);
    for (key, written) in [("capital_fen", "capital"), ("equipment_fen", "equipment")] {
        let fen = profile["record"][key].as_i64().or_else(|| text(&profile["record"], key).parse().ok());
        if let (Some(fen), Value::Object(fields)) = (fen, &mut profile) {
            fields.insert(written.to_owned(), Value::from(crate::amount::yuan(fen)));
        }
    }
    values.insert("profile".to_owned(), profile);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_their_kind_and_named() {
        let Value::Object(mut values) = json!({"record": {"items": [
            {"id": "p", "part": "profile", "record": {"capital_fen": "10000000"}},
            {"id": "s", "part": "site", "record": {"address": "某路 1 号"}},
            {"id": "e", "part": "staff"},
        ]}}) else {
            return;
        };
        shape(&mut values);
        assert_eq!(values["sites"][0]["label"], json!("某路 1 号"));
        assert_eq!(values["staff"], json!([]), "what was erased cannot be chosen");
        assert_eq!(values["profile"]["capital"], json!("¥100,000.00"));
    }
}
