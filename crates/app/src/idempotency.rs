//! The same request twice has one effect. A key belongs to the user who sent it; what is kept for
//! comparison is keyed, so that it tells nothing about persons.

use std::collections::BTreeMap;

use serde_json::Value;

/// A client's key together with a fingerprint of what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Stored form: the actor, then the client's key.
    pub stored: String,
    /// Fingerprint of the operation and of every top-level field of the body.
    pub fingerprint: Fingerprint,
}

/// Keyed hashes by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<String, String>);

/// Longest key a client may send, bytes.
pub const KEY_BYTES_MAX: usize = 200;

impl Key {
    /// From the request: who asks, the client's key, the operation (method and path), its body.
    pub fn new(lookup_key: &[u8; 32], actor: &str, client_key: &str, operation: &str, body: &Value) -> Key {
        Key { stored: format!("{actor}/{client_key}"), fingerprint: Fingerprint::of(lookup_key, operation, body) }
    }
}

impl Fingerprint {
    fn of(lookup_key: &[u8; 32], operation: &str, body: &Value) -> Fingerprint {
        let mut fields = BTreeMap::new();
        let mut put = |field: &str, content: &str| {
            let hash = ledger::keyed(lookup_key, format!("{field}\n{content}").as_bytes()).to_string();
            // 64 bits tell two requests under one key apart; more would only take room.
            fields.insert(field.to_owned(), hash.get(..16).unwrap_or_default().to_owned());
        };
        put("", operation);
        match body {
            Value::Object(members) => members.iter().for_each(|(field, value)| put(field, &value.to_string())),
            Value::Null => {}
            other => put("body", &other.to_string()),
        }
        Fingerprint(fields)
    }

    /// As stored.
    pub fn to_text(&self) -> String {
        let members = self.0.iter().map(|(field, hash)| (field.clone(), Value::from(hash.as_str())));
        Value::Object(members.collect()).to_string()
    }

    /// The first field, in order, in which a stored fingerprint differs; none when they are equal.
    /// The operation itself is called `operation`.
    pub fn differs_from(&self, stored: &str) -> Option<String> {
        let stored: BTreeMap<String, String> = serde_json::from_str(stored).unwrap_or_default();
        let fields = self.0.keys().chain(stored.keys()).collect::<std::collections::BTreeSet<_>>();
        fields
            .into_iter()
            .find(|field| self.0.get(*field) != stored.get(*field))
            .map(|field| if field.is_empty() { "operation".to_owned() } else { field.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_the_first_field_that_differs() {
        let secret = [7; 32];
        let of = |operation: &str, body: Value| Fingerprint::of(&secret, operation, &body);
        let first = of("POST /v1/x", json!({"amount_fen": 1, "method": "card"}));
        let same = of("POST /v1/x", json!({"method": "card", "amount_fen": 1}));
        assert_eq!(same.differs_from(&first.to_text()), None);
        let other = of("POST /v1/x", json!({"amount_fen": 2, "method": "cash"}));
        assert_eq!(other.differs_from(&first.to_text()).as_deref(), Some("amount_fen"));
        let less = of("POST /v1/x", json!({"amount_fen": 1}));
        assert_eq!(less.differs_from(&first.to_text()).as_deref(), Some("method"));
        let elsewhere = of("POST /v1/y", json!({"amount_fen": 1, "method": "card"}));
        assert_eq!(elsewhere.differs_from(&first.to_text()).as_deref(), Some("operation"));
        assert!(!first.to_text().contains("card"));
    }
}
