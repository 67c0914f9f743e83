//! One request of a reader: who it is, in which language, and the values that every page has.

use axum::http::HeaderValue;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::cookies;
use crate::fill;
use crate::language::Language;
use crate::page::Desk;
use crate::upstream::{self, Caller};
use crate::{Console, DESKS};

/// A reader's request.
#[derive(Clone, Debug)]
pub struct Visit {
    /// How the API is asked.
    pub caller: Caller,
    /// In which language the page is.
    pub language: Language,
    /// The address without its query.
    pub path: String,
    /// The query.
    pub query: Vec<(String, String)>,
    /// The word that forms carry.
    pub word: String,
    /// Must the browser be told that word?
    new_word: bool,
    /// Was there a session that is over?
    pub expired: bool,
    /// The user, or null.
    pub me: Value,
    large: bool,
}

impl Visit {
    /// Reads a request; asks who the reader is.
    pub async fn of(console: &Console, parts: &Parts) -> Visit {
        let language = cookies::get(&parts.headers, cookies::LANGUAGE).and_then(|word| Language::of(&word));
        let language = language.unwrap_or_default();
        let token = cookies::get(&parts.headers, cookies::SESSION);
        let caller = Caller::of(parts, language, token);
        let known = cookies::get(&parts.headers, cookies::FORM);
        let mut visit = Visit {
            caller,
            language,
            path: parts.uri.path().to_owned(),
            query: fill::pairs(parts.uri.query().unwrap_or_default()),
            new_word: known.is_none(),
            word: known.unwrap_or_else(|| (console.options.fresh)()),
            expired: false,
            me: Value::Null,
            large: cookies::get(&parts.headers, cookies::TYPE).is_some(),
        };
        visit.recognise(console).await;
        visit
    }

    /// Who has the token?
    pub async fn recognise(&mut self, console: &Console) {
        self.me = Value::Null;
        if self.caller.token.is_some() {
            let me = upstream::get(&console.api, &self.caller, "/v1/me".to_owned()).await;
            if me.is_success() {
                self.me = me.body;
            } else if me.status == 401 {
                // What is public is read without the session that is over.
                self.expired = true;
                self.caller.token = None;
            }
        }
    }

    /// The reader's role.
    pub fn role(&self) -> Option<&str> {
        self.me.get("role").and_then(Value::as_str)
    }

    /// The reader's own desk.
    pub fn desk(&self) -> Option<&'static Desk> {
        let role = self.role()?;
        DESKS.iter().find(|desk| desk.roles.contains(&role))
    }

    /// Where the reader lands.
    pub fn home(&self) -> &'static str {
        match (self.desk(), self.role()) {
            (Some(desk), _) => desk.pages.first().map_or("/", |page| page.path),
            (None, Some(_)) => "/account",
            (None, None) => "/",
        }
    }

    /// What every template is given.
    pub fn values(&self, console: &Console) -> Map<String, Value> {
        let query: Map<String, Value> =
            self.query.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        let mut values = Map::new();
        let own = self.desk();
        values.insert("lang".to_owned(), Value::from(self.language.word()));
        values.insert("tag".to_owned(), Value::from(self.language.tag()));
        values.insert("large".to_owned(), Value::from(self.large));
        values.insert("path".to_owned(), Value::from(self.path.as_str()));
        values.insert("query".to_owned(), Value::Object(query));
        values.insert("csrf".to_owned(), Value::from(self.word.as_str()));
        values.insert("me".to_owned(), self.me.clone());
        values.insert("home".to_owned(), Value::from(self.home()));
        values.insert("own_desk".to_owned(), own.map_or(Value::Null, |desk| Value::from(desk.name)));
        values.insert("today".to_owned(), Value::from((console.options.today)().to_string()));
        values.insert("assets".to_owned(), Value::from(console.assets.as_str()));
        let demo = console.options.demo.as_ref();
        values.insert("demo".to_owned(), Value::from(demo.is_some()));
        values.insert("demo_desks".to_owned(), demo.map_or(Value::Null, crate::demo::desks));
        values.insert("desk".to_owned(), Value::from("shared"));
        values.insert("menu".to_owned(), json!([]));
        values
    }

    /// Tells the browser what it must keep.
    pub fn keep(&self, console: &Console, response: &mut Response) {
        if self.new_word {
            add(response, cookies::set(cookies::FORM, &self.word, console.options.secure, None));
        }
        if self.expired {
            add(response, cookies::set(cookies::SESSION, "", console.options.secure, Some(0)));
        }
    }
}

/// The entries of a desk's menu.
pub fn menu(desk: &Desk, path: &str) -> Value {
    let pages = desk.pages.iter().filter(|page| page.menu);
    let entries = pages.map(|page| {
        json!({
            "href": page.path,
            "title": format!("page.{}.{}", desk.name, page.name),
            "current": page.path == path,
        })
    });
    Value::Array(entries.collect())
}

/// Adds a cookie.
pub fn add(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
