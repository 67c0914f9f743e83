//! The same storm for another project's parsers (`doubleentry`, written from the same C2SP texts by
//! other people): what one of us reads, both read, and write the same again. Where that project is
//! stricter by its own choice, the choice is named.

use doubleentry::transparency as theirs;
use ledger::witness::AddCheckpoint;
use ledger::*;
use proptest::prelude::*;
use proptest::sample::Index;
use theirs::Error;

use super::mutate::{Change, changed, changes};
use super::parsers::{WHOLE, storm, witness};

/// That project refuses a second signature of the same key, which C2SP lets a verifier ignore; names
/// that it would not give to a key as an origin; keys that are no point or of small order when they
/// are read, where we refuse their signatures when they are checked.
fn is_their_choice(error: &Error) -> bool {
    matches!(error, Error::DuplicateSignature { .. } | Error::BadName | Error::WeakKey)
}

/// Both read it, or neither, but for that project's choices.
fn same<T, U>(bytes: &[u8], ours: Option<T>, other: Result<U, Error>) -> Result<Option<(T, U)>, TestCaseError> {
    let text = String::from_utf8_lossy(bytes);
    match (ours, other) {
        (Some(ours), Ok(other)) => Ok(Some((ours, other))),
        (None, Err(_)) => Ok(None),
        (Some(_), Err(error)) => {
            prop_assert!(is_their_choice(&error), "only we read this, {error:?}: {text}");
            Ok(None)
        }
        (None, Ok(_)) => {
            prop_assert!(false, "only they read this: {text}");
            Ok(None)
        }
    }
}

fn parsed<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

storm! {
    notes_as_another_reads_them(notes, bytes) {
        if let Some((ours, other)) = same(bytes, Note::parse(bytes).ok(), theirs::Note::parse(bytes))? {
            prop_assert_eq!(ours.text(), other.text());
            prop_assert_eq!(ours.signatures().len(), other.signatures().len());
            prop_assert_eq!(other.to_bytes(), bytes);
            let checkpoint = ours.text().parse::<Checkpoint>().ok();
            let other = theirs::Checkpoint::parse_text(ours.text());
            if let Some((ours, other)) = same(ours.text().as_bytes(), checkpoint, other)? {
                prop_assert_eq!(ours.size, other.head().size);
                let root = other.head().root;
                prop_assert_eq!(ours.root.as_bytes(), root.as_bytes());
                prop_assert_eq!(ours.to_string(), other.text());
            }
        }
    }
    keys_as_another_reads_them(keys, bytes) {
        let other = std::str::from_utf8(bytes).ok().map(str::parse::<theirs::Vkey>);
        if let Some(other) = other && let Some((ours, other)) = same(bytes, parsed::<VerifierKey>(bytes), other)? {
            prop_assert_eq!(ours.id(), other.key_id());
            prop_assert_eq!(*ours.public_key(), other.public_key());
        }
    }
    tile_paths_as_another_reads_them(paths, bytes) {
        let other = std::str::from_utf8(bytes).ok().map(theirs::TileId::parse);
        if let Some(other) = other && let Some((ours, other)) = same(bytes, parsed::<TilePath>(bytes), other)? {
            prop_assert_eq!(ours.to_string(), other.path());
        }
    }
    requests_as_another_reads_them(requests, bytes) {
        // We open the note when we decide, they when they read.
        let is_checkpoint = |note: &str| {
            Note::parse(note.as_bytes()).is_ok_and(|note| note.text().parse::<Checkpoint>().is_ok())
        };
        let ours = AddCheckpoint::parse(bytes).ok().filter(|request| is_checkpoint(request.written()));
        if let Some((ours, other)) = same(bytes, ours, theirs::AddCheckpoint::parse(bytes))? {
            prop_assert_eq!(ours.to_string().into_bytes(), other.to_bytes());
        }
    }
    policies_as_another_reads_them(policies, bytes) {
        let other = std::str::from_utf8(bytes).ok().map(theirs::Policy::parse);
        if let Some(other) = other {
            same(bytes, LogPolicy::parse(bytes).ok(), other)?;
        }
    }
}

/// The signatures and cosignatures of whole receipts hold for that project as they do for us.
#[test]
fn checkpoints_hold_for_another() {
    let ours = [crate::common::key().verifier().clone(), witness(0).verifier().clone(), witness(2).verifier().clone()];
    let other: Vec<theirs::Vkey> = ours.iter().map(|key| key.to_string().parse().unwrap()).collect();
    let mut cosigned = 0;
    for note in &WHOLE.notes {
        let verified = theirs::SignedCheckpoint::parse(note).unwrap().verify(&other).unwrap();
        let (_, report) = Checkpoint::open(note, &ours[0], &ours[1..]).unwrap();
        assert_eq!(verified.len(), report.verified.len());
        cosigned += verified.len() - 1;
    }
    assert!(cosigned > 20, "{cosigned}");
    let stranger = LogKey::from_seed(crate::common::ORIGIN, &[9; 32]).unwrap();
    let stranger: theirs::Vkey = stranger.vkey().parse().unwrap();
    let signed = theirs::SignedCheckpoint::parse(&WHOLE.notes[0]).unwrap();
    assert!(
        signed.verify(&[stranger]).is_ok_and(|verified| verified.is_empty()) || signed.verify(&other[1..]).is_err()
    );
}
