//! An entry: envelope and body, to bytes and back. `encode` and `decode` are exact inverses: each
//! entry has one spelling, and no other bytes are an entry.

use std::fmt;
use std::str::FromStr;

use kernel::{Day, Instant, InstitutionId, LedgerId, UserId};
use unicode_normalization::is_nfc;

use crate::body::{Account, ActorRole, Body, EntryType, Posting, Scope, Sentence, VERSION};
use crate::diagnose::diagnose;
use crate::hash::Hash;
use crate::wire::{Cursor, Fault, Member, Value};

/// Most bytes of an entry: what a C2SP entry bundle can carry.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// Who caused an entry: the system itself, or a user in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// A clock, a rule: nobody in person.
    System,
    /// A user.
    User {
        /// The role in which the user acted.
        role: ActorRole,
        /// The user.
        user: UserId,
    },
}

/// The text names no actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an actor (`system` or `<role>:<user id>`)")]
pub struct ActorError;

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::System => f.write_str("system"),
            Actor::User { role, user } => write!(f, "{role}:{user}"),
        }
    }
}

impl FromStr for Actor {
    type Err = ActorError;
    fn from_str(s: &str) -> Result<Self, ActorError> {
        if s == "system" {
            return Ok(Actor::System);
        }
        let (role, user) = s.split_once(':').ok_or(ActorError)?;
        let user = crate::wire::read_uuid(user.as_bytes()).map(UserId::new).ok_or(ActorError)?;
        Ok(Actor::User { role: role.parse().map_err(|_| ActorError)?, user })
    }
}

/// An entry's place in the chain of its institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstitutionLink {
    /// The institution.
    pub institution: InstitutionId,
    /// Number within the institution, from 1.
    pub seq: u64,
    /// Leaf hash of the institution's entry before; [`Hash::ZERO`] for the first.
    pub prev: Hash,
}

/// What stands around the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The ledger.
    pub ledger: LedgerId,
    /// Number within the ledger, from 0: the leaf index.
    pub seq: u64,
    /// Leaf hash of the entry before; [`Hash::ZERO`] for the first.
    pub prev: Hash,
    /// When it was recorded; later than every entry before.
    pub recorded_at: Instant,
    /// The day on which it has effect.
    pub effective_on: Day,
    /// Who caused it.
    pub actor: Actor,
    /// Hash of the policy version that decided.
    pub policy: Hash,
    /// Place in the institution's chain; absent for entries about the ledger as a whole.
    pub institution: Option<InstitutionLink>,
    /// Commitment to what may not stand here (see [`EntryType::commit`]).
    pub commit: Option<Hash>,
}

/// An entry that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The envelope.
    pub header: Header,
    /// What it says.
    pub body: Body,
}

/// Why bytes are not an entry, or values cannot become one. In the order in which they are
/// reported when several apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// More than [`ENTRY_BYTES_MAX`] bytes.
    #[error("{actual} bytes, at most 65535 are allowed")]
    TooLong {
        /// Bytes given.
        actual: usize,
    },
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Not one JSON object.
    #[error("not one JSON object")]
    NotJson,
    /// A JSON number: amounts and counts are strings.
    #[error("contains a JSON number")]
    Number,
    /// A member occurs twice.
    #[error("a key occurs twice")]
    DuplicateKey,
    /// A string that is not NFC or has a control character.
    #[error("a text is not NFC or has a control character")]
    Text,
    /// `_t` is not a known type.
    #[error("unknown entry type")]
    UnknownType,
    /// `_v` is not a known version.
    #[error("unknown entry version")]
    UnknownVersion,
    /// A member is missing.
    #[error("`{key}` is missing")]
    MissingKey {
        /// The member.
        key: &'static str,
    },
    /// A member that this version does not know.
    #[error("a key that this version does not know, at byte {at}")]
    UnknownKey {
        /// Byte offset.
        at: usize,
    },
    /// White space, order of keys, an escape: the right object, spelled in another way.
    #[error("not the canonical spelling, at byte {at}")]
    NotCanonical {
        /// Byte offset.
        at: usize,
    },
    /// A member has a value of the wrong kind.
    #[error("`{key}` is not of kind {kind}")]
    Value {
        /// The member.
        key: &'static str,
        /// The kind it should have.
        kind: &'static str,
    },
    /// A member is out of its range, or does not fit the others.
    #[error("`{key}` is out of range")]
    Range {
        /// The member.
        key: &'static str,
    },
    /// The postings are not those that the body requires.
    #[error("postings are not those that the body requires")]
    Postings,
}

impl EntryError {
    /// In words.
    pub fn describe(&self) -> Sentence {
        let zh = match self {
            EntryError::TooLong { actual } => format!("{actual} 字节，超过 65535 字节"),
            EntryError::NotUtf8 => "不是 UTF-8 文本".to_owned(),
            EntryError::NotJson => "不是一个 JSON 对象".to_owned(),
            EntryError::Number => "含有 JSON 数字".to_owned(),
            EntryError::DuplicateKey => "键重复".to_owned(),
            EntryError::Text => "文本不是 NFC 形式或含控制字符".to_owned(),
            EntryError::UnknownType => "未知的记录类型".to_owned(),
            EntryError::UnknownVersion => "未知的记录版本".to_owned(),
            EntryError::MissingKey { key } => format!("缺少 `{key}`"),
            EntryError::UnknownKey { at } => format!("第 {at} 字节处有本版本不认识的键"),
            EntryError::NotCanonical { at } => format!("第 {at} 字节处不是规定的写法"),
            EntryError::Value { key, kind } => format!("`{key}` 不是 {kind}"),
            EntryError::Range { key } => format!("`{key}` 超出允许范围"),
            EntryError::Postings => "分录与记录内容不符".to_owned(),
        };
        Sentence { zh, en: self.to_string() }
    }
}

/// The envelope's rules that one entry alone can break.
fn check(header: &Header, body: &Body) -> Result<(), EntryError> {
    let range = |key| Err(EntryError::Range { key });
    let entry_type = body.entry_type();
    if header.commit.is_some() && entry_type.commit().is_none() {
        return range("commit");
    }
    match (entry_type.scope(), &header.institution) {
        (Scope::Ledger, None) => {}
        (Scope::Institution | Scope::Contract, Some(link)) => {
            if link.seq == 0 || link.seq > header.seq {
                return range("institution_seq");
            }
            if (link.seq == 1) != (link.prev == Hash::ZERO) {
                return range("institution_prev");
            }
        }
        (Scope::Ledger, Some(_)) | (Scope::Institution | Scope::Contract, None) => return range("institution"),
    }
    if (header.seq == 0) != (header.prev == Hash::ZERO) {
        return range("prev");
    }
    if (header.seq == 0) != (entry_type == EntryType::LedgerOpened) {
        return range("seq");
    }
    body.check().map_err(|key| EntryError::Range { key })
}

fn write_postings(postings: &[Posting], out: &mut Vec<u8>) {
    out.push(b'[');
    for (i, posting) in postings.iter().enumerate() {
        out.extend_from_slice(if i > 0 { b",{\"account\":\"" } else { b"{\"account\":\"" });
        let (name, contract): (&[u8], _) = match posting.account {
            Account::BankCustody => (b"bank:custody\"", None),
            Account::Payable => (b"payable\"", None),
            Account::BankDeposit => (b"bank:deposit\"", None),
            Account::Deposit => (b"deposit\"", None),
            Account::Interest => (b"interest\"", None),
            Account::Suspense => (b"suspense\"", None),
            Account::Prepaid(id) => (b"prepaid:", Some(id)),
            Account::Disputed(id) => (b"disputed:", Some(id)),
            Account::Refund(id) => (b"refund:", Some(id)),
        };
        out.extend_from_slice(name);
        if let Some(id) = contract {
            out.extend_from_slice(id.uuid().hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()).as_bytes());
            out.push(b'"');
        }
        out.extend_from_slice(b",\"fen\":");
        posting.fen.write(out);
        out.push(b'}');
    }
    out.push(b']');
}

impl Value for Actor {
    const KIND: &'static str = "actor";
    const LIST: &'static str = "[actor]";
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Actor::System => out.extend_from_slice(b"\"system\""),
            Actor::User { role, user } => {
                out.push(b'"');
                out.extend_from_slice(role.as_str().as_bytes());
                out.push(b':');
                let mut buffer = uuid::Uuid::encode_buffer();
                out.extend_from_slice(user.uuid().hyphenated().encode_lower(&mut buffer).as_bytes());
                out.push(b'"');
            }
        }
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        cursor.plain("actor")?.parse().map_err(|_| cursor.bad("actor"))
    }
}

/// The canonical bytes of an entry; postings are derived from the body.
///
/// # Errors
/// [`EntryError::Range`] when a value may not stand in an entry, [`EntryError::TooLong`].
pub fn encode(header: &Header, body: &Body) -> Result<Vec<u8>, EntryError> {
    check(header, body)?;
    let postings = body.postings().map_err(|_| EntryError::Postings)?;
    let mut out = Vec::with_capacity(1_536);
    out.extend_from_slice(b"{\"_t\":\"");
    out.extend_from_slice(body.entry_type().as_str().as_bytes());
    out.extend_from_slice(b"\",\"_v\":\"");
    out.extend_from_slice(VERSION.as_bytes());
    out.extend_from_slice(b"\",\"actor\":");
    header.actor.write(&mut out);
    let mut first = false;
    header.commit.write_member("\"commit\":", &mut first, &mut out);
    out.extend_from_slice(b",\"data\":");
    body.write_data(&mut out);
    out.extend_from_slice(b",\"effective_on\":");
    header.effective_on.write(&mut out);
    if let Some(link) = &header.institution {
        out.extend_from_slice(b",\"institution\":");
        link.institution.write(&mut out);
        out.extend_from_slice(b",\"institution_prev\":");
        link.prev.write(&mut out);
        out.extend_from_slice(b",\"institution_seq\":");
        link.seq.write(&mut out);
    }
    out.extend_from_slice(b",\"ledger\":");
    header.ledger.write(&mut out);
    out.extend_from_slice(b",\"policy\":");
    header.policy.write(&mut out);
    out.extend_from_slice(b",\"postings\":");
    write_postings(&postings, &mut out);
    out.extend_from_slice(b",\"prev\":");
    header.prev.write(&mut out);
    out.extend_from_slice(b",\"recorded_at\":");
    header.recorded_at.write(&mut out);
    out.extend_from_slice(b",\"seq\":");
    header.seq.write(&mut out);
    out.push(b'}');
    if out.len() > ENTRY_BYTES_MAX {
        return Err(EntryError::TooLong { actual: out.len() });
    }
    Ok(out)
}

/// Where reading stopped.
enum Stop {
    Fault(Fault),
    Error(EntryError),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

fn member<T: Member>(cursor: &mut Cursor<'_>, key: &'static str, quoted_key: &str) -> Result<T, Fault> {
    T::read_member(cursor, key, quoted_key, &mut false)
}

fn read(text: &str) -> Result<Entry, Stop> {
    let cursor = &mut Cursor::new(text);
    cursor.expect(b"{\"_t\":")?;
    let entry_type: EntryType = cursor.plain("word")?.parse().map_err(|_| Stop::Error(EntryError::UnknownType))?;
    cursor.expect(b",\"_v\":")?;
    if cursor.plain("count")? != VERSION {
        return Err(Stop::Error(EntryError::UnknownVersion));
    }
    let actor = member(cursor, "actor", "\"actor\":")?;
    let commit = member(cursor, "commit", "\"commit\":")?;
    cursor.expect(b",\"data\":")?;
    let body = Body::read_data(entry_type, cursor)?;
    let effective_on = member(cursor, "effective_on", "\"effective_on\":")?;
    let institution: Option<InstitutionId> = member(cursor, "institution", "\"institution\":")?;
    let institution = match institution {
        Some(institution) => Some(InstitutionLink {
            institution,
            prev: member(cursor, "institution_prev", "\"institution_prev\":")?,
            seq: member(cursor, "institution_seq", "\"institution_seq\":")?,
        }),
        None => None,
    };
    let ledger = member(cursor, "ledger", "\"ledger\":")?;
    let policy = member(cursor, "policy", "\"policy\":")?;
    let postings = body.postings().map_err(|_| Stop::Error(EntryError::Range { key: "lots" }))?;
    let mut expected = Vec::with_capacity(256);
    expected.extend_from_slice(b",\"postings\":");
    write_postings(&postings, &mut expected);
    if !cursor.try_take(&expected) {
        return Err(if cursor.try_take(b",\"postings\":[") {
            Stop::Error(EntryError::Postings)
        } else {
            Stop::Fault(Fault { key: "postings", ..cursor.fault() })
        });
    }
    let prev = member(cursor, "prev", "\"prev\":")?;
    let recorded_at = member(cursor, "recorded_at", "\"recorded_at\":")?;
    let seq = member(cursor, "seq", "\"seq\":")?;
    cursor.expect(b"}")?;
    cursor.end()?;
    let header = Header { ledger, seq, prev, recorded_at, effective_on, actor, policy, institution, commit };
    check(&header, &body).map_err(Stop::Error)?;
    Ok(Entry { header, body })
}

/// Reads an entry, and so checks that its bytes are the canonical ones and its postings those that
/// its body requires.
///
/// # Errors
/// [`EntryError`].
pub fn decode(bytes: &[u8]) -> Result<Entry, EntryError> {
    if bytes.len() > ENTRY_BYTES_MAX {
        return Err(EntryError::TooLong { actual: bytes.len() });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| EntryError::NotUtf8)?;
    match read(text) {
        Ok(entry) if text.is_ascii() || is_nfc(text) => Ok(entry),
        Ok(_) => Err(EntryError::Text),
        Err(Stop::Error(error)) => Err(diagnose(text, None).unwrap_or(error)),
        Err(Stop::Fault(fault)) => {
            Err(diagnose(text, Some(fault)).unwrap_or(EntryError::NotCanonical { at: fault.at }))
        }
    }
}
