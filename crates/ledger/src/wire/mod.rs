//! The one canonical spelling of a JSON object: a writer, and a reader that accepts nothing but
//! what the writer would have written. So reading is at the same time the check of canonicity.
//! What the values mean is in `body`; why a refused text was refused is found in `diagnose`.

mod values;

use std::collections::BTreeSet;

pub(crate) use values::read_uuid;
pub(crate) use values::word_value;
pub use values::{Code, Line, TextError};

/// Where reading stopped, and what should have stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The member being read.
    pub key: &'static str,
    /// Byte offset.
    pub at: usize,
    /// The kind of value expected; empty when the structure was wrong.
    pub kind: &'static str,
}

/// A reading position in the bytes of an entry.
#[derive(Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
    key: &'static str,
}

impl<'a> Cursor<'a> {
    /// At the start of `text`.
    pub const fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0, key: "" }
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// A structural fault here.
    pub const fn fault(&self) -> Fault {
        Fault { key: self.key, at: self.at, kind: "" }
    }

    /// A fault of a value of this kind here.
    pub const fn bad(&self, kind: &'static str) -> Fault {
        Fault { key: self.key, at: self.at, kind }
    }

    /// Exactly these bytes.
    ///
    /// # Errors
    /// [`Fault`] when something else is here.
    #[inline]
    pub fn expect(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.try_take(bytes) { Ok(()) } else { Err(self.fault()) }
    }

    /// These bytes, if they are here.
    #[inline]
    pub fn try_take(&mut self, bytes: &[u8]) -> bool {
        let here = self.rest().starts_with(bytes);
        if here {
            self.at = self.at.saturating_add(bytes.len());
        }
        here
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// [`Fault`] when something does.
    pub fn end(&self) -> Result<(), Fault> {
        if self.at == self.text.len() { Ok(()) } else { Err(self.fault()) }
    }

    /// The contents of a string that needs no escape: the only kind that most values may be.
    ///
    /// # Errors
    /// [`Fault`] of kind `kind`.
    #[inline]
    pub fn plain(&mut self, kind: &'static str) -> Result<&'a str, Fault> {
        let rest = self.rest();
        if rest.first() != Some(&b'"') {
            return Err(self.bad(kind));
        }
        for (i, &byte) in rest.iter().enumerate().skip(1) {
            match byte {
                b'"' => {
                    let start = self.at.saturating_add(1);
                    let end = self.at.saturating_add(i);
                    let contents = self.text.get(start..end).ok_or_else(|| self.bad(kind))?;
                    self.at = end.saturating_add(1);
                    return Ok(contents);
                }
                b'\\' | 0..=0x1f => return Err(self.bad(kind)),
                _ => {}
            }
        }
        Err(self.bad(kind))
    }

    /// A string of exactly `length` bytes that `read` understands, with its quotes; nothing is taken
    /// when it does not. `read` accepts no quote and no escape.
    #[inline]
    pub(crate) fn take_fixed<T>(&mut self, read: impl Fn(&[u8]) -> Option<T>, length: usize) -> Option<T> {
        let (open, rest) = self.rest().split_first()?;
        let (contents, rest) = rest.split_at_checked(length)?;
        if *open != b'"' || rest.first() != Some(&b'"') {
            return None;
        }
        let value = read(contents)?;
        self.at = self.at.saturating_add(length).saturating_add(2);
        Some(value)
    }

    /// The fault of a string here that is not of this kind: behind the string, where there is one.
    pub(crate) fn bad_string(&mut self, kind: &'static str) -> Fault {
        match self.plain(kind) {
            Ok(_) => self.bad(kind),
            Err(fault) => fault,
        }
    }

    /// The contents of a string in which `"` and `\` are escaped, and nothing else is.
    ///
    /// # Errors
    /// [`Fault`] of kind `kind`.
    pub fn escaped(&mut self, kind: &'static str) -> Result<String, Fault> {
        if !self.try_take(b"\"") {
            return Err(self.bad(kind));
        }
        let mut out = String::new();
        let mut chars = self.text.get(self.at..).unwrap_or_default().char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = self.at.saturating_add(i).saturating_add(1);
                    return Ok(out);
                }
                '\\' => match chars.next() {
                    Some((_, c @ ('"' | '\\'))) => out.push(c),
                    _ => return Err(self.bad(kind)),
                },
                c => out.push(c),
            }
        }
        Err(self.bad(kind))
    }
}

/// Writes a string's contents with `"` and `\` escaped (control characters never get here).
pub fn push_escaped(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for &byte in text.as_bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// A value that stands in a list or as a member.
pub trait Value: Sized {
    /// Its kind, as docs/LEDGER-FORMAT.md names it.
    const KIND: &'static str;
    /// The kind of a list of it.
    const LIST: &'static str;
    /// Writes it, quotes included.
    fn write(&self, out: &mut Vec<u8>);
    /// Reads what `write` writes.
    ///
    /// # Errors
    /// [`Fault`] for every other spelling.
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault>;
}

/// A member of an object: a value, a list of values, or a value that may be absent.
pub trait Member: Sized {
    /// Kind of the member.
    const KIND: &'static str;
    /// May it be absent?
    const OPTIONAL: bool = false;
    /// Writes `,"key":value` (no comma for the first).
    fn write_member(&self, quoted_key: &str, first: &mut bool, out: &mut Vec<u8>);
    /// Reads what `write_member` writes.
    ///
    /// # Errors
    /// [`Fault`] for everything else.
    fn read_member(
        cursor: &mut Cursor<'_>,
        key: &'static str,
        quoted_key: &str,
        first: &mut bool,
    ) -> Result<Self, Fault>;
}

fn push_key(quoted_key: &str, first: &mut bool, out: &mut Vec<u8>) {
    if !*first {
        out.push(b',');
    }
    *first = false;
    out.extend_from_slice(quoted_key.as_bytes());
}

#[inline]
fn take_key(cursor: &mut Cursor<'_>, key: &'static str, quoted_key: &str, first: &mut bool) -> bool {
    let before = cursor.at;
    cursor.key = key;
    if (*first || cursor.try_take(b",")) && cursor.try_take(quoted_key.as_bytes()) {
        *first = false;
        true
    } else {
        cursor.at = before;
        false
    }
}

impl<T: Value> Member for T {
    const KIND: &'static str = T::KIND;
    fn write_member(&self, quoted_key: &str, first: &mut bool, out: &mut Vec<u8>) {
        push_key(quoted_key, first, out);
        self.write(out);
    }
    fn read_member(
        cursor: &mut Cursor<'_>,
        key: &'static str,
        quoted_key: &str,
        first: &mut bool,
    ) -> Result<Self, Fault> {
        if take_key(cursor, key, quoted_key, first) { T::read(cursor) } else { Err(cursor.fault()) }
    }
}

impl<T: Value> Member for Option<T> {
    const KIND: &'static str = T::KIND;
    const OPTIONAL: bool = true;
    fn write_member(&self, quoted_key: &str, first: &mut bool, out: &mut Vec<u8>) {
        if let Some(value) = self {
            value.write_member(quoted_key, first, out);
        }
    }
    fn read_member(
        cursor: &mut Cursor<'_>,
        key: &'static str,
        quoted_key: &str,
        first: &mut bool,
    ) -> Result<Self, Fault> {
        if take_key(cursor, key, quoted_key, first) { T::read(cursor).map(Some) } else { Ok(None) }
    }
}

fn write_list<'a, T: Value + 'a>(items: impl Iterator<Item = &'a T>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        item.write(out);
    }
    out.push(b']');
}

fn read_list<T: Value>(cursor: &mut Cursor<'_>, mut each: impl FnMut(T) -> bool) -> Result<(), Fault> {
    cursor.expect(b"[")?;
    if cursor.try_take(b"]") {
        return Ok(());
    }
    loop {
        let item = T::read(cursor)?;
        if !each(item) {
            return Err(cursor.bad(T::LIST));
        }
        if cursor.try_take(b"]") {
            return Ok(());
        }
        cursor.expect(b",")?;
    }
}

impl<T: Value> Member for Vec<T> {
    const KIND: &'static str = T::LIST;
    fn write_member(&self, quoted_key: &str, first: &mut bool, out: &mut Vec<u8>) {
        push_key(quoted_key, first, out);
        write_list(self.iter(), out);
    }
    fn read_member(
        cursor: &mut Cursor<'_>,
        key: &'static str,
        quoted_key: &str,
        first: &mut bool,
    ) -> Result<Self, Fault> {
        if !take_key(cursor, key, quoted_key, first) {
            return Err(cursor.fault());
        }
        let mut items = Vec::new();
        read_list(cursor, |item| {
            items.push(item);
            true
        })?;
        Ok(items)
    }
}

/// A set is written in the order of its closed list; that order is part of the spelling.
impl<T: Value + Ord> Member for BTreeSet<T> {
    const KIND: &'static str = T::LIST;
    fn write_member(&self, quoted_key: &str, first: &mut bool, out: &mut Vec<u8>) {
        push_key(quoted_key, first, out);
        write_list(self.iter(), out);
    }
    fn read_member(
        cursor: &mut Cursor<'_>,
        key: &'static str,
        quoted_key: &str,
        first: &mut bool,
    ) -> Result<Self, Fault> {
        if !take_key(cursor, key, quoted_key, first) {
            return Err(cursor.fault());
        }
        let mut items = BTreeSet::new();
        read_list(cursor, |item| {
            let ascending = items.last().is_none_or(|last| *last < item);
            items.insert(item);
            ascending
        })?;
        Ok(items)
    }
}

/// A member as the specification lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// The kind of value.
    pub kind: &'static str,
    /// May it be absent?
    pub optional: bool,
    /// What it says.
    pub meaning: &'static str,
}

/// An object with known members.
pub trait Record: Sized {
    /// Its members in the order of their bytes.
    const FIELDS: &'static [Field];
    /// Writes the object.
    fn write_record(&self, out: &mut Vec<u8>);
    /// Reads what `write_record` writes.
    ///
    /// # Errors
    /// [`Fault`] for everything else.
    fn read_record(cursor: &mut Cursor<'_>) -> Result<Self, Fault>;
}

/// Declares an object: its Rust type, its spelling and its place in the specification at once.
/// Members must be given in the order of their keys' bytes (a test holds it).
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($field:ident : $ty:ty = $meaning:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $(#[doc = $meaning] pub $field: $ty),* }

        impl $crate::wire::Record for $name {
            const FIELDS: &'static [$crate::wire::Field] = &[$($crate::wire::Field {
                key: stringify!($field),
                kind: <$ty as $crate::wire::Member>::KIND,
                optional: <$ty as $crate::wire::Member>::OPTIONAL,
                meaning: $meaning,
            }),*];
            fn write_record(&self, out: &mut Vec<u8>) {
                let mut first = true;
                out.push(b'{');
                $($crate::wire::Member::write_member(
                    &self.$field, concat!("\"", stringify!($field), "\":"), &mut first, out,
                );)*
                out.push(b'}');
            }
            fn read_record(cursor: &mut $crate::wire::Cursor<'_>) -> Result<Self, $crate::wire::Fault> {
                let mut first = true;
                cursor.expect(b"{")?;
                $(let $field = $crate::wire::Member::read_member(
                    cursor, stringify!($field), concat!("\"", stringify!($field), "\":"), &mut first,
                )?;)*
                cursor.expect(b"}")?;
                Ok(Self { $($field),* })
            }
        }
    };
}
pub(crate) use record;

/// Makes a declared object a value, so that lists of it can be members.
macro_rules! record_value {
    ($name:ident, $kind:literal) => {
        impl $crate::wire::Value for $name {
            const KIND: &'static str = $kind;
            const LIST: &'static str = concat!("[", $kind, "]");
            fn write(&self, out: &mut Vec<u8>) {
                $crate::wire::Record::write_record(self, out);
            }
            fn read(cursor: &mut $crate::wire::Cursor<'_>) -> Result<Self, $crate::wire::Fault> {
                $crate::wire::Record::read_record(cursor)
            }
        }
    };
}
pub(crate) use record_value;
