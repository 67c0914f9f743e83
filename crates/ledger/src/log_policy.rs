//! C2SP tlog-policy: which logs and witnesses somebody trusts, and which of the witnesses together
//! are enough. Names are bytes, as the format has them; they are shown as text.

use std::collections::HashMap;

use crate::body::Sentence;
use crate::note::{KeyKind, Verified, VerifierKey};

/// Most logs, most witnesses and most groups of a policy (C2SP asks for at least 32).
pub const NAMED_MAX: usize = 64;
/// Most bytes of a policy.
pub const POLICY_BYTES_MAX: usize = 1_000_000;

/// A log that the policy accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key, named as its origin.
    pub key: VerifierKey,
    /// Where it is, if that is said.
    pub url: Option<String>,
}

/// A witness that the policy knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name in the policy.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Prefix of the addresses that it takes checkpoints at, if that is said.
    pub url: Option<String>,
}

/// A witness or a group, by its place in the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Member {
    Witness(usize),
    Group(usize),
}

/// So many of the members, or more.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    threshold: usize,
    members: Vec<Member>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPolicy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    /// None: no cosignature is asked for.
    quorum: Option<Member>,
}

/// What a policy says of a checkpoint's signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Each witness of the policy, in its order.
    pub witnesses: Vec<WitnessedBy>,
    /// Are there enough of them?
    pub met: bool,
}

/// A witness, and whether it cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessedBy {
    /// Its name in the policy.
    pub name: String,
    /// When it cosigned, Unix seconds; of several times the latest.
    pub time: Option<u64>,
}

impl LogPolicy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`PolicyError`] with the line.
    pub fn parse(bytes: &[u8]) -> Result<LogPolicy, PolicyError> {
        let mut reader = Reader::default();
        if bytes.len() > POLICY_BYTES_MAX {
            return Err(PolicyError { line: None, fault: PolicyFault::TooLong });
        }
        for (line, number) in bytes.split(|&byte| byte == b'\n').zip(1_u32..) {
            reader.line(line).map_err(|fault| PolicyError { line: Some(number), fault })?;
        }
        let quorum = reader.quorum.ok_or(PolicyError { line: None, fault: PolicyFault::NoQuorum })?;
        let Reader { logs, witnesses, groups, .. } = reader;
        Ok(LogPolicy { logs, witnesses, groups, quorum })
    }

    /// The logs, in the order of the file.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses, in the order of the file.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Keys of the witnesses, for opening a checkpoint.
    pub fn witness_keys(&self) -> Vec<VerifierKey> {
        self.witnesses.iter().map(|witness| witness.key.clone()).collect()
    }

    /// Is a cosignature asked for at all?
    pub const fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Fewest witnesses that meet the quorum, 0 for none.
    pub fn fewest(&self) -> usize {
        let mut groups: Vec<usize> = Vec::with_capacity(self.groups.len());
        let fewest = |member: &Member, groups: &[usize]| match *member {
            Member::Witness(_) => 1,
            Member::Group(index) => groups.get(index).copied().unwrap_or(usize::MAX),
        };
        for group in &self.groups {
            let mut costs: Vec<usize> = group.members.iter().map(|member| fewest(member, &groups)).collect();
            costs.sort_unstable();
            groups.push(costs.into_iter().take(group.threshold).fold(0, usize::saturating_add));
        }
        self.quorum.map_or(0, |quorum| fewest(&quorum, &groups))
    }

    /// Who of the witnesses is among the signatures that hold, and are they enough?
    pub fn evaluate(&self, verified: &Verified) -> Evaluation {
        let time_of = |key: &VerifierKey| {
            let of_key = verified.verified.iter().filter(|v| v.name == key.name() && v.id == key.id());
            of_key.filter_map(|v| v.time).max()
        };
        self.evaluate_times(|place| self.witnesses.get(place).and_then(|witness| time_of(&witness.key)))
    }

    /// The same, where it is known of each witness, by its place, when it cosigned.
    pub fn evaluate_times(&self, time_of: impl Fn(usize) -> Option<u64>) -> Evaluation {
        let witnesses: Vec<WitnessedBy> = self
            .witnesses
            .iter()
            .enumerate()
            .map(|(place, witness)| WitnessedBy { name: witness.name.clone(), time: time_of(place) })
            .collect();
        let met = self.is_met(|index| witnesses.get(index).is_some_and(|witness| witness.time.is_some()));
        Evaluation { witnesses, met }
    }

    /// Is the quorum met where `signed` says of each witness, by its place, whether it cosigned?
    pub fn is_met(&self, signed: impl Fn(usize) -> bool) -> bool {
        // A group names only what stands before it.
        let mut groups: Vec<bool> = Vec::with_capacity(self.groups.len());
        let holds = |member: &Member, groups: &[bool]| match *member {
            Member::Witness(index) => signed(index),
            Member::Group(index) => groups.get(index).copied().unwrap_or(false),
        };
        for group in &self.groups {
            let count = group.members.iter().filter(|member| holds(member, &groups)).count();
            groups.push(count >= group.threshold);
        }
        self.quorum.is_none_or(|quorum| holds(&quorum, &groups))
    }
}

impl Evaluation {
    /// How many witnesses cosigned.
    pub fn count(&self) -> usize {
        self.witnesses.iter().filter(|witness| witness.time.is_some()).count()
    }
}

#[derive(Default)]
struct Reader<'a> {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    names: HashMap<&'a [u8], Member>,
    /// What is a member of some group already.
    taken: Vec<Member>,
    quorum: Option<Option<Member>>,
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn key(field: &[u8], kind: KeyKind) -> Result<VerifierKey, PolicyFault> {
    let key: Option<VerifierKey> = std::str::from_utf8(field).ok().and_then(|vkey| vkey.parse().ok());
    key.filter(|key| key.kind() == kind).ok_or(PolicyFault::Key { kind })
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a [u8]) -> Result<(), PolicyFault> {
        if line.iter().any(|&byte| (byte < 0x20 && byte != b'\t') || byte == 0x7f) {
            return Err(PolicyFault::ControlCharacter);
        }
        let mut fields = line.split(|&byte| byte == b' ' || byte == b'\t').filter(|field| !field.is_empty());
        let Some(directive) = fields.next() else { return Ok(()) };
        if directive.starts_with(b"#") {
            return Ok(());
        }
        let fields: Vec<&'a [u8]> = fields.collect();
        match (directive, fields.as_slice()) {
            (b"log", &[vkey]) => self.log(vkey, None),
            (b"log", &[vkey, url]) => self.log(vkey, Some(url)),
            (b"witness", &[name, vkey]) => self.witness(name, vkey, None),
            (b"witness", &[name, vkey, url]) => self.witness(name, vkey, Some(url)),
            (b"group", &[name, threshold, ref members @ ..]) if !members.is_empty() => {
                self.group(name, threshold, members)
            }
            (b"quorum", &[name]) => self.quorum(name),
            (b"log" | b"witness" | b"group" | b"quorum", _) => Err(PolicyFault::Fields),
            (other, _) => Err(PolicyFault::Directive { word: shown(other) }),
        }
    }

    fn log(&mut self, vkey: &[u8], url: Option<&[u8]>) -> Result<(), PolicyFault> {
        let key = key(vkey, KeyKind::Ed25519)?;
        if self.logs.iter().any(|log| log.key.public_key() == key.public_key()) {
            return Err(PolicyFault::DuplicateKey);
        }
        self.logs.push(PolicyLog { key, url: url.map(shown) });
        if self.logs.len() > NAMED_MAX { Err(PolicyFault::TooMany) } else { Ok(()) }
    }

    fn name(&mut self, name: &'a [u8], member: Member) -> Result<(), PolicyFault> {
        if name == b"none" || self.names.insert(name, member).is_some() {
            return Err(PolicyFault::NameTaken { name: shown(name) });
        }
        Ok(())
    }

    fn named(&self, name: &[u8]) -> Result<Member, PolicyFault> {
        self.names.get(name).copied().ok_or_else(|| PolicyFault::UnknownName { name: shown(name) })
    }

    fn witness(&mut self, name: &'a [u8], vkey: &[u8], url: Option<&[u8]>) -> Result<(), PolicyFault> {
        let key = key(vkey, KeyKind::CosignatureV1)?;
        if self.witnesses.iter().any(|witness| witness.key.public_key() == key.public_key()) {
            return Err(PolicyFault::DuplicateKey);
        }
        self.name(name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push(PolicyWitness { name: shown(name), key, url: url.map(shown) });
        if self.witnesses.len() > NAMED_MAX { Err(PolicyFault::TooMany) } else { Ok(()) }
    }

    fn group(&mut self, name: &'a [u8], threshold: &[u8], names: &[&'a [u8]]) -> Result<(), PolicyFault> {
        let mut members = Vec::with_capacity(names.len());
        for &name in names {
            let member = self.named(name)?;
            if self.taken.contains(&member) {
                return Err(PolicyFault::MemberTwice { name: shown(name) });
            }
            self.taken.push(member);
            members.push(member);
        }
        let threshold = match threshold {
            b"any" => Some(1),
            b"all" => Some(members.len()),
            digits => std::str::from_utf8(digits)
                .ok()
                .and_then(kernel::text::canonical_u64)
                .and_then(|k| usize::try_from(k).ok()),
        };
        let threshold = threshold.filter(|k| (1..=members.len()).contains(k));
        let threshold = threshold.ok_or(PolicyFault::Threshold { members: members.len() })?;
        self.name(name, Member::Group(self.groups.len()))?;
        self.groups.push(Group { threshold, members });
        if self.groups.len() > NAMED_MAX { Err(PolicyFault::TooMany) } else { Ok(()) }
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), PolicyFault> {
        let quorum = if name == b"none" { None } else { Some(self.named(name)?) };
        match self.quorum.replace(quorum) {
            None => Ok(()),
            Some(_) => Err(PolicyFault::QuorumTwice),
        }
    }
}

/// A policy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{en}", en = self.describe().en)]
pub struct PolicyError {
    /// The line, from 1; `None` when it is about the whole file.
    pub line: Option<u32>,
    /// What is wrong.
    pub fault: PolicyFault,
}

/// What can be wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyFault {
    /// More than [`POLICY_BYTES_MAX`].
    TooLong,
    /// More logs, witnesses or groups than [`NAMED_MAX`].
    TooMany,
    /// A control character other than tab and line feed.
    ControlCharacter,
    /// The first word is none of log, witness, group, quorum.
    Directive {
        /// The word.
        word: String,
    },
    /// Too few or too many words for this kind of line.
    Fields,
    /// Not a key of this kind, or its name or hash is wrong.
    Key {
        /// The kind that stands on such a line.
        kind: KeyKind,
    },
    /// The same public key was given before.
    DuplicateKey,
    /// The name stands for something else already.
    NameTaken {
        /// The name.
        name: String,
    },
    /// No witness or group before this line has the name.
    UnknownName {
        /// The name.
        name: String,
    },
    /// It is a member of a group already.
    MemberTwice {
        /// Its name.
        name: String,
    },
    /// Not `any`, `all` or a number from 1 to that of the members.
    Threshold {
        /// Members of the group.
        members: usize,
    },
    /// A second quorum line.
    QuorumTwice,
    /// No quorum line.
    NoQuorum,
}

impl PolicyError {
    /// In words, with the line.
    pub fn describe(&self) -> Sentence {
        let fault = self.fault.describe();
        match self.line {
            None => fault,
            Some(line) => {
                Sentence { zh: format!("第 {line} 行：{}", fault.zh), en: format!("line {line}: {}", fault.en) }
            }
        }
    }
}

impl PolicyFault {
    fn describe(&self) -> Sentence {
        let (zh, en) = match self {
            PolicyFault::TooLong => ("文件过长".to_owned(), "the file is too long".to_owned()),
            PolicyFault::TooMany => (
                format!("日志、见证方或组超过 {NAMED_MAX} 个"),
                format!("more than {NAMED_MAX} logs, witnesses or groups"),
            ),
            PolicyFault::ControlCharacter => ("含有控制字符".to_owned(), "it has a control character".to_owned()),
            PolicyFault::Directive { word } => (
                format!("不认识的指令 {word}，应为 log、witness、group 或 quorum"),
                format!("unknown word {word}: it is one of log, witness, group, quorum"),
            ),
            PolicyFault::Fields => ("字段数不对".to_owned(), "too few or too many words".to_owned()),
            PolicyFault::Key { kind: KeyKind::Ed25519 } => (
                "不是日志公钥（名称+8位十六进制+base64，Ed25519 类型 0x01）".to_owned(),
                "not a log's key (name+hash+base64, Ed25519 of type 0x01)".to_owned(),
            ),
            PolicyFault::Key { kind: KeyKind::CosignatureV1 } => (
                "不是见证方公钥（名称+8位十六进制+base64，Ed25519 联署类型 0x04）".to_owned(),
                "not a witness's key (name+hash+base64, Ed25519 cosignature of type 0x04)".to_owned(),
            ),
            PolicyFault::DuplicateKey => ("公钥重复".to_owned(), "the same public key was given before".to_owned()),
            PolicyFault::NameTaken { name } => {
                (format!("名称 {name} 已被使用或保留"), format!("the name {name} is taken or reserved"))
            }
            PolicyFault::UnknownName { name } => (
                format!("此前没有名为 {name} 的见证方或组"),
                format!("no witness or group before this line is called {name}"),
            ),
            PolicyFault::MemberTwice { name } => {
                (format!("{name} 已是某个组的成员"), format!("{name} is a member of a group already"))
            }
            PolicyFault::Threshold { members } => (
                format!("门槛须为 any、all 或 1 至 {members} 的整数"),
                format!("the threshold is any, all, or a number from 1 to {members}"),
            ),
            PolicyFault::QuorumTwice => ("quorum 只能有一行".to_owned(), "there is a quorum line already".to_owned()),
            PolicyFault::NoQuorum => ("缺少 quorum 行".to_owned(), "there is no quorum line".to_owned()),
        };
        Sentence { zh, en }
    }
}
