//! April: an arts institution closes without notice. Its money is held, its closure pack is made, every
//! family is refunded from custody in full by one run, its licence is revoked by two persons, and it goes
//! on the black list.

use std::collections::BTreeSet;

use app::verbs::{InspectionRecord, LicenceRevoke, LicenceSuspend, SettlementOrder};
use escrow::{InspectionFinding, RefundState};
use kernel::{Fen, HoldId, InspectionId, LicenceId, ListingId, SettlementId};
use registry::ListKind;

use super::september::listing;
use super::{Player, RefundStep, World};
use crate::demo::cast::{Fate, INSTITUTIONS};
use crate::demo::stage::Stage;

/// Under what the contacts of the demo's closure pack are sealed.
pub const PASSPHRASE: &str = "tutela-demo-liquidator";
/// Rows read in one go.
const LESSONS: u32 = 5_000;
/// Days from a mass refund to the bank's payout.
const PAID_AFTER_DAYS: i32 = 3;

fn failed(world: &World) -> anyhow::Result<(usize, &Player, LicenceId)> {
    let index = INSTITUTIONS.iter().position(|cast| cast.fate == Fate::Fails);
    let found = index.and_then(|index| {
        let player = world.players.get(index)?;
        Some((index, player, player.licence?))
    });
    found.ok_or_else(|| anyhow::anyhow!("nobody fails"))
}

/// Found closed: suspended the same day, its money held.
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
    let own: Vec<usize> =
        (0..world.contracts.len()).filter(|place| world.seller(*place).is_ok_and(|seller| seller == index)).collect();
    for place in own {
        if let Some(contract) = world.contracts.get_mut(place) {
            contract.taught = false;
        }
    }
    inspect(stage, world).await
}

/// What the officers found: nobody there, on a day for which lessons were claimed; and an account that
/// families were told to pay to, which is not the registered one.
async fn inspect(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    let (_, player, _) = failed(world)?;
    let institution = player.id;
    let read = stage.app.store().read();
    let lessons = store::lessons_page(&read, stage.ledger.id(), Some(institution), None, None, LESSONS).await?;
    let inspected_on = lessons.iter().map(|lesson| lesson.held_on).max().unwrap_or(stage.today());
    let who = world.officials.bureau.clone();
    for (finding, problems, text) in [
        (InspectionFinding::SiteClosed, 3, "大门上锁，教室无人，通知未张贴"),
        (InspectionFinding::PayeeMismatch, 1, "家长付款截图的收款户名不是登记的托管账户"),
    ] {
        let inspection = stage.id(&who, InspectionId::new);
        let text = stage.reason(text);
        stage.act(&who, InspectionRecord { inspection, institution, inspected_on, finding, problems, text }).await?;
    }
    Ok(())
}

/// The closure pack is made, and every family is refunded from custody in one run.
pub async fn close(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 14, 0)?;
    let (_, player, _) = failed(world)?;
    let (institution, who) = (player.id, world.officials.approver.clone());
    let call = stage.call(&who);
    stage.app.closure_make(call, institution, PASSPHRASE).await?;
    refund_all(stage, world).await
}

/// What came free since: lessons that were claimed behind closed doors and not confirmed.
pub async fn refund_all(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    let (index, player, _) = failed(world)?;
    let (institution, who) = (player.id, world.officials.approver.clone());
    let call = stage.call(&who);
    let run = stage.app.refund_run(&call, institution, None).await?;
    anyhow::ensure!(run.over && run.refused == 0, "the mass refund refused {} contracts", run.refused);
    // From now on only the bank has something to do about this institution's refunds.
    let read = stage.app.store().read();
    let mut agreed = BTreeSet::new();
    let mut after = None;
    loop {
        let state = Some(RefundState::Consented);
        let page =
            store::refunds_page(&read, stage.ledger.id(), Some(institution), None, state, after, LESSONS).await?;
        after = page.last().map(|refund| refund.id);
        agreed.extend(page.iter().map(|refund| refund.id));
        if after.is_none() {
            break;
        }
    }
    let places: BTreeSet<usize> =
        (0..world.contracts.len()).filter(|place| world.seller(*place).is_ok_and(|seller| seller == index)).collect();
    for steps in world.refunds.values_mut() {
        steps.retain(|step| match step {
            RefundStep::Request(place, _) => !places.contains(place),
            RefundStep::Consent(_, seller) => *seller != index,
            RefundStep::Pay(refund) => !agreed.contains(refund),
        });
    }
    let pay_on = stage.today().plus_days(PAID_AFTER_DAYS)?;
    world.refunds.entry(pay_on).or_default().extend(agreed.into_iter().map(RefundStep::Pay));
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
