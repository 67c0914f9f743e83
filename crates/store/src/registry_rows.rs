//! Rows of institutions, applications, licences and listings.

use kernel::category::WordSet;
use kernel::{ApplicationId, InstitutionId, LedgerId, LicenceId, ListingId, Scope, UserId};
use registry::{
    Application, Decision, Hearing, InspectionGrade, Institution, Licence, Listing, ListingStep, SiteCheckResult,
};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::projection::projection;
use crate::row::{Row, Values};
use crate::sql::Table;

pub(crate) fn put_scope(scope: &Scope, values: &mut Values) {
    values.word(scope.category.as_str()).text(WordSet(scope.modes.clone())).text(WordSet(scope.stages.clone()));
}

pub(crate) fn get_scope(row: &mut Row<'_>) -> Result<Scope, StoreError> {
    let category = row.parse()?;
    let WordSet(modes) = row.parse()?;
    let WordSet(stages) = row.parse()?;
    Ok(Scope { category, modes, stages })
}

pub(crate) struct Institutions;

impl Table for Institutions {
    type Item = Institution;
    const NAME: &'static str = "institution";
    const KEY: &'static [&'static str] = &["institution_id"];
    const COLUMNS: &'static [&'static str] = &[
        "institution_id",
        "region",
        "credit_code",
        "category",
        "modes",
        "stages",
        "state",
        "listing",
        "licence_id",
        "open_application_id",
        "control_change_id",
        "holds",
        "account_holds",
        "custody_fen",
        "prepaid_fen",
        "disputed_fen",
        "refund_fen",
        "payable_fen",
        "settling_fen",
        "interest_fen",
        "suspended_in_fen",
        "suspended_out_fen",
        "deposit_fen",
        "deposit_locked",
        "last_seq",
        "last_leaf",
    ];
    const CHANGING: &'static [&'static str] = &[
        "category",
        "modes",
        "stages",
        "state",
        "listing",
        "licence_id",
        "open_application_id",
        "control_change_id",
        "holds",
        "account_holds",
        "custody_fen",
        "prepaid_fen",
        "disputed_fen",
        "refund_fen",
        "payable_fen",
        "settling_fen",
        "interest_fen",
        "suspended_in_fen",
        "suspended_out_fen",
        "deposit_fen",
        "deposit_locked",
        "last_seq",
        "last_leaf",
    ];

    fn write(item: &Institution, values: &mut Values) {
        values.id(item.id.uuid()).text(item.region).text(item.credit_code);
        put_scope(&item.scope, values);
        values
            .word(item.state.as_str())
            .word(item.listing.as_str())
            .id_opt(item.licence.map(LicenceId::uuid))
            .id_opt(item.open_application.map(ApplicationId::uuid))
            .id_opt(item.control_change.map(ApplicationId::uuid))
            .put(i64::from(item.holds))
            .put(i64::from(item.account_holds))
            .fen(item.custody)
            .fen(item.prepaid)
            .fen(item.disputed)
            .fen(item.refund)
            .fen(item.payable)
            .fen(item.settling)
            .fen(item.interest)
            .fen(item.suspended_in)
            .fen(item.suspended_out)
            .fen(item.deposit)
            .put(item.deposit_locked)
            .count("last_seq", item.last_seq)
            .hash(&item.last_leaf);
    }

    fn read(row: &mut Row<'_>) -> Result<Institution, StoreError> {
        Ok(Institution {
            id: InstitutionId::new(row.get()?),
            region: row.parse()?,
            credit_code: row.parse()?,
            scope: get_scope(row)?,
            state: row.parse()?,
            listing: row.parse()?,
            licence: row.get::<Option<_>>()?.map(LicenceId::new),
            open_application: row.get::<Option<_>>()?.map(ApplicationId::new),
            control_change: row.get::<Option<_>>()?.map(ApplicationId::new),
            holds: row.count_u32()?,
            account_holds: row.count_u32()?,
            custody: row.fen()?,
            prepaid: row.fen()?,
            disputed: row.fen()?,
            refund: row.fen()?,
            payable: row.fen()?,
            settling: row.fen()?,
            interest: row.fen()?,
            suspended_in: row.fen()?,
            suspended_out: row.fen()?,
            deposit: row.fen()?,
            deposit_locked: row.get()?,
            last_seq: row.count()?,
            last_leaf: row.hash()?,
        })
    }
}

projection!(Institutions, Institution, InstitutionId, institution_load, institution_save, institution_all);

pub(crate) struct Applications;

impl Table for Applications {
    type Item = Application;
    const NAME: &'static str = "application";
    const KEY: &'static [&'static str] = &["application_id"];
    const COLUMNS: &'static [&'static str] = &[
        "application_id",
        "institution_id",
        "kind",
        "category",
        "modes",
        "stages",
        "state",
        "submitted_on",
        "corrected_on",
        "accepted_on",
        "accept_by_on",
        "correct_by_on",
        "decide_by_on",
        "submitted_by",
        "site_checked_by",
        "site_checked_with",
        "site_check",
        "reviewed_by",
        "advice",
        "version",
    ];
    const CHANGING: &'static [&'static str] = &[
        "category",
        "modes",
        "stages",
        "state",
        "corrected_on",
        "accepted_on",
        "accept_by_on",
        "correct_by_on",
        "decide_by_on",
        "site_checked_by",
        "site_checked_with",
        "site_check",
        "reviewed_by",
        "advice",
        "version",
    ];

    fn write(item: &Application, values: &mut Values) {
        values.id(item.id.uuid()).id(item.institution.uuid()).word(item.kind.as_str());
        put_scope(&item.scope, values);
        let (first, second) = item.site_checked_by.unzip();
        values
            .word(item.state.as_str())
            .text(item.submitted_on)
            .text_opt(item.corrected_on)
            .text_opt(item.accepted_on)
            .text_opt(item.accept_by_on)
            .text_opt(item.correct_by_on)
            .text_opt(item.decide_by_on)
            .id_opt(item.submitted_by.map(UserId::uuid))
            .id_opt(first.map(UserId::uuid))
            .id_opt(second.map(UserId::uuid))
            .text_opt(item.site_check.map(SiteCheckResult::as_str))
            .id_opt(item.reviewed_by.map(UserId::uuid))
            .text_opt(item.advice.map(Decision::as_str))
            .put(i64::from(item.version));
    }

    fn read(row: &mut Row<'_>) -> Result<Application, StoreError> {
        Ok(Application {
            id: ApplicationId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            kind: row.parse()?,
            scope: get_scope(row)?,
            state: row.parse()?,
            submitted_on: row.parse()?,
            corrected_on: row.day_opt()?,
            accepted_on: row.day_opt()?,
            accept_by_on: row.day_opt()?,
            correct_by_on: row.day_opt()?,
            decide_by_on: row.day_opt()?,
            submitted_by: row.get::<Option<_>>()?.map(UserId::new),
            site_checked_by: {
                let first = row.get::<Option<_>>()?.map(UserId::new);
                first.zip(row.get::<Option<_>>()?.map(UserId::new))
            },
            site_check: row.parse_opt()?,
            reviewed_by: row.get::<Option<_>>()?.map(UserId::new),
            advice: row.parse_opt()?,
            version: row.count_u32()?,
        })
    }
}

projection!(Applications, Application, ApplicationId, application_load, application_save, application_all);

pub(crate) struct Licences;

impl Table for Licences {
    type Item = Licence;
    const NAME: &'static str = "licence";
    const KEY: &'static [&'static str] = &["licence_id"];
    const COLUMNS: &'static [&'static str] = &[
        "licence_id",
        "institution_id",
        "number",
        "category",
        "modes",
        "stages",
        "valid_from_on",
        "valid_until_on",
        "state",
        "revocation_proposed_by",
        "hearing_by_on",
        "hearing",
        "hearing_on",
        "revoked_from_on",
        "rectify_by_on",
        "close_from_on",
        "inspected_year",
        "inspected_grade",
    ];
    const CHANGING: &'static [&'static str] = &[
        "valid_until_on",
        "state",
        "revocation_proposed_by",
        "hearing_by_on",
        "hearing",
        "hearing_on",
        "revoked_from_on",
        "rectify_by_on",
        "close_from_on",
        "inspected_year",
        "inspected_grade",
    ];

    fn write(item: &Licence, values: &mut Values) {
        values.id(item.id.uuid()).id(item.institution.uuid()).text(&item.number);
        put_scope(&item.scope, values);
        values
            .text(item.valid_from_on)
            .text(item.valid_until_on)
            .word(item.state.as_str())
            .id_opt(item.revocation_proposed_by.map(UserId::uuid))
            .text_opt(item.hearing_by_on)
            .text_opt(item.hearing.map(Hearing::as_str))
            .text_opt(item.hearing_on)
            .text_opt(item.revoked_from_on)
            .text_opt(item.rectify_by_on)
            .text_opt(item.close_from_on)
            .count_opt("inspected_year", item.inspected.map(|(year, _)| u64::from(year)))
            .text_opt(item.inspected.map(|(_, grade): (u16, InspectionGrade)| grade.as_str()));
    }

    fn read(row: &mut Row<'_>) -> Result<Licence, StoreError> {
        Ok(Licence {
            id: LicenceId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            number: row.get()?,
            scope: get_scope(row)?,
            valid_from_on: row.parse()?,
            valid_until_on: row.parse()?,
            state: row.parse()?,
            revocation_proposed_by: row.get::<Option<_>>()?.map(UserId::new),
            hearing_by_on: row.day_opt()?,
            hearing: row.parse_opt()?,
            hearing_on: row.day_opt()?,
            revoked_from_on: row.day_opt()?,
            rectify_by_on: row.day_opt()?,
            close_from_on: row.day_opt()?,
            inspected: {
                let year = row.count_opt()?.and_then(|year| u16::try_from(year).ok());
                year.zip(row.parse_opt()?)
            },
        })
    }
}

projection!(Licences, Licence, LicenceId, licence_load, licence_save, licence_all);

pub(crate) struct Listings;

impl Table for Listings {
    type Item = Listing;
    const NAME: &'static str = "listing";
    const KEY: &'static [&'static str] = &["listing_id"];
    const COLUMNS: &'static [&'static str] = &[
        "listing_id",
        "institution_id",
        "list",
        "published_on",
        "seq",
        "cause_code",
        "objection_by_on",
        "rectify_by_on",
        "until_on",
        "step",
    ];
    const CHANGING: &'static [&'static str] = &["step"];

    fn write(item: &Listing, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .word(item.list.as_str())
            .text(item.published_on)
            .count("seq", item.seq)
            .text_opt(item.cause_code.as_ref())
            .text_opt(item.objection_by_on)
            .text_opt(item.rectify_by_on)
            .text_opt(item.until_on)
            .text_opt(item.step.map(ListingStep::as_str));
    }

    fn read(row: &mut Row<'_>) -> Result<Listing, StoreError> {
        Ok(Listing {
            id: ListingId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            list: row.parse()?,
            published_on: row.parse()?,
            seq: row.count()?,
            cause_code: row.get()?,
            objection_by_on: row.day_opt()?,
            rectify_by_on: row.day_opt()?,
            until_on: row.day_opt()?,
            step: row.parse_opt()?,
        })
    }
}

projection!(Listings, Listing, ListingId, listing_load, listing_save, listing_all);
