//! What the regulator's pages show of what they read: sums, orders, pictures. No rule is applied
//! here and no amount changed; figures come from the API.

use std::collections::BTreeMap;

use kernel::Fen;
use serde_json::{Map, Value, json};

use crate::amount::{days_between, yuan};

type Values = Map<String, Value>;

/// Most reconciliations that one answer of the API has.
const RECONCILIATIONS_MAX: usize = 1_000;

fn items<'v>(values: &'v Values, name: &str) -> &'v [Value] {
    values.get(name).and_then(|list| list.get("items")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn fen(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_i64).unwrap_or(0)
}

fn sum(amounts: impl IntoIterator<Item = i64>) -> Option<i64> {
    Fen::try_sum(amounts.into_iter().map(Fen::new)).ok().map(Fen::fen)
}

fn count(items: &[Value], field: &str) -> Value {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for item in items {
        let seen = counts.entry(text(item, field)).or_default();
        *seen = seen.saturating_add(1);
    }
    json!(counts)
}

/// `names`: what each institution is called.
pub fn names(values: &mut Values) {
    let names: Values =
        items(values, "institutions").iter().map(|it| (text(it, "id").to_owned(), it["name"].clone())).collect();
    values.insert("names".to_owned(), Value::Object(names));
}

fn name(values: &Values, id: &str) -> String {
    values.get("names").and_then(|names| names.get(id)).and_then(Value::as_str).unwrap_or(id).to_owned()
}

/// On how many days the reconciliations are that were read.
fn on_days(values: &Values) -> usize {
    items(values, "reconciliations").iter().map(|row| text(row, "on")).collect::<std::collections::BTreeSet<_>>().len()
}

/// The situation board.
pub fn board(values: &mut Values) {
    names(values);
    let today = values.get("today").and_then(Value::as_str).unwrap_or_default().to_owned();
    let states = count(items(values, "institutions"), "state");
    let listings = count(items(values, "institutions"), "listing");
    let open: Vec<Value> =
        items(values, "alerts").iter().filter(|alert| text(alert, "state") != "closed").cloned().collect();
    let mut red: Vec<Value> = open.iter().filter(|alert| text(alert, "level") == "red").cloned().collect();
    red.sort_by(|a, b| text(b, "watched_on").cmp(text(a, "watched_on")));
    let rules = count(&open, "rule");
    // The answer goes back over many days; the board shows the last.
    let on = items(values, "reconciliations").iter().map(|row| text(row, "on")).max().unwrap_or_default();
    let last = items(values, "reconciliations").iter().filter(|row| text(row, "on") == on);
    let mut rows: Vec<Value> = last.cloned().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(fen(row, "required_fen")));
    let short: Vec<Value> = rows.iter().filter(|row| text(row, "result") != "pass").cloned().collect();
    let required = sum(rows.iter().map(|row| fen(row, "required_fen")));
    let held = sum(rows.iter().map(|row| fen(row, "bank_fen")));
    let drawn: Vec<Value> = rows
        .iter()
        .filter(|row| fen(row, "required_fen") > 0 || fen(row, "bank_fen") > 0)
        .take(15)
        .map(|row| {
            let id = text(row, "institution");
            let (owed, held) = (fen(row, "required_fen"), fen(row, "bank_fen"));
            json!({
                "label": name(values, id),
                "values": [held, owed], "written": [yuan(held), yuan(owed)],
            })
        })
        .collect();
    let counties = counties(values, &rows, &red);
    // The API answers at most a thousand rows; the board must not pass them off as all.
    let cut = items(values, "reconciliations").len() >= RECONCILIATIONS_MAX && on_days(values) <= 1;
    let late = items(values, "applications").iter().filter(|a| a["days_left"].as_i64().is_some_and(|days| days < 0));
    let late = late.count();
    let due = items(values, "applications").iter().filter(|a| a["days_left"].as_i64() == Some(0)).count();
    let disputes_late = items(values, "disputes")
        .iter()
        .filter(|d| days_between(&today, text(d, "decide_by_on")).is_some_and(|days| days < 0))
        .count();
    values.insert(
        "board".to_owned(),
        json!({
            "states": states, "listings": listings, "open": open.len(), "red": red, "rules": rules,
            "rows": rows, "short": short, "required_fen": required, "held_fen": held, "drawn": drawn,
            "applications": items(values, "applications").len(), "late": late, "due": due,
            "disputes": items(values, "disputes").len(), "disputes_late": disputes_late,
            "on": on, "counties": counties, "cut": cut,
        }),
    );
}

/// What was decided about an institution's licence and conduct, the latest first.
pub fn conduct(values: &mut Values) {
    let mut rows = items(values, "history").to_vec();
    rows.retain(|entry| {
        let kind = text(entry, "type");
        kind.starts_with("licence_") || matches!(kind, "points_changed" | "institution_graded")
    });
    rows.reverse();
    values.insert("conduct".to_owned(), Value::Array(rows));
}

/// Counties side by side: institutions, what is held and owed on the last day, shortfalls, red alerts.
fn counties(values: &Values, rows: &[Value], red: &[Value]) -> Vec<Value> {
    let regions: BTreeMap<&str, &str> =
        items(values, "institutions").iter().map(|it| (text(it, "id"), text(it, "region"))).collect();
    let titles: BTreeMap<&str, &str> =
        items(values, "regions").iter().map(|region| (text(region, "region"), text(region, "name"))).collect();
    let mut found: BTreeMap<&str, [i64; 6]> = BTreeMap::new();
    for it in items(values, "institutions") {
        let sums = found.entry(text(it, "region")).or_default();
        sums[0] = sums[0].saturating_add(1);
        sums[1] = sums[1].saturating_add(i64::from(text(it, "state") == "licensed"));
    }
    for row in rows {
        let Some(sums) = regions.get(text(row, "institution")).and_then(|region| found.get_mut(region)) else {
            continue;
        };
        sums[2] = sums[2].saturating_add(fen(row, "bank_fen"));
        sums[3] = sums[3].saturating_add(fen(row, "required_fen"));
        sums[4] = sums[4].saturating_add(i64::from(text(row, "result") != "pass"));
    }
    for alert in red {
        let Some(sums) = regions.get(text(alert, "institution")).and_then(|region| found.get_mut(region)) else {
            continue;
        };
        sums[5] = sums[5].saturating_add(1);
    }
    let mut counties: Vec<Value> = found
        .into_iter()
        .map(|(region, [all, licensed, held, owed, short, red])| {
            let label = titles.get(region).copied().unwrap_or(region);
            json!({
                "region": region, "label": label, "institutions": all, "licensed": licensed, "held_fen": held,
                "owed_fen": owed, "short": short, "red": red,
                "values": [held, owed], "written": [yuan(held), yuan(owed)],
            })
        })
        .collect();
    counties.sort_by_key(|county| std::cmp::Reverse(fen(county, "owed_fen")));
    counties
}

/// The queue, the shortest time first; how many are how old.
pub fn applications(values: &mut Values) {
    names(values);
    let mut rows = items(values, "applications").to_vec();
    rows.sort_by_key(|row| row["days_left"].as_i64().unwrap_or(i64::MAX));
    let bands = [(i64::MIN, -1), (0, 2), (3, 5), (6, 10), (11, i64::MAX - 1)];
    let ages: Vec<Value> = bands
        .iter()
        .zip(["late", "0_2", "3_5", "6_10", "11"])
        .map(|((from, until), band)| {
            let within = |row: &&Value| row["days_left"].as_i64().is_some_and(|days| (*from..=*until).contains(&days));
            json!({"band": band, "count": rows.iter().filter(within).count()})
        })
        .collect();
    values.insert("ages".to_owned(), Value::Array(ages));
    values.insert("rows".to_owned(), Value::Array(rows));
}

/// Disputes, the oldest first.
pub fn disputes(values: &mut Values) {
    names(values);
    let mut rows = items(values, "disputes").to_vec();
    rows.sort_by(|a, b| text(a, "decide_by_on").cmp(text(b, "decide_by_on")));
    values.insert("rows".to_owned(), Value::Array(rows));
}

/// An institution from all sides: its balances over time, its lessons by month, the history up to a day.
pub fn institution(values: &mut Values) {
    let on = values.get("query").and_then(|query| query.get("on")).and_then(Value::as_str).map(str::to_owned);
    let on = on.filter(|on| !on.is_empty());
    let mut history = items(values, "history").to_vec();
    if let Some(on) = &on {
        history.retain(|entry| text(entry, "effective_on") <= on.as_str());
    }
    history.reverse();
    let mut seals = items(values, "seals").to_vec();
    seals.sort_by(|a, b| text(a, "sealed_on").cmp(text(b, "sealed_on")));
    if let Some(on) = &on {
        seals.retain(|seal| text(seal, "sealed_on") <= on.as_str());
    }
    let line: Vec<Value> = seals
        .iter()
        .map(|seal| {
            let held = fen(seal, "custody_fen");
            json!({"label": text(seal, "sealed_on"), "values": [held], "written": [yuan(held)]})
        })
        .collect();
    let months = values.get("figures").and_then(|figures| figures.get("months")).and_then(Value::as_array);
    let lessons: Vec<Value> = months
        .into_iter()
        .flatten()
        .map(|month| {
            let of = |name: &str| month.get(name).and_then(Value::as_i64).unwrap_or(0);
            json!({"label": text(month, "month"), "values": [of("confirmed"), of("deemed"), of("disputed")]})
        })
        .collect();
    let ages = ages(values.get("refunds"));
    values.insert("timeline".to_owned(), Value::Array(history));
    values.insert("held_line".to_owned(), Value::Array(line));
    values.insert("lesson_columns".to_owned(), Value::Array(lessons));
    values.insert("refund_ages".to_owned(), ages);
}

/// The ages of a refund queue as rows of a picture.
fn ages(queue: Option<&Value>) -> Value {
    let ages = queue.and_then(|queue| queue.get("ages")).and_then(Value::as_array);
    let rows = ages.into_iter().flatten().map(|age| {
        let until = age.get("until_days").and_then(Value::as_i64);
        let from = age.get("from_days").and_then(Value::as_i64).unwrap_or(0);
        let label = until.map_or_else(|| format!("{from}+"), |until| format!("{from}–{until}"));
        let amount = fen(age, "amount_fen");
        json!({"label": label, "values": [amount], "written": [yuan(amount)], "count": age["count"], "amount_fen": amount})
    });
    Value::Array(rows.collect())
}

/// A closure case.
pub fn case(values: &mut Values) {
    let ages = ages(values.get("refunds"));
    values.insert("refund_ages".to_owned(), ages);
}

/// The refund queues of all institutions in one, the longest overdue first.
pub fn refunds(values: &mut Values) {
    names(values);
    let queues = values.get("queues").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut rows: Vec<Value> = Vec::new();
    let mut bands: BTreeMap<i64, (Value, i64, i64)> = BTreeMap::new();
    for queue in queues.values() {
        rows.extend(queue.get("items").and_then(Value::as_array).cloned().unwrap_or_default());
        for age in queue.get("ages").and_then(Value::as_array).into_iter().flatten() {
            let from = age.get("from_days").and_then(Value::as_i64).unwrap_or(0);
            let band = bands.entry(from).or_insert((age["until_days"].clone(), 0, 0));
            band.1 = band.1.saturating_add(fen(age, "count"));
            band.2 = band.2.saturating_add(fen(age, "amount_fen"));
        }
    }
    rows.sort_by(|a, b| text(a, "requested_on").cmp(text(b, "requested_on")));
    let merged: Vec<Value> = bands
        .into_iter()
        .map(|(from, (until, count, amount))| {
            json!({"from_days": from, "until_days": until, "count": count, "amount_fen": amount})
        })
        .collect();
    let ages = ages(Some(&json!({"ages": merged})));
    values.insert("rows".to_owned(), Value::Array(rows));
    values.insert("refund_ages".to_owned(), ages);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counties_stand_side_by_side() {
        let Value::Object(mut values) = json!({
            "today": "2026-11-22",
            "regions": {"items": [{"region": "330502", "name": "吴兴区"}]},
            "institutions": {"items": [
                {"id": "a", "name": "A", "region": "330502", "state": "licensed"},
                {"id": "b", "name": "B", "region": "330503", "state": "closed"},
            ]},
            "reconciliations": {"items": [
                {"institution": "a", "on": "2026-11-21", "result": "pass", "bank_fen": 500, "required_fen": 400},
                {"institution": "b", "on": "2026-11-21", "result": "shortfall", "bank_fen": 100, "required_fen": 700},
                {"institution": "b", "on": "2026-11-20", "result": "pass", "bank_fen": 9, "required_fen": 9},
            ]},
            "alerts": {"items": [{"institution": "b", "level": "red", "state": "raised", "rule": "r"}]},
            "applications": {"items": []},
            "disputes": {"items": []},
        }) else {
            return;
        };
        board(&mut values);
        let counties = &values["board"]["counties"];
        let told = |at: usize| {
            let county = &counties[at];
            (county["label"].clone(), county["held_fen"].clone(), county["owed_fen"].clone(), county["short"].clone())
        };
        assert_eq!(told(0), (json!("330503"), json!(100), json!(700), json!(1)));
        assert_eq!(told(1), (json!("吴兴区"), json!(500), json!(400), json!(0)));
        assert_eq!((&counties[0]["red"], &counties[1]["licensed"]), (&json!(1), &json!(1)));
        assert_eq!(values["board"]["cut"], json!(false));
    }
}
