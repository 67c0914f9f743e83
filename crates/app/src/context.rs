//! What a verb knows while it decides, and what it answers.

use access::{Action, Caller, Principal, Target};
use contract::Terms;
use kernel::{Calendar, Day, DayCount, Instant, InstitutionId, LedgerId, RegionCode};
use ledger::Body;
use policy::{Policy, Setting};
use registry::Institution;

use crate::refusal::Stop;
use crate::working_set::{Wanted, WorkingSet};

/// The circumstances of one command.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The ledger.
    pub ledger: &'a LedgerId,
    /// The county it supervises.
    pub region: RegionCode,
    /// Who commands; none for the system's own clocks.
    pub principal: Option<&'a Principal>,
    /// When the request came.
    pub now: Instant,
    /// That day, local.
    pub today: Day,
    /// The rules of that day.
    pub policy: &'a Policy,
    /// Working days.
    pub calendar: &'a Calendar,
}

impl Context<'_> {
    /// May the caller do this to an institution?
    ///
    /// # Errors
    /// [`Stop::Denied`].
    pub fn allow(&self, action: Action, institution: &Institution) -> Result<(), Stop> {
        self.check(
            action,
            &Target::Institution {
                ledger: self.ledger.clone(),
                region: institution.region,
                institution: institution.id,
            },
        )
    }

    /// May the caller do this to a contract?
    ///
    /// # Errors
    /// [`Stop::Denied`].
    pub fn allow_contract(&self, action: Action, terms: &Terms) -> Result<(), Stop> {
        self.check(
            action,
            &Target::Contract {
                ledger: self.ledger.clone(),
                region: self.region,
                institution: terms.institution,
                guardian: terms.guardian,
            },
        )
    }

    /// May the caller do this in the region of the ledger?
    ///
    /// # Errors
    /// [`Stop::Denied`].
    pub fn allow_region(&self, action: Action) -> Result<(), Stop> {
        self.check(action, &Target::Region(self.region))
    }

    fn check(&self, action: Action, target: &Target) -> Result<(), Stop> {
        // Without a principal it is the ledger's own clock, which only calls verbs made for it.
        self.principal.map_or(Ok(()), |principal| Ok(access::check(Caller::User(principal), action, target)?))
    }

    /// The last day of a period that a rule sets; none also where there is no such rule.
    pub fn ruled_deadline(&self, from: Day, rule: &Setting<DayCount>) -> Option<Day> {
        self.deadline(from, rule.in_force()?.value)
    }

    /// The last day of a period that starts on `from`; none while the working-day calendar of that year
    /// is not published (docs/adr/0011).
    pub fn deadline(&self, from: Day, count: DayCount) -> Option<Day> {
        self.calendar.end_of(from, count).ok()
    }
}

/// Free text or a record that an entry commits to without containing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Salt of the commitment.
    pub salt: [u8; 32],
    /// Nonce for sealing it.
    pub nonce: [u8; 24],
    /// The canonical bytes.
    pub bytes: Vec<u8>,
}

/// An entry to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryDraft {
    /// What it says.
    pub body: Body,
    /// Whose chain it joins.
    pub institution: Option<InstitutionId>,
    /// The day it takes effect.
    pub effective_on: Day,
    /// What it commits to.
    pub secret: Option<Secret>,
    /// The policy that the entry names, where that is not the one that decided.
    pub policy: Option<ledger::Hash>,
}

/// Rows beside the ledger that are written in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// An institution's profile.
    Profile(Box<store::Profile>),
    /// The name of a new course.
    CourseName(kernel::CourseId, String),
    /// The text of a bank reference.
    PaymentReference(kernel::PaymentId, String),
    /// A person's record.
    Person(Box<crate::people::KeptPerson>),
    /// By which a pupil is found again under another guardian.
    ChildKey(kernel::SubjectId, [u8; 32]),
    /// By which an institution's controller is found again.
    ControllerKey(InstitutionId, [u8; 32]),
    /// What is kept of a family goes.
    Erasure(store::FamilyErasure),
    /// By what an institution may be found again, from one part of its record.
    Ties(InstitutionId, kernel::RecordItemId, Vec<registry::graph::Tie>),
    /// A line of a bank statement, with where it stands now.
    BankLine(Box<store::BankLine>),
    /// The facts that an alert lists.
    AlertFacts(kernel::AlertId, String),
    /// What is done to the text of a contract.
    Text(Box<crate::people::TextStep>),
    /// Somebody is told.
    Notice(Box<crate::outbox::Notice>),
}

/// What a verb decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Entries, in order.
    pub entries: Vec<EntryDraft>,
    /// Rows beside the ledger.
    pub side: Vec<Side>,
    /// Drafts and courses made or changed outside the ledger.
    pub courses: Vec<contract::Course>,
    /// Contracts drawn up.
    pub drafts: Vec<store::Draft>,
    /// HTTP-like status of success: 200 or 201.
    pub status: u16,
    /// The answer's body, without entries and receipt.
    pub answer: serde_json::Value,
}

impl Decision {
    /// Success with an answer.
    pub fn new(status: u16, answer: serde_json::Value) -> Decision {
        Decision { entries: Vec::new(), side: Vec::new(), courses: Vec::new(), drafts: Vec::new(), status, answer }
    }

    /// With people and programs to be told.
    #[must_use]
    pub fn told(mut self, notices: Vec<crate::outbox::Notice>) -> Decision {
        self.side.extend(notices.into_iter().map(|notice| Side::Notice(Box::new(notice))));
        self
    }

    /// With an entry in an institution's chain.
    #[must_use]
    pub fn entry(
        mut self,
        institution: InstitutionId,
        effective_on: Day,
        body: impl Into<Body>,
        secret: Option<Secret>,
    ) -> Decision {
        let institution = Some(institution);
        self.entries.push(EntryDraft { body: body.into(), institution, effective_on, secret, policy: None });
        self
    }
}

/// One use case: what it needs, and what it decides. One file each in `verbs/`.
pub trait Verb: Send + Sync {
    /// Asks for what the decision needs.
    fn wants(&self, wanted: &mut Wanted);
    /// Decides, purely.
    ///
    /// # Errors
    /// [`Stop`].
    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop>;
}
