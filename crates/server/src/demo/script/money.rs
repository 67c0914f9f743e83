//! Money on its way out: weekly settlements, and refunds from the question to the payout.

use app::context::Verb;
use app::verbs::{Asked, RefundConsent, RefundPayout, RefundRequest, SettlementOrder, SettlementPayout};
use escrow::RefundCause;
use kernel::{Day, Fen, RefundId, SettlementId};

use super::{RefundStep, World, reference_hash};
use crate::demo::stage::{Act, Stage};

/// Days until an institution that answers has answered.
const ANSWER_AFTER_DAYS: i32 = 3;
/// Days until silence has consented (5 working days and a holiday week), and the bank is told.
const SILENCE_AFTER_DAYS: i32 = 18;
/// Days from consent to payout.
const PAID_AFTER_DAYS: i32 = 2;

/// Every institution is paid what it has earned, unless its money is held.
pub async fn settlements(stage: &mut Stage, world: &mut World, today: Day) -> anyhow::Result<()> {
    stage.set(today, 16, 0)?;
    let ids: Vec<_> = world.players.iter().map(|player| player.id).collect();
    let rows = store::institution_load(&stage.app.store().read(), stage.ledger.id(), &ids).await?;
    let mut orders: Vec<Act> = Vec::new();
    let mut payouts: Vec<Act> = Vec::new();
    let bank = world.officials.bank.clone();
    for (index, id) in ids.iter().enumerate() {
        let Some(row) = rows.iter().find(|row| row.id == *id) else { continue };
        let free = row.payable.checked_sub(row.settling)?;
        if free <= Fen::ZERO || row.holds > 0 {
            continue;
        }
        let who = world.owner(index)?;
        let settlement = stage.id(&who, SettlementId::new);
        let verb: Box<dyn Verb> = Box::new(SettlementOrder { settlement, institution: *id, amount: free });
        orders.push((who, verb));
        let reference = world.reference(today);
        let verb: Box<dyn Verb> = Box::new(SettlementPayout { settlement, reference_hash: reference_hash(&reference) });
        payouts.push((bank.clone(), verb));
    }
    stage.act_all(orders).await?;
    stage.set(today, 17, 0)?;
    stage.act_all(payouts).await?;
    Ok(())
}

/// Steps of refunds that are due today.
pub async fn refunds(stage: &mut Stage, world: &mut World, today: Day) -> anyhow::Result<()> {
    let Some(steps) = world.refunds.remove(&today) else { return Ok(()) };
    stage.set(today, 13, 0)?;
    let mut acts: Vec<Act> = Vec::with_capacity(steps.len());
    let mut later: Vec<(i32, RefundStep)> = Vec::new();
    for step in steps {
        let act: Act = match step {
            RefundStep::Request(place, cause) => {
                let Some(contract) = world.contracts.get(place).map(|contract| contract.id) else { continue };
                let who = world.guardian(place)?;
                let refund = stage.id(&who, RefundId::new);
                later.extend(next(world, place, refund, cause)?);
                let reason = stage.reason(match cause {
                    RefundCause::Institution => "机构停课，要求退费",
                    RefundCause::Consumer => "孩子时间冲突，申请退费",
                    RefundCause::Neither => "因政策调整停课，申请退费",
                });
                (who, Box::new(RefundRequest { refund, contract, cause, asked: Asked::All, paid_on: None, reason }))
            }
            RefundStep::Consent(refund, seller) => {
                later.push((PAID_AFTER_DAYS, RefundStep::Pay(refund)));
                (world.owner(seller)?, Box::new(RefundConsent { refund }))
            }
            RefundStep::Pay(refund) => {
                let reference = world.reference(today);
                let verb = RefundPayout { refund, reference_hash: reference_hash(&reference) };
                (world.officials.bank.clone(), Box::new(verb))
            }
        };
        acts.push(act);
    }
    stage.act_all(acts).await?;
    for (days, step) in later {
        world.refunds.entry(today.plus_days(days)?).or_default().push(step);
    }
    Ok(())
}

/// Who answers a refund, and when.
fn next(
    world: &World,
    place: usize,
    refund: RefundId,
    cause: RefundCause,
) -> anyhow::Result<Option<(i32, RefundStep)>> {
    let seller = world.seller(place)?;
    Ok(Some(match cause {
        RefundCause::Institution | RefundCause::Neither => (ANSWER_AFTER_DAYS, RefundStep::Consent(refund, seller)),
        // Every other institution says nothing, and its silence consents.
        RefundCause::Consumer if place.is_multiple_of(2) => (ANSWER_AFTER_DAYS, RefundStep::Consent(refund, seller)),
        RefundCause::Consumer => (SILENCE_AFTER_DAYS, RefundStep::Pay(refund)),
    }))
}
