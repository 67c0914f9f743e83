//! Statements of the custody bank, their lines, reconciliation, and the risk deposit.

use app::bank::{BankLineFilter, Imported, LineView, MatchAsked, ReconciliationView, Statement};
use kernel::Fen;
use serde::{Deserialize, Serialize};

use utoipa::{IntoParams, ToSchema};

use crate::extract::page;
use crate::w;
use crate::wire::Text;

/// A statement of an account for a day.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BankStatementBody {
    /// Id, made from the content.
    pub id: w::BankStatementId,
    /// Whose account.
    pub institution: w::InstitutionId,
    /// Which account.
    pub account: w::BankAccountKind,
    /// Its number at the bank.
    pub sequence: u64,
    /// Its day.
    pub statement_on: w::Day,
    /// Balance at the beginning, fen.
    pub opening_fen: i64,
    /// Balance at the end, fen.
    pub closing_fen: i64,
    /// Lines on it.
    pub lines: u64,
    /// Digest of the content, as the entry has it.
    pub file: w::Hash,
    /// Entry that recorded it.
    pub seq: w::Seq,
}

impl From<Statement> for BankStatementBody {
    fn from(statement: Statement) -> BankStatementBody {
        BankStatementBody {
            id: Text(statement.id),
            institution: Text(statement.institution),
            account: Text(statement.account),
            sequence: statement.sequence,
            statement_on: Text(statement.on),
            opening_fen: statement.opening.fen(),
            closing_fen: statement.closing.fen(),
            lines: statement.lines,
            file: Text(ledger::Hash::new(statement.file)),
            seq: Text(statement.seq),
        }
    }
}

/// What became of a statement that was handed in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportedStatementBody {
    /// The statement.
    #[serde(flatten)]
    pub statement: BankStatementBody,
    /// Was it here before? Then this is how its lines stand now.
    pub replayed: bool,
    /// Lines that are payments, payouts, interest or deposit.
    pub matched: u64,
    /// Lines that nothing explains: the work list.
    pub suspended: u64,
    /// Lines that were suspended and are explained by now.
    pub cleared: u64,
    /// Debits beyond what is in custody; they are not booked until custody holds them.
    pub open: u64,
}

impl From<Imported> for ImportedStatementBody {
    fn from(imported: Imported) -> ImportedStatementBody {
        let Imported { statement, replayed, matched, suspended, cleared, open } = imported;
        ImportedStatementBody { statement: statement.into(), replayed, matched, suspended, cleared, open }
    }
}

/// What was imported from a file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BankImportBody {
    /// Its statements, in the order of the file.
    pub statements: Vec<ImportedStatementBody>,
}

/// Which statements.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BankStatementQuery {
    /// Only those of an institution.
    #[param(value_type = Option<w::InstitutionId>)]
    pub institution: Option<w::InstitutionId>,
    /// Items of a page, at most 200; 50 where nothing is said.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}

/// Which lines.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BankLineQuery {
    /// Only those of an institution.
    #[param(value_type = Option<w::InstitutionId>)]
    pub institution: Option<w::InstitutionId>,
    /// Only those in a state; `suspended` is the work list.
    #[param(value_type = Option<w::BankLineState>)]
    pub state: Option<w::BankLineState>,
    /// Only those of a statement.
    #[param(value_type = Option<w::BankStatementId>)]
    pub statement: Option<w::BankStatementId>,
    /// Items of a page, at most 200; 50 where nothing is said.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::Cursor>)]
    pub after: Option<w::Cursor>,
}

impl BankLineQuery {
    /// As the use case takes it.
    pub fn parts(self) -> (BankLineFilter, app::read::Page) {
        let filter = BankLineFilter {
            institution: self.institution.map(|id| id.0),
            state: self.state.map(|state| state.0),
            statement: self.statement.map(|id| id.0),
        };
        (filter, page(self.limit, self.after))
    }
}

/// A line of a statement.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BankLineBody {
    /// Id.
    pub id: w::BankLineId,
    /// Its statement.
    pub statement: w::BankStatementId,
    /// Whose account.
    pub institution: w::InstitutionId,
    /// Which account.
    pub account: w::BankAccountKind,
    /// Its number on the statement.
    pub number: u64,
    /// Day on which the bank booked it.
    pub booked_on: w::Day,
    /// Into the account or out of it.
    pub direction: w::BankDirection,
    /// How much, fen.
    pub amount_fen: i64,
    /// The bank's reference.
    pub reference: String,
    /// The reference that came with the payment.
    pub end_to_end: Option<String>,
    /// What the bank says it is.
    pub kind: w::BankLineKind,
    /// The other party's name.
    pub party: Option<String>,
    /// Remittance text.
    pub text: Option<String>,
    /// Where it stands.
    pub state: w::BankLineState,
    /// By which rule it was matched.
    pub rule: Option<String>,
    /// What it is: `payment`, `settlement`, `refund`, `settlement_return`, `refund_return`, `line`,
    /// `interest` or `deposit`.
    pub matched_kind: Option<String>,
    /// Which one.
    pub matched_id: Option<String>,
}

impl From<LineView> for BankLineBody {
    fn from(view: LineView) -> BankLineBody {
        let LineView { line, party, text } = view;
        BankLineBody {
            id: Text(line.id),
            statement: Text(line.statement),
            institution: Text(line.institution),
            account: Text(line.account),
            number: line.number,
            booked_on: Text(line.booked_on),
            direction: Text(line.direction),
            amount_fen: line.amount.fen(),
            reference: line.reference,
            end_to_end: line.end_to_end,
            kind: Text(line.kind),
            party,
            text,
            state: Text(line.state),
            rule: line.rule,
            matched_kind: line.matched_kind,
            matched_id: line.matched.map(|id| id.to_string()),
        }
    }
}

/// What a suspended line is. Exactly one of the four.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankLineMatchRequest {
    /// A payment.
    pub payment: Option<w::PaymentId>,
    /// A settlement, paid by this line.
    pub settlement: Option<w::SettlementId>,
    /// A refund, paid by this line.
    pub refund: Option<w::RefundId>,
    /// A line the other way: money that came in by mistake and went back.
    pub line: Option<w::BankLineId>,
    /// Why.
    pub reason: w::Reasons,
}

impl BankLineMatchRequest {
    /// The one that is named; none when none or several are.
    pub fn asked(&self) -> Option<MatchAsked> {
        let all = [
            self.payment.as_ref().map(|id| MatchAsked::Payment(id.0)),
            self.settlement.as_ref().map(|id| MatchAsked::Settlement(id.0)),
            self.refund.as_ref().map(|id| MatchAsked::Refund(id.0)),
            self.line.as_ref().map(|id| MatchAsked::Line(id.0)),
        ];
        let mut named = all.into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }
}

/// A line after it was matched.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BankLineMatchedBody {
    /// Id.
    pub id: w::BankLineId,
    /// Where it stands now.
    pub state: w::BankLineState,
}

/// Which days.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReconciliationQuery {
    /// Only those of an institution.
    #[param(value_type = Option<w::InstitutionId>)]
    pub institution: Option<w::InstitutionId>,
    /// Only those of a day.
    #[param(value_type = Option<w::Day>)]
    pub on: Option<w::Day>,
}

/// A day held against the bank. Everybody sees the result; amounts are for those who may read balances.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationBody {
    /// Whose.
    pub institution: w::InstitutionId,
    /// The day.
    pub on: w::Day,
    /// The result; `missing` is a failure.
    pub result: w::ReconciliationResult,
    /// Last day to make a shortfall good.
    pub due_on: Option<w::Day>,
    /// Entry that says it.
    pub seq: w::Seq,
    /// What is owed, fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_fen: Option<i64>,
    /// `bank:custody` at the end of the day, fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody_fen: Option<i64>,
    /// Balance by the bank's statement, fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_fen: Option<i64>,
    /// What the bank holds beyond what is owed, fen; negative for a shortfall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference_fen: Option<i64>,
}

impl From<ReconciliationView> for ReconciliationBody {
    fn from(view: ReconciliationView) -> ReconciliationBody {
        let ReconciliationView { row, with_amounts } = view;
        let shown = |fen: Fen| with_amounts.then(|| fen.fen());
        let difference = row.bank.and_then(|bank| bank.checked_sub(row.required).ok());
        ReconciliationBody {
            institution: Text(row.institution),
            on: Text(row.on),
            result: Text(row.result),
            due_on: row.due_on.map(Text),
            seq: Text(row.seq),
            required_fen: shown(row.required),
            custody_fen: shown(row.custody),
            bank_fen: row.bank.and_then(shown),
            difference_fen: difference.and_then(shown),
        }
    }
}

/// Money into the risk deposit, out of it, or claimed from it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepositRequest {
    /// How much, fen.
    pub amount_fen: w::Positive,
    /// The bank's reference.
    pub bank_reference: w::BankReference,
}

/// A claim on the risk deposit by decision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepositClaimRequest {
    /// How much, fen.
    pub amount_fen: w::Positive,
    /// The bank's reference.
    pub bank_reference: w::BankReference,
    /// The decision and whom it pays.
    pub decision: w::Reasons,
}

/// Why something is decided.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankReasonRequest {
    /// Why.
    pub reason: w::Reasons,
}

/// A deposit after a change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DepositBody {
    /// Whose.
    pub institution: w::InstitutionId,
    /// At the bank, fen.
    pub deposit_fen: i64,
    /// May nothing be paid back?
    pub locked: bool,
}

/// A deposit against its floor.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DepositStandingBody {
    /// Whose.
    pub institution: w::InstitutionId,
    /// At the bank, fen.
    pub deposit_fen: i64,
    /// May nothing be paid back?
    pub locked: bool,
    /// Does the place ask for a deposit?
    pub required: bool,
    /// The floor as the numbers of today give it, fen; none where the place sets it and it is not known.
    pub floor_fen: Option<i64>,
    /// What is missing to the floor, fen.
    pub shortfall_fen: i64,
    /// What the floor is made of, in Chinese.
    pub basis: String,
}

impl From<app::bank::DepositStanding> for DepositStandingBody {
    fn from(standing: app::bank::DepositStanding) -> DepositStandingBody {
        DepositStandingBody {
            institution: Text(standing.institution),
            deposit_fen: standing.deposit.fen(),
            locked: standing.locked,
            required: standing.required,
            floor_fen: standing.floor.map(Fen::fen),
            shortfall_fen: standing.shortfall.fen(),
            basis: standing.basis,
        }
    }
}

/// What became of a refund that came back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundReturnedBody {
    /// Id.
    pub id: w::RefundId,
    /// Where it stands.
    pub state: w::RefundState,
    /// How much, fen.
    pub amount_fen: i64,
}
