//! The head, the entries, the tree and the answers: what must never change, cannot.

use store::*;

use crate::samples::*;

async fn fill(store: &Store, count: u64) -> Vec<EntryRow> {
    let entries: Vec<EntryRow> = (0..count).map(entry).collect();
    let tx = store.begin().await.unwrap();
    ledger_open(&tx, &head()).await.unwrap();
    entries_append(&tx, &ledger(), &entries).await.unwrap();
    tx.commit().await.unwrap();
    entries
}

#[tokio::test]
async fn entries_come_back_as_they_were() {
    for Opened { store, .. } in stores().await {
        let entries = fill(&store, 1_100).await;
        let read = store.read();
        let l = ledger();
        assert_eq!(entries_range(&read, &l, 0, 2_000).await.unwrap(), entries);
        assert_eq!(entries_range(&read, &l, 1_000, 7).await.unwrap(), entries[1_000..1_007]);
        let written: Vec<_> = entries[3..8].iter().map(|entry| (entry.leaf_hash, entry.bytes.clone())).collect();
        assert_eq!(entries_written(&read, &l, 3, 5).await.unwrap(), written);
        assert_eq!(entry_by_seq(&read, &l, 42).await.unwrap().as_ref(), Some(&entries[42]));
        assert_eq!(entry_by_seq(&read, &l, 1_100).await.unwrap(), None);
        let by_leaf = entry_by_leaf(&read, &entries[77].leaf_hash).await.unwrap();
        assert_eq!(by_leaf, Some((l.clone(), entries[77].clone())));
        assert_eq!(entry_by_leaf(&read, &[1; 32]).await.unwrap(), None);
        let seqs = [3, 900, 1_099, 5_000];
        let some = sorted(entries_by_seqs(&read, &l, &seqs).await.unwrap(), |e| e.seq);
        assert_eq!(some, [3, 900, 1_099].map(|seq| entries[seq].clone()));
        let institution = entries[1].institution.unwrap().0;
        let own: Vec<EntryRow> = entries
            .iter()
            .filter(|e| e.institution.is_some_and(|(id, seq)| id == institution && seq > 10))
            .take(20)
            .cloned()
            .collect();
        assert_eq!(entries_of_institution(&read, &l, institution, 10, 20).await.unwrap(), own);
        let contract = entries[1].contract.unwrap().0;
        let own: Vec<EntryRow> =
            entries.iter().filter(|e| e.contract.is_some_and(|(id, _)| id == contract)).cloned().collect();
        // The first entry is only a signature; then there is an account, which knows the last.
        assert_eq!(entries_of_contract(&read, &l, contract, 0, 1_000).await.unwrap(), own[..1]);
        let last = own.last().unwrap();
        let mut account = account(1);
        account.terms.id = contract;
        (account.last_seq, account.last_entry) = (last.contract.unwrap().1, last.seq);
        let tx = store.begin().await.unwrap();
        account_save(&tx, &l, &[&account]).await.unwrap();
        let payments: Vec<Payment> = [9, 17].map(|seq| Payment { seq, ..crate::contracts::payment(seq) }).into();
        payment_save(&tx, &l, &payments.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(entries_of_contract(&read, &l, contract, 0, 1_000).await.unwrap(), own);
        assert_eq!(entries_of_contract(&read, &l, contract, 3, 5).await.unwrap(), own[3..8]);
        assert_eq!(payments_of_contract(&read, &l, contract).await.unwrap(), payments);
        let hashes: Vec<_> = entries[5..700].iter().map(|e| e.leaf_hash).collect();
        assert_eq!(leaf_hashes(&read, &l, 5, 700).await.unwrap(), hashes);
        assert!(matches!(leaf_hashes(&read, &l, 5, 1_101).await, Err(StoreError::Corrupt { table: "entry", .. })));
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn entries_are_found_by_leaf_hash_in_complete_runs_and_after_them() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let entries = fill(&store, 5_000).await;
        let tx = store.begin().await.unwrap();
        leaf_index_append(&tx, &l, 0, 2_000).await.unwrap();
        leaf_index_append(&tx, &l, 2_000, 5_000).await.unwrap();
        assert!(head_advance(&tx, &Head { size: 5_000, ..head() }, head().mark()).await.unwrap());
        tx.commit().await.unwrap();
        let read = store.read();
        for seq in [0, 255, 2_047, 2_048, 4_095, 4_096, 4_999] {
            let found = entry_by_leaf(&read, &entries[seq].leaf_hash).await.unwrap();
            assert_eq!(found, Some((l.clone(), entries[seq].clone())));
        }
        assert_eq!(entry_by_leaf(&read, &[1; 32]).await.unwrap(), None);
        let mut sum = LeafIndexSum::default();
        for entry in &entries {
            if [0, 2_048, 4_095, 4_096].contains(&entry.seq) {
                assert_eq!(sum.is_stored(&read, &l).await.unwrap(), entry.seq == 4_096, "{}", entry.seq);
            }
            sum.push(entry.seq, &entry.leaf_hash);
        }
        assert!(sum.is_stored(&read, &l).await.unwrap());
        let tx = store.begin().await.unwrap();
        leaf_index_rebuild(&tx, &l, 5_000).await.unwrap();
        assert!(sum.is_stored(&tx, &l).await.unwrap());
        tx.rollback().await.unwrap();
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_stale_writer_loses() {
    for Opened { store, .. } in stores().await {
        fill(&store, 3).await;
        let mut new = Head { size: 3, epoch: 2, frontier: vec![hash(1), hash(2)], ..head() };
        new.last_leaf = hash(2);
        new.last_recorded_at = at(9);
        let tx = store.begin().await.unwrap();
        assert_eq!(head_lock(&tx, &ledger()).await.unwrap(), Some(head()));
        assert!(head_advance(&tx, &new, head().mark()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(head_load(&store.read(), &ledger()).await.unwrap().as_ref(), Some(&new));
        assert_eq!(ledgers(&store.read()).await.unwrap(), [new.clone()]);
        // Old size, old epoch, another last entry, another ledger: nothing moves.
        let other = Head { ledger: "110000".parse().unwrap(), ..new.clone() };
        let mark = |size, epoch, last| HeadMark { size, epoch, last_leaf: hash(last) };
        let stale = [(&new, mark(0, 2, 2)), (&new, mark(3, 1, 2)), (&new, mark(4, 2, 2)), (&new, mark(3, 2, 1))];
        for (stale, mark) in stale.into_iter().chain([(&other, mark(3, 2, 2))]) {
            let tx = store.begin().await.unwrap();
            assert!(!head_advance(&tx, stale, mark).await.unwrap());
            tx.rollback().await.unwrap();
        }
        let tx = store.begin().await.unwrap();
        assert_eq!(head_lock(&tx, &other.ledger).await.unwrap(), None);
        tx.rollback().await.unwrap();
        assert_eq!(head_load(&store.read(), &ledger()).await.unwrap(), Some(new));
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn the_second_writer_waits_for_the_head() {
    for Opened { store, db } in stores().await {
        fill(&store, 1).await;
        let second = Store::connect(&db.url).await.unwrap();
        let tx = store.begin().await.unwrap();
        head_lock(&tx, &ledger()).await.unwrap();
        let waiting = tokio::spawn(async move {
            let tx = second.begin().await.unwrap();
            let seen = head_lock(&tx, &ledger()).await.unwrap().unwrap().size;
            tx.rollback().await.unwrap();
            second.close().await.unwrap();
            seen
        });
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(!waiting.is_finished());
        assert!(head_advance(&tx, &Head { size: 1, ..head() }, head().mark()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(waiting.await.unwrap(), 1, "{}", store.engine());
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    for Opened { store, .. } in stores().await {
        let tx = store.begin().await.unwrap();
        ledger_open(&tx, &head()).await.unwrap();
        drop(tx);
        assert_eq!(ledgers(&store.read()).await.unwrap(), []);
        // And the connection is good for the next.
        fill(&store, 1).await;
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn append_only_tables_refuse_every_change() {
    for Opened { store, db } in stores().await {
        let entries = fill(&store, 2).await;
        let tx = store.begin().await.unwrap();
        idempotency_append(&tx, &ledger(), &[answer("k1")]).await.unwrap();
        tx.commit().await.unwrap();
        let mut forbidden = vec![
            "UPDATE entry SET bytes = bytes",
            "UPDATE entry SET seq = seq + 1 WHERE seq = 1",
            "DELETE FROM entry WHERE seq = 1",
            "DELETE FROM entry",
            "UPDATE idempotency SET body = '{}'",
            "DELETE FROM idempotency",
            "INSERT INTO entry SELECT * FROM entry WHERE seq = 1 ON CONFLICT (ledger_id, seq) DO UPDATE SET seq = 7",
        ];
        match store.engine() {
            Engine::Postgres => forbidden.extend(["TRUNCATE entry", "TRUNCATE idempotency CASCADE"]),
            Engine::Sqlite => forbidden.extend([
                "PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 1",
                "PRAGMA recursive_triggers = ON; REPLACE INTO idempotency SELECT * FROM idempotency",
            ]),
        }
        // SQLite needs a WHERE between SELECT and ON CONFLICT, which the statement above has.
        for sql in forbidden {
            let refused = StoreError::from(db.execute(sql).await.expect_err(sql));
            assert!(matches!(refused, StoreError::AppendOnly), "{} {sql}: {refused:?}", store.engine());
        }
        assert_eq!(entries_range(&store.read(), &ledger(), 0, 9).await.unwrap(), entries);
        assert_eq!(idempotency_load(&store.read(), &ledger(), &["k1"]).await.unwrap(), [answer("k1")]);
        store.close().await.unwrap();
    }
}

fn answer(key: &str) -> Answer {
    Answer {
        key: key.to_owned(),
        actor: "guardian:x".to_owned(),
        fingerprint: "{\"a\":\"b\"}".to_owned(),
        status: 201,
        body: "{\"id\":1}".to_owned(),
        first_seq: Some(5),
        entry_count: 2,
    }
}

#[tokio::test]
async fn answers_are_kept_once() {
    for Opened { store, .. } in stores().await {
        let refused = Answer { status: 422, first_seq: None, entry_count: 0, ..answer("k2") };
        let many: Vec<Answer> = (0..600).map(|i| answer(&format!("m{i}"))).collect();
        let tx = store.begin().await.unwrap();
        idempotency_append(&tx, &ledger(), &[answer("k1"), refused.clone()]).await.unwrap();
        idempotency_append(&tx, &ledger(), &many).await.unwrap();
        tx.commit().await.unwrap();
        let found = idempotency_load(&store.read(), &ledger(), &["k2", "k1", "nobody's"]).await.unwrap();
        assert_eq!(sorted(found, |a| a.key.clone()), [answer("k1"), refused]);
        let keys: Vec<&str> = many.iter().map(|a| a.key.as_str()).collect();
        assert_eq!(idempotency_load(&store.read(), &ledger(), &keys).await.unwrap().len(), 600);
        assert_eq!(idempotency_load(&store.read(), &"110000".parse().unwrap(), &["k1"]).await.unwrap(), []);
        assert_eq!(idempotency_load(&store.read(), &ledger(), &[]).await.unwrap(), []);
        let tx = store.begin().await.unwrap();
        let again = idempotency_append(&tx, &ledger(), &[answer("k1")]).await;
        assert!(matches!(again, Err(StoreError::Constraint(Constraint::IdempotencyKey))), "{again:?}");
        tx.rollback().await.unwrap();
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn the_hashes_of_a_tile_are_those_of_its_rows() {
    for Opened { store, .. } in stores().await {
        let l = ledger();
        let entries = fill(&store, 600).await;
        let leaves: Vec<_> = entries.iter().map(|entry| entry.leaf_hash).collect();
        let roots: Vec<Subtree> = (0..256).map(|index| Subtree { level: 1, index, hash: hash(index) }).collect();
        let tx = store.begin().await.unwrap();
        subtrees_append(&tx, &l, &roots).await.unwrap();
        tiles_append(&tx, &l, &roots[..1]).await.unwrap();
        tiles_append(&tx, &l, &[Subtree { level: 2, index: 0, hash: hash(99) }]).await.unwrap();
        tx.commit().await.unwrap();
        let read = store.read();
        // A whole kept tile, a part of it, one that is complete and not kept, and one that is not complete.
        for (from, to) in [(0, 256), (3, 77), (256, 512), (512, 600)] {
            let found = tile_hashes(&read, &l, 0, from, to).await.unwrap();
            let (from, to) = (usize::try_from(from).unwrap(), usize::try_from(to).unwrap());
            assert_eq!(found, leaves[from..to], "{from}..{to}");
        }
        let hashes: Vec<_> = (0..256).map(hash).collect();
        assert_eq!(tile_hashes(&read, &l, 1, 0, 256).await.unwrap(), hashes);
        let kept = tiles_after(&read, &l, 0, None).await.unwrap();
        assert_eq!(kept, [Tile { level: 0, index: 0, hashes: leaves[..256].to_vec() }]);
        assert!(tiles_after(&read, &l, 0, Some(0)).await.unwrap().is_empty());
        let tx = store.begin().await.unwrap();
        let incomplete = tiles_append(&tx, &l, &[Subtree { level: 1, index: 2, hash: hash(2) }]).await;
        assert!(matches!(incomplete, Err(StoreError::Corrupt { .. })), "{incomplete:?}");
        tx.rollback().await.unwrap();
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn tiles_and_checkpoints() {
    for Opened { store, .. } in stores().await {
        let tiles: Vec<Subtree> = (0..70).map(|index| Subtree { level: 1, index, hash: hash(index) }).collect();
        let upper = Subtree { level: 2, index: 0, hash: hash(99) };
        let checkpoint =
            |size: u64| Checkpoint { size, signed_at: at(7), note: format!("example\n{size}\nroot\n\n— sig\n") };
        let tx = store.begin().await.unwrap();
        subtrees_append(&tx, &ledger(), &tiles).await.unwrap();
        subtrees_append(&tx, &ledger(), &[upper]).await.unwrap();
        for size in [3, 9, 6] {
            checkpoint_save(&tx, &ledger(), &checkpoint(size)).await.unwrap();
        }
        let cosigned = Checkpoint { note: "cosigned".to_owned(), ..checkpoint(6) };
        checkpoint_save(&tx, &ledger(), &cosigned).await.unwrap();
        tx.commit().await.unwrap();
        let (read, l) = (store.read(), ledger());
        let hashes: Vec<_> = (5..70).map(hash).collect();
        assert_eq!(subtree_range(&read, &l, 1, 5, 90).await.unwrap(), hashes);
        assert_eq!(subtree_get(&read, &l, 2, 0).await.unwrap(), Some(hash(99)));
        assert_eq!(subtree_get(&read, &l, 2, 1).await.unwrap(), None);
        assert_eq!(checkpoint_last(&read, &l).await.unwrap(), Some(checkpoint(9)));
        assert_eq!(checkpoint_at(&read, &l, 6).await.unwrap(), Some(cosigned.clone()));
        assert_eq!(checkpoint_at(&read, &l, 5).await.unwrap(), None);
        assert_eq!(checkpoint_covering(&read, &l, 4).await.unwrap(), Some(cosigned.clone()));
        assert_eq!(checkpoint_covering(&read, &l, 10).await.unwrap(), None);
        assert_eq!(checkpoints_after(&read, &l, Some(3), 9).await.unwrap(), [cosigned, checkpoint(9)]);
        assert_eq!(checkpoints_after(&read, &l, None, 1).await.unwrap(), [checkpoint(3)]);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn sealed_records() {
    for Opened { store, .. } in stores().await {
        let records = [EntryRecord { seq: 3, sealed: vec![1, 2] }, EntryRecord { seq: 4, sealed: vec![] }];
        let tx = store.begin().await.unwrap();
        entry_records_append(&tx, &ledger(), &records).await.unwrap();
        tx.commit().await.unwrap();
        let found = entry_records_load(&store.read(), &ledger(), &[4, 3, 5]).await.unwrap();
        assert_eq!(sorted(found, |r| r.seq), records);
        store.close().await.unwrap();
    }
}
