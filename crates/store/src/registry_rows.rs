//! Rows of institutions, applications, licences and listings.

use kernel::category::WordSet;
use kernel::{ApplicationId, InstitutionId, LedgerId, LicenceId, ListingId, Scope, UserId};
use registry::{Application, Institution, Licence, Listing};

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
        "holds",
        "custody_fen",
        "prepaid_fen",
        "disputed_fen",
        "refund_fen",
        "payable_fen",
        "settling_fen",
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
        "holds",
        "custody_fen",
        "prepaid_fen",
        "disputed_fen",
        "refund_fen",
        "payable_fen",
        "settling_fen",
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
            .put(i64::from(item.holds))
            .fen(item.custody)
            .fen(item.prepaid)
            .fen(item.disputed)
            .fen(item.refund)
            .fen(item.payable)
            .fen(item.settling)
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
            holds: row.count_u32()?,
            custody: row.fen()?,
            prepaid: row.fen()?,
            disputed: row.fen()?,
            refund: row.fen()?,
            payable: row.fen()?,
            settling: row.fen()?,
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
        "decide_by_on",
    ];
    const CHANGING: &'static [&'static str] = &["category", "modes", "stages", "state", "decide_by_on"];

    fn write(item: &Application, values: &mut Values) {
        values.id(item.id.uuid()).id(item.institution.uuid()).word(item.kind.as_str());
        put_scope(&item.scope, values);
        values.word(item.state.as_str()).text(item.submitted_on).text_opt(item.decide_by_on);
    }

    fn read(row: &mut Row<'_>) -> Result<Application, StoreError> {
        Ok(Application {
            id: ApplicationId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            kind: row.parse()?,
            scope: get_scope(row)?,
            state: row.parse()?,
            submitted_on: row.parse()?,
            decide_by_on: row.day_opt()?,
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
        "revoked_from_on",
    ];
    const CHANGING: &'static [&'static str] = &["state", "revocation_proposed_by", "revoked_from_on"];

    fn write(item: &Licence, values: &mut Values) {
        values.id(item.id.uuid()).id(item.institution.uuid()).text(&item.number);
        put_scope(&item.scope, values);
        values
            .text(item.valid_from_on)
            .text(item.valid_until_on)
            .word(item.state.as_str())
            .id_opt(item.revocation_proposed_by.map(UserId::uuid))
            .text_opt(item.revoked_from_on);
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
            revoked_from_on: row.day_opt()?,
        })
    }
}

projection!(Licences, Licence, LicenceId, licence_load, licence_save, licence_all);

pub(crate) struct Listings;

impl Table for Listings {
    type Item = Listing;
    const NAME: &'static str = "listing";
    const KEY: &'static [&'static str] = &["listing_id"];
    const COLUMNS: &'static [&'static str] = &["listing_id", "institution_id", "list", "published_on", "seq"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Listing, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .word(item.list.as_str())
            .text(item.published_on)
            .count("seq", item.seq);
    }

    fn read(row: &mut Row<'_>) -> Result<Listing, StoreError> {
        Ok(Listing {
            id: ListingId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            list: row.parse()?,
            published_on: row.parse()?,
            seq: row.count()?,
        })
    }
}

projection!(Listings, Listing, ListingId, listing_load, listing_save, listing_all);
