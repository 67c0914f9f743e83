//! Contracts that end before their time: withdrawn from, ended by notice.

use access::Action;
use app::read::Thing;
use app::verbs::{ContractEnd, Ending};
use axum::extract::State;
use kernel::{ContractId, RefundId};

use super::{Answered, Uses, committed, run};
use crate::answer::Appended;
use crate::dto::endings::{ContractEndedBody, TerminationRequest, WithdrawalRequest};
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
