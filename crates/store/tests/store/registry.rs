//! The registry's rows, there and back, and its pages.

use contract::Course;
use kernel::*;
use registry::*;
use store::*;

use crate::samples::*;

#[tokio::test]
async fn institutions_come_back_as_they_were() {
    for Opened { store, .. } in stores().await {
        let mut all: Vec<Institution> = (0..80).map(institution).collect();
        all[1].licence = None;
        all[1].open_application = Some(ApplicationId::new(uuid(2, 1)));
        let tx = store.begin().await.unwrap();
        institution_save(&tx, &ledger(), &all.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        let ids: Vec<_> = all.iter().map(|i| i.id).chain([InstitutionId::new(uuid(1, 999))]).collect();
        let found = institution_load(&store.read(), &ledger(), &ids).await.unwrap();
        assert_eq!(sorted(found, |i| i.id), all);
        assert_eq!(institution_load(&store.read(), &ledger(), &[]).await.unwrap(), []);
        // Everything that may change, changed.
        let changed = Institution {
            scope: Scope { category: Category::Science, ..scope() },
            state: InstitutionState::Suspended,
            listing: ListKind::Warning,
            licence: Some(LicenceId::new(uuid(3, 500))),
            open_application: Some(ApplicationId::new(uuid(2, 500))),
            control_change: None,
            holds: 9,
            account_holds: 3,
            custody: Fen::new(1),
            prepaid: Fen::new(2),
            disputed: Fen::new(3),
            refund: Fen::new(4),
            payable: Fen::new(5),
            settling: Fen::new(6),
            last_seq: 7,
            last_leaf: [9; 32],
            ..all[5].clone()
        };
        let tx = store.begin().await.unwrap();
        institution_save(&tx, &ledger(), &[&changed, &all[6]]).await.unwrap();
        // Seen in the transaction, not outside it.
        assert_eq!(institution_load(&tx, &ledger(), &[changed.id]).await.unwrap(), std::slice::from_ref(&changed));
        assert_eq!(institution_load(&store.read(), &ledger(), &[changed.id]).await.unwrap(), [all[5].clone()]);
        tx.commit().await.unwrap();
        all[5] = changed;
        let mut paged = institution_all(&store.read(), &ledger(), None, 50).await.unwrap();
        let rest = institution_all(&store.read(), &ledger(), paged.last().map(|i| i.id), 50).await.unwrap();
        paged.extend(rest);
        assert_eq!(paged, all);
        let codes = [all[3].credit_code, all[70].credit_code];
        let found = institutions_by_credit_code(&store.read(), &ledger(), &codes).await.unwrap();
        assert_eq!(sorted(found, |i| i.id), [all[3].clone(), all[70].clone()]);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn pages_of_institutions_are_filtered() {
    for Opened { store, .. } in stores().await {
        let mut all: Vec<Institution> = (0..4).map(institution).collect();
        all[1].state = InstitutionState::Revoked;
        all[2].listing = ListKind::Black;
        all[3].region = "330503".parse().unwrap();
        let profile = |number: usize, name: &str| Profile {
            institution: all[number].id,
            name: name.to_owned(),
            sealed: vec![1, 2, 3],
            custody_account_present: number == 1,
            changed_at: at(u64::try_from(number).unwrap()),
        };
        let profiles = [profile(0, "吴兴小画家"), profile(1, "100%_画室"), profile(2, "篮球")];
        let tx = store.begin().await.unwrap();
        institution_save(&tx, &ledger(), &all.iter().collect::<Vec<_>>()).await.unwrap();
        profile_save(&tx, &ledger(), &profiles.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        let page = async |filter: InstitutionFilter<'_>| {
            let page = institutions_page(&store.read(), &ledger(), &filter, None, 10).await.unwrap();
            page.iter().map(|i| all.iter().position(|a| *a == i.institution).unwrap()).collect::<Vec<_>>()
        };
        let none = InstitutionFilter::default();
        assert_eq!(page(none).await, [0, 1, 2, 3]);
        assert_eq!(page(InstitutionFilter { state: Some(InstitutionState::Revoked), ..none }).await, [1]);
        assert_eq!(page(InstitutionFilter { listing: Some(ListKind::Black), ..none }).await, [2]);
        assert_eq!(page(InstitutionFilter { name_contains: Some("画"), ..none }).await, [0, 1]);
        assert_eq!(page(InstitutionFilter { name_contains: Some("%_"), ..none }).await, [1]);
        for (region, expected) in
            [("330502", vec![0, 1, 2]), ("330503", vec![3]), ("330500", vec![0, 1, 2, 3]), ("110000", vec![])]
        {
            assert_eq!(page(InstitutionFilter { region: Some(region.parse().unwrap()), ..none }).await, expected);
        }
        let second = institutions_page(&store.read(), &ledger(), &none, Some(all[0].id), 1).await.unwrap();
        let expected = NamedInstitution { institution: all[1].clone(), name: Some("100%_画室".to_owned()) };
        assert_eq!(second, [expected]);
        let renamed = Profile { name: "新名".to_owned(), custody_account_present: true, ..profiles[2].clone() };
        let tx = store.begin().await.unwrap();
        profile_save(&tx, &ledger(), &[&renamed]).await.unwrap();
        tx.commit().await.unwrap();
        let found = profile_load(&store.read(), &ledger(), &[all[2].id, all[0].id, all[3].id]).await.unwrap();
        assert_eq!(sorted(found, |p| p.institution), [profiles[0].clone(), renamed]);
        store.close().await.unwrap();
    }
}

fn at(number: u64) -> kernel::Instant {
    let first = kernel::Instant::start_of(day("2026-10-01")).unwrap();
    first.plus_micros(i64::try_from(number).unwrap()).unwrap()
}

fn application(number: u64) -> Application {
    Application {
        id: ApplicationId::new(uuid(2, number)),
        institution: InstitutionId::new(uuid(1, number % 2)),
        kind: ApplicationKind::Renewal,
        scope: scope(),
        state: ApplicationState::Submitted,
        submitted_on: day("2026-09-01"),
        corrected_on: Some(day("2026-09-05")),
        accepted_on: Some(day("2026-09-07")),
        accept_by_on: Some(day("2026-09-08")),
        correct_by_on: None,
        decide_by_on: None,
        submitted_by: Some(kernel::UserId::new(uuid(9, 1))),
        site_checked_by: Some((kernel::UserId::new(uuid(9, 2)), kernel::UserId::new(uuid(9, 3)))),
        site_check: Some(registry::SiteCheckResult::Passed),
        reviewed_by: None,
        advice: Some(registry::Decision::Refuse),
        version: 5,
    }
}

#[tokio::test]
async fn applications_licences_and_listings() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let mut applications: Vec<Application> = (0..4).map(application).collect();
        let licence = |number: u64| Licence {
            id: LicenceId::new(uuid(3, number)),
            institution: InstitutionId::new(uuid(1, number % 2)),
            number: format!("13305027000{number:04}"),
            scope: scope(),
            valid_from_on: day("2026-09-01"),
            valid_until_on: day("2029-08-31"),
            state: LicenceState::InForce,
            revocation_proposed_by: None,
            revoked_from_on: None,
            hearing_by_on: None,
            hearing: None,
            hearing_on: None,
            rectify_by_on: None,
            close_from_on: None,
            inspected: None,
        };
        let mut licences: Vec<Licence> = (0..3).map(licence).collect();
        let listings: Vec<Listing> = (0..3)
            .map(|number| Listing {
                id: ListingId::new(uuid(4, number)),
                institution: InstitutionId::new(uuid(1, 0)),
                list: ListKind::ALL[usize::try_from(number).unwrap()],
                published_on: day("2026-10-01"),
                seq: 50 - number,
                cause_code: Some("unlicensed_scope".to_owned()),
                objection_by_on: Some(day("2026-10-15")),
                rectify_by_on: None,
                until_on: Some(day("2027-10-01")),
                step: Some(registry::ListingStep::Objected),
            })
            .collect();
        for round in 0..2 {
            if round == 1 {
                applications[2].state = ApplicationState::Accepted;
                applications[2].decide_by_on = Some(day("2026-09-28"));
                licences[1].state = LicenceState::Revoked;
                licences[1].revocation_proposed_by = Some(UserId::new(uuid(11, 1)));
                licences[1].revoked_from_on = Some(day("2027-01-01"));
            }
            let tx = store.begin().await.unwrap();
            application_save(&tx, &l, &applications.iter().collect::<Vec<_>>()).await.unwrap();
            licence_save(&tx, &l, &licences.iter().collect::<Vec<_>>()).await.unwrap();
            listing_save(&tx, &l, &listings.iter().collect::<Vec<_>>()).await.unwrap();
            tx.commit().await.unwrap();
            let read = store.read();
            assert_eq!(application_all(&read, &l, None, 9).await.unwrap(), applications);
            assert_eq!(licence_all(&read, &l, None, 9).await.unwrap(), licences);
            assert_eq!(listing_all(&read, &l, None, 9).await.unwrap(), listings);
        }
        let read = store.read();
        let accepted = Some(ApplicationState::Accepted);
        let found = applications_page(&read, &l, None, accepted, None, 9).await.unwrap();
        assert_eq!(found, [applications[2].clone()]);
        let of_one = Some(InstitutionId::new(uuid(1, 1)));
        let found = applications_page(&read, &l, of_one, None, Some(applications[1].id), 9).await.unwrap();
        assert_eq!(found, [applications[3].clone()]);
        assert_eq!(application_load(&read, &l, &[applications[0].id]).await.unwrap(), [applications[0].clone()]);
        assert_eq!(licence_load(&read, &l, &[licences[1].id]).await.unwrap(), [licences[1].clone()]);
        assert_eq!(listing_load(&read, &l, &[listings[1].id]).await.unwrap(), [listings[1].clone()]);
        let numbers = [licences[2].number.as_str(), "none"];
        assert_eq!(licences_by_number(&read, &l, &numbers).await.unwrap(), [licences[2].clone()]);
        let own = licences_page(&read, &l, licences[0].institution, None, 9).await.unwrap();
        assert_eq!(own, [licences[0].clone(), licences[2].clone()]);
        let history = listings_of_institution(&read, &l, listings[0].institution, Some(50), 9).await.unwrap();
        assert_eq!(history, listings[1..]);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn courses_keep_their_names_through_a_rebuild() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let draft = Course {
            id: CourseId::new(uuid(5, 1)),
            institution: InstitutionId::new(uuid(1, 1)),
            category: Category::Arts,
            mode: Mode::Online,
            stage: Stage::Primary,
            hours: hours("24.25"),
            minutes_per_hour: 45,
            price: Fen::new(200_000),
            list_price_per_hour: None,
            class_size_max: 20,
            starts_on: day("2026-12-05"),
            ends_on: day("2027-02-27"),
            published_seq: None,
        };
        let published = Course {
            list_price_per_hour: Some(Fen::new(10_000)),
            mode: Mode::Offline,
            published_seq: Some(77),
            ..draft.clone()
        };
        let tx = store.begin().await.unwrap();
        course_save(&tx, &l, &[&draft]).await.unwrap();
        course_name_save(&tx, &l, draft.id, "少儿国画").await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        let named = |course: &Course| NamedCourse { course: course.clone(), name: Some("少儿国画".to_owned()) };
        assert_eq!(named_course(&read, &l, draft.id).await.unwrap(), Some(named(&draft)));
        assert_eq!(courses_page(&read, &l, draft.institution, false, None, 9).await.unwrap(), []);
        assert_eq!(courses_page(&read, &l, draft.institution, true, None, 9).await.unwrap(), [named(&draft)]);
        let tx = store.begin().await.unwrap();
        course_save(&tx, &l, &[&published]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(course_load(&read, &l, &[draft.id]).await.unwrap(), std::slice::from_ref(&published));
        let tx = store.begin().await.unwrap();
        clear_projections(&tx, &l).await.unwrap();
        let cleared = Course { published_seq: None, ..published.clone() };
        assert_eq!(course_all(&tx, &l, None, 9).await.unwrap(), [cleared]);
        course_save(&tx, &l, &[&published]).await.unwrap();
        tx.commit().await.unwrap();
        let found = courses_page(&read, &l, draft.institution, false, None, 9).await.unwrap();
        assert_eq!(found, [named(&published)]);
        store.close().await.unwrap();
    }
}
