//! The access table, seen from outside: the full matrix as a snapshot, and what must hold whatever
//! the table says.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::collections::BTreeSet;

use access::{
    Action, Caller, Delegation, Denied, Department, Duty, Post, Powers, Principal, Reason, Role, SECOND_FACTOR,
    SecondFactor, TABLE, Target, check, may_ever,
};
use kernel::{InstitutionId, LedgerId, RegionCode, SubjectId, UserId};
use uuid::Uuid;

const COUNTY: &str = "330502";

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn ledger(code: &str) -> LedgerId {
    code.parse().unwrap()
}

fn institution(n: u128) -> InstitutionId {
    InstitutionId::new(Uuid::from_u128(n))
}

fn subject(n: u128) -> SubjectId {
    SubjectId::new(Uuid::from_u128(n))
}

fn regulator(code: &str, department: Department, duties: &[Duty]) -> Role {
    Role::Regulator { region: region(code), department, duties: duties.iter().copied().collect() }
}

fn staff(code: &str, n: u128, post: Post) -> Role {
    Role::Institution { ledger: ledger(code), institution: institution(n), post }
}

/// The contract in question: institution 1 with guardian 1 in the county.
fn contract() -> Target {
    Target::Contract {
        ledger: ledger(COUNTY),
        region: region(COUNTY),
        institution: institution(1),
        guardian: subject(1),
    }
}

fn of_institution() -> Target {
    Target::Institution { ledger: ledger(COUNTY), region: region(COUNTY), institution: institution(1) }
}

/// Columns of the matrix.
fn callers() -> Vec<(&'static str, Option<Role>)> {
    use Department as D;
    vec![
        ("public", None),
        ("admin", Some(Role::Admin)),
        ("auditor of the county", Some(Role::Auditor { region: region(COUNTY) })),
        ("auditor of the province", Some(Role::Auditor { region: region("330000") })),
        ("auditor of another county", Some(Role::Auditor { region: region("330503") })),
        ("bank of the county", Some(Role::Bank { region: region(COUNTY) })),
        ("bank of another county", Some(Role::Bank { region: region("330503") })),
        ("regulator, no duty stated", Some(regulator(COUNTY, D::Education, &[]))),
        ("officer, education", Some(regulator(COUNTY, D::Education, &[Duty::Officer]))),
        ("approver, education", Some(regulator(COUNTY, D::Education, &[Duty::Approver]))),
        ("officer and approver, sports", Some(regulator(COUNTY, D::Sports, Duty::ALL))),
        ("regulator, market", Some(regulator(COUNTY, D::Market, &[]))),
        ("regulator, finance", Some(regulator(COUNTY, D::Finance, &[]))),
        ("regulator of the city", Some(regulator("330500", D::Education, &[]))),
        ("regulator of another county", Some(regulator("330503", D::Education, &[]))),
        ("owner", Some(staff(COUNTY, 1, Post::Owner))),
        ("staff", Some(staff(COUNTY, 1, Post::Staff))),
        ("teacher", Some(staff(COUNTY, 1, Post::Teacher))),
        ("owner of another institution", Some(staff(COUNTY, 2, Post::Owner))),
        ("owner, same id, other ledger", Some(staff("330503", 1, Post::Owner))),
        ("guardian", Some(Role::Guardian { ledger: ledger(COUNTY), subject: subject(1) })),
        ("another guardian", Some(Role::Guardian { ledger: ledger(COUNTY), subject: subject(2) })),
        ("guardian, same id, other ledger", Some(Role::Guardian { ledger: ledger("330503"), subject: subject(1) })),
    ]
}

fn ask(role: Option<&Role>, action: Action, target: &Target) -> Result<(), Denied> {
    match role {
        None => check(Caller::Public, action, target),
        Some(role) => {
            let principal = Principal::new(UserId::new(Uuid::from_u128(7)), role.clone());
            check(Caller::User(&principal), action, target)
        }
    }
}

const fn letter(reason: Reason) -> &'static str {
    match reason {
        Reason::NotSignedIn => "n",
        Reason::Role => "r",
        Reason::Department => "d",
        Reason::Post => "p",
        Reason::Region => "g",
        Reason::NotOwn => "o",
        Reason::DelegationEnded => "e",
        Reason::Scope => "s",
        Reason::SecondFactor | Reason::SecondFactorNotEnrolled => "2",
    }
}

/// One row per action, one column per caller; the columns are named above.
fn matrix(target: &Target) -> String {
    let callers = callers();
    let mut text = String::new();
    for (index, (name, _)) in callers.iter().enumerate() {
        text.push_str(&format!("{:26} {}{name}\n", "", "  | ".repeat(index)));
    }
    for &action in Action::ALL {
        text.push_str(&format!("{:26}", action.as_str()));
        for (_, role) in &callers {
            let cell = match ask(role.as_ref(), action, target) {
                Ok(()) => "YES".to_owned(),
                Err(denied) => format!("{}{}", letter(denied.reason), if denied.hide { "?" } else { "" }),
            };
            text.push_str(&format!(" {cell:3}"));
        }
        text.push('\n');
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// YES, or why not: n not signed in, r role, d department, p post, g region, o not own; `?` = the
/// caller is told that there is no such contract.
#[test]
fn matrix_on_a_contract() {
    insta::assert_snapshot!(matrix(&contract()));
}

#[test]
fn matrix_on_an_institution() {
    insta::assert_snapshot!(matrix(&of_institution()));
}

#[test]
fn matrix_on_a_region() {
    insta::assert_snapshot!(matrix(&Target::Region(region(COUNTY))));
}

#[test]
fn matrix_on_nothing() {
    insta::assert_snapshot!(matrix(&Target::Nothing));
}

#[test]
fn the_table_has_every_action_once_and_no_empty_row() {
    let actions: Vec<Action> = TABLE.iter().map(|(action, _)| *action).collect();
    let once: BTreeSet<Action> = actions.iter().copied().collect();
    assert_eq!(once.len(), actions.len(), "an action stands twice");
    assert_eq!(once, Action::ALL.iter().copied().collect());
    assert!(TABLE.iter().all(|(_, grants)| !grants.is_empty()));
}

/// What changes nothing, by name.
fn reads(action: Action) -> bool {
    action.as_str().ends_with("_read")
        || action.as_str().ends_with("_read_full")
        || matches!(
            action,
            Action::SessionOpen
                | Action::SessionClose
                // One's own account.
                | Action::SelfManage
                | Action::ApiKeyManage
                | Action::Health | Action::Calculator | Action::RefundQuote
                | Action::LedgerVerify | Action::ReceiptCheck
        )
}

fn allowed(role: &Role) -> BTreeSet<Action> {
    let targets = [contract(), of_institution(), Target::Region(region(COUNTY)), Target::Nothing];
    let may = |action: &Action| targets.iter().any(|target| ask(Some(role), *action, target).is_ok());
    Action::ALL.iter().copied().filter(may).collect()
}

#[test]
fn auditors_and_regulators_from_above_write_nothing() {
    for role in [
        Role::Auditor { region: region(COUNTY) },
        Role::Auditor { region: region("330000") },
        regulator("330500", Department::Education, &[]),
        regulator("330000", Department::Education, Duty::ALL),
    ] {
        let writes: Vec<Action> = allowed(&role).into_iter().filter(|a| !reads(*a)).collect();
        assert_eq!(writes, [], "{role:?}");
    }
}

#[test]
fn the_administrator_sees_nothing_of_a_contract() {
    let public: BTreeSet<Action> = Action::ALL.iter().copied().filter(|a| ask(None, *a, &contract()).is_ok()).collect();
    let mut own = allowed(&Role::Admin);
    own.retain(|action| !public.contains(action));
    assert_eq!(
        own,
        BTreeSet::from([
            Action::SessionClose,
            Action::MeRead,
            Action::SelfManage,
            Action::ApiKeyManage,
            Action::OwnDataRead,
            Action::UserManage,
            Action::IdentityLink,
            Action::JobRead,
            Action::OutboxRead,
            Action::OutboxRetry,
        ])
    );
}

#[test]
fn strangers_may_only_do_what_everybody_may() {
    let everybody: BTreeSet<Action> = Action::ALL
        .iter()
        .copied()
        .filter(|a| ask(Some(&Role::Bank { region: region("110101") }), *a, &contract()).is_ok())
        .collect();
    for role in [
        regulator("330503", Department::Education, &[]),
        regulator("320000", Department::Education, &[]),
        staff(COUNTY, 2, Post::Owner),
        staff("330503", 1, Post::Owner),
        Role::Guardian { ledger: ledger(COUNTY), subject: subject(2) },
        Role::Guardian { ledger: ledger("330503"), subject: subject(1) },
        Role::Auditor { region: region("330503") },
    ] {
        assert_eq!(allowed(&role), everybody, "{role:?}");
        for action in [Action::ContractRead, Action::LessonConfirm, Action::RefundPayout] {
            assert!(ask(Some(&role), action, &contract()).unwrap_err().hide, "{role:?} learns of the contract");
        }
    }
}

#[test]
fn whoever_has_to_do_with_a_contract_is_told_the_reason() {
    let teacher = staff(COUNTY, 1, Post::Teacher);
    let denied = ask(Some(&teacher), Action::PaymentRecord, &contract()).unwrap_err();
    assert_eq!(denied, Denied { action: Action::PaymentRecord, reason: Reason::Post, hide: false });
    let bank = Role::Bank { region: region(COUNTY) };
    assert!(!ask(Some(&bank), Action::ContractRead, &contract()).unwrap_err().hide);
    let city = regulator("330500", Department::Education, &[]);
    let denied = ask(Some(&city), Action::DisputeDecide, &contract()).unwrap_err();
    assert_eq!(denied, Denied { action: Action::DisputeDecide, reason: Reason::Region, hide: false });
}

#[test]
fn no_stated_duty_means_both() {
    let both = allowed(&regulator(COUNTY, Department::Education, Duty::ALL));
    assert_eq!(allowed(&regulator(COUNTY, Department::Education, &[])), both);
    let officer = allowed(&regulator(COUNTY, Department::Education, &[Duty::Officer]));
    let approver = allowed(&regulator(COUNTY, Department::Education, &[Duty::Approver]));
    assert!(officer.contains(&Action::LicenceProposeRevocation) && !officer.contains(&Action::LicenceRevoke));
    assert!(approver.contains(&Action::LicenceRevoke) && !officer.contains(&Action::ListingDecide));
    assert_eq!(&officer | &approver, both);
}

#[test]
fn actors_are_named_as_in_entries() {
    let principal = Principal::new(UserId::new(Uuid::from_u128(42)), Role::Admin);
    assert_eq!(principal.actor(), "admin:00000000-0000-0000-0000-00000000002a");
}

fn with(role: Role, powers: Powers) -> Principal {
    Principal { powers, ..Principal::new(UserId::new(Uuid::from_u128(7)), role) }
}

#[test]
fn lent_duties_hold_until_their_day_and_then_say_so() {
    let officer = regulator(COUNTY, Department::Education, &[Duty::Officer]);
    let lent = |in_force| Powers {
        delegations: vec![Delegation {
            from: UserId::new(Uuid::from_u128(8)),
            role: regulator(COUNTY, Department::Education, &[Duty::Approver]),
            until_on: "2026-12-31".parse().unwrap(),
            in_force,
        }],
        ..Powers::default()
    };
    let ask = |powers, action| check(Caller::User(&with(officer.clone(), powers)), action, &of_institution());
    assert_eq!(ask(Powers::default(), Action::LicenceRevoke).unwrap_err().reason, Reason::Post);
    assert_eq!(ask(lent(true), Action::LicenceRevoke), Ok(()));
    assert_eq!(ask(lent(false), Action::LicenceRevoke).unwrap_err().reason, Reason::DelegationEnded);
    // What the duty never allowed is not the delegation's fault, and one's own duty goes on.
    assert_eq!(ask(lent(false), Action::RefundPayout).unwrap_err().reason, Reason::Role);
    assert_eq!(ask(lent(false), Action::ApplicationAccept), Ok(()));
}

#[test]
fn a_key_has_its_scope_and_no_more_than_its_owner() {
    let bank = Role::Bank { region: region(COUNTY) };
    let scope = |actions: &[Action]| Powers { scope: Some(actions.iter().copied().collect()), ..Powers::default() };
    let ask = |powers, action| check(Caller::User(&with(bank.clone(), powers)), action, &contract());
    assert_eq!(ask(scope(&[Action::PaymentRecord]), Action::PaymentRecord), Ok(()));
    assert_eq!(ask(scope(&[Action::PaymentRecord]), Action::RefundPayout).unwrap_err().reason, Reason::Scope);
    assert_eq!(ask(scope(&[]), Action::LedgerRead), Ok(()), "what is public stays public");
    assert_eq!(ask(scope(&[Action::LessonConfirm]), Action::LessonConfirm).unwrap_err().reason, Reason::Role);
    assert!(may_ever(&bank, Action::RefundPayout) && !may_ever(&bank, Action::LessonConfirm));
}

#[test]
fn what_cannot_be_taken_back_takes_a_second_factor_where_one_is_asked_for() {
    let powers = |second_factor| Powers { second_factor, ..Powers::default() };
    let approver = regulator(COUNTY, Department::Education, &[Duty::Approver]);
    for &action in SECOND_FACTOR {
        let role = if may_ever(&approver, action) { approver.clone() } else { Role::Bank { region: region(COUNTY) } };
        let target = if may_ever(&approver, action) { of_institution() } else { contract() };
        let ask =
            |factor| check(Caller::User(&with(role.clone(), powers(factor))), action, &target).map_err(|d| d.reason);
        assert_eq!(ask(SecondFactor::NotAsked), Ok(()), "{action}");
        assert_eq!(ask(SecondFactor::Given), Ok(()), "{action}");
        assert_eq!(ask(SecondFactor::Missing), Err(Reason::SecondFactor), "{action}");
        assert_eq!(ask(SecondFactor::NotEnrolled), Err(Reason::SecondFactorNotEnrolled), "{action}");
    }
    let read = check(Caller::User(&with(approver, powers(SecondFactor::Missing))), Action::ContractRead, &contract());
    assert_eq!(read, Ok(()), "reading goes on");
}
