//! Throttled log-ins, second factors, keys, lent duties, links, the log of readings.

use kernel::*;
use store::*;

use crate::contracts::payment;
use crate::samples::*;

fn who(number: u64) -> UserId {
    UserId::new(uuid(11, number))
}

async fn user(store: &Store, number: u64) -> User {
    let user = User {
        id: who(number),
        username: format!("user{number}"),
        password_hash: "$argon2id$…".to_owned(),
        role: "admin".to_owned(),
        region: None,
        department: None,
        duties: String::new(),
        ledger: None,
        institution: None,
        subject: None,
        active: true,
        created_at: at(1),
        version: 1,
    };
    let tx = store.begin().await.unwrap();
    user_insert(&tx, &user).await.unwrap();
    tx.commit().await.unwrap();
    user
}

#[tokio::test]
async fn failures_are_counted_blocked_and_forgotten() {
    for Opened { store, .. } in stores().await {
        let subject = hash(1);
        let tx = store.begin().await.unwrap();
        assert_eq!(login_attempt_count(&tx, &subject, at(100), at(0)).await.unwrap(), 1);
        assert_eq!(login_attempt_count(&tx, &subject, at(101), at(0)).await.unwrap(), 2);
        login_attempt_block(&tx, &subject, at(130)).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        let found = login_attempts(&read, &[subject, hash(2)]).await.unwrap();
        let expected = LoginAttempts { subject, failures: 2, last_at: at(101), blocked_until: Some(at(130)) };
        assert_eq!(found, [expected]);
        let tx = store.begin().await.unwrap();
        // What is long past counts no more.
        assert_eq!(login_attempt_count(&tx, &subject, at(900), at(500)).await.unwrap(), 1);
        login_attempt_forgive(&tx, &subject).await.unwrap();
        assert_eq!(login_attempts_purge(&tx, at(901)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(login_attempts(&read, &[subject]).await.unwrap(), []);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_step_and_a_recovery_code_count_once() {
    for Opened { store, .. } in stores().await {
        let factor =
            SecondFactor { user: who(1), sealed: vec![1], confirmed: false, last_step: None, created_at: at(1) };
        let tx = store.begin().await.unwrap();
        second_factor_save(&tx, &factor).await.unwrap();
        assert!(second_factor_use(&tx, who(1), 7).await.unwrap());
        assert!(!second_factor_use(&tx, who(1), 7).await.unwrap());
        assert!(!second_factor_use(&tx, who(1), 6).await.unwrap());
        assert!(!second_factor_use(&tx, who(2), 8).await.unwrap());
        recovery_codes_replace(&tx, who(1), &[hash(1), hash(2)]).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        let used = SecondFactor { confirmed: true, last_step: Some(7), ..factor };
        assert_eq!(second_factor(&read, who(1)).await.unwrap(), Some(used));
        assert_eq!(recovery_codes_left(&read, who(1)).await.unwrap(), 2);
        let tx = store.begin().await.unwrap();
        assert!(recovery_code_use(&tx, who(1), &hash(2)).await.unwrap());
        assert!(!recovery_code_use(&tx, who(1), &hash(2)).await.unwrap());
        assert!(second_factor_delete(&tx, who(1)).await.unwrap());
        assert!(!second_factor_delete(&tx, who(1)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(recovery_codes_left(&read, who(1)).await.unwrap(), 0);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn keys_and_lent_duties_end() {
    for Opened { store, .. } in stores().await {
        let owner = user(&store, 1).await;
        let key = ApiKey {
            id: ApiKeyId::new(uuid(13, 1)),
            user: owner.id,
            key_hash: hash(3),
            prefix: "tutela_12345678".to_owned(),
            name: "bank".to_owned(),
            scope: "payment_record".to_owned(),
            created_at: at(1),
            expires_at: at(9),
            last_used_at: None,
            revoked_at: None,
        };
        let lent = Delegation {
            id: DelegationId::new(uuid(14, 1)),
            from: owner.id,
            to: who(2),
            duties: "approver".to_owned(),
            from_on: "2026-11-22".parse().unwrap(),
            until_on: "2026-12-22".parse().unwrap(),
            created_at: at(1),
            revoked_at: None,
        };
        let tx = store.begin().await.unwrap();
        api_key_insert(&tx, &key).await.unwrap();
        delegation_insert(&tx, &lent).await.unwrap();
        api_key_used(&tx, key.id, at(5)).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        let used = ApiKey { last_used_at: Some(at(5)), ..key.clone() };
        assert_eq!(api_key_by_hash(&read, &hash(3)).await.unwrap(), Some((used, owner.clone())));
        assert_eq!(delegations_to(&read, who(2)).await.unwrap(), [(lent.clone(), owner.clone())]);
        assert_eq!(delegations_of(&read, who(2)).await.unwrap(), delegations_of(&read, owner.id).await.unwrap());
        let tx = store.begin().await.unwrap();
        assert!(!api_key_revoke(&tx, who(2), key.id, at(6)).await.unwrap(), "somebody else's");
        assert!(api_key_revoke(&tx, owner.id, key.id, at(6)).await.unwrap());
        assert_eq!(api_keys_revoke_of(&tx, owner.id, at(7)).await.unwrap(), 0);
        assert_eq!(delegation_revoke(&tx, who(2), lent.id, at(6)).await.unwrap(), None, "not the lender");
        assert_eq!(delegation_revoke(&tx, owner.id, lent.id, at(6)).await.unwrap(), Some(who(2)));
        assert_eq!(delegation_revoke(&tx, owner.id, lent.id, at(6)).await.unwrap(), None, "it is withdrawn");
        tx.commit().await.unwrap();
        assert_eq!(api_keys_of(&read, owner.id).await.unwrap()[0].revoked_at, Some(at(6)));
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn an_account_is_one_users_and_a_state_is_used_once() {
    for Opened { store, .. } in stores().await {
        let link = |user| IdentityLink {
            issuer: "https://id.example".to_owned(),
            subject: "42".to_owned(),
            user,
            created_at: at(1),
        };
        let login = OidcLogin { state_hash: hash(1), binding_hash: hash(2), sealed: vec![3], expires_at: at(9) };
        let tx = store.begin().await.unwrap();
        identity_link_insert(&tx, &link(who(1))).await.unwrap();
        oidc_login_insert(&tx, &login, at(1)).await.unwrap();
        tx.commit().await.unwrap();
        let tx = store.begin().await.unwrap();
        let twice = identity_link_insert(&tx, &link(who(2))).await;
        assert!(matches!(twice, Err(StoreError::Constraint(Constraint::IdentityLink))), "{twice:?}");
        tx.rollback().await.unwrap();
        let read = store.read();
        assert_eq!(identity_link(&read, "https://id.example", "42").await.unwrap(), Some(link(who(1))));
        assert_eq!(identity_link(&read, "https://id.example", "4").await.unwrap(), None);
        let tx = store.begin().await.unwrap();
        assert_eq!(oidc_login_take(&tx, &hash(1)).await.unwrap(), Some(login));
        assert_eq!(oidc_login_take(&tx, &hash(1)).await.unwrap(), None);
        assert!(!identity_link_delete(&tx, who(2), "https://id.example", "42").await.unwrap());
        assert!(identity_link_delete(&tx, who(1), "https://id.example", "42").await.unwrap());
        tx.commit().await.unwrap();
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn readings_are_kept_for_good() {
    for Opened { store, .. } in stores().await {
        let reading = |number: u64| Reading {
            id: ReadingId::new(uuid(15, number)),
            subject: SubjectId::new(uuid(8, number % 2)),
            contract: None,
            user: who(number),
            role: "regulator".to_owned(),
            region: Some("330502".parse().unwrap()),
            department: Some("education".to_owned()),
            institution: None,
            what: "document".to_owned(),
            reason_sealed: vec![1, 2],
            read_at: at(1),
        };
        let tx = store.begin().await.unwrap();
        for number in 0..4 {
            reading_append(&tx, &ledger(), &reading(number)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let read = store.read();
        let of = |subject: u64| ReadingFilter {
            subject: Some(SubjectId::new(uuid(8, subject))),
            ..ReadingFilter::default()
        };
        assert_eq!(readings_page(&read, &ledger(), &of(1), None, 9).await.unwrap(), [reading(1), reading(3)]);
        let after = Some(reading(1).id);
        assert_eq!(readings_page(&read, &ledger(), &of(1), after, 9).await.unwrap(), [reading(3)]);
        store.close().await.unwrap();
    }
}

fn notice(user: UserId) -> Notice {
    Notice {
        id: NoticeId::new(uuid(31, 1)),
        key: "reminder:1".to_owned(),
        channel: "email".to_owned(),
        topic: "lesson.reminder".to_owned(),
        institution: None,
        user: Some(user),
        webhook: None,
        sealed: vec![3],
        created_at: at(1),
        due_at: at(1),
        next_attempt_at: at(1),
        attempts: 0,
        state: "pending".to_owned(),
        last_error: None,
        settled_at: None,
    }
}

/// The line of the bank's statement that is a payment.
fn line(paid: &Payment) -> BankLine {
    BankLine {
        id: BankLineId::new(uuid(32, 1)),
        statement: BankStatementId::new(uuid(33, 1)),
        institution: paid.institution,
        account: escrow::bank::AccountKind::Custody,
        number: 1,
        booked_on: day("2026-01-05"),
        direction: escrow::bank::Direction::Credit,
        amount: paid.amount,
        reference: "B1".to_owned(),
        end_to_end: None,
        kind: escrow::bank::LineKind::Transfer,
        party_sealed: Some(vec![4]),
        state: escrow::bank::LineState::Matched,
        rule: Some("reference".to_owned()),
        matched_kind: Some("payment".to_owned()),
        matched: Some(paid.id.uuid()),
    }
}

#[tokio::test]
async fn a_quiet_family_is_found_and_goes() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let draft = |number: u64| Draft {
            number: format!("N{number}"),
            terms: terms(number),
            state: contract::ContractState::Draft,
            document_hash: hash(number),
            created_at: at(1_000 + i64::try_from(number).unwrap()),
        };
        // Contracts 1 and 6 are of guardian 1, contract 2 of guardian 2.
        let drafts = [draft(1), draft(6), draft(2)];
        let person = |subject: SubjectId, number: u64| Person {
            subject,
            lookup: hash(number),
            wrapped_key: vec![1],
            sealed: vec![2],
        };
        let people = [person(drafts[0].terms.guardian, 1), person(drafts[2].terms.guardian, 2)];
        let guardian = User {
            role: "guardian".to_owned(),
            ledger: Some(l.clone()),
            subject: Some(people[0].subject),
            ..user(&store, 1).await
        };
        let tx = store.begin().await.unwrap();
        user_insert(&tx, &User { id: who(2), username: "mother".to_owned(), ..guardian.clone() }).await.unwrap();
        person_save(&tx, &l, &people.iter().collect::<Vec<_>>()).await.unwrap();
        draft_save(&tx, &l, &drafts.iter().collect::<Vec<_>>()).await.unwrap();
        draft_document_save(&tx, &l, drafts[0].terms.id, b"sealed").await.unwrap();
        notice_address_save(&tx, who(2), b"sealed", at(1)).await.unwrap();
        assert!(notice_insert(&tx, &l, &notice(who(2))).await.unwrap());
        let paid = payment(1);
        assert_eq!(paid.contract, drafts[0].terms.id);
        payment_save(&tx, &l, &[&paid]).await.unwrap();
        bank_line_insert(&tx, &l, &[&line(&paid)]).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        let quiet = |before: i64| {
            let read = &read;
            let l = &l;
            async move { quiet_families(read, l, at(before), None, 9).await.unwrap() }
        };
        assert_eq!(quiet(1_000).await, []);
        let of = |guardian: SubjectId, contracts: u64, last: i64| QuietFamily {
            guardian,
            contracts,
            last_at: at(last),
            last_lesson_on: day("2027-02-27"),
        };
        assert_eq!(quiet(1_004).await, [of(people[1].subject, 1, 1_002)], "the other drew up a contract later");
        assert_eq!(quiet(1_007).await, [of(people[0].subject, 2, 1_006), of(people[1].subject, 1, 1_002)]);
        let family = FamilyErasure {
            guardian: people[0].subject,
            people: vec![people[0].subject, drafts[0].terms.pupil],
            contracts: vec![drafts[0].terms.id, drafts[1].terms.id],
        };
        for _ in 0..2 {
            let tx = store.begin().await.unwrap();
            family_erase(&tx, &l, &family).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(quiet(2_000).await, [of(people[1].subject, 1, 1_002)]);
        assert_eq!(person_by_id(&read, &l, &[people[0].subject]).await.unwrap(), []);
        assert_eq!(draft_document_load(&read, &l, drafts[0].terms.id).await.unwrap(), None);
        let account = user_by_id(&read, who(2)).await.unwrap().unwrap();
        assert_eq!((account.active, account.password_hash.as_str()), (false, "!"));
        assert!(account.username.starts_with("erased-"));
        assert_eq!(notice_by_id(&read, &l, notice(who(2)).id).await.unwrap(), None);
        let lines = bank_line_load(&read, &l, &[line(&paid).id]).await.unwrap();
        assert_eq!(lines, [BankLine { party_sealed: None, ..line(&paid) }], "the money is told, not who paid it");
        let tx = store.begin().await.unwrap();
        assert!(!notice_address_delete(&tx, who(2)).await.unwrap(), "it is gone");
        tx.commit().await.unwrap();
        store.close().await.unwrap();
    }
}
