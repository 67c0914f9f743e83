//! Loads what a batch needs and the working set does not have: one query per table, owners with what
//! they own.

use std::collections::BTreeSet;

use store::{StoreError, Tx};

use super::LedgerCore;
use crate::working_set::{SessionFacts, Wanted, WorkingSet};

fn list<T: Copy>(ids: &BTreeSet<T>) -> Vec<T> {
    ids.iter().copied().collect()
}

/// `careful`: also whether what must be unique is there already and the database would say so when it
/// is written.
pub(super) async fn working_set(
    tx: &Tx,
    core: &LedgerCore,
    mut wanted: Wanted,
    state: &mut WorkingSet,
    careful: bool,
) -> Result<(), StoreError> {
    let id = &core.id;
    for lesson in store::lesson_load(tx, id, &list(&wanted.lessons)).await? {
        wanted.accounts.insert(lesson.contract);
        state.lessons.load(lesson.id, lesson);
    }
    sessions(tx, core, &wanted, state).await?;
    for refund in store::refund_load(tx, id, &list(&wanted.refunds)).await? {
        wanted.accounts.insert(refund.contract);
        state.refunds.load(refund.id, refund);
    }
    for settlement in store::settlement_load(tx, id, &list(&wanted.settlements)).await? {
        wanted.institutions.insert(settlement.institution);
        state.settlements.load(settlement.id, settlement);
    }
    for alert in store::alert_load(tx, id, &list(&wanted.alerts)).await? {
        wanted.institutions.insert(alert.institution);
        state.alerts.load(alert.id, alert);
    }
    for hold in store::hold_load(tx, id, &list(&wanted.holds)).await? {
        wanted.institutions.insert(hold.institution);
        wanted.accounts.extend(hold.contract);
        state.holds.load(hold.id, hold);
    }
    for application in store::application_load(tx, id, &list(&wanted.applications)).await? {
        wanted.institutions.insert(application.institution);
        state.applications.load(application.id, application);
    }
    for listing in store::listing_load(tx, id, &list(&wanted.listings)).await? {
        wanted.institutions.insert(listing.institution);
        state.listings.load(listing.id, listing);
    }
    crate::sealing::load(tx, id, &mut wanted, state).await?;
    crate::bank::load(tx, id, &mut wanted, state).await?;
    contracts(tx, core, &mut wanted, state).await?;
    institutions(tx, core, &mut wanted, state).await?;
    unique_values(tx, core, &wanted, state, careful).await?;
    crate::family::load(tx, id, &wanted, state).await
}

/// Sessions of classes, who is enrolled, what was claimed for them, and who checked in.
async fn sessions(tx: &Tx, core: &LedgerCore, wanted: &Wanted, state: &mut WorkingSet) -> Result<(), StoreError> {
    if wanted.class_sessions.is_empty() {
        return Ok(());
    }
    let (id, ids) = (&core.id, list(&wanted.class_sessions));
    let sessions = store::class_session_load(tx, id, &ids).await?;
    let classes: BTreeSet<_> = sessions.iter().map(|session| session.class).collect();
    let enrolments = store::enrolments_of(tx, id, &list(&classes)).await?;
    for session in sessions {
        let in_class = enrolments.iter().filter(|e| e.class == session.class && e.holds_on(session.held_on));
        let enrolled = in_class.map(|enrolment| enrolment.contract).collect();
        state.class_sessions.insert(session.id, SessionFacts { session, enrolled });
    }
    for lesson in store::lessons_of_sessions(tx, id, &ids).await? {
        if let Some(session) = lesson.class_session {
            state.session_lessons.insert((lesson.contract, session), lesson.id);
        }
        state.lessons.load(lesson.id, lesson);
    }
    for check_in in store::check_ins_of_sessions(tx, id, &ids).await? {
        state.checked_in.insert((check_in.contract, check_in.class_session));
    }
    Ok(())
}

async fn contracts(tx: &Tx, core: &LedgerCore, wanted: &mut Wanted, state: &mut WorkingSet) -> Result<(), StoreError> {
    let id = &core.id;
    for account in store::account_load(tx, id, &state.accounts.missing(&wanted.accounts)).await? {
        state.load_account(account);
    }
    let owners = wanted.accounts.iter().filter_map(|id| Some(state.accounts.get(*id)?.terms.institution));
    wanted.institutions.extend(owners.collect::<Vec<_>>());
    // A contract that is not in force may be drawn up: then it is refused for its state, not as unknown.
    let not_in_force = wanted.accounts.iter().filter(|id| state.accounts.get(**id).is_none());
    wanted.drafts.extend(not_in_force.copied().collect::<Vec<_>>());
    for draft in store::draft_load(tx, id, &list(&wanted.drafts)).await? {
        wanted.courses.insert(draft.terms.course);
        wanted.custody_accounts.insert(draft.terms.institution);
        state.drafts.load(draft.terms.id, draft);
    }
    for course in store::course_load(tx, id, &list(&wanted.courses)).await? {
        wanted.custody_accounts.insert(course.institution);
        state.courses.load(course.id, course);
    }
    wanted.institutions.extend(list(&wanted.custody_accounts));
    for profile in store::profile_load(tx, id, &list(&wanted.custody_accounts)).await? {
        if profile.custody_account_present {
            state.custody_accounts.insert(profile.institution);
        }
    }
    Ok(())
}

async fn institutions(
    tx: &Tx,
    core: &LedgerCore,
    wanted: &mut Wanted,
    state: &mut WorkingSet,
) -> Result<(), StoreError> {
    let id = &core.id;
    for licence in store::licence_load(tx, id, &state.licences.missing(&wanted.licences)).await? {
        state.licences.load(licence.id, licence);
    }
    for licence in wanted.licences.iter().filter_map(|id| state.licences.get(*id)) {
        wanted.institutions.insert(licence.institution);
        if wanted.holds_of_licences.contains(&licence.id) {
            let placed = Some(escrow::HoldState::Placed);
            for hold in store::holds_page(tx, id, Some(licence.institution), placed, None, HOLDS_MAX).await? {
                state.holds.load(hold.id, hold);
            }
        }
    }
    for institution in store::institution_load(tx, id, &state.institutions.missing(&wanted.institutions)).await? {
        state.institutions.load(institution.id, institution);
    }
    let current = wanted.institutions.iter().filter_map(|id| state.institutions.get(*id)?.licence).collect();
    for licence in store::licence_load(tx, id, &state.licences.missing(&current)).await? {
        state.licences.load(licence.id, licence);
    }
    Ok(())
}

/// Far more holds than ever stand at once on one institution.
const HOLDS_MAX: u32 = 1000;

async fn unique_values(
    tx: &Tx,
    core: &LedgerCore,
    wanted: &Wanted,
    state: &mut WorkingSet,
    careful: bool,
) -> Result<(), StoreError> {
    let id = &core.id;
    let numbers: Vec<&str> = wanted.licence_numbers.iter().map(String::as_str).collect();
    for licence in store::licences_by_number(tx, id, &numbers).await? {
        state.licence_numbers.insert(licence.number);
    }
    for institution in store::institutions_by_credit_code(tx, id, &list(&wanted.credit_codes)).await? {
        state.credit_codes.insert(institution.credit_code);
    }
    let institution = |contract| Some(state.accounts.get(contract)?.terms.institution);
    let references = wanted.references.iter();
    let hashes = references.clone().filter_map(|(contract, _, hash)| Some((institution(*contract)?, *hash))).collect();
    let texts = references.filter_map(|(contract, text, _)| Some((institution(*contract)?, text.as_str()))).collect();
    let mut booked = store::payments_unprinted(tx, id, &hashes).await?;
    if careful {
        booked.append(&mut store::payments_by_reference(tx, id, &texts).await?);
    }
    for payment in booked {
        state.references.insert((payment.institution, payment.reference_hash));
    }
    for person in store::person_by_lookup(tx, id, &list(&wanted.persons)).await? {
        state.persons.insert(person.lookup, person.subject);
    }
    Ok(())
}
