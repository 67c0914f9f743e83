//! What may be seen of the bank, and lines matched by hand.

use access::{Action, Target};
use escrow::bank::LineState;
use escrow::matching::{Rule, Thing};
use kernel::{BankLineId, BankStatementId, Day, InstitutionId, PaymentId, RefundId, SettlementId};
use ledger::tags;
use store::{BankLine, BankLineFilter, Reconciliation, Statement};

use crate::context::Secret;
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Page, Paged, Thing as Where, Viewer, across, allow};
use crate::refusal::Refusal;
use crate::verbs::{Explanation, SuspenseClear, SuspenseClearAndPay};
use crate::writer::Outcome;

/// Most reconciliations answered at once.
const RECONCILIATIONS_MAX: u32 = 1_000;

/// A line with what is sealed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineView {
    /// The line.
    pub line: BankLine,
    /// The other party's name, for those who match lines.
    pub party: Option<String>,
    /// The remittance text.
    pub text: Option<String>,
}

/// A reconciliation, and whether the viewer may see its amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconciliationView {
    /// The reconciliation.
    pub row: Reconciliation,
    /// May the viewer see amounts?
    pub with_amounts: bool,
}

/// What a person says a suspended line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchAsked {
    /// A payment.
    Payment(PaymentId),
    /// A settlement.
    Settlement(SettlementId),
    /// A refund.
    Refund(RefundId),
    /// A line the other way.
    Line(BankLineId),
}

impl App {
    /// Statements of the viewer's region, of one institution where one is asked for.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn bank_statements(
        &self,
        viewer: Viewer<'_>,
        institution: Option<InstitutionId>,
        page: &Page,
    ) -> Result<Paged<Statement>, AppError> {
        let ledgers = self.bank_ledgers(viewer, Action::BankStatementRead).await?;
        across!(
            ledgers,
            page,
            |ledger, after, limit| store::statements_page(&self.store.read(), ledger.id(), institution, after, limit)
                .await?,
            |item: &Statement| BankStatementId::to_string(&item.id)
        )
    }

    /// Lines of statements: the work list of what nothing explains is those that are suspended.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn bank_lines(
        &self,
        viewer: Viewer<'_>,
        filter: BankLineFilter,
        page: &Page,
    ) -> Result<Paged<LineView>, AppError> {
        let ledgers = self.bank_ledgers(viewer, Action::BankStatementRead).await?;
        across!(
            ledgers,
            page,
            |ledger, after, limit| {
                let rows = store::bank_lines_page(&self.store.read(), ledger.id(), &filter, after, limit).await?;
                rows.into_iter().map(|line| self.line_view(&ledger, line)).collect::<Result<Vec<_>, _>>()?
            },
            |item: &LineView| BankLineId::to_string(&item.line.id)
        )
    }

    fn line_view(&self, ledger: &Ledger, line: BankLine) -> Result<LineView, AppError> {
        let (party, text) = self.line_party(ledger, &line)?;
        Ok(LineView { line, party, text })
    }

    async fn bank_ledgers(&self, viewer: Viewer<'_>, action: Action) -> Result<Vec<std::sync::Arc<Ledger>>, AppError> {
        let Some(principal) = viewer else { return Err(AppError::NotSignedIn) };
        let ledgers = self.ledgers_of_user(principal).await?;
        let region = principal.role.region();
        let Some(region) = region else {
            return Err(access::Denied { action, reason: access::Reason::Role, hide: false }.into());
        };
        allow(viewer, &[action], &Target::Region(region), "region")?;
        Ok(ledgers)
    }

    /// Days held against the bank; everybody may see whether they agree, those who may read balances
    /// see the amounts.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn reconciliations(
        &self,
        viewer: Viewer<'_>,
        institution: Option<InstitutionId>,
        on: Option<Day>,
    ) -> Result<Vec<ReconciliationView>, AppError> {
        let ledgers = match institution {
            Some(institution) => vec![self.ledger_with(viewer, Where::Institution(institution)).await?],
            None => self.all_ledgers().await,
        };
        let mut found = Vec::new();
        for ledger in ledgers {
            let rows =
                store::reconciliations(&self.store.read(), ledger.id(), institution, on, RECONCILIATIONS_MAX).await?;
            for row in rows {
                let target = Target::Institution {
                    ledger: ledger.id().clone(),
                    region: ledger.region(),
                    institution: row.institution,
                };
                let with_amounts = viewer.is_some() && allow(viewer, &[Action::BalancesRead], &target, "row").is_ok();
                found.push(ReconciliationView { row, with_amounts });
            }
        }
        Ok(found)
    }

    /// A person says what a suspended line is, and why.
    ///
    /// # Errors
    /// Not found, denied; refused when amount or direction do not fit, or it is matched already.
    pub async fn bank_line_match(
        &self,
        call: Call,
        line: BankLineId,
        asked: MatchAsked,
        reason: Secret,
    ) -> Result<(std::sync::Arc<Ledger>, Outcome), AppError> {
        let ledgers = self.bank_ledgers(call.principal.as_ref(), Action::BankLineMatch).await?;
        for ledger in ledgers {
            let read = self.store.read();
            let Some(row) = store::bank_line_load(&read, ledger.id(), &[line]).await?.pop() else { continue };
            if row.state != LineState::Suspended {
                let state = row.state.as_str().into();
                return Err(AppError::refused(Refusal::State {
                    what: "bank_line".into(),
                    state,
                    command: "match".into(),
                }));
            }
            let rule = Rule::Manual;
            let clear = |counter, by| SuspenseClear {
                line: row.clone(),
                counter,
                by,
                times: 1,
                rule,
                reason: Some(reason.clone()),
            };
            let (mut unpaid, mut times) = (false, 1);
            let (fits, by) = match asked {
                MatchAsked::Line(other) => {
                    let counter = store::bank_line_load(&read, ledger.id(), &[other]).await?.pop();
                    let counter = counter.ok_or_else(|| AppError::not_found("bank_line"))?;
                    let verb = clear(Some(counter), Explanation::Counter(other));
                    let outcome = self.submit(&ledger, call, verb).await?;
                    return Ok((ledger, outcome));
                }
                MatchAsked::Payment(id) => {
                    let found = store::payment_load(&read, ledger.id(), &[id]).await?.pop();
                    let found = found.ok_or_else(|| AppError::not_found("payment"))?;
                    ((found.institution, found.amount, true), Thing::Payment(id))
                }
                MatchAsked::Settlement(id) => {
                    let found = store::settlement_load(&read, ledger.id(), &[id]).await?.pop();
                    let found = found.ok_or_else(|| AppError::not_found("settlement"))?;
                    unpaid = found.state != escrow::SettlementState::Paid;
                    ((found.institution, found.amount, false), Thing::Settlement(id))
                }
                MatchAsked::Refund(id) => {
                    let found = store::refund_load(&read, ledger.id(), &[id]).await?.pop();
                    let found = found.ok_or_else(|| AppError::not_found("refund"))?;
                    unpaid = found.state != escrow::RefundState::Paid;
                    ((found.institution, found.amount, false), Thing::Refund(id))
                }
            };
            let (institution, amount, into) = fits;
            let same = (institution, amount, super::import::way(into)) == (row.institution, row.amount, row.direction);
            if !same {
                let violation = kernel::Violation::of(kernel::RuleId::BankLineAmount).with(row.amount, amount);
                let violations = vec![violation.field("matched_id").into()];
                return Err(AppError::refused(Refusal::Rules { violations }));
            }
            let reference_hash = ledger::digest(tags::BANK_REFERENCE, row.reference.as_bytes());
            if !matches!(by, Thing::Payment(_)) {
                times = self.times_moved(&ledger, institution, by, row.direction).await?;
                times = times.saturating_add(u32::from(unpaid));
            }
            let clear = SuspenseClear { times, ..clear(None, Explanation::Thing(by)) };
            let outcome = if unpaid {
                self.submit(&ledger, call, SuspenseClearAndPay { clear, reference_hash }).await?
            } else {
                self.submit(&ledger, call, clear).await?
            };
            return Ok((ledger, outcome));
        }
        Err(AppError::not_found("bank_line"))
    }
}
