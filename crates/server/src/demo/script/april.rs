//! April: an arts institution closes without notice. Its money is held, every family is refunded
//! from custody in full, its licence is revoked by two persons, and it goes on the black list.

use app::verbs::{LicenceRevoke, LicenceSuspend, SettlementOrder};
use escrow::RefundCause;
use kernel::{Fen, HoldId, LicenceId, ListingId, SettlementId};
use registry::ListKind;

use super::september::listing;
use super::{Player, RefundStep, World};
use crate::demo::cast::{Fate, INSTITUTIONS};
use crate::demo::stage::Stage;

fn failed(world: &World) -> anyhow::Result<(usize, &Player, LicenceId)> {
    let index = INSTITUTIONS.iter().position(|cast| cast.fate == Fate::Fails);
    let found = index.and_then(|index| {
        let player = world.players.get(index)?;
        Some((index, player, player.licence?))
    });
    found.ok_or_else(|| anyhow::anyhow!("nobody fails"))
}

/// Found closed: suspended the same day, its money held; its families ask for theirs.
pub async fn suspend(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let (index, _, licence) = failed(world)?;
    let who = world.officials.approver.clone();
    let verb = LicenceSuspend {
        licence,
        hold: stage.id(&who, HoldId::new),
        reasons: [stage.reason("现场检查：关门停业，负责人失联"), stage.reason("暂停办学期间停止拨付")],
    };
    stage.act(&who, verb).await?;
    // The lessons that were claimed behind closed doors are decided first, so that their hours come
    // back too.
    let asked_on = stage.today().plus_days(3)?;
    let own: Vec<usize> =
        (0..world.contracts.len()).filter(|place| world.seller(*place).is_ok_and(|seller| seller == index)).collect();
    let ids: Vec<_> = own.iter().filter_map(|place| world.contracts.get(*place)).map(|contract| contract.id).collect();
    let accounts = store::account_load(&stage.app.store().read(), stage.ledger.id(), &ids).await?;
    for place in own {
        let Some(contract) = world.contracts.get_mut(place) else { continue };
        contract.taught = false;
        // Hours that a pupil missed in an earlier term are owed as well.
        let account = accounts.iter().find(|account| account.terms.id == contract.id);
        let owed = match account {
            Some(account) => account.open_refund.is_none() && !account.remaining()?.is_zero(),
            None => false,
        };
        if owed {
            let step = RefundStep::Request(place, RefundCause::Institution);
            world.refunds.entry(asked_on).or_default().push(step);
        }
    }
    Ok(())
}

/// The institution asks for its earnings all the same.
pub async fn pay_out_under_hold(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let (index, player, _) = failed(world)?;
    let institution = player.id;
    let who = world.owner(index)?;
    let settlement = stage.id(&who, SettlementId::new);
    let verb = SettlementOrder { settlement, institution, amount: Fen::new(1) };
    stage.caught(&who, "资金冻结期间申请拨付", "a payout while the money is held", verb).await
}

fn revocation(stage: &mut Stage, world: &World, who: &access::Principal) -> anyhow::Result<LicenceRevoke> {
    let (_, _, licence) = failed(world)?;
    Ok(LicenceRevoke {
        licence,
        reason_code: "bad_faith_ending".parse()?,
        effective_on: super::day("2026-04-30")?,
        hold: stage.id(who, HoldId::new),
        listing: stage.id(who, ListingId::new),
        reasons: [
            stage.reason("擅自停业、未退费，依法吊销办学许可证"),
            stage.reason("吊销许可后停止拨付"),
            stage.reason("许可证已吊销，移出白名单"),
        ],
    })
}

/// The officer proposes.
pub async fn propose_revocation(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 10, 0)?;
    let who = world.officials.bureau.clone();
    let verb = revocation(stage, world, &who)?;
    stage.act(&who, verb).await?;
    Ok(())
}

/// Another person decides.
pub async fn revoke(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 10, 0)?;
    let who = world.officials.approver.clone();
    let verb = revocation(stage, world, &who)?;
    stage.act(&who, verb).await?;
    Ok(())
}

/// And publishes it.
pub async fn black_list(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 10, 0)?;
    let (_, player, _) = failed(world)?;
    let who = world.officials.approver.clone();
    let verb = listing(stage, &who, player, ListKind::Black);
    stage.act(&who, verb).await?;
    Ok(())
}
