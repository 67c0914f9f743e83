//! From a request to a verb: ids, salts, nonces and sealed personal records are made here, before
//! the writer, so that deciding needs no randomness and a repeated try uses the same values.

use std::collections::BTreeMap;

use access::{Action, Caller, Target};
use contract::document::{CustodyAccount, Details, GuardianParty, InstitutionParty, Parties, PupilParty};
use contract::model::{Changes, PrintError, Values};
use contract::{ContractState, LotTerms, Party, RefundTerms, Terms};
use kernel::{
    ContractId, CourseId, CreditCode, Day, Instant, InstitutionId, LedgerId, LotId, RegionCode, RuleId, Scope,
    SubjectId, TransferId, Violation,
};
use ledger::Hash;
use serde_json::{Value, json};

use crate::context::Secret;
use crate::document::KeptDocument;
use crate::effects::{new_uuid, random};
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::people::{KeptPerson, open_text};
use crate::refusal::Corrupt;
use crate::verbs::{ContractDraft, ContractSign, ContractTransfer, InstitutionRegister};
use store::{Draft, Profile};

/// An institution to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInstitution {
    /// Credit code.
    pub credit_code: CreditCode,
    /// Name.
    pub name: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Address of operation.
    pub address: String,
    /// County.
    pub region: RegionCode,
    /// What it means to teach.
    pub scope: Scope,
    /// Custody account, if there is one already.
    pub custody_account: Option<CustodyAccount>,
}

/// The sealed part of an institution's profile, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileDetails {
    /// Name.
    pub name: String,
    /// Legal representative.
    pub legal_representative: String,
    /// Address.
    pub address: String,
    /// Custody account.
    pub custody_account: Option<CustodyAccount>,
}

/// A contract to be drawn up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContract {
    /// The course.
    pub course: CourseId,
    /// Party B.
    pub guardian: GuardianParty,
    /// The pupil.
    pub pupil: PupilParty,
    /// Lots, without ids.
    pub lots: Vec<NewLot>,
    /// Agreed refund terms.
    pub refund_terms: RefundTerms,
    /// Supplement to the printed text.
    pub supplementary_terms: String,
    /// First lesson.
    pub first_lesson_on: Day,
    /// Last lesson.
    pub last_lesson_on: Day,
    /// How it is worded.
    pub wording: Wording,
}

/// How a contract is worded: from which template, with which values of the parties' own, and what
/// they changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// The template version; the one in force where none is named.
    pub template: Option<Hash>,
    /// Values of blanks that the parties fill in, by field.
    pub values: BTreeMap<String, String>,
    /// Changed clauses by number; none where a clause is left out.
    pub clause_changes: BTreeMap<String, Option<String>>,
}

/// A lot without its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLot {
    /// Hours paid for.
    pub paid_hours: kernel::ClassHours,
    /// Hours on top.
    pub gift_hours: kernel::ClassHours,
    /// Price.
    pub price: kernel::Fen,
    /// Price of an hour before discount.
    pub list_price_per_hour: Option<kernel::Fen>,
}

/// Context under which an institution's profile is sealed.
pub(crate) fn profile_context(ledger: &LedgerId, institution: InstitutionId) -> String {
    format!("tutela/profile/1/{ledger}/{institution}")
}

/// Key by which a child is recognised under any guardian: name and day of birth, keyed. Names repeat
/// across a county, so it is only ever compared within the contracts of one seller.
fn child_identity(pupil: &PupilParty) -> String {
    format!("child\n{}\n{}", folded(&pupil.name), pupil.birth_on)
}

/// Key by which an institution's controller is recognised: the legal representative's name, all that
/// the registry holds of who stands behind an institution.
fn controller_identity(legal_representative: &str) -> String {
    format!("controller\n{}", folded(legal_representative))
}

/// A name without the spaces that people put into it or leave out.
pub(crate) fn folded(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && *c != '·').flat_map(char::to_lowercase).collect()
}

impl App {
    /// What an entry commits to: `record` in canonical bytes under a fresh salt.
    pub fn secret(&self, record: &Value) -> Secret {
        Secret {
            salt: random(&*self.effects),
            nonce: random(&*self.effects),
            // Members of a JSON object are kept sorted, so these bytes are canonical (RFC 8785).
            bytes: record.to_string().into_bytes(),
        }
    }

    /// A new id.
    pub fn new_id<T>(&self, call: &Call, make: impl Fn(uuid::Uuid) -> T) -> T {
        make(new_uuid(&*self.effects, call.now))
    }

    /// The verb that registers an institution.
    ///
    /// # Errors
    /// [`AppError::Store`] when the profile cannot be sealed.
    pub fn institution_register(
        &self,
        call: &Call,
        ledger: &Ledger,
        new: NewInstitution,
    ) -> Result<InstitutionRegister, AppError> {
        let institution = self.new_id(call, InstitutionId::new);
        let account = new.custody_account.as_ref().map(|account| {
            json!({
                "bank": account.bank,
                "account_name": account.account_name,
                "account_number": account.account_number,
            })
        });
        let record = json!({
            "name": new.name,
            "legal_representative": new.legal_representative,
            "address": new.address,
            "custody_account": account,
        });
        let nonce = random(&*self.effects);
        let sealed =
            self.vault.seal(&profile_context(ledger.id(), institution), nonce, record.to_string().as_bytes())?;
        Ok(InstitutionRegister {
            institution,
            credit_code: new.credit_code,
            scope: new.scope,
            profile: Profile {
                institution,
                name: new.name,
                sealed,
                custody_account_present: account.is_some(),
                changed_at: call.now,
            },
            controller: self.blind_key(&controller_identity(&new.legal_representative)),
            ties: self.ties_in(ledger::body::RecordPart::Profile, &record),
            secret: self.secret(&record),
        })
    }

    /// The verb that carries a licence that is older than the ledger into it.
    ///
    /// # Errors
    /// Not found.
    pub async fn licence_carry_over(
        &self,
        call: &Call,
        institution: InstitutionId,
        licence: crate::verbs::GrantedLicence,
        documents: Vec<crate::verbs::Document>,
        reason: Secret,
    ) -> Result<crate::verbs::LicenceCarryOver, AppError> {
        let ledger = self.ledger_for(call, crate::read::Thing::Institution(institution)).await?;
        let first = store::entry_by_seq(&self.store.read(), ledger.id(), 0).await?;
        let opened_at = first.ok_or_else(|| AppError::not_found("institution"))?.recorded_at;
        Ok(crate::verbs::LicenceCarryOver {
            ledger_opened_on: opened_at.day(),
            application: self.new_id(call, kernel::ApplicationId::new),
            institution,
            licence,
            documents,
            reason,
        })
    }

    /// An institution's profile, opened.
    ///
    /// # Errors
    /// Not found, or [`AppError`] of the database and the seal.
    pub async fn profile(&self, ledger: &LedgerId, id: InstitutionId) -> Result<ProfileDetails, AppError> {
        let profile = store::profile_load(&self.store.read(), ledger, &[id]).await?.into_iter().next();
        let profile = profile.ok_or_else(|| AppError::not_found("institution"))?;
        let plain = self.vault.open(&profile_context(ledger, id), &profile.sealed)?;
        let record: Value = serde_json::from_slice(&plain).map_err(|_| Corrupt { what: "profile" })?;
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let account = record.get("custody_account").filter(|account| account.is_object());
        Ok(ProfileDetails {
            name: profile.name,
            legal_representative: text(&record, "legal_representative"),
            address: text(&record, "address"),
            custody_account: account.map(|account| CustodyAccount {
                bank: text(account, "bank"),
                account_name: text(account, "account_name"),
                account_number: text(account, "account_number"),
            }),
        })
    }

    /// A keyed hash: finds an identity again without holding it.
    fn blind_key(&self, identity: &str) -> [u8; 32] {
        *ledger::keyed(&self.effects.lookup_key(), identity.as_bytes()).as_bytes()
    }

    /// A person to be kept; `identity` tells the person from all others.
    fn kept_person(&self, call: &Call, identity: &str, record: &Value) -> KeptPerson {
        KeptPerson {
            subject: self.new_id(call, SubjectId::new),
            lookup: self.blind_key(identity),
            new_key: random(&*self.effects),
            wrap_nonce: random(&*self.effects),
            nonce: random(&*self.effects),
            record: record.to_string().into_bytes(),
        }
    }

    fn kept_family(&self, call: &Call, guardian: &GuardianParty, pupil: &PupilParty) -> (KeptPerson, KeptPerson) {
        let identity = format!("guardian\n{}\n{}", guardian.id_kind, guardian.id_number);
        let record = json!({
            "name": guardian.name,
            "phone": guardian.phone,
            "id_kind": guardian.id_kind,
            "id_number": guardian.id_number,
            "relation": guardian.relation,
            "address": guardian.address,
        });
        let kept_guardian = self.kept_person(call, &identity, &record);
        // A pupil is told apart within the family: names repeat across a county.
        let identity = format!("pupil\n{identity}\n{}\n{}", pupil.name, pupil.birth_on);
        let record = json!({
            "name": pupil.name,
            "birth_on": pupil.birth_on.to_string(),
            "school": pupil.school,
            "grade": pupil.grade,
        });
        (kept_guardian, self.kept_person(call, &identity, &record))
    }

    /// The verb that hands a contract to another family, with its people.
    pub fn contract_transfer(
        &self,
        call: &Call,
        contract: ContractId,
        guardian: &GuardianParty,
        pupil: &PupilParty,
        notice: Secret,
    ) -> ContractTransfer {
        let child_key = self.blind_key(&child_identity(pupil));
        let (guardian, pupil) = self.kept_family(call, guardian, pupil);
        let transfer = self.new_id(call, TransferId::new);
        let nonce = random(&*self.effects);
        ContractTransfer { transfer, contract, guardian, pupil, child_key, notice, nonce }
    }

    /// The verb that draws up a contract: terms, numbered document, sealed persons.
    ///
    /// # Errors
    /// Not found for the course; denied, before any profile is opened.
    pub async fn contract_draft(
        &self,
        call: &Call,
        ledger: &Ledger,
        new: NewContract,
    ) -> Result<ContractDraft, AppError> {
        let read = self.store.read();
        let id = ledger.id();
        let course = store::named_course(&read, id, new.course).await?;
        let Some(course) = course else { return Err(AppError::not_found("course")) };
        let course_name = course.name.ok_or(Corrupt { what: "course without name" })?;
        let (institution, region) = (course.course.institution, ledger.region());
        if let Some(principal) = &call.principal {
            let target = Target::Institution { ledger: id.clone(), region, institution };
            access::check(Caller::User(principal), Action::ContractDraft, &target)?;
        }
        let profile = self.profile(id, institution).await?;
        let seller = store::institution_load(&read, id, &[institution]).await?.into_iter().next();
        let seller = seller.ok_or(Corrupt { what: "course without institution" })?;
        let licence = match seller.licence {
            Some(licence) => store::licence_load(&read, id, &[licence]).await?.into_iter().next(),
            None => None,
        };
        // A published course had a licence, so there is one, perhaps no longer in force.
        let licence = licence.ok_or(Corrupt { what: "course of an institution without licence" })?;
        let contract = self.new_id(call, ContractId::new);
        let (guardian, pupil) = self.kept_family(call, &new.guardian, &new.pupil);
        let child_key = self.blind_key(&child_identity(&new.pupil));
        let terms = Terms {
            id: contract,
            institution,
            course: new.course,
            category: course.course.category,
            mode: course.course.mode,
            stage: course.course.stage,
            guardian: guardian.subject,
            pupil: pupil.subject,
            lots: new
                .lots
                .iter()
                .map(|lot| LotTerms {
                    id: self.new_id(call, LotId::new),
                    paid_hours: lot.paid_hours,
                    gift_hours: lot.gift_hours,
                    price: lot.price,
                    list_price_per_hour: lot.list_price_per_hour,
                })
                .collect(),
            refund_terms: new.refund_terms,
            first_lesson_on: new.first_lesson_on,
            last_lesson_on: new.last_lesson_on,
        };
        let in_force = self.template_in_force(region, call.now.day()).await?;
        let mut broken = Vec::new();
        let template = match new.wording.template {
            Some(named) if named != in_force.hash => {
                let violation = Violation::of(RuleId::TemplateInForce).with(in_force.hash, named).field("template");
                broken.push(violation);
                self.template_text(named).await?
            }
            Some(_) | None => in_force,
        };
        let number = contract_number(region, call.now, random(&*self.effects));
        let parties = Parties {
            institution: InstitutionParty {
                name: profile.name,
                credit_code: seller.credit_code.to_string(),
                address: profile.address,
                legal_representative: profile.legal_representative,
                licence_number: licence.number,
                licence_valid_until_on: licence.valid_until_on,
            },
            custody_account: profile.custody_account,
            guardian: new.guardian,
            pupil: new.pupil,
        };
        let details = Details {
            number: number.clone(),
            course_name,
            minutes_per_hour: course.course.minutes_per_hour,
            class_size_max: course.course.class_size_max,
            supplementary_terms: new.supplementary_terms,
            template: template.hash.to_string(),
            code: random(&*self.effects),
        };
        let mut values = Values::default();
        new.wording.values.iter().try_for_each(|(name, value)| values.fill(name, value))?;
        contract::document::fill(&mut values, &terms, &parties, &details)
            .map_err(|_| Corrupt { what: "price of a contract" })?;
        let printed = KeptDocument::print(&template, values, Changes::new(new.wording.clause_changes));
        let document = printed.map_err(|error| match error {
            PrintError::UnknownClause(clause) => AppError::UnknownClause { clause },
            PrintError::Missing(_) => Corrupt { what: "values of a contract" }.into(),
        })?;
        broken.extend(document.violations(&template)?);
        let document_hash = *document.hash().as_bytes();
        let draft = Draft { number, terms, state: ContractState::Draft, document_hash, created_at: call.now };
        let (document, nonce) = (document.bytes().to_vec(), random(&*self.effects));
        Ok(ContractDraft { draft, document, nonce, guardian, pupil, broken, child_key })
    }

    /// The verb that signs a contract for a party: what the parties wrote is read here. `signed` is
    /// the hash that the party signs, where it says one.
    ///
    /// # Errors
    /// Not found, or [`AppError`] of the seal.
    pub async fn contract_sign(
        &self,
        ledger: &LedgerId,
        contract: ContractId,
        party: Party,
        signed: Option<Hash>,
    ) -> Result<ContractSign, AppError> {
        let document = self.document(ledger, contract).await?;
        let template = self.template_text(document.template).await?;
        Ok(ContractSign::of(contract, party, signed, &document, &template)?)
    }

    /// The document of a contract, as it was drawn up and hashed.
    ///
    /// # Errors
    /// [`AppError`] of the seal.
    pub async fn document(&self, ledger: &LedgerId, contract: ContractId) -> Result<KeptDocument, AppError> {
        let plain = open_text(&self.store.read(), &self.vault, ledger, contract).await?;
        let plain = plain.ok_or_else(|| AppError::not_found("contract"))?;
        Ok(KeptDocument::open(&plain)?)
    }
}

/// A contract number: county, day, and 40 random bits in Crockford's alphabet, `330502-20261122-4G7K2M9Q`.
fn contract_number(region: RegionCode, now: Instant, random: [u8; 5]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bits = random.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let mut tail = [0_u8; 8];
    for place in tail.iter_mut().rev() {
        *place = usize::try_from(bits & 31).ok().and_then(|i| ALPHABET.get(i)).copied().unwrap_or(b'0');
        bits >>= 5;
    }
    let day = now.day().to_string().replace('-', "");
    format!("{region}-{day}-{}", String::from_utf8_lossy(&tail))
}
