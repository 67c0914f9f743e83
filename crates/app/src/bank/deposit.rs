//! The risk deposit of an institution against its floor, as the numbers of today give it.

use access::Action;
use contract::ContractState;
use kernel::{Day, Fen, InstitutionId};
use policy::Policy;
use policy::types::{DepositFloorKind, SupervisionMode};
use store::ContractFilter;

use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Thing, Viewer};
use crate::refusal::Corrupt;

/// Contracts read at once.
const PAGE: u32 = 500;

/// A deposit against its floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositStanding {
    /// Whose.
    pub institution: InstitutionId,
    /// At the bank.
    pub deposit: Fen,
    /// May nothing be paid back?
    pub locked: bool,
    /// Does the place ask for a deposit?
    pub required: bool,
    /// The floor; none where the place sets it and it is not known.
    pub floor: Option<Fen>,
    /// What is missing to the floor.
    pub shortfall: Fen,
    /// What the floor is made of, in Chinese.
    pub basis: String,
}

impl App {
    /// The deposit of an institution against its floor today: fees of all pupils for the cycle, and never
    /// less than what is not yet taught, or the sum that the place fixes.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn deposit_standing(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        today: Day,
    ) -> Result<DepositStanding, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::BalancesRead], institution).await?;
        let policy = self.rulebook.on(ledger.region(), today)?.policy;
        let row = self.institution_in(&ledger, institution).await?;
        let required = asked_for(&policy);
        let (floor, basis) = self.deposit_floor(&ledger, institution, &policy).await?;
        let shortfall = match (required, floor) {
            (true, Some(floor)) => floor.checked_sub(row.deposit).map_err(sum)?.max(Fen::ZERO),
            _ => Fen::ZERO,
        };
        let (deposit, locked) = (row.deposit, row.deposit_locked);
        Ok(DepositStanding { institution, deposit, locked, required, floor, shortfall, basis })
    }

    /// The floor that a release must leave; nothing where no floor is known.
    ///
    /// # Errors
    /// Not found.
    pub async fn deposit_floor_for(&self, call: &Call, institution: InstitutionId) -> Result<Fen, AppError> {
        let ledger = self.ledger_for(call, Thing::Institution(institution)).await?;
        let policy = self.rulebook.on(ledger.region(), call.now.day())?.policy;
        if !asked_for(&policy) {
            return Ok(Fen::ZERO);
        }
        Ok(self.deposit_floor(&ledger, institution, &policy).await?.0.unwrap_or(Fen::ZERO))
    }

    async fn deposit_floor(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        policy: &Policy,
    ) -> Result<(Option<Fen>, String), AppError> {
        let Some(rule) = policy.deposit_floor.in_force() else {
            return Ok((None, "当地未规定下限".to_owned()));
        };
        match (rule.value.kind, rule.value.fen) {
            (DepositFloorKind::Fixed, Some(fen)) => Ok((Some(fen), format!("固定金额：{}", rule.source))),
            (DepositFloorKind::OneCycleFees, _) => {
                let (fees, undelivered) = self.cycle_fees(ledger, institution).await?;
                let floor = escrow::reserve::deposit_floor([fees], undelivered).map_err(sum)?;
                Ok((Some(floor), format!("全部在读学员一个收费周期的费用：{}", rule.source)))
            }
            (DepositFloorKind::SetLocally | DepositFloorKind::Fixed, _) => {
                Ok((None, format!("由当地确定，数额未知：{}", rule.source)))
            }
        }
    }

    /// Fees of all contracts that run, and what of them is not yet taught.
    async fn cycle_fees(&self, ledger: &Ledger, institution: InstitutionId) -> Result<(Fen, Fen), AppError> {
        let filter = ContractFilter { institution: Some(institution), ..ContractFilter::default() };
        let (mut fees, mut undelivered, mut after) = (Fen::ZERO, Fen::ZERO, None);
        loop {
            let page = store::accounts_page(&self.store.read(), ledger.id(), &filter, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok((fees, undelivered)) };
            after = Some(last.terms.id);
            for account in page.iter().filter(|account| account.state == ContractState::Signed) {
                let price = Fen::try_sum(account.lots.iter().map(|lot| lot.price)).map_err(sum)?;
                if account.prepaid > Fen::ZERO || account.disputed > Fen::ZERO {
                    fees = fees.checked_add(price).map_err(sum)?;
                }
                undelivered = Fen::try_sum([undelivered, account.prepaid, account.disputed]).map_err(sum)?;
            }
        }
    }
}

/// Does the place ask for a deposit of every institution?
fn asked_for(policy: &Policy) -> bool {
    policy.supervision_modes.in_force().is_some_and(|rule| {
        let deposit = rule.value.modes.contains(&SupervisionMode::Deposit);
        let alone = rule.value.modes.len() == 1;
        deposit && (alone || rule.value.choice == policy::types::ModeChoice::Together)
    })
}

fn sum(_: kernel::fen::FenError) -> AppError {
    Corrupt { what: "sum of money" }.into()
}
