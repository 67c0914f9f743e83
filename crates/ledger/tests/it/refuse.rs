//! What is not an entry: every other spelling, every other value.

use ledger::*;
use proptest::prelude::*;

use crate::common::{self, story};

/// The entry that pays a fee: it has every kind of value but words in a set.
fn fee() -> String {
    let bytes =
        story().entries.into_iter().find(|bytes| decode(bytes).unwrap().body.entry_type() == EntryType::FeePaid);
    String::from_utf8(bytes.unwrap()).unwrap()
}

fn refused(from: &str, to: &str) -> EntryError {
    let text = fee();
    assert!(text.contains(from), "{from} not in {text}");
    decode(text.replacen(from, to, 1).as_bytes()).unwrap_err()
}

#[test]
fn each_refusal_says_why() {
    use EntryError as E;
    assert_eq!(decode(&vec![b' '; ENTRY_BYTES_MAX + 1]), Err(E::TooLong { actual: 65_536 }));
    assert_eq!(decode(b"{\"_t\":\"\xff\"}"), Err(E::NotUtf8));
    for text in ["", "x", "[]", "null", "{}{}", "{\"a\":\"b\"", "{\"_t\":\"fee_paid\",}"] {
        assert_eq!(decode(text.as_bytes()), Err(E::NotJson), "{text}");
    }
    assert_eq!(decode("[".repeat(60_000).as_bytes()), Err(E::NotJson));
    for number in ["340000", "1e999", "-1", "3.4", "1e3"] {
        assert_eq!(refused("\"amount_fen\":\"340000\"", &format!("\"amount_fen\":{number}")), E::Number, "{number}");
    }
    assert_eq!(refused("\"_v\":\"1\",", "\"_v\":\"1\",\"_v\":\"1\","), E::DuplicateKey);
    assert_eq!(refused("bank_transfer", "bank\\u0000transfer"), E::Text);
    assert_eq!(refused("bank_transfer", "e\u{301}"), E::Text);
    assert_eq!(refused("\"_t\":\"fee_paid\"", "\"_t\":\"fee_payed\""), E::UnknownType);
    assert_eq!(refused("\"_v\":\"1\"", "\"_v\":\"2\""), E::UnknownVersion);
    assert_eq!(refused("\"amount_fen\":\"340000\",", ""), E::MissingKey { key: "amount_fen" });
    assert_eq!(refused("\"postings\":[", "\"postings_\":["), E::MissingKey { key: "postings" });
    assert!(matches!(refused("{\"amount_fen\"", "{\"a\":\"b\",\"amount_fen\""), E::UnknownKey { .. }));
    assert!(matches!(refused(",\"seq\":\"11\"}", ",\"seq\":\"11\",\"z\":\"\"}"), E::UnknownKey { .. }));
    for (from, to) in [
        ("{\"_t\"", "{ \"_t\""),
        ("\"_t\":", "\"_t\": "),
        ("fee_paid", "fee\\u005fpaid"),
        ("\"_t\":\"fee_paid\",\"_v\":\"1\"", "\"_v\":\"1\",\"_t\":\"fee_paid\""),
    ] {
        assert!(matches!(refused(from, to), E::NotCanonical { .. }), "{to}");
    }
    assert!(matches!(decode(format!("{}\n", fee()).as_bytes()), Err(E::NotCanonical { .. })));
    for (from, to, key, kind) in [
        ("\"340000\"", "\"0340000\"", "amount_fen", "fen"),
        ("\"340000\"", "\"+340000\"", "amount_fen", "fen"),
        ("\"340000\"", "\"3.4\"", "amount_fen", "fen"),
        ("\"340000\"", "\"99999999999999999999\"", "amount_fen", "fen"),
        ("\"340000\"", "[]", "amount_fen", "fen"),
        ("bank_transfer", "cheque", "method", "word"),
        ("2026-03-02T02:03:04.000005Z", "2026-03-02T02:03:04Z", "paid_at", "instant"),
        ("2026-03-02T02:03:04.000005Z", "2026-02-30T02:03:04.000005Z", "paid_at", "instant"),
        ("\"contract_seq\":\"3\"", "\"contract_seq\":\"03\"", "contract_seq", "count"),
        ("guardian:", "parent:", "actor", "actor"),
        ("330502", "990502", "ledger", "ledger"),
    ] {
        assert_eq!(refused(from, to), E::Value { key, kind }, "{to}");
    }
    for (from, to, key) in [
        ("\"contract_seq\":\"3\"", "\"contract_seq\":\"0\"", "contract_seq"),
        ("\"amount_fen\":\"340000\"", "\"amount_fen\":\"340001\"", "lots"),
        ("\"fen\":\"100000\"", "\"fen\":\"-100000\"", "lots"),
        ("\"institution_seq\":\"10\"", "\"institution_seq\":\"0\"", "institution_seq"),
        ("\"institution_seq\":\"10\"", "\"institution_seq\":\"900\"", "institution_seq"),
    ] {
        let error = refused(from, to);
        assert!(error == E::Range { key } || error == E::Postings, "{to}: {error:?}");
    }
    assert_eq!(
        refused("\"account\":\"bank:custody\",\"fen\":\"340000\"", "\"account\":\"bank:custody\",\"fen\":\"340001\""),
        E::Postings
    );
    assert_eq!(refused("\"account\":\"bank:custody\"", "\"account\":\"bank:deposit\""), E::Postings);
}

#[test]
fn what_a_writer_may_not_say() {
    let chain = story();
    let a = common::institution(1);
    let range = |header: &Header, body: &Body| encode(header, body).unwrap_err();
    let with = |change: fn(&mut Header)| {
        let mut header = chain.header(Some(a), false);
        change(&mut header);
        header
    };
    let body = Body::from(common::paid(1));
    assert!(encode(&with(|_| ()), &body).is_ok());
    assert_eq!(range(&with(|h| h.institution = None), &body), EntryError::Range { key: "institution" });
    assert_eq!(range(&with(|h| h.commit = Some(Hash::ZERO)), &body), EntryError::Range { key: "commit" });
    assert_eq!(range(&with(|h| h.prev = Hash::ZERO), &body), EntryError::Range { key: "prev" });
    assert_eq!(range(&with(|h| h.seq = 0), &body), EntryError::Range { key: "institution_seq" });
    assert_eq!(range(&with(|_| ()), &common::opened().into()), EntryError::Range { key: "institution" });
    let mut none = common::paid(1);
    none.lots.clear();
    assert_eq!(range(&with(|_| ()), &none.into()), EntryError::Range { key: "lots" });
    let mut twice = common::paid(1);
    twice.lots[1].lot = twice.lots[0].lot;
    assert_eq!(range(&with(|_| ()), &twice.into()), EntryError::Range { key: "lots" });
    let mut big = common::claimed(1, 4, 1, &[(common::lot(2), "1")]);
    big.lots = (0..201).map(|n| LotHours { hours: common::hours("1"), lot: common::lot(n) }).collect();
    big.hours = common::hours("201");
    assert_eq!(range(&with(|_| ()), &big.into()), EntryError::Range { key: "lots" });
}

#[test]
fn an_amount_of_zero_posts_nothing() {
    let body = Body::from(common::confirmed(1, 5, 1, vec![common::part(common::lot(2), "0.01", 0)]));
    assert_eq!(body.postings(), Ok(vec![]));
    let header = story().header(Some(common::institution(1)), false);
    let bytes = encode(&header, &body).unwrap();
    assert!(std::str::from_utf8(&bytes).unwrap().contains("\"postings\":[]"));
    assert_eq!(decode(&bytes).unwrap().body, body);
}

fn line() -> impl Strategy<Value = String> {
    "[ -~“”教民\u{3400}-\u{3410}]{0,30}".prop_map(|s| s.trim().to_owned()).prop_filter("not empty", |s| !s.is_empty())
}

prop_compose! {
    fn parts()(n in 1_usize..6)(
        values in proptest::collection::vec((1_i64..=20_000, 0_i64..=1_000_000_000), n)
    ) -> Vec<LotPart> {
        (0..).zip(values).map(|(n, (hundredths, fen))| LotPart {
            fen: kernel::Fen::new(fen),
            hours: kernel::ClassHours::try_from_hundredths(hundredths).unwrap(),
            lot: common::lot(n),
        }).collect()
    }
}

fn bodies() -> impl Strategy<Value = Body> {
    let origins = line().prop_map(|origin| {
        let mut opened = common::opened();
        opened.origin = origin.parse().unwrap();
        Body::from(LicenceGranted {
            licence_number: opened.origin,
            ..match decode(&story().entries[6]).unwrap().body {
                Body::LicenceGranted(d) => d,
                other => panic!("{other:?}"),
            }
        })
    });
    let confirmed = (parts(), 1_u64..u64::MAX).prop_map(|(lots, seq)| common::confirmed(1, seq, 1, lots).into());
    let refund = parts().prop_map(|lots| {
        RefundConsented {
            by: ConsentedBy::Regulator,
            contract: common::contract(1),
            contract_seq: 9,
            lots,
            pay_by_on: None,
            refund: common::refund(1),
        }
        .into()
    });
    let any = (0..story().entries.len()).prop_map(|i| decode(&story().entries[i]).unwrap().body);
    prop_oneof![origins, confirmed, refund, any]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn encode_then_decode_is_identity(body in bodies(), micros in 631_152_000_000_000_i64..7_258_118_400_000_000, seq in 1_u64..u64::MAX) {
        let chain = story();
        let institution = (body.entry_type().scope() != Scope::Ledger).then(|| common::institution(1));
        let mut header = chain.header(institution, body.entry_type().commit().is_some());
        header.recorded_at = kernel::Instant::try_from_micros(micros).unwrap();
        header.seq = if matches!(body, Body::LedgerOpened(_)) { 0 } else { seq };
        if header.seq == 0 { header.prev = Hash::ZERO; }
        if let Some(link) = &mut header.institution { link.seq = link.seq.min(seq); if link.seq == 1 { link.prev = Hash::ZERO; } }
        let bytes = encode(&header, &body).unwrap();
        prop_assert_eq!(decode(&bytes), Ok(Entry { header, body }));
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(serde_json_canonicalizer::to_vec(&value).unwrap(), bytes);
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(decode(&bytes).is_err());
    }
}

/// Every single flipped bit: either no entry any more, or another entry with another hash. Never
/// the same hash, never a panic, and what still decodes re-encodes to the flipped bytes.
#[test]
fn every_flipped_bit_is_found() {
    let mut still_entries = 0;
    for bytes in story().entries {
        let hash = leaf_hash(&bytes);
        for i in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[i] ^= 1 << bit;
                assert_ne!(leaf_hash(&flipped), hash);
                if let Ok(entry) = decode(&flipped) {
                    still_entries += 1;
                    assert_eq!(encode(&entry.header, &entry.body).unwrap(), flipped);
                }
            }
        }
    }
    assert!(still_entries > 0, "flips inside hashes and digits are still entries");
}
