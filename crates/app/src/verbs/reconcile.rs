//! What is owed at the end of a day against what the bank held then. The ledger's own clock does it; no
//! user can.

use escrow::bank::{AccountKind, ReconciliationResult, reconcile};
use kernel::{Day, InstitutionId};
use ledger::body::Reconciled;
use serde_json::json;

use super::{clock_only, institution, overflow};
use crate::bank::Moved;
use crate::context::{Context, Decision, Verb};
use crate::convert;
use crate::refusal::{Corrupt, Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// Reconciles a day of an institution.
pub struct Reconcile {
    /// Whose.
    pub institution: InstitutionId,
    /// The day, over.
    pub on: Day,
}

impl Verb for Reconcile {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.reconciliations.insert((self.institution, self.on));
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        clock_only(context, access::Action::ReconciliationRead)?;
        let institution = institution(state, self.institution)?;
        let before = state.reconciliations.get((self.institution, self.on)).map(|row| row.result);
        let own = state.statements.rows().values().filter(|statement| statement.institution == self.institution);
        let bank = own
            .filter(|statement| statement.account == AccountKind::Custody && statement.on == self.on)
            .map(|statement| statement.closing)
            .next();
        // Decided once; a day whose statement was missing is decided again when it came.
        let decided = match before {
            None => false,
            Some(ReconciliationResult::Missing) => bank.is_none(),
            Some(ReconciliationResult::Pass | ReconciliationResult::Shortfall) => true,
        };
        if decided || self.on >= context.today {
            let state = before.map_or("open", ReconciliationResult::as_str).into();
            return Err(Refusal::State { what: "reconciliation".into(), state, command: "reconcile".into() }.into());
        }
        let later = state.moved_after.get(&(self.institution, self.on));
        let later = later.ok_or(Corrupt { what: "movements of a day that were not read" })?;
        let end = Moved::now(institution).before(later)?;
        let required = end.required()?;
        let result = reconcile(required, bank);
        let due_on = match result {
            ReconciliationResult::Shortfall => context.ruled_deadline(self.on, &context.policy.shortfall_top_up),
            ReconciliationResult::Pass | ReconciliationResult::Missing => None,
        };
        let body = Reconciled {
            bank_fen: bank,
            custody_fen: required.checked_sub(end.suspended_out).map_err(overflow)?,
            disputed_fen: end.disputed,
            due_on,
            interest_fen: end.interest,
            payable_fen: end.payable,
            prepaid_fen: end.prepaid,
            reconciled_on: self.on,
            refund_fen: end.refund,
            required_fen: required,
            result: convert::reconciliation(result),
            suspense_fen: end.suspended_in,
            unexplained_fen: end.suspended_out,
        };
        let answer = json!({
            "institution": institution.id.to_string(),
            "on": self.on.to_string(),
            "result": result.as_str(),
        });
        let mut decision = Decision::new(201, answer).entry(institution.id, self.on, body, None);
        decision.side.extend(crate::bank::notices(
            institution.id,
            self.on,
            result,
            required,
            bank,
            due_on,
            context.now,
        ));
        Ok(decision)
    }
}
