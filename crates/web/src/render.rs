//! From values to HTML: the template engine with our words, filters and pictures. Everything that is
//! put into a page is escaped by the engine, except the pictures, which escape what they are given.

use minijinja::value::{Kwargs, Rest, Value as Shown};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Map, Value};

use crate::amount;
use crate::desks::DESKS;
use crate::language::{Language, Messages, read};
use crate::picture;

/// Templates that all desks use.
pub const SHARED: &[(&str, &str)] = &[
    ("shared/base.html", include_str!("../templates/shared/base.html")),
    ("shared/parts.html", include_str!("../templates/shared/parts.html")),
    ("shared/forms.html", include_str!("../templates/shared/forms.html")),
    ("shared/user.html", include_str!("../templates/shared/user.html")),
    ("shared/terms.html", include_str!("../templates/shared/terms.html")),
    ("shared/record.html", include_str!("../templates/shared/record.html")),
    ("shared/problem.html", include_str!("../templates/shared/problem.html")),
    ("shared/login.html", include_str!("../templates/shared/login.html")),
    ("shared/demo.html", include_str!("../templates/shared/demo.html")),
    ("shared/onward.html", include_str!("../templates/shared/onward.html")),
];

/// Messages that all desks use: Chinese and English.
pub const COMMON: [[&str; 2]; 2] = [
    [include_str!("../messages/zh/common.toml"), include_str!("../messages/en/common.toml")],
    [include_str!("../messages/zh/words.toml"), include_str!("../messages/en/words.toml")],
];

/// The template engine of both languages.
#[derive(Debug)]
pub struct Renderer {
    engines: [Environment<'static>; 2],
}

/// All templates: in debug builds from disk, so that a page can be changed without compiling.
pub fn templates() -> Vec<(&'static str, String)> {
    let desks = DESKS.iter().flat_map(|desk| desk.templates.iter());
    SHARED
        .iter()
        .chain(desks)
        .map(|(name, text)| (*name, from_disk("templates", name).unwrap_or((*text).to_owned())))
        .collect()
}

/// The words of a language, without those of files that cannot be read.
pub fn messages(language: Language) -> Messages {
    let common = ["common", "words"].iter().zip(COMMON.iter());
    let desks = DESKS.iter().map(|desk| (&desk.name, &desk.messages));
    let mut all = Messages::new();
    for (name, texts) in common.chain(desks) {
        let file = format!("{}/{name}.toml", language.word());
        let text = from_disk("messages", &file).unwrap_or_else(|| language.pick(*texts).to_owned());
        all.extend(read(&text).unwrap_or_default());
    }
    all
}

#[cfg(debug_assertions)]
fn from_disk(folder: &str, name: &str) -> Option<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
    std::fs::read_to_string(path).ok()
}

#[cfg(not(debug_assertions))]
fn from_disk(_folder: &str, _name: &str) -> Option<String> {
    None
}

impl Renderer {
    /// Reads templates and words.
    ///
    /// # Errors
    /// The first template that cannot be parsed.
    pub fn new() -> Result<Renderer, Error> {
        Ok(Renderer { engines: [engine(Language::Zh)?, engine(Language::En)?] })
    }

    /// A template with values.
    ///
    /// # Errors
    /// A template that cannot be made of them.
    pub fn render(&self, template: &str, language: Language, values: &Map<String, Value>) -> Result<String, Error> {
        let values = Shown::from_serialize(values);
        if cfg!(debug_assertions) {
            return engine(language)?.get_template(template)?.render(values);
        }
        let [zh, en] = &self.engines;
        language.pick([zh, en]).get_template(template)?.render(values)
    }

    /// A word of a language; the key where there is none.
    pub fn word(language: Language, key: &str) -> String {
        messages(language).get(key).cloned().unwrap_or_else(|| key.to_owned())
    }
}

fn engine(language: Language) -> Result<Environment<'static>, Error> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    // What is not there cannot be shown; it may be asked for.
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    for (name, text) in templates() {
        engine.add_template_owned(name, text)?;
    }
    let words = std::sync::Arc::new(messages(language));
    let of = std::sync::Arc::clone(&words);
    engine.add_function("t", move |key: String, args: Kwargs| say(&of, &key, &args));
    let of = std::sync::Arc::clone(&words);
    engine.add_function("known", move |key: String| of.contains_key(&key));
    let of = std::sync::Arc::clone(&words);
    engine.add_function("w", move |value: Shown, kinds: Rest<String>| word(&of, &value, &kinds));
    engine.add_filter("yuan", |value: Shown| value.as_i64().map_or_else(|| shown(&value), amount::yuan));
    engine.add_filter("day", move |value: Shown| amount::day(&shown(&value), language));
    engine.add_filter("time", move |value: Shown| amount::time(&shown(&value), language));
    engine.add_filter("percent", |basis_points: i64| format!("{}.{:02}%", basis_points / 100, basis_points % 100));
    engine.add_filter("short", |value: String| value.chars().take(8).collect::<String>());
    engine.add_filter("number", |value: Shown| number(&shown(&value)));
    engine.add_filter("query", |value: Shown| crate::fill::encode(&shown(&value)));
    engine.add_function("bars", |values: Shown| picture::bars(&json(&values)).map(Shown::from_safe_string));
    engine.add_function("columns", |values: Shown| picture::columns(&json(&values)).map(Shown::from_safe_string));
    engine.add_function("line", |values: Shown| picture::line(&json(&values)).map(Shown::from_safe_string));
    Ok(engine)
}

fn json(value: &Shown) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// A value as text; nothing for none.
fn shown(value: &Shown) -> String {
    if value.is_none() || value.is_undefined() { String::new() } else { value.to_string() }
}

/// A number with its thousands apart.
fn number(digits: &str) -> String {
    match digits.parse::<i64>().ok().and_then(|n| n.checked_mul(100)) {
        Some(fen) => amount::yuan(fen).replace('¥', "").trim_end_matches(".00").to_owned(),
        None => digits.to_owned(),
    }
}

/// The message of a key, with `{name}` replaced by the argument of that name.
fn say(words: &Messages, key: &str, args: &Kwargs) -> Result<String, Error> {
    let Some(message) = words.get(key) else {
        return Err(Error::new(ErrorKind::UndefinedError, format!("no message {key}")));
    };
    let mut said = message.clone();
    for name in args.args() {
        let value: Shown = args.get(name)?;
        said = said.replace(&format!("{{{name}}}"), &shown(&value));
    }
    Ok(said)
}

/// The word for a value of the API: `word.<kind>.<value>`, `word.any.<value>`, or the value itself.
fn word(words: &Messages, value: &Shown, kinds: &[String]) -> String {
    let value = shown(value);
    let kinds = kinds.iter().map(|kind| format!("word.{kind}.{value}"));
    let found = kinds.chain([format!("word.any.{value}")]).find_map(|key| words.get(&key).cloned());
    found.unwrap_or(value)
}
