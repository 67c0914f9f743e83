//! Why bytes that were refused are not an entry. Off the hot path: reading has failed already, this
//! only finds the words for it, so it may take the object apart with a general JSON parser.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use unicode_normalization::is_nfc;

use crate::entry::EntryError;
use crate::wire::{Fault, push_escaped};

/// What a walk over any JSON text finds first.
struct Walk<'a>(&'a mut Option<EntryError>);

impl Walk<'_> {
    fn note(&mut self, error: EntryError) {
        self.0.get_or_insert(error);
    }

    fn text(&mut self, text: &str) {
        if text.chars().any(char::is_control) || !is_nfc(text) {
            self.note(EntryError::Text);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(mut self, _: i64) -> Result<(), E> {
        self.note(EntryError::Number);
        Ok(())
    }
    fn visit_u64<E>(mut self, _: u64) -> Result<(), E> {
        self.note(EntryError::Number);
        Ok(())
    }
    fn visit_f64<E>(mut self, _: f64) -> Result<(), E> {
        self.note(EntryError::Number);
        Ok(())
    }
    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Walk(self.0))?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.text(&key);
            map.next_value_seed(Walk(self.0))?;
            if !keys.insert(key) {
                self.note(EntryError::DuplicateKey);
            }
        }
        Ok(())
    }
}

/// Does a number stand outside of any string?
fn has_bare_number(text: &str) -> bool {
    let (mut inside, mut escaped) = (false, false);
    text.bytes().any(|byte| {
        if inside {
            (inside, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
        } else {
            inside = byte == b'"';
        }
        !inside && (byte.is_ascii_digit() || byte == b'-')
    })
}

/// Appends the canonical spelling: members in the order of their keys, shortest escapes.
fn spell(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map.iter().collect();
            out.push(b'{');
            for (i, (key, member)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                push_escaped(out, key);
                out.push(b':');
                spell(member, out);
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                spell(item, out);
            }
            out.push(b']');
        }
        Value::String(text) => push_escaped(out, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => out.extend_from_slice(value.to_string().as_bytes()),
    }
}

/// Has any object in the value this member?
fn has_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(map) => map.contains_key(key) || map.values().any(|v| has_key(v, key)),
        Value::Array(items) => items.iter().any(|v| has_key(v, key)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The reason for a fault, or for an error that was already named if a more basic one applies.
pub(crate) fn diagnose(text: &str, fault: Option<Fault>) -> Option<EntryError> {
    let mut found = None;
    let mut json = serde_json::Deserializer::from_str(text);
    let whole = Walk(&mut found).deserialize(&mut json).is_ok() && json.end().is_ok();
    let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(text) else {
        // A number too large for any float stops the parser, but is a number all the same.
        let number = text.starts_with('{') && has_bare_number(text);
        return Some(found.unwrap_or(if number { EntryError::Number } else { EntryError::NotJson }));
    };
    if !whole {
        return Some(EntryError::NotJson);
    }
    if found.is_some() {
        return found;
    }
    let fault = fault?;
    let mut canonical = Vec::with_capacity(text.len());
    spell(&value, &mut canonical);
    if canonical != text.as_bytes() {
        let at = canonical.iter().zip(text.as_bytes()).take_while(|(a, b)| a == b).count();
        return Some(EntryError::NotCanonical { at });
    }
    Some(if !fault.kind.is_empty() {
        EntryError::Value { key: fault.key, kind: fault.kind }
    } else if fault.key.is_empty() || has_key(&value, fault.key) {
        EntryError::UnknownKey { at: fault.at }
    } else {
        EntryError::MissingKey { key: fault.key }
    })
}
