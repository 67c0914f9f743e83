//! A party signs. The checks run on the day of every signature; the second one puts the contract in
//! force and opens its escrow account.

use access::Action;
use contract::{ContractCommand, ContractState, Party};
use kernel::{ContractId, RuleId, Violation};
use ledger::Hash;
use ledger::body::{ContractSignatureGiven, ContractSigned, LotSold};
use serde_json::json;

use super::{draft, fits, seller};
use crate::context::{Context, Decision, Verb};
use crate::convert;
use crate::document::KeptDocument;
use crate::family;
use crate::refusal::{Corrupt, Stop, all_hold, illegal};
use crate::templates::TemplateText;
use crate::working_set::{Wanted, WorkingSet};

/// Why a signature is one under this text and no other.
const DOCUMENT_SIGNED: &str = "电子签名法第13条、第14条；GF-2021-2604使用说明第4条";

/// Signs a contract. Made only by what reads the document, so that no signature goes by its checks.
pub struct ContractSign {
    contract: ContractId,
    party: Party,
    /// The hash that the party says it signs.
    signed: Option<Hash>,
    /// The hash of the document that was read.
    document: Hash,
    /// What it breaks. It is read before the writer takes the command: a document never changes.
    broken: Vec<Violation>,
}

impl ContractSign {
    /// A signature under a document, which is read here.
    ///
    /// # Errors
    /// [`Corrupt`] when the document is not of the template.
    pub fn of(
        contract: ContractId,
        party: Party,
        signed: Option<Hash>,
        document: &KeptDocument,
        template: &TemplateText,
    ) -> Result<ContractSign, Corrupt> {
        let broken = document.violations(template)?;
        Ok(ContractSign { contract, party, signed, document: document.hash(), broken })
    }

    /// A signature under a document that was read already.
    pub(super) const fn checked(
        contract: ContractId,
        party: Party,
        signed: Option<Hash>,
        document: Hash,
        broken: Vec<Violation>,
    ) -> ContractSign {
        ContractSign { contract, party, signed, document, broken }
    }
}

impl Verb for ContractSign {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.drafts.insert(self.contract);
        wanted.families.insert(self.contract);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (draft, institution) = draft(state, self.contract)?;
        let action = match self.party {
            Party::Institution => Action::ContractSignInstitution,
            Party::Guardian => Action::ContractSignGuardian,
        };
        context.allow_contract(action, &draft.terms)?;
        let next = draft.state.apply(ContractCommand::sign(self.party)).map_err(illegal("contract"))?;
        let document = Hash::new(draft.document_hash);
        if self.document != document {
            return Err(Corrupt { what: "document of a contract" }.into());
        }
        if self.signed.is_some_and(|signed| signed != document) {
            let signed = self.signed.unwrap_or(document);
            let violation = Violation::of(RuleId::DocumentSigned).with(document, signed);
            return Err(violation.source(DOCUMENT_SIGNED).field("document_hash").into());
        }
        let terms = &draft.terms;
        let course = fits(state.courses.get(terms.course), "contract without course")?;
        let seller = seller(state, institution);
        let mut broken = contract::sign_violations(terms, course, &seller, context.policy, context.today);
        broken.extend(self.broken.iter().cloned());
        broken.extend(family::across(state, context, terms, None, "lots")?);
        broken.sort_by_key(|violation| violation.rule);
        all_hold(broken)?;

        let answer = json!({
            "id": terms.id.to_string(),
            "number": draft.number,
            "institution": institution.id.to_string(),
            "state": next.as_str(),
            "document_hash": document.to_string(),
        });
        let decision = Decision::new(201, answer);
        let party = convert::party(self.party);
        if next != ContractState::Signed {
            let body = ContractSignatureGiven { contract: terms.id, contract_seq: 1, document, party };
            return Ok(decision.entry(institution.id, context.today, body, None));
        }
        let lots = terms
            .lots
            .iter()
            .map(|lot| LotSold {
                gift_hours: lot.gift_hours,
                list_price_per_hour_fen: lot.list_price_per_hour,
                lot: lot.id,
                paid_hours: lot.paid_hours,
                price_fen: lot.price,
            })
            .collect();
        let body = ContractSigned {
            category: terms.category,
            contract: terms.id,
            contract_seq: 2,
            course: terms.course,
            document,
            first_lesson_on: terms.first_lesson_on,
            full_refund_days_after_start: terms.refund_terms.full_refund_days_after_start.into(),
            full_refund_days_before_start: terms.refund_terms.full_refund_days_before_start.into(),
            guardian: terms.guardian,
            last_lesson_on: terms.last_lesson_on,
            lots,
            mode: terms.mode,
            party,
            pay_back_days: terms.refund_terms.pay_back_days.into(),
            pupil: terms.pupil,
            stage: terms.stage,
        };
        Ok(decision.entry(institution.id, context.today, body, None))
    }
}
