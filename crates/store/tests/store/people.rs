//! People, users and sessions.

use kernel::*;
use store::*;

use crate::samples::*;

#[tokio::test]
async fn people_are_found_and_erased() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let person = |number: u64| Person {
            subject: SubjectId::new(uuid(8, number)),
            lookup: hash(number),
            wrapped_key: vec![1, 2, 3],
            sealed: vec![4, 5],
        };
        let mut people: Vec<Person> = (0..3).map(person).collect();
        let tx = store.begin().await.unwrap();
        person_save(&tx, &l, &people.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        people[1].sealed = vec![6; 500];
        people[1].wrapped_key = vec![7];
        let tx = store.begin().await.unwrap();
        person_save(&tx, &l, &[&people[1]]).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        let found = person_by_lookup(&read, &l, &[hash(0), hash(1), hash(9)]).await.unwrap();
        assert_eq!(sorted(found, |p| p.subject), people[..2]);
        let ids: Vec<_> = people.iter().map(|p| p.subject).collect();
        assert_eq!(sorted(person_by_id(&read, &l, &ids).await.unwrap(), |p| p.subject), people);
        let tx = store.begin().await.unwrap();
        let twice = Person { subject: SubjectId::new(uuid(8, 50)), ..person(2) };
        let refused = person_save(&tx, &l, &[&twice]).await;
        assert!(matches!(refused, Err(StoreError::Constraint(Constraint::PersonLookup))), "{refused:?}");
        tx.rollback().await.unwrap();
        let tx = store.begin().await.unwrap();
        assert!(person_erase(&tx, &l, people[0].subject).await.unwrap());
        assert!(!person_erase(&tx, &l, people[0].subject).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(person_by_id(&read, &l, &ids[..1]).await.unwrap(), []);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn people_who_are_barred_are_found_by_their_key() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let bar = |number: u64, until_on: Option<Day>| StaffBar {
            id: StaffBarId::new(uuid(9, number)),
            person_key: hash(number % 2),
            sealed: vec![1, 2],
            barred_on: day("2026-11-22"),
            until_on,
            entered_by: UserId::new(uuid(11, 1)),
            entered_at: at(i64::try_from(number).unwrap()),
            lifted_by: None,
            lifted_at: None,
        };
        let mut bars = [bar(0, None), bar(1, Some(day("2027-11-22"))), bar(2, None)];
        let tx = store.begin().await.unwrap();
        for bar in &bars {
            staff_bar_save(&tx, &l, bar).await.unwrap();
        }
        bars[0].lifted_by = Some(UserId::new(uuid(11, 2)));
        bars[0].lifted_at = Some(at(9));
        staff_bar_save(&tx, &l, &bars[0]).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        assert_eq!(staff_bars(&read, &l).await.unwrap(), bars);
        assert_eq!(staff_bar(&read, &l, bars[1].id).await.unwrap(), Some(bars[1].clone()));
        let found = staff_bars_of(&read, &l, &[hash(0), hash(7)]).await.unwrap();
        assert_eq!(sorted(found, |bar| bar.id), [bars[0].clone(), bars[2].clone()]);
        let held = |bar: &StaffBar, on: &str| bar.holds_on(day(on));
        assert!(!held(&bars[0], "2026-11-22") && held(&bars[2], "2099-01-01") && !held(&bars[2], "2026-11-21"));
        assert!(held(&bars[1], "2027-11-22") && !held(&bars[1], "2027-11-23"));
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn users_and_sessions() {
    for Opened { store, .. } in stores().await {
        let user = |number: u64| User {
            id: UserId::new(uuid(11, number)),
            username: format!("user{number}"),
            password_hash: "$argon2id$…".to_owned(),
            role: "guardian".to_owned(),
            region: None,
            department: None,
            duties: String::new(),
            ledger: Some(ledger()),
            institution: Some(InstitutionId::new(uuid(1, 1))),
            subject: Some(SubjectId::new(uuid(8, 1))),
            active: true,
            created_at: at(1),
            version: 1,
        };
        let regulator = User {
            role: "regulator".to_owned(),
            region: Some("330500".parse().unwrap()),
            department: Some("education".to_owned()),
            duties: "officer,approver".to_owned(),
            ledger: None,
            institution: None,
            subject: None,
            ..user(1)
        };
        let session = |user: &User, number: u64| Session {
            id: SessionId::new(uuid(12, number)),
            method: "password".to_owned(),
            address: (number > 5).then(|| "10.0.0.1".to_owned()),
            agent: None,
            confirmed_until: None,
            token_hash: hash(number),
            user: user.id,
            created_at: at(2),
            expires_at: at(10 + i64::try_from(number).unwrap()),
        };
        let guardian = user(0);
        let (first, second) = (session(&guardian, 0), session(&regulator, 5));
        let tx = store.begin().await.unwrap();
        user_insert(&tx, &guardian).await.unwrap();
        user_insert(&tx, &regulator).await.unwrap();
        session_insert(&tx, &first).await.unwrap();
        session_insert(&tx, &second).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        assert_eq!(user_by_username(&read, "user1").await.unwrap().as_ref(), Some(&regulator));
        assert_eq!(user_by_username(&read, "USER1").await.unwrap(), None);
        assert_eq!(user_by_id(&read, guardian.id).await.unwrap().as_ref(), Some(&guardian));
        assert_eq!(
            users_page(&read, &UserFilter::default(), None, 9).await.unwrap(),
            [guardian.clone(), regulator.clone()]
        );
        assert_eq!(
            users_page(&read, &UserFilter::default(), Some(guardian.id), 9).await.unwrap(),
            std::slice::from_ref(&regulator)
        );
        let found = session_by_token_hash(&read, &hash(5)).await.unwrap();
        assert_eq!(found, Some((second.clone(), regulator.clone())));
        assert_eq!(sessions_of_user(&read, regulator.id, at(3)).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(sessions_of_user(&read, regulator.id, second.expires_at).await.unwrap(), []);
        let of_ledger = UserFilter { ledger: Some(ledger()), ..UserFilter::default() };
        assert_eq!(users_page(&read, &of_ledger, None, 9).await.unwrap(), std::slice::from_ref(&guardian));
        assert_eq!(session_by_token_hash(&read, &hash(6)).await.unwrap(), None);
        for (result, expected) in [
            (
                refusal(&store, async |tx| user_insert(tx, &User { username: "user1".to_owned(), ..user(3) }).await)
                    .await,
                Constraint::AppUserUsername,
            ),
            (
                refusal(&store, async |tx| user_insert(tx, &User { username: "user3".to_owned(), ..user(1) }).await)
                    .await,
                Constraint::AppUser,
            ),
            (
                refusal(&store, async |tx| session_insert(tx, &session(&user(9), 7)).await).await,
                Constraint::SessionUser,
            ),
            (
                refusal(&store, async |tx| {
                    let other = Session { id: SessionId::new(uuid(12, 77)), ..first.clone() };
                    session_insert(tx, &other).await
                })
                .await,
                Constraint::Session,
            ),
        ] {
            assert!(matches!(&result, StoreError::Constraint(c) if *c == expected), "{}: {result:?}", store.engine());
        }
        let odd = User { role: "king".to_owned(), username: "king".to_owned(), ..user(4) };
        let refused = refusal(&store, async |tx| user_insert(tx, &odd).await).await;
        assert!(matches!(&refused, StoreError::Check { name } if name == "ck_app_user_role"), "{refused:?}");
        let tx = store.begin().await.unwrap();
        let changed =
            User { password_hash: "$new".to_owned(), active: false, duties: "officer".to_owned(), ..regulator };
        assert!(user_update(&tx, &changed).await.unwrap());
        assert!(!user_update(&tx, &changed).await.unwrap(), "it is version 2 by now");
        assert!(session_confirm(&tx, second.id, at(9)).await.unwrap());
        assert!(!user_update(&tx, &user(9)).await.unwrap());
        assert_eq!(sessions_purge_expired(&tx, at(11)).await.unwrap(), 1);
        assert!(session_delete(&tx, &hash(5)).await.unwrap());
        assert!(!session_delete(&tx, &hash(5)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(user_by_id(&read, changed.id).await.unwrap(), Some(User { version: 2, ..changed }));
        store.close().await.unwrap();
    }
}

/// What a transaction is refused with; it is rolled back.
async fn refusal(store: &Store, work: impl AsyncFnOnce(&Tx) -> Result<(), StoreError>) -> StoreError {
    let tx = store.begin().await.unwrap();
    let refused = work(&tx).await.unwrap_err();
    tx.rollback().await.unwrap();
    refused
}
