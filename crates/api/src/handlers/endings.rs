//! Contracts that leave the hands of who signed them: withdrawn from, ended by notice, handed on.

use access::Action;
use app::read::Thing;
use app::verbs::{ContractEnd, Ending};
use axum::extract::State;
use kernel::{ContractId, RefundId};

use super::{Answered, Uses, committed, run};
use crate::answer::Appended;
use crate::dto::endings::{ContractEndedBody, TerminationRequest, TransferRequest, TransferredBody, WithdrawalRequest};
use crate::extract::{Command, CommandParams, Id};
use crate::openapi::Problems;
use crate::w;

/// Withdraws from a contract: within days of payment, on days of agreed full refund, or before the
/// first lesson. Nobody's consent is needed; everything is given back.
#[utoipa::path(post, path = "/v1/contracts/{id}/withdrawal", tag = "contracts",
    params(("id" = w::ContractId, Path), CommandParams), request_body = WithdrawalRequest,
    responses((status = 201, description = "Withdrawn.", body = Appended<ContractEndedBody>), Problems))]
pub async fn withdraw(State(app): Uses, Id(contract): Id<ContractId>, command: Command<WithdrawalRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let paid_on = app.contract_paid_on(call.principal.as_ref(), contract).await?;
    let ending = Ending::Withdrawal { same_service_before: body.same_service_before, paid_on };
    let (refund, reason) = (app.new_id(&call, RefundId::new), committed(&app, &[("reason", &body.reason)]));
    let verb = ContractEnd { contract, ending, refund, reason };
    run::<ContractEndedBody>(&app, call, prefer, Action::ContractRead, Thing::Contract(contract), verb).await
}

/// Ends a contract by notice on a ground that is the party's own. The refund of what escrow holds is
/// asked for with it.
#[utoipa::path(post, path = "/v1/contracts/{id}/termination", tag = "contracts",
    params(("id" = w::ContractId, Path), CommandParams), request_body = TerminationRequest,
    responses((status = 201, description = "Ended.", body = Appended<ContractEndedBody>), Problems))]
pub async fn terminate(
    State(app): Uses,
    Id(contract): Id<ContractId>,
    command: Command<TerminationRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let ending = Ending::Notice { ground: body.ground.0 };
    let (refund, reason) = (app.new_id(&call, RefundId::new), committed(&app, &[("reason", &body.reason)]));
    let verb = ContractEnd { contract, ending, refund, reason };
    run::<ContractEndedBody>(&app, call, prefer, Action::ContractRead, Thing::Contract(contract), verb).await
}

/// Hands a contract to another family by notice to the institution, whose consent it does not take: the
/// price is paid in full, recorded lessons are answered.
#[utoipa::path(post, path = "/v1/contracts/{id}/transfer", tag = "contracts",
    params(("id" = w::ContractId, Path), CommandParams), request_body = TransferRequest,
    responses((status = 201, description = "Handed on.", body = Appended<TransferredBody>), Problems))]
pub async fn transfer(State(app): Uses, Id(contract): Id<ContractId>, command: Command<TransferRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let notice = committed(&app, &[("reason", &body.reason)]);
    let (guardian, pupil) = (body.guardian.into(), body.pupil.into());
    let verb = app.contract_transfer(&call, contract, &guardian, &pupil, notice);
    // The answer is for who hands it on, who may read the contract no more.
    run::<TransferredBody>(&app, call, prefer, Action::ContractTransfer, Thing::Contract(contract), verb).await
}
