//! What the institution's pages show of what they read: lists to choose from, pictures. No rule is
//! applied here and no amount changed.

use kernel::RuleId;
use serde_json::{Map, Value, json};

use crate::amount::yuan;

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(values: &Map<String, Value>, name: &str) -> Vec<Value> {
    values.get(name).and_then(|list| list["items"].as_array().cloned()).unwrap_or_default()
}

/// `names`: what each course is called.
pub fn names(values: &mut Map<String, Value>) {
    let names: Map<String, Value> =
        list(values, "courses").iter().map(|course| (text(course, "id").to_owned(), course["name"].clone())).collect();
    values.insert("names".to_owned(), Value::Object(names));
}

/// Lessons by month as columns.
pub fn today(values: &mut Map<String, Value>) {
    let months = values.get("figures").and_then(|figures| figures["months"].as_array().cloned()).unwrap_or_default();
    let columns: Vec<Value> = months
        .iter()
        .map(|month| {
            let of = |name: &str| month[name].as_i64().unwrap_or(0);
            json!({"label": text(month, "month"), "values": [of("confirmed"), of("deemed"), of("disputed")]})
        })
        .collect();
    values.insert("lesson_columns".to_owned(), Value::Array(columns));
}

/// What a class can be made of: published courses, teachers and rooms of the record.
pub fn classes(values: &mut Map<String, Value>) {
    let open = |course: &Value| text(course, "state") == "published";
    let courses = list(values, "courses").into_iter().filter(open).collect();
    let part = |wanted: &str| {
        let of = |item: &Value| text(item, "part") == wanted && item["record"].is_object();
        list(values, "record").into_iter().filter(of).collect()
    };
    let (teachers, rooms) = (part("staff"), part("room"));
    values.insert("open_courses".to_owned(), Value::Array(courses));
    values.insert("teachers".to_owned(), Value::Array(teachers));
    values.insert("rooms".to_owned(), Value::Array(rooms));
}

/// The class as a list to tick.
pub fn attendance(values: &mut Map<String, Value>) {
    let contracts = list(values, "contracts");
    let pupils: Vec<Value> = list(values, "enrolments")
        .iter()
        .enumerate()
        .map(|(at, enrolment)| {
            let contract = text(enrolment, "contract");
            let number = contracts.iter().find(|known| text(known, "id") == contract).map(|it| text(it, "number"));
            let number = number.map_or_else(|| contract.chars().take(8).collect(), str::to_owned);
            json!({"contract": contract, "label": format!("{}. {number}", at.saturating_add(1))})
        })
        .collect();
    let wanted = values.get("session").and_then(Value::as_str).unwrap_or_default().to_owned();
    let held = list(values, "sessions").into_iter().find(|session| text(session, "id") == wanted);
    let mut days = list(values, "sessions");
    days.sort_by(|a, b| (text(a, "held_on"), text(a, "from")).cmp(&(text(b, "held_on"), text(b, "from"))));
    values.insert("days".to_owned(), Value::Array(days));
    values.insert("pupils".to_owned(), Value::Array(pupils));
    values.insert("held".to_owned(), held.unwrap_or(Value::Null));
}

/// The class with its course: only contracts of that course may join it.
pub fn class(values: &mut Map<String, Value>) {
    attendance(values);
    let wanted = values.get("class").and_then(Value::as_str).unwrap_or_default().to_owned();
    let by_course = values.get("classes").and_then(Value::as_object).cloned().unwrap_or_default();
    let found = by_course.iter().find_map(|(course, classes)| {
        let class = classes["items"].as_array()?.iter().find(|class| text(class, "id") == wanted)?;
        Some((course.clone(), class.clone()))
    });
    let Some((course, class)) = found else { return };
    let of_course: Vec<Value> =
        list(values, "contracts").into_iter().filter(|contract| text(contract, "course") == course).collect();
    let course = list(values, "courses").into_iter().find(|known| text(known, "id") == course);
    values.insert("contracts".to_owned(), json!({"items": of_course}));
    values.insert("course".to_owned(), course.unwrap_or(Value::Null));
    values.insert("this_class".to_owned(), class);
}

/// Balances over time and the ages of refunds as pictures.
pub fn money(values: &mut Map<String, Value>) {
    let mut seals = list(values, "seals");
    seals.sort_by(|a, b| text(a, "sealed_on").cmp(text(b, "sealed_on")));
    let line: Vec<Value> = seals
        .iter()
        .map(|seal| {
            let held = seal["custody_fen"].as_i64().unwrap_or(0);
            json!({"label": text(seal, "sealed_on"), "values": [held], "written": [yuan(held)]})
        })
        .collect();
    values.insert("held_line".to_owned(), Value::Array(line));
}

/// A broken rule in both languages, with what was and what may be.
fn said(violation: &Value) -> Value {
    let id = text(violation, "rule");
    let rule = RuleId::ALL.iter().find(|rule| rule.as_str() == id);
    let (zh, en) = rule.map_or((id, id), |rule| (rule.zh(), rule.en()));
    json!({"zh": zh, "en": en, "actual": violation["actual"], "limit": violation["limit"]})
}

/// The lines of a part of a file that were refused, and why.
pub fn import(values: &mut Map<String, Value>) {
    let part = values.get("results").and_then(|results| results["part"].as_u64()).unwrap_or(0);
    let results = values.get("results").and_then(|results| results["results"].as_array().cloned()).unwrap_or_default();
    let lines: Vec<Value> = results
        .iter()
        .filter(|line| text(line, "status") == "refused")
        .map(|line| {
            let broken = line["refusal"]["violations"].as_array().cloned().unwrap_or_default();
            let broken: Vec<Value> = broken.iter().map(said).collect();
            let why = [&line["denied"], &line["refusal"]].into_iter().find(|why| !why.is_null());
            let why = why.map(|why| why.as_str().map_or_else(|| why.to_string(), str::to_owned));
            json!({"line": line["line"], "field": line["field"], "broken": broken, "why": why})
        })
        .collect();
    values.insert("part".to_owned(), Value::from(part));
    values.insert("refused_lines".to_owned(), Value::Array(lines));
}

/// `failed`: institutions of which hours may be left over.
pub fn failed(values: &mut Map<String, Value>) {
    let failed = [list(values, "revoked"), list(values, "closed")].concat();
    values.insert("failed".to_owned(), Value::Array(failed));
}
