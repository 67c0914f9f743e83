//! Institutions, applications, licences, lists and courses, as far as the viewer may see them.

use access::{Action, Caller, Target};
use kernel::{ApplicationId, CourseId, InstitutionId, LicenceId, RegionCode};
use registry::{Application, Institution, InstitutionState, Licence, ListKind, Listing};
use store::{InstitutionFilter, NamedCourse, NamedInstitution};

use super::page::{Page, Paged, across};
use super::{Thing, Viewer, allow};
use crate::drafting::ProfileDetails;
use crate::error::AppError;
use crate::ledgers::{App, Ledger};

/// Which institutions a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstitutionQuery {
    /// Only of this region or below.
    pub region: Option<RegionCode>,
    /// Only in this state.
    pub state: Option<InstitutionState>,
    /// Only on this list.
    pub listing: Option<ListKind>,
    /// Only with this in the name.
    pub name: Option<String>,
}

/// An institution as the viewer may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstitutionView {
    /// The public part.
    pub institution: Institution,
    /// Its name; empty when only the ledger is at hand.
    pub name: String,
    /// Its current or last licence.
    pub licence: Option<Licence>,
    /// The rest, for those who may see it.
    pub profile: Option<ProfileDetails>,
}

/// An institution on a list, with the decision that put it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedInstitution {
    /// The institution and its name.
    pub institution: NamedInstitution,
    /// The latest decision.
    pub listing: Option<Listing>,
}

/// Where a page of the queue ended: the day due and the application.
#[derive(Clone, Debug, PartialEq, Eq)]
struct QueuePlace(String, ApplicationId);

impl QueuePlace {
    fn of(application: &Application) -> QueuePlace {
        let due = application.due_on().map_or_else(|| "2199-12-31".to_owned(), |day| day.to_string());
        QueuePlace(due, application.id)
    }
}

impl std::fmt::Display for QueuePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl std::str::FromStr for QueuePlace {
    type Err = kernel::category::WordError;
    fn from_str(s: &str) -> Result<QueuePlace, Self::Err> {
        let (due, id) = s.split_once('.').ok_or(kernel::category::WordError)?;
        let day: kernel::Day = due.parse().map_err(|_| kernel::category::WordError)?;
        Ok(QueuePlace(day.to_string(), id.parse().map_err(|_| kernel::category::WordError)?))
    }
}

/// An institution as the target of an action.
pub(crate) fn institution_target(ledger: &Ledger, institution: InstitutionId) -> Target {
    Target::Institution { ledger: ledger.id().clone(), region: ledger.region(), institution }
}

impl App {
    /// Institutions: their public part.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn institutions(
        &self,
        query: &InstitutionQuery,
        page: &Page,
    ) -> Result<Paged<NamedInstitution>, AppError> {
        let filter = InstitutionFilter {
            region: query.region,
            state: query.state,
            listing: query.listing,
            name_contains: query.name.as_deref(),
        };
        let ledgers = self.ledgers_in(query.region).await;
        across!(
            ledgers,
            page,
            |ledger, after, limit| store::institutions_page(&self.store().read(), ledger.id(), &filter, after, limit)
                .await?,
            |item| item.institution.id.to_string()
        )
    }

    /// One institution.
    ///
    /// # Errors
    /// Not found.
    pub async fn institution(&self, viewer: Viewer<'_>, id: InstitutionId) -> Result<InstitutionView, AppError> {
        let ledger = self.ledger_with(viewer, Thing::Institution(id)).await?;
        let read = self.store().read();
        let institution = self.institution_in(&ledger, id).await?;
        let name = store::profile_load(&read, ledger.id(), &[id]).await?.pop().map(|p| p.name).unwrap_or_default();
        let licence = match institution.licence {
            Some(licence) => store::licence_load(&read, ledger.id(), &[licence]).await?.pop(),
            None => None,
        };
        let full = viewer.is_some_and(|principal| {
            let target = institution_target(&ledger, id);
            access::check(Caller::User(principal), Action::InstitutionReadFull, &target).is_ok()
        });
        let profile = if full { self.profile(ledger.id(), id).await.ok() } else { None };
        Ok(InstitutionView { institution, name, licence, profile })
    }

    /// An institution with its profile, for those who may see it.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn institution_in_full(
        &self,
        viewer: Viewer<'_>,
        id: InstitutionId,
    ) -> Result<(InstitutionView, ProfileDetails), AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::InstitutionReadFull], id).await?;
        let profile = self.profile(ledger.id(), id).await?;
        Ok((self.institution(viewer, id).await?, profile))
    }

    pub(crate) async fn institution_in(&self, ledger: &Ledger, id: InstitutionId) -> Result<Institution, AppError> {
        let found = store::institution_load(&self.store().read(), ledger.id(), &[id]).await?.pop();
        found.ok_or_else(|| AppError::not_found("institution"))
    }

    /// The ledger of an institution, if the viewer may do one of `actions` to it.
    ///
    /// # Errors
    /// Not found, denied.
    pub(crate) async fn ledger_of_allowed(
        &self,
        viewer: Viewer<'_>,
        actions: &[Action],
        id: InstitutionId,
    ) -> Result<std::sync::Arc<Ledger>, AppError> {
        let ledger = self.ledger_with(viewer, Thing::Institution(id)).await?;
        self.institution_in(&ledger, id).await?;
        allow(viewer, actions, &institution_target(&ledger, id), "institution")?;
        Ok(ledger)
    }

    /// Applications of an institution.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn applications(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        page: &Page,
    ) -> Result<Paged<Application>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::InstitutionReadFull], institution).await?;
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::applications_page(
                &self.store().read(),
                ledger.id(),
                Some(institution),
                None,
                after,
                limit
            )
            .await?,
            |item| item.id.to_string()
        )
    }

    /// One application.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn application(&self, viewer: Viewer<'_>, id: ApplicationId) -> Result<Application, AppError> {
        let ledger = self.ledger_with(viewer, Thing::Application(id)).await?;
        let found = store::application_load(&self.store().read(), ledger.id(), &[id]).await?.pop();
        let found = found.ok_or_else(|| AppError::not_found("licence_application"))?;
        let target = institution_target(&ledger, found.institution);
        allow(viewer, &[Action::InstitutionReadFull], &target, "licence_application")?;
        Ok(found)
    }

    /// The queue of applications of the region: what is due first comes first, county by county.
    ///
    /// # Errors
    /// Denied.
    pub async fn application_queue(
        &self,
        viewer: Viewer<'_>,
        region: Option<RegionCode>,
        (state, kind): (Option<registry::ApplicationState>, Option<registry::ApplicationKind>),
        page: &Page,
    ) -> Result<Paged<Application>, AppError> {
        let filter = store::QueueFilter { state, kind };
        let own = viewer.and_then(|principal| principal.role.region());
        let region = region.or(own).ok_or(AppError::NotSignedIn);
        let region = match (region, viewer) {
            (Ok(region), _) => region,
            // A role without a region has no queue.
            (Err(_), Some(_)) => {
                let (action, reason) = (Action::ApplicationQueueRead, access::Reason::Role);
                return Err(access::Denied { action, reason, hide: false }.into());
            }
            (Err(error), None) => return Err(error),
        };
        allow(viewer, &[Action::ApplicationQueueRead], &Target::Region(region), "region")?;
        let ledgers = self.ledgers_in(Some(region)).await;
        across!(
            ledgers,
            page,
            |ledger, after, limit| store::applications_queue(
                &self.store().read(),
                ledger.id(),
                filter,
                after.map(|QueuePlace(due, id)| (due, id)),
                limit
            )
            .await?,
            |item| QueuePlace::of(item).to_string()
        )
    }

    /// Working days, as the ledger of an application counts them; none where no calendar is known.
    pub fn days_left(&self, application: &Application, today: kernel::Day) -> Option<i32> {
        let due = application.due_on()?;
        registry::clock::working_days_left(self.calendar(), today, due).ok()
    }

    /// One licence; public.
    ///
    /// # Errors
    /// Not found.
    pub async fn licence(&self, id: LicenceId) -> Result<Licence, AppError> {
        let ledger = self.ledger_with(None, Thing::Licence(id)).await?;
        let found = store::licence_load(&self.store().read(), ledger.id(), &[id]).await?.pop();
        found.ok_or_else(|| AppError::not_found("licence"))
    }

    /// The licences with a number; public. Numbers are unique within a ledger.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn licences_by_number(&self, number: &str) -> Result<Vec<Licence>, AppError> {
        let mut found = Vec::new();
        for ledger in self.all_ledgers().await {
            found.extend(store::licences_by_number(&self.store().read(), ledger.id(), &[number]).await?);
        }
        Ok(found)
    }

    /// Decisions on lists about an institution, newest first; public.
    ///
    /// # Errors
    /// Not found.
    pub async fn listings(&self, institution: InstitutionId, page: &Page) -> Result<Paged<Listing>, AppError> {
        let ledger = self.ledger_with(None, Thing::Institution(institution)).await?;
        self.institution_in(&ledger, institution).await?;
        across!(
            vec![ledger],
            page,
            |ledger, before, limit| store::listings_of_institution(
                &self.store().read(),
                ledger.id(),
                institution,
                before,
                limit
            )
            .await?,
            |item| item.seq.to_string()
        )
    }

    /// Who stands on a list; public.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn list(
        &self,
        list: ListKind,
        region: Option<RegionCode>,
        page: &Page,
    ) -> Result<Paged<ListedInstitution>, AppError> {
        let query = InstitutionQuery { region, listing: Some(list), ..InstitutionQuery::default() };
        let Paged { items, next } = self.institutions(&query, page).await?;
        let mut listed = Vec::with_capacity(items.len());
        for institution in items {
            let ledger = kernel::LedgerId::first_of(institution.institution.region);
            let read = self.store().read();
            let newest = store::listings_of_institution(&read, &ledger, institution.institution.id, None, 1).await?;
            listed.push(ListedInstitution { institution, listing: newest.into_iter().next() });
        }
        Ok(Paged { items: listed, next })
    }

    /// Courses of an institution: the published ones, and the drafts for those who draw them up.
    ///
    /// # Errors
    /// Not found.
    pub async fn courses(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        page: &Page,
    ) -> Result<Paged<NamedCourse>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::CourseRead], institution).await?;
        let drafts = sees_drafts(viewer, &ledger, institution);
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::courses_page(
                &self.store().read(),
                ledger.id(),
                institution,
                drafts,
                after,
                limit
            )
            .await?,
            |item| item.course.id.to_string()
        )
    }

    /// One course; a draft only for those who draw it up.
    ///
    /// # Errors
    /// Not found.
    pub async fn course(&self, viewer: Viewer<'_>, id: CourseId) -> Result<NamedCourse, AppError> {
        let ledger = self.ledger_with(viewer, Thing::Course(id)).await?;
        let missing = || AppError::not_found("course");
        let found = store::named_course(&self.store().read(), ledger.id(), id).await?.ok_or_else(missing)?;
        let draft = found.course.published_seq.is_none();
        if draft && !sees_drafts(viewer, &ledger, found.course.institution) { Err(missing()) } else { Ok(found) }
    }
}

fn sees_drafts(viewer: Viewer<'_>, ledger: &Ledger, institution: InstitutionId) -> bool {
    allow(viewer, &[Action::CourseDraft], &institution_target(ledger, institution), "course").is_ok()
}
