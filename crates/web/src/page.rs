//! What a page is: a row of a table. Which address it has, whose desk it belongs to, what it reads of
//! the API, which forms stand on it, which template makes it. The rows are in [`crate::desks`].

use serde_json::{Map, Value};

/// A desk: pages for one kind of reader.
#[derive(Clone, Copy, Debug)]
pub struct Desk {
    /// Folder of its templates, and prefix of its keys in the message files.
    pub name: &'static str,
    /// Roles that may open it; empty: everybody, logged in or not; `*`: everybody who is logged in.
    pub roles: &'static [&'static str],
    /// Its pages; the first is where one lands.
    pub pages: &'static [Page],
    /// Files that it hands on from the API as they are.
    pub downloads: &'static [Download],
    /// Its templates: name and text.
    pub templates: &'static [(&'static str, &'static str)],
    /// Its messages in Chinese and in English.
    pub messages: [&'static str; 2],
}

impl Desk {
    /// May one with this role open it?
    pub fn admits(&self, role: Option<&str>) -> bool {
        self.roles.is_empty() || role.is_some_and(|role| self.roles.iter().any(|known| *known == "*" || *known == role))
    }
}

/// A page.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Address; `{name}` is one segment.
    pub path: &'static str,
    /// Name: `<desk>/<name>.html` is its template, `page.<desk>.<name>` its title.
    pub name: &'static str,
    /// Does it stand in the desk's menu?
    pub menu: bool,
    /// What it asks the API, in order.
    pub reads: &'static [Read],
    /// What can be sent from it.
    pub forms: &'static [Form],
    /// Adds to the values what a template should not compute.
    pub shape: Option<fn(&mut Map<String, Value>)>,
}

/// A page without forms.
pub const fn page(path: &'static str, name: &'static str, reads: &'static [Read]) -> Page {
    Page { path, name, menu: false, reads, forms: &[], shape: None }
}

impl Page {
    /// In the desk's menu.
    pub const fn in_menu(self) -> Page {
        Page { menu: true, ..self }
    }

    /// With forms.
    pub const fn with(self, forms: &'static [Form]) -> Page {
        Page { forms, ..self }
    }

    /// With values made of what was read.
    pub const fn shaped(self, shape: fn(&mut Map<String, Value>)) -> Page {
        Page { shape: Some(shape), ..self }
    }
}

/// Something read of the API. In the path `{a.b}` is a segment of the address, a value of the query
/// or of an earlier read; a parameter `x={?q}` is left out where nothing is there.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// Name in the template.
    pub name: &'static str,
    /// Path and query.
    pub path: &'static str,
    /// What becomes of a refusal, and how often it is asked.
    pub how: How,
}

/// What becomes of a refusal, and how often it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Without it there is no page.
    Needed,
    /// The page says that it is not there.
    Optional,
    /// A list, followed to its end, at most ten answers of 200.
    All,
    /// Once for each item of an earlier list, by the item's `id`; `{item.…}` is the item.
    Each(&'static str),
}

/// Without it there is no page.
pub const fn need(name: &'static str, path: &'static str) -> Read {
    Read { name, path, how: How::Needed }
}

/// The page says that it is not there.
pub const fn opt(name: &'static str, path: &'static str) -> Read {
    Read { name, path, how: How::Optional }
}

/// A list to its end.
pub const fn all(name: &'static str, path: &'static str) -> Read {
    Read { name, path, how: How::All }
}

/// Once for each item of the list `of`.
pub const fn each(name: &'static str, of: &'static str, path: &'static str) -> Read {
    Read { name, path, how: How::Each(of) }
}

/// A form: fields that become the body of one call.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Name: `form.<name>.title`, `.send` and `.done` are its words.
    pub name: &'static str,
    /// Method of the call.
    pub method: &'static str,
    /// Path of the call, filled like that of a read; `{field.x}` is a field of the form.
    pub path: &'static str,
    /// Fields.
    pub fields: &'static [Field],
    /// What follows.
    pub then: Then,
    /// May be tried without effect first (`dry_run`)?
    pub trial: bool,
    /// Is the text of its first field the body, as it is, instead of JSON?
    pub raw: bool,
    /// Where its papers are handed in, filled like the path of a read.
    pub keeps: &'static str,
}

/// What follows when the API took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The same page again, with the answer beside the form.
    Show,
    /// The page at this address, filled like the path of a read; `{answer.x}` is the API's answer.
    Go(&'static str),
    /// The page it was sent from.
    Back,
}

/// A form that appends or changes something.
pub const fn form(name: &'static str, path: &'static str, fields: &'static [Field]) -> Form {
    Form { name, method: "POST", path, fields, then: Then::Back, trial: false, raw: false, keeps: "" }
}

impl Form {
    /// Its answer is shown and nothing is changed.
    pub const fn shows(self) -> Form {
        Form { then: Then::Show, ..self }
    }

    /// Leads elsewhere.
    pub const fn leads(self, to: &'static str) -> Form {
        Form { then: Then::Go(to), ..self }
    }

    /// Another method than POST.
    pub const fn by(self, method: &'static str) -> Form {
        Form { method, ..self }
    }

    /// The text of its first field is the body: XML or CSV.
    pub const fn sends_text(self) -> Form {
        Form { raw: true, ..self }
    }

    /// Its papers are handed in here.
    pub const fn keeps(self, keeps: &'static str) -> Form {
        Form { keeps, ..self }
    }

    /// Can be tried first.
    pub const fn tried(self) -> Form {
        Form { trial: true, ..self }
    }
}

/// A field of a form.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in the form; `field.<name>` is its label.
    pub name: &'static str,
    /// Place in the body, with dots; digits are places of a list. Empty: only for the path.
    pub json: &'static str,
    /// What is typed.
    pub kind: Kind,
    /// Must it be filled?
    pub needed: bool,
    /// Value at first: a place in what was read, or `=text`.
    pub from: &'static str,
}

/// What is typed into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line.
    Text,
    /// Several lines.
    Area,
    /// A secret: never sent back.
    Secret,
    /// Yuan; becomes fen.
    Yuan,
    /// A whole number.
    Int,
    /// A decimal number that stays text: class hours, percent.
    Decimal,
    /// A day.
    Day,
    /// One of these.
    One(&'static [&'static str]),
    /// Any of these; a list.
    Many(&'static [&'static str]),
    /// One of the items of a read: its list, the place of the value, the place of the label.
    Of(&'static str, &'static str, &'static str),
    /// Any of these whole numbers; a list.
    Numbers(&'static [&'static str]),
    /// Words with spaces between; a list.
    Words,
    /// A time of day, `HH:MM`.
    Time,
    /// A day and a time in the county's zone; becomes an instant.
    Moment,
    /// Any of the items of a read; a list.
    AnyOf(&'static str, &'static str, &'static str),
    /// Yes or no.
    Flag,
    /// Not seen.
    Hidden,
    /// A file that is the body of the call as it is; what may be chosen, as `accept` has it.
    File(&'static str),
    /// Papers of this kind: each is handed in first (`Form::keeps`), then named in a list by kind and
    /// hash. One that was handed in already stays with the form as its hash.
    Paper(&'static str),
}

/// A field that must be filled and goes to the place of its name.
pub const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, json: name, kind, needed: true, from: "" }
}

impl Field {
    /// May stay empty.
    pub const fn or_not(self) -> Field {
        Field { needed: false, ..self }
    }

    /// Goes elsewhere in the body.
    pub const fn at(self, json: &'static str) -> Field {
        Field { json, ..self }
    }

    /// Has this at first.
    pub const fn from(self, from: &'static str) -> Field {
        Field { from, ..self }
    }
}

/// A file of the API, handed on with the reader's right.
#[derive(Clone, Copy, Debug)]
pub struct Download {
    /// Address.
    pub path: &'static str,
    /// Path of the API.
    pub api: &'static str,
}

/// The segments of an address that fit a pattern, or nothing. Segments hold letters, digits, `-`, `_`
/// and `.` only, so that they can be put into a path again as they are.
pub fn matched(pattern: &'static str, path: &str) -> Option<Map<String, Value>> {
    let mut values = Map::new();
    let mut wanted = pattern.split('/');
    let mut found = path.split('/');
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return Some(values),
            (Some(wanted), Some(found)) => match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => {
                    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                    if found.is_empty() || found == ".." || !found.chars().all(plain) {
                        return None;
                    }
                    values.insert(name.to_owned(), Value::from(found));
                }
                None if wanted == found => {}
                None => return None,
            },
            _ => return None,
        }
    }
}
