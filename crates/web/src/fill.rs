//! Places: `a.b.0` in a value, and paths of the API with such places in braces.

use serde_json::{Map, Value};

/// What stands at a place; digits are places of a list.
pub fn at<'v>(values: &'v Map<String, Value>, place: &str) -> Option<&'v Value> {
    let mut steps = place.split('.');
    let mut value = values.get(steps.next()?)?;
    for step in steps {
        value = match value {
            Value::Object(map) => map.get(step)?,
            Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// The text of a value that is one; nothing for null, lists and objects, and for an empty text.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        _ => None,
    }
}

/// Fills a path. Nothing where a place in the path itself is empty; a parameter of the query with
/// an empty `{?place}` is left out.
pub fn fill(pattern: &str, values: &Map<String, Value>) -> Option<String> {
    let (path, query) = pattern.split_once('?').map_or((pattern, None), |(path, query)| {
        // `{?q}` holds a question mark of its own.
        if path.contains('{') && !path.contains('}') { (pattern, None) } else { (path, Some(query)) }
    });
    let mut filled = braces(path, values)?;
    let mut first = true;
    for part in query.into_iter().flat_map(|query| query.split('&')) {
        let part = match part.split_once("={?") {
            Some((name, place)) => {
                let Some(value) = at(values, place.trim_end_matches('}')).and_then(text) else { continue };
                format!("{name}={}", encode(&value))
            }
            None => braces(part, values)?,
        };
        filled.push(if first { '?' } else { '&' });
        filled.push_str(&part);
        first = false;
    }
    Some(filled)
}

fn braces(pattern: &str, values: &Map<String, Value>) -> Option<String> {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(&encode(&text(at(values, place)?)?));
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// Percent-encoding of everything but letters, digits and `-_.~`.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The inverse, with `+` for a space; what is not UTF-8 is replaced.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || rest.next().and_then(|c| char::from(c).to_digit(16));
                if let (Some(high), Some(low)) = (digit(), digit()) {
                    bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The pairs of a query or of a form.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// Puts a value at a place, making objects and lists on the way. A list grows by one at a time;
/// a place further away is left out.
pub fn put(root: &mut Value, place: &str, value: Value) {
    let mut here = root;
    for step in place.split('.') {
        here = match step.parse::<usize>() {
            Ok(index) => {
                if !here.is_array() {
                    *here = Value::Array(Vec::new());
                }
                let Value::Array(items) = here else { return };
                if items.len() == index {
                    items.push(Value::Null);
                }
                match items.get_mut(index) {
                    Some(item) => item,
                    None => return,
                }
            }
            Err(_) => {
                if !here.is_object() {
                    *here = Value::Object(Map::new());
                }
                let Value::Object(map) = here else { return };
                map.entry(step.to_owned()).or_insert(Value::Null)
            }
        };
    }
    *here = value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn values() -> Map<String, Value> {
        let Value::Object(map) = json!({"id": "7", "q": "青 禾&x", "a": {"b": [{"c": 5}]}, "none": null}) else {
            return Map::new();
        };
        map
    }

    #[test]
    fn paths_are_filled_and_encoded() {
        for (pattern, filled) in [
            ("/v1/x/{id}", Some("/v1/x/7")),
            ("/v1/x/{a.b.0.c}?q={?q}", Some("/v1/x/5?q=%E9%9D%92%20%E7%A6%BE%26x")),
            ("/v1/x?on={?none}&limit=5", Some("/v1/x?limit=5")),
            ("/v1/x?on={?nothing}", Some("/v1/x")),
            ("/v1/x/{none}", None),
            ("/v1/x?q={none}", None),
        ] {
            assert_eq!(fill(pattern, &values()).as_deref(), filled, "{pattern}");
        }
    }

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let read = pairs("a=1+2&b=%E9%9D%92&c&%zz=%4");
        let expected = [("a", "1 2"), ("b", "青"), ("c", ""), ("", "")];
        assert_eq!(read, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn bodies_grow_where_they_are_told() {
        let mut body = json!({});
        put(&mut body, "lots.0.price_fen", json!(5));
        put(&mut body, "lots.0.hours", json!("2"));
        put(&mut body, "lots.7.hours", json!("2"));
        put(&mut body, "name", json!("x"));
        assert_eq!(body, json!({"lots": [{"price_fen": 5, "hours": "2"}], "name": "x"}));
    }
}
