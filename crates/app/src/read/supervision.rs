//! Alerts with their facts, inspections, closures, and what the scheduler does.

use access::{Action, Target};
use escrow::{Alert, Closure, Inspection};
use kernel::{AlertId, InstitutionId, LedgerId};
use store::{AlertFilter, JobLease, JobRun};

use super::registry::institution_target;
use super::{Page, Paged, Thing, Viewer, across, allow};
use crate::error::AppError;
use crate::ledgers::App;

/// An alert with the facts that it lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertView {
    /// The alert.
    pub alert: Alert,
    /// The facts, canonical JSON; none where only the ledger is at hand.
    pub facts: Option<String>,
}

/// What the scheduler of a ledger does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobsOfLedger {
    /// The ledger.
    pub ledger: LedgerId,
    /// Its leases, by job.
    pub leases: Vec<JobLease>,
    /// Its last runs, the newest first.
    pub runs: Vec<JobRun>,
}

impl App {
    /// Alerts about one institution, or about those of the viewer's region.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn alerts(
        &self,
        viewer: Viewer<'_>,
        filter: &AlertFilter,
        page: &Page,
    ) -> Result<Paged<AlertView>, AppError> {
        let Some(principal) = viewer else { return Err(AppError::NotSignedIn) };
        let mut filter = filter.clone();
        if let access::Role::Institution { institution, .. } = &principal.role {
            filter.institution = filter.institution.or(Some(*institution));
        }
        let ledgers = match filter.institution {
            Some(id) => vec![self.ledger_of_allowed(viewer, &[Action::AlertRead], id).await?],
            None => {
                let mut own = self.ledgers_of_user(principal).await?;
                own.retain(|l| allow(viewer, &[Action::AlertRead], &Target::Region(l.region()), "alert").is_ok());
                if own.is_empty() {
                    let anywhere = principal.role.region().map_or(Target::Nothing, Target::Region);
                    allow(viewer, &[Action::AlertRead], &anywhere, "alert")?;
                }
                own
            }
        };
        let found: Result<Paged<Alert>, AppError> = across!(
            ledgers.clone(),
            page,
            |ledger, after, limit| store::alerts_page(&self.store().read(), ledger.id(), &filter, after, limit).await?,
            |item: &Alert| AlertId::to_string(&item.id)
        );
        let found = found?;
        let mut items = Vec::new();
        for alert in found.items {
            let mut facts = None;
            for ledger in &ledgers {
                facts = match facts {
                    None => store::alert_facts(&self.store().read(), ledger.id(), alert.id).await?,
                    some => some,
                };
            }
            items.push(AlertView { alert, facts });
        }
        Ok(Paged { items, next: found.next })
    }

    /// One alert.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn alert(&self, viewer: Viewer<'_>, id: AlertId) -> Result<AlertView, AppError> {
        if viewer.is_none() {
            return Err(AppError::NotSignedIn);
        }
        let missing = || AppError::not_found("alert");
        let ledger = self.ledger_with(viewer, Thing::Alert(id)).await?;
        let read = self.store().read();
        let alert = store::alert_load(&read, ledger.id(), &[id]).await?.pop().ok_or_else(missing)?;
        allow(viewer, &[Action::AlertRead], &institution_target(&ledger, alert.institution), "alert")?;
        let facts = store::alert_facts(&read, ledger.id(), id).await?;
        Ok(AlertView { alert, facts })
    }

    /// Is this the registered custody account of an institution? Only digits count.
    ///
    /// # Errors
    /// Not found.
    pub async fn is_registered_account(&self, institution: InstitutionId, number: &str) -> Result<bool, AppError> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let registered = self.payee(institution).await?;
        Ok(registered.is_some_and(|account| digits(&account.account_number) == digits(number)))
    }

    /// Inspections of an institution.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn inspections(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        page: &Page,
    ) -> Result<Paged<Inspection>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::InspectionRead], institution).await?;
        let of = Some(institution);
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::inspections_page(&self.store().read(), ledger.id(), of, after, limit).await?,
            |item: &Inspection| item.id.to_string()
        )
    }

    /// The closures of an institution.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn closures(&self, viewer: Viewer<'_>, institution: InstitutionId) -> Result<Vec<Closure>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::ClosureRead], institution).await?;
        Ok(store::closures_of(&self.store().read(), ledger.id(), institution).await?)
    }

    /// What the schedulers do, in the ledgers of a user; the administrator sees all.
    ///
    /// # Errors
    /// Denied.
    pub async fn jobs(&self, viewer: Viewer<'_>, runs_max: u32) -> Result<Vec<JobsOfLedger>, AppError> {
        let Some(principal) = viewer else { return Err(AppError::NotSignedIn) };
        let target = principal.role.region().map_or(Target::Nothing, Target::Region);
        allow(viewer, &[Action::JobRead], &target, "job")?;
        let ledgers = match principal.role {
            access::Role::Admin => self.all_ledgers().await,
            _ => self.ledgers_of_user(principal).await?,
        };
        let mut out = Vec::new();
        for ledger in ledgers {
            let read = self.store().read();
            let leases = store::job_leases(&read, ledger.id()).await?;
            let runs = store::job_runs(&read, ledger.id(), None, runs_max.min(200)).await?;
            out.push(JobsOfLedger { ledger: ledger.id().clone(), leases, runs });
        }
        // Of a region without a ledger there is nothing to know.
        if out.is_empty() {
            return Err(AppError::not_found("ledger"));
        }
        Ok(out)
    }
}
