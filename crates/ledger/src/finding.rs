//! What a check can find: the closed list of invariants, what exactly is wrong, what was left
//! unchecked, and the verdict.

use std::fmt;

use kernel::{ClassHours, Fen, words};

use crate::body::{Account, Sentence};
use crate::entry::EntryError;
use crate::hash::Hash;

words! {
    /// What must hold in every ledger.
    InvariantId {
        /// Each entry has exactly the bytes that the format gives it.
        Canonical = "ledger.canonical" / "每条记录的字节须为规定的唯一写法",
        /// All entries are of one ledger.
        OneLedger = "ledger.one_ledger" / "所有记录须属于同一账本",
        /// The first entry opens the ledger, and names region, origin and key of the log.
        Genesis = "ledger.genesis" / "第一条记录须为账本开立，并与检查点的来源和公钥一致",
        /// Sequence numbers count from 0 without gaps.
        Sequence = "ledger.sequence" / "记录序号须从零起连续",
        /// Each entry links to the hash of the one before.
        Chain = "ledger.chain" / "每条记录须链接前一条记录的哈希",
        /// The recording time only goes forward.
        Clock = "ledger.clock" / "记录时间须严格递增",
        /// Entries of an institution are numbered from 1 and linked to each other.
        InstitutionChain = "ledger.institution_chain" / "同一机构的记录须连续编号并逐条链接",
        /// Entries of a contract are numbered from 1 without gaps.
        ContractSequence = "ledger.contract_sequence" / "同一合同的记录须从一起连续编号",
        /// The tree has the root that the log signed.
        Tree = "ledger.tree" / "默克尔树的根须与签名的检查点一致",
        /// The ledger is at least as long as any checkpoint says.
        Length = "ledger.length" / "账本长度不得短于任何检查点",
        /// Signatures hold.
        Signature = "ledger.signature" / "检查点的签名须有效",
        /// The file has the form of an export.
        File = "ledger.file" / "文件须符合规定的格式",
        /// Postings are those that the body requires, and sum to zero.
        Postings = "books.postings" / "分录须由记录内容决定且合计为零",
        /// Money held in custody, owed to families, frozen and payable is never negative.
        NoNegative = "books.no_negative" / "托管、预付、冻结、应退、应付余额不得为负",
        /// The custody account holds exactly what is owed.
        CustodyCovers = "books.custody_covers" / "托管账户余额须等于各项负债之和",
        /// Hours of each lot: bought = remaining + claimed + used + disputed + returned.
        HoursConserved = "books.hours_conserved" / "每批课时须守恒：购入等于剩余、已登记、已用、争议、退回之和",
        /// Each lot is paid at most to its price, and releases at most what was paid for it.
        LotMoney = "books.lot_money" / "每批课时的缴费不超过价款，拨出不超过已缴",
        /// What an entry refers to is there, belongs to the same institution and contract, and is new
        /// where it must be new.
        Known = "books.known" / "记录所指的事项须已存在且属于同一机构和合同",
        /// What an entry refers to is in a state that allows it.
        State = "books.state" / "记录所指的事项须处于允许的状态",
        /// Hours and amounts are those promised before.
        Amounts = "books.amounts" / "课时与金额须与此前的约定一致",
        /// No settlement is ordered or paid while a hold stands.
        Hold = "books.hold" / "冻结期间不得拨付",
        /// What a seal states is what the entries before it leave.
        Seal = "books.seal" / "日终封存的合同数、合计与根须与此前记录一致",
        /// Bank statements continue each other, and a reconciliation states what the entries leave.
        Reconciliation = "books.reconciliation" / "银行对账单须逐号衔接，日终对账须与此前记录一致",
        /// A statement has exactly the entries that it speaks of, in order.
        Statement = "ledger.statement" / "对账单须恰好含有所述合同或机构的记录",
        /// The pages and indexes of the database file fit together.
        Pages = "store.pages" / "数据库文件的页与索引须完好",
        /// What the database keeps beside the entries equals their replay.
        Projection = "store.projection" / "数据库中的余额和状态须与重放结果一致",
    }
}

impl InvariantId {
    /// In plain English.
    pub const fn en(self) -> &'static str {
        match self {
            InvariantId::Canonical => "each entry has exactly the bytes that the format gives it",
            InvariantId::OneLedger => "all entries are of one ledger",
            InvariantId::Genesis => "the first entry opens the ledger and names the origin and key of its checkpoints",
            InvariantId::Sequence => "sequence numbers count from 0 without gaps",
            InvariantId::Chain => "each entry links to the hash of the one before",
            InvariantId::Clock => "the recording time only goes forward",
            InvariantId::InstitutionChain => "entries of an institution are numbered from 1 and linked to each other",
            InvariantId::ContractSequence => "entries of a contract are numbered from 1 without gaps",
            InvariantId::Tree => "the tree has the root that the log signed",
            InvariantId::Length => "the ledger is at least as long as any checkpoint says",
            InvariantId::Signature => "signatures of checkpoints hold",
            InvariantId::File => "the file has the form that it should have",
            InvariantId::Postings => "postings are those that the body requires, and sum to zero",
            InvariantId::NoNegative => "custody, prepaid, disputed, refund and payable are never negative",
            InvariantId::CustodyCovers => "the custody account holds exactly what is owed",
            InvariantId::HoursConserved => {
                "hours of a lot are conserved: bought = remaining + claimed + used + disputed + returned"
            }
            InvariantId::LotMoney => "a lot is paid at most to its price and releases at most what was paid",
            InvariantId::Known => "what an entry refers to exists and belongs to the same institution and contract",
            InvariantId::State => "what an entry refers to is in a state that allows it",
            InvariantId::Amounts => "hours and amounts are those promised before",
            InvariantId::Hold => "nothing is paid out while a hold on it stands",
            InvariantId::Seal => "number of contracts, totals and root of a seal are what the entries before it leave",
            InvariantId::Reconciliation => {
                "bank statements continue each other, and a reconciliation states what the entries leave"
            }
            InvariantId::Statement => "a statement has exactly the entries of the contract or institution it names",
            InvariantId::Pages => "pages and indexes of the database file fit together",
            InvariantId::Projection => "what the database keeps beside the entries equals their replay",
        }
    }
}

/// What exactly is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The invariant says it all.
    Plain,
    /// The bytes are no entry.
    Entry(EntryError),
    /// Two hashes differ.
    Hash {
        /// What it should be.
        expected: Hash,
        /// What it is.
        actual: Hash,
    },
    /// Two numbers differ.
    Number {
        /// What it should be.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// Two amounts differ, or one is above the other.
    Amount {
        /// What it should be, or at most.
        expected: Fen,
        /// What it is.
        actual: Fen,
    },
    /// Two numbers of hours differ, or one is above the other.
    Hours {
        /// What it should be, or at most.
        expected: ClassHours,
        /// What it is.
        actual: ClassHours,
    },
    /// An account would have this balance (liabilities as what is owed).
    Balance {
        /// The account.
        account: Account,
        /// Its balance.
        fen: Fen,
    },
    /// This is unknown, not new, or in the wrong state.
    Thing {
        /// What kind of thing, in the words of the format.
        kind: &'static str,
        /// Its id.
        id: uuid::Uuid,
    },
}

impl Detail {
    /// In words.
    pub fn describe(&self) -> Sentence {
        let same = |text: String| Sentence { zh: text.clone(), en: text };
        let pair = |expected: &dyn fmt::Display, actual: &dyn fmt::Display| Sentence {
            zh: format!("应为 {expected}，实为 {actual}"),
            en: format!("expected {expected}, found {actual}"),
        };
        match self {
            Detail::Plain => same(String::new()),
            Detail::Entry(error) => error.describe(),
            Detail::Hash { expected, actual } => pair(expected, actual),
            Detail::Number { expected, actual } => pair(expected, actual),
            Detail::Amount { expected, actual } => pair(&expected.to_yuan(), &actual.to_yuan()),
            Detail::Hours { expected, actual } => pair(expected, actual),
            Detail::Balance { account, fen } => Sentence {
                zh: format!("账户 {account} 余额为 {}", fen.to_yuan()),
                en: format!("account {account} would hold {}", fen.to_yuan()),
            },
            Detail::Thing { kind, id } => same(format!("{kind} {id}")),
        }
    }
}

/// Something that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The entry concerned; `None` when it is about the file or a checkpoint as a whole.
    pub seq: Option<u64>,
    /// What should hold.
    pub invariant: InvariantId,
    /// What exactly is wrong.
    pub detail: Detail,
}

impl Finding {
    /// In words.
    pub fn describe(&self) -> Sentence {
        let detail = self.detail.describe();
        let (at_zh, at_en) = match self.seq {
            Some(seq) => (format!("第 {seq} 条记录："), format!("entry {seq}: ")),
            None => (String::new(), String::new()),
        };
        let with = |at: String, text: &str, detail: &str, open: &str, close: &str| {
            if detail.is_empty() { format!("{at}{text}") } else { format!("{at}{text}{open}{detail}{close}") }
        };
        Sentence {
            zh: with(at_zh, self.invariant.zh(), &detail.zh, "（", "）"),
            en: with(at_en, self.invariant.en(), &detail.en, " (", ")"),
        }
    }
}

words! {
    /// What a check left unchecked.
    Unchecked {
        /// The log's key came from the file itself: anybody could have made it.
        KeyFromOutside = "key_from_outside" / "公钥取自文件本身，未与文件之外的可信公钥核对",
        /// There was no signed checkpoint.
        Checkpoint = "checkpoint" / "没有签名的检查点可供核对",
        /// The entries after the first failure were not replayed.
        BooksAfterFailure = "books_after_failure" / "首个错误之后的账目未再重放",
        /// No earlier checkpoint from outside was given: an older state of the log that was rewritten
        /// as a whole would not show.
        EarlierCheckpoint = "earlier_checkpoint" / "未提供此前保存的检查点，无法发现整本重写",
        /// Only the tree of the log was rebuilt: its entries were not given out.
        Entries = "entries" / "记录正文未能取得，只核对了哈希树",
        /// Only the tree of the log was asked for.
        EntriesByChoice = "entries_by_choice" / "按要求只核对哈希树，未核对记录正文",
        /// The log's signature under the checkpoint.
        LogSignature = "log_signature" / "没有来自外部的公钥，检查点的签名未核对",
        /// The ledger was written to all the while.
        Moving = "moving" / "核对期间账本一直有新记录写入，数据库中的余额和状态未能比对",
        /// What the log recorded after this checkpoint.
        Later = "later" / "该检查点之后的记录不在本次核验之内",
        /// Fewer witnesses cosigned than were asked for.
        Quorum = "quorum" / "见证方的签名少于所要求的数目",
        /// What commitments bind lies outside the ledger.
        Commitments = "commitments" / "承诺值所对应的个人信息和文本不在账本中，未核对",
        /// A statement of a contract that no seal counts.
        NoSeal = "no_seal" / "没有日终封存可供核对，无法证明没有遗漏记录",
        /// Entries of a contract after the seal.
        AfterSeal = "after_seal" / "封存之后的记录确已入账，但封存之后是否另有记录须待下一次封存",
        /// Entries of an institution after the last one given.
        AfterLast = "after_last" / "所列最后一条记录之后该机构是否另有记录，本文件不能证明",
        /// What a seal says of others.
        OthersOfSeal = "others_of_seal" / "封存中其他合同的内容不公开，其余额只作为不为负的数计入合计",
    }
}

impl Unchecked {
    /// In plain English.
    pub const fn en(self) -> &'static str {
        match self {
            Unchecked::KeyFromOutside => {
                "the key was taken from the file itself and not compared with one known from outside"
            }
            Unchecked::Checkpoint => "there was no signed checkpoint to compare with",
            Unchecked::BooksAfterFailure => "the books were not replayed after the first failure",
            Unchecked::EarlierCheckpoint => {
                "no earlier checkpoint was given, so a ledger that was rewritten as a whole would not show"
            }
            Unchecked::Entries => "the entries were not given out, only the tree was checked",
            Unchecked::EntriesByChoice => "only the tree was asked for, the entries were not checked",
            Unchecked::LogSignature => "without a key from outside the signature of the checkpoint was not checked",
            Unchecked::Moving => {
                "the ledger was written to all the while, so the tables beside the entries were not compared"
            }
            Unchecked::Later => "what was recorded after this checkpoint is not covered",
            Unchecked::Quorum => "fewer witnesses signed than were asked for",
            Unchecked::Commitments => "what commitments bind lies outside the ledger and was not compared",
            Unchecked::NoSeal => "there was no seal to compare with, so it is not shown that no entry is missing",
            Unchecked::AfterSeal => {
                "entries after the seal are recorded, but whether there are others only the next seal will show"
            }
            Unchecked::AfterLast => "whether the institution has entries after the last one given is not shown",
            Unchecked::OthersOfSeal => {
                "other contracts of the seal are not shown: their balances are counted as amounts not below zero"
            }
        }
    }

    /// Is the answer worth less without it, so that it may not be "holds"? The others are limits of
    /// what such a check can say at all; they are named too.
    pub const fn is_essential(self) -> bool {
        matches!(
            self,
            Unchecked::KeyFromOutside
                | Unchecked::Checkpoint
                | Unchecked::BooksAfterFailure
                | Unchecked::Entries
                | Unchecked::LogSignature
                | Unchecked::Moving
                | Unchecked::Quorum
                | Unchecked::NoSeal
        )
    }
}

/// The answer of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that could be checked was, and holds.
    Holds,
    /// Something does not hold: the first thing found.
    DoesNotHold(Finding),
    /// Nothing wrong was found, but not enough was checked to say that it holds.
    CouldNotCheckEverything(Vec<Unchecked>),
}

impl Verdict {
    /// From what was found and what was left out.
    pub fn of(first: Option<Finding>, unchecked: &[Unchecked]) -> Verdict {
        let essential: Vec<_> = unchecked.iter().copied().filter(|u| u.is_essential()).collect();
        match first {
            Some(finding) => Verdict::DoesNotHold(finding),
            None if essential.is_empty() => Verdict::Holds,
            None => Verdict::CouldNotCheckEverything(essential),
        }
    }

    /// Exit code of a command that gives this answer: 0 holds, 1 does not, 2 not everything checked.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Verdict::Holds => 0,
            Verdict::DoesNotHold(_) => 1,
            Verdict::CouldNotCheckEverything(_) => 2,
        }
    }

    /// The word used in JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::DoesNotHold(_) => "does_not_hold",
            Verdict::CouldNotCheckEverything(_) => "could_not_check_everything",
        }
    }

    /// In a few words.
    pub fn describe(&self) -> Sentence {
        let (zh, en) = match self {
            Verdict::Holds => ("成立", "holds"),
            Verdict::DoesNotHold(_) => ("不成立", "does not hold"),
            Verdict::CouldNotCheckEverything(_) => ("未能核对全部内容", "could not check everything"),
        };
        Sentence { zh: zh.to_owned(), en: en.to_owned() }
    }
}
