//! Everything that is kept about a guardian and the pupils, for the guardian: records, contracts with
//! their texts, payments, lessons, refunds, every entry with its receipt, and who read it.

use access::{Action, Role, Target};
use kernel::ContractId;
use serde_json::{Map, Value, json};

use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::read::{Page, Viewer, allow};

/// Rows that are read at once.
const ROWS: u32 = 200;

impl App {
    /// What is kept about the guardian who asks.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`]; not found for somebody who is no guardian.
    pub async fn own_data(&self, viewer: Viewer<'_>) -> Result<Value, AppError> {
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        allow(viewer, &[Action::OwnDataRead], &Target::Nothing, "person")?;
        let user = self.user(principal.user).await?;
        let account =
            json!({ "id": user.id.to_string(), "username": user.username, "role": user.role.kind().as_str() });
        let Role::Guardian { ledger, subject } = &principal.role else { return Ok(json!({ "account": account })) };
        let ledger = self.ledger(ledger).await?.ok_or_else(|| AppError::not_found("ledger"))?;
        let filter = store::ContractFilter { guardian: Some(*subject), ..store::ContractFilter::default() };
        let (mut contracts, mut pupils) = (Vec::new(), Map::new());
        let mut after: Option<ContractId> = None;
        loop {
            let page = store::drafts_page(&self.store.read(), ledger.id(), &filter, after, ROWS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.terms.id);
            for draft in page {
                let pupil = draft.terms.pupil;
                let record = self.person(ledger.id(), pupil).await?;
                pupils.insert(pupil.to_string(), record.unwrap_or(Value::Null));
                contracts.push(self.own_contract(viewer, &ledger, draft).await?);
            }
        }
        let mut readings = Vec::new();
        let mut page = Page { after: None, limit: ROWS };
        loop {
            let read = self.own_readings(viewer, &page).await?;
            readings.extend(read.items.into_iter().map(|view| {
                let reading = view.reading;
                json!({
                    "read_at": reading.read_at.to_string(),
                    "what": reading.what,
                    "reason": view.reason,
                    "role": reading.role,
                    "region": reading.region.map(|region| region.to_string()),
                    "department": reading.department,
                    "institution": reading.institution.map(|institution| institution.to_string()),
                })
            }));
            let Some(next) = read.next else { break };
            page.after = Some(next);
        }
        Ok(json!({
            "account": account,
            "ledger": ledger.id().as_str(),
            "guardian": {
                "subject": subject.to_string(),
                "record": self.person(ledger.id(), *subject).await?.unwrap_or(Value::Null),
            },
            "pupils": pupils,
            "contracts": contracts,
            "readings": readings,
        }))
    }

    async fn own_contract(&self, viewer: Viewer<'_>, ledger: &Ledger, draft: store::Draft) -> Result<Value, AppError> {
        let (id, read) = (draft.terms.id, self.store.read());
        let document = match self.document(ledger.id(), id).await {
            Ok(document) => Some(document.text),
            // Nothing is kept where nothing was drawn up, or where it was erased.
            Err(AppError::Refused { .. }) => None,
            Err(error) => return Err(error),
        };
        let payments = store::payments_of_contract(&read, ledger.id(), id).await?;
        let payments: Vec<Value> = payments
            .iter()
            .map(|payment| {
                json!({
                    "id": payment.id.to_string(),
                    "amount_fen": payment.amount.fen(),
                    "paid_at": payment.paid_at.to_string(),
                    "method": payment.method,
                    "reference": payment.reference,
                })
            })
            .collect();
        let (mut entries, mut after) = (Vec::new(), 0_u64);
        loop {
            let rows = store::entries_of_contract(&read, ledger.id(), id, after, ROWS).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                after = row.contract.map_or(after.saturating_add(1), |(_, seq)| seq);
                entries.push(json!({
                    "seq": row.seq.to_string(),
                    "type": row.entry_type,
                    "recorded_at": row.recorded_at.to_string(),
                    "receipt": self.receipt(ledger, &row).await?.text,
                }));
            }
        }
        let view = self.contract(viewer, id).await?;
        let account = view.account.as_ref();
        Ok(json!({
            "id": id.to_string(),
            "number": draft.number,
            "state": view.state().as_str(),
            "institution": draft.terms.institution.to_string(),
            "course": draft.terms.course.to_string(),
            "pupil": draft.terms.pupil.to_string(),
            "drawn_up_at": draft.created_at.to_string(),
            "first_lesson_on": draft.terms.first_lesson_on.to_string(),
            "last_lesson_on": draft.terms.last_lesson_on.to_string(),
            "prepaid_fen": account.map(|account| account.prepaid.fen()),
            "disputed_fen": account.map(|account| account.disputed.fen()),
            "refund_fen": account.map(|account| account.refund.fen()),
            "document": document,
            "payments": payments,
            "entries": entries,
        }))
    }
}
