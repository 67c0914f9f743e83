//! The language of the frame files. One frame a line, `U06: slot slot !slot`; `//` begins a comment.
//! A slot is a chain of elements; the slots of a frame may stand in any order, `!` forbids one.
//!
//! | written | means |
//! |---|---|
//! | `@退款` | a word of that concept |
//! | `逾期不候` | these characters |
//! | `#时` `#成` `#元` `#节` `#次`, `#元>500` `#成<50` | a number of that unit (days, percent, yuan, lessons, times) |
//! | `a\|b` | either |
//! | `^a` | `a`, neither denied nor forbidden |
//! | `a+b`, `a~b`, `a…b` | `b` after `a`: at once, within ten characters of one part, within forty |
//! | `机构` `家长` | that word, or any other name of that party (`机构称`, `家长称` of the words) |
//! | `?同意` `?退出` `?不退` `?家长` `?机构` `?问` | what code finds: consent is asked, a way out, a refusal to pay back, who is named, a question |
//!
//! Heads: a rule (`U06`), `deny` (a refusal to pay money back), `fair` (nothing in the sentence is
//! unfair), `fair U06` (it is no case of that rule).

use crate::clauses::number::Unit;
use crate::clauses::vocabulary::{Id, Vocabulary};

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::clauses) enum Head {
    /// It finds the rule of this number.
    Finds(u8),
    /// It refuses money back.
    Denies,
    /// It clears the sentence.
    Clears,
    /// It clears the sentence of the rule of this number.
    ClearsOf(u8),
}

/// The number of a rule: 6 of `U06`.
pub(in crate::clauses) fn number_of(rule: &str) -> Option<u8> {
    rule.strip_prefix('U')?.parse().ok()
}

/// What code finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::clauses) enum Fact {
    /// Somebody must agree.
    Consent,
    /// There is a way out.
    Exit,
    /// Money is not paid back.
    Refusal,
    /// The family is named.
    Family,
    /// The institution is named.
    Institution,
    /// It is a question.
    Question,
}

/// One way to fill a place of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A word.
    Word(Id),
    /// A number of a unit, both bounds included, in the unit of [`Unit`].
    Number(Unit, u64, u64),
    /// What code finds.
    Fact(Fact),
}

/// One place of a chain.
#[derive(Debug)]
pub(super) struct Link {
    /// Characters that may stand between it and the one before.
    pub gap: usize,
    /// May they contain a comma?
    pub across: bool,
    /// Must it be neither denied nor forbidden?
    pub affirmed: bool,
    /// Ways to fill it.
    pub atoms: Vec<Atom>,
}

/// A chain that must, or must not, be there.
#[derive(Debug)]
pub(super) struct Slot {
    /// Must it be missing?
    pub forbidden: bool,
    /// Its places.
    pub links: Vec<Link>,
}

/// One frame.
#[derive(Debug)]
pub(super) struct Frame {
    /// What for.
    pub head: Head,
    /// Its slots, those that must be there first.
    pub slots: Vec<Slot>,
    /// Sets of words that must not be empty, see `sets`.
    pub needs: Vec<u16>,
}

/// Reads a line; `None` and a fault if it cannot be read.
pub(super) fn frame(line: &'static str, words: &mut Vocabulary, faults: &mut Vec<String>) -> Option<Frame> {
    let mut fault = |why: &str| {
        faults.push(format!("{why}: {line}"));
        None
    };
    let Some((head, body)) = line.split_once(": ") else { return fault("no head") };
    let head = match head.split_once(' ') {
        None if head == "deny" => Head::Denies,
        None if head == "fair" => Head::Clears,
        None => match number_of(head) {
            Some(rule) => Head::Finds(rule),
            None => return fault("unknown head"),
        },
        Some(("fair", rule)) => match number_of(rule) {
            Some(rule) => Head::ClearsOf(rule),
            None => return fault("unknown rule"),
        },
        Some(_) => return fault("unknown head"),
    };
    if let Head::Finds(rule) | Head::ClearsOf(rule) = head
        && !crate::clauses::rules().iter().any(|known| number_of(known.id) == Some(rule))
    {
        return fault("unknown rule");
    }
    let mut slots = Vec::new();
    for token in body.split_whitespace() {
        match slot(token, words) {
            Some(slot) => slots.push(slot),
            None => return fault(token),
        }
    }
    slots.sort_by_key(|slot| slot.forbidden);
    match slots.first() {
        Some(first) if !first.forbidden => Some(Frame { head, slots, needs: Vec::new() }),
        _ => fault("nothing to find"),
    }
}

fn slot(token: &'static str, words: &mut Vocabulary) -> Option<Slot> {
    let (forbidden, mut rest) = token.strip_prefix('!').map_or((false, token), |rest| (true, rest));
    let mut links = Vec::new();
    let (mut gap, mut across) = (0, true);
    loop {
        let end = rest.find(['+', '~', '…']).unwrap_or(rest.len());
        let (element, tail) = (rest.get(..end)?, rest.get(end..)?);
        let (affirmed, element) = element.strip_prefix('^').map_or((false, element), |rest| (true, rest));
        let mut atoms = Vec::new();
        for name in element.split('|') {
            atoms.push(atom(name, words)?);
            atoms.extend(other_names(name, words));
        }
        links.push(Link { gap, across, affirmed, atoms });
        let mut chars = tail.chars();
        (gap, across) = match chars.next() {
            None => return Some(Slot { forbidden, links }),
            Some('+') => (2, false),
            Some('~') => (10, false),
            Some(_) => (40, true),
        };
        rest = chars.as_str();
    }
}

/// Whoever writes 机构 or 家长 in a frame means the party, by whatever name a text calls it.
fn other_names(name: &str, words: &Vocabulary) -> Option<Atom> {
    let class = match name {
        "机构" => "机构称",
        "家长" => "家长称",
        _ => return None,
    };
    words.find(class).map(Atom::Word)
}

fn atom(text: &'static str, words: &mut Vocabulary) -> Option<Atom> {
    if let Some(name) = text.strip_prefix('@') {
        return words.find(name).map(Atom::Word);
    }
    if let Some(name) = text.strip_prefix('?') {
        return Some(Atom::Fact(match name {
            "同意" => Fact::Consent,
            "退出" => Fact::Exit,
            "不退" => Fact::Refusal,
            "家长" => Fact::Family,
            "机构" => Fact::Institution,
            "问" => Fact::Question,
            _ => return None,
        }));
    }
    if let Some(number) = text.strip_prefix('#') {
        let (unit, bound) = number.split_at_checked('时'.len_utf8())?;
        let (unit, factor) = match unit {
            "时" => (Unit::Hours, 1),
            "成" => (Unit::Share, 100),
            "元" => (Unit::Fen, 100),
            "节" => (Unit::Lessons, 100),
            "次" => (Unit::Times, 100),
            _ => return None,
        };
        let value = |text: &str| text.parse::<u64>().ok().map(|value| value.saturating_mul(factor));
        return Some(match bound.split_at_checked(1) {
            None => Atom::Number(unit, 0, u64::MAX),
            Some((">", least)) => Atom::Number(unit, value(least)?.saturating_add(1), u64::MAX),
            Some(("<", most)) => Atom::Number(unit, 0, value(most)?.checked_sub(1)?),
            Some(_) => return None,
        });
    }
    // Folded text has no other characters, so a mark in a literal would never be found.
    let readable = !text.is_empty() && text.chars().all(char::is_alphanumeric);
    readable.then(|| Atom::Word(words.literal(text)))
}
