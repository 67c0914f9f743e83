//! How a fee is paid: no training loan, cash only where it is brought in, into the registered account.
//! 教监管函〔2021〕2号.

use kernel::{RuleId, Violation, words};
use policy::Policy;
use policy::types::{CashRule, PurchaseChannel};

use super::fee::{FeeFacts, Warning};

words! {
    /// How a fee is paid.
    PaymentForm {
        /// By transfer into the registered account.
        BankTransfer = "bank_transfer" / "转入专用账户",
        /// On the platform of the locality.
        Platform = "platform" / "监管平台",
        /// Cash.
        Cash = "cash" / "现金",
        /// By a loan for training.
        TrainingLoan = "training_loan" / "培训贷",
        /// To a person.
        PersonalAccount = "personal_account" / "转入个人账户",
    }
}

/// The form of payment, where it is told.
pub(super) fn check(facts: &FeeFacts, policy: &Policy, warnings: &mut Vec<Warning>) -> Option<Violation> {
    let form = facts.payment_form?;
    let broken = |limit: &str, source: &str| {
        Some(Violation::of(RuleId::PaymentForm).with(limit, form).source(source).field("payment_form"))
    };
    match form {
        PaymentForm::TrainingLoan => {
            let rule = policy.training_loan_allowed.in_force().filter(|rule| !rule.value)?;
            broken("no training loan", &rule.source)
        }
        PaymentForm::PersonalAccount => {
            let rule = policy.custody_account_required.in_force().filter(|rule| rule.value)?;
            broken("registered account", &rule.source)
        }
        PaymentForm::Cash => {
            let rule = policy.cash.in_force()?;
            match rule.value {
                CashRule::Forbidden => broken("no cash", &rule.source),
                CashRule::BringIn => {
                    warnings.push(Warning::of(
                        RuleId::PaymentForm,
                        "所收现金须全额归集至专用账户",
                        "cash must be brought into the registered account in full",
                        &rule.source,
                    ));
                    None
                }
            }
        }
        PaymentForm::BankTransfer => {
            let rule = policy.purchase_channel.in_force().filter(|rule| rule.value == PurchaseChannel::Platform)?;
            warnings.push(Warning::of(
                RuleId::PaymentForm,
                "当地要求通过监管平台购课缴费",
                "the place asks for purchase and payment on its platform",
                &rule.source,
            ));
            None
        }
        PaymentForm::Platform => None,
    }
}
