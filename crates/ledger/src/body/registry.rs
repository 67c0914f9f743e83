//! Entries about the ledger itself, institutions, licences, lists and courses. No money.

use std::collections::BTreeSet;

use kernel::{ApplicationId, Category, CourseId, CreditCode, Day, Fen, LicenceId, ListingId, Mode, RegionCode, Stage};

use super::words::{ApplicationDecision, ApplicationKind, LicenceEndCause, ListKind};
use crate::hash::Hash;
use crate::wire::{Code, Line, record, record_value};

record! {
    /// The first entry of a ledger.
    LedgerOpened {
        origin: Line = "origin line of the ledger's checkpoints",
        region: RegionCode = "jurisdiction",
        vkey: Line = "the log's public key (C2SP vkey)",
    }
}

record! {
    /// A version of the region's parameters takes effect; its hash is the envelope's `policy`.
    PolicyAdopted {
        effective_on: Day = "first day of effect",
        region: RegionCode = "jurisdiction",
    }
}

record! {
    /// A version of the model contract's text takes effect.
    TemplateAdopted {
        effective_on: Day = "first day of effect",
        region: RegionCode = "jurisdiction",
        template: Hash = "tagged digest of the text",
    }
}

record! {
    /// An institution is known to the ledger. `commit`: its profile.
    InstitutionRegistered {
        category: Category = "what it teaches",
        credit_code: CreditCode = "unified social credit code",
        modes: BTreeSet<Mode> = "how it teaches",
        region: RegionCode = "where it is registered",
        stages: BTreeSet<Stage> = "whom it teaches",
    }
}

record! {
    /// A document handed in with an application.
    SubmittedDocument {
        kind: Code = "which document",
        sha256: Hash = "tagged digest of the file",
    }
}
record_value!(SubmittedDocument, "document");

record! {
    /// An application for a licence is handed in. `commit`: what is asked for, where that names people.
    ApplicationSubmitted {
        accept_by_on: Option<Day> = "last day for acceptance or the notice to correct",
        application: ApplicationId = "the application",
        category: Category = "category asked for",
        decide_by_on: Option<Day> = "last day for the decision, if it is accepted as late as may be",
        documents: Vec<SubmittedDocument> = "documents handed in",
        kind: ApplicationKind = "what is asked for",
        modes: BTreeSet<Mode> = "modes asked for",
        stages: BTreeSet<Stage> = "stages asked for",
    }
}

record! {
    /// The application is complete and accepted for examination.
    ApplicationAccepted {
        application: ApplicationId = "the application",
        decide_by_on: Option<Day> = "last day for the decision, counted from this day",
    }
}

record! {
    /// The application is decided. `commit`: the reason.
    ApplicationDecided {
        application: ApplicationId = "the application",
        decision: ApplicationDecision = "the decision",
    }
}

record! {
    /// A licence comes into being.
    LicenceGranted {
        application: ApplicationId = "the application it answers",
        category: Category = "category licensed",
        licence: LicenceId = "the licence",
        licence_number: Line = "number printed on it",
        modes: BTreeSet<Mode> = "modes licensed",
        stages: BTreeSet<Stage> = "stages licensed",
        valid_from_on: Day = "first day",
        valid_until_on: Day = "last day",
    }
}

record! {
    /// A licence is suspended. `commit`: the reason.
    LicenceSuspended {
        licence: LicenceId = "the licence",
    }
}

record! {
    /// A suspended licence is in force again. `commit`: the reason.
    LicenceReinstated {
        licence: LicenceId = "the licence",
    }
}

record! {
    /// Revocation is proposed; the institution may be heard. `commit`: the basis.
    LicenceRevocationProposed {
        effective_on: Day = "day of effect if it is decided",
        hearing_by_on: Option<Day> = "last day to ask for a hearing",
        licence: LicenceId = "the licence",
        reason_code: Code = "reason by its code",
    }
}

record! {
    /// A licence is revoked. `commit`: the basis.
    LicenceRevoked {
        effective_on: Day = "day of effect",
        licence: LicenceId = "the licence",
        reason_code: Code = "reason by its code",
    }
}

record! {
    /// A licence ends without being revoked.
    LicenceEnded {
        cause: LicenceEndCause = "why",
        licence: LicenceId = "the licence",
    }
}

record! {
    /// The institution moves to a public list, or off it. `commit`: cause and basis.
    ListingChanged {
        cause_code: Option<Code> = "cause by its code",
        list: ListKind = "the list it now stands on",
        listing: ListingId = "this listing",
        objection_by_on: Option<Day> = "last day to object",
        published_on: Day = "day of publication",
        rectify_by_on: Option<Day> = "last day to put things right",
        until_on: Option<Day> = "last day on the list",
    }
}

record! {
    /// A course is in the institution's public catalogue. `commit`: its name.
    CoursePublished {
        category: Category = "category",
        class_size_max: u32 = "most pupils in a class",
        course: CourseId = "the course",
        ends_on: Day = "last lesson",
        hours: kernel::ClassHours = "class hours",
        list_price_per_hour_fen: Option<Fen> = "list price of one hour",
        minutes_per_hour: u32 = "minutes of a class hour",
        mode: Mode = "mode",
        price_fen: Fen = "price of the whole course",
        stage: Stage = "stage",
        starts_on: Day = "first lesson",
    }
}
