//! Asks a ledger's witnesses to cosign each new checkpoint. A task of its own: signing checkpoints
//! and writing entries never wait for a witness. A round brings one checkpoint to everybody who is
//! due, so that their cosignatures meet under the same text; who fails is left alone for a while.

use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;
use ledger::{AddCheckpoint, Cosignature, Note, PolicyWitness, cosignature_in};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::checkpointer::{Checkpoints, Signed};
use crate::effects::{WitnessError, random};
use crate::error::AppError;
use crate::proofs::grown;
use crate::witnesses::{WitnessTrouble, Witnesses};
use crate::writer::LedgerCore;

/// Pause after a first failure; twice as long after each further one.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// Longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(300);
/// Longest time for all that is said to one witness in a round.
const ROUND_MAX: Duration = Duration::from_secs(15);
/// Times that a witness is asked in a round: it may first have to say where it stands.
const ASKED_MAX: u32 = 3;

/// A witness that is asked, and when it is due again.
struct Asked {
    place: usize,
    witness: Arc<PolicyWitness>,
    /// Size that it cosigned last, as far as is known.
    known: u64,
    failures: u32,
    /// Not before this instant.
    due_at: Option<Instant>,
}

struct Collector {
    core: Arc<LedgerCore>,
    witnesses: Arc<Witnesses>,
    asked: Vec<Asked>,
}

/// Recovers what is known of a ledger's witnesses, and begins to ask them where there is a policy.
pub(crate) async fn witnesses(core: &Arc<LedgerCore>, checkpoints: &Checkpoints) -> Result<Arc<Witnesses>, AppError> {
    let policy = core.effects.witness_policy(&core.id)?;
    let witnesses = Arc::new(Witnesses::recover(&core.store.read(), &core.id, policy).await?);
    let mut asked = Vec::new();
    for (place, witness) in witnesses.policy().into_iter().flat_map(|policy| policy.witnesses().iter().enumerate()) {
        let (known, witness) = (witnesses.last_size(place), Arc::new(witness.clone()));
        if witness.url.is_some() {
            asked.push(Asked { place, witness, known, failures: 0, due_at: None });
        } else {
            witnesses.troubled(place, WitnessTrouble::NoAddress, core.effects.now());
        }
    }
    if !asked.is_empty() {
        let collector = Collector { core: Arc::clone(core), witnesses: Arc::clone(&witnesses), asked };
        tokio::spawn(collector.run(checkpoints.follow()));
    }
    Ok(witnesses)
}

/// How a round ended for a witness.
struct Told {
    index: usize,
    known: u64,
    said: Result<Cosignature, WitnessTrouble>,
}

impl Collector {
    async fn run(mut self, mut latest: watch::Receiver<Signed>) {
        loop {
            let signed = latest.borrow_and_update().clone();
            if signed.size > 0 {
                self.witnesses.newer(signed.size, self.core.effects.now());
                self.round(&signed).await;
            }
            let wait = self.next_due(&signed);
            tokio::select! {
                changed = latest.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(wait.unwrap_or(PAUSE_MAX)), if wait.is_some() => {}
            }
        }
    }

    /// How long until somebody who has not cosigned this checkpoint is due.
    fn next_due(&self, signed: &Signed) -> Option<Duration> {
        let now = self.core.effects.now();
        let late = self.asked.iter().filter(|asked| self.witnesses.last_size(asked.place) < signed.size);
        late.map(|asked| {
            let micros = asked.due_at.map_or(0, |at| at.micros().saturating_sub(now.micros()));
            Duration::from_micros(u64::try_from(micros).unwrap_or(0)).max(Duration::from_millis(50))
        })
        .min()
    }

    /// Brings a checkpoint to everybody who is due and has not cosigned it.
    async fn round(&mut self, signed: &Signed) {
        let Ok(note) = Note::parse(signed.note.as_bytes()) else { return };
        let note = Arc::new(note);
        let now = self.core.effects.now();
        let mut round = JoinSet::new();
        for (index, asked) in self.asked.iter().enumerate() {
            let due = asked.due_at.is_none_or(|at| at <= now);
            if !due || self.witnesses.last_size(asked.place) >= signed.size {
                continue;
            }
            let (core, witness, note) = (Arc::clone(&self.core), Arc::clone(&asked.witness), Arc::clone(&note));
            let (signed, known) = (signed.clone(), asked.known);
            round.spawn(async move {
                let asking = ask(&core, &witness, &signed, &note, known);
                match tokio::time::timeout(ROUND_MAX, asking).await {
                    Ok((known, said)) => Told { index, known, said },
                    Err(_) => Told { index, known, said: Err(WitnessTrouble::Unreachable) },
                }
            });
        }
        let mut given = Vec::new();
        while let Some(told) = round.join_next().await {
            // A task that panicked has said nothing; the witness is asked again.
            let Ok(told) = told else { continue };
            if let Some(cosignature) = self.heard(told, signed) {
                given.push(cosignature);
            }
        }
        if !given.is_empty()
            && let Err(error) = self.keep(&given).await
        {
            // The signatures are in use all the same; after a restart the witness is asked again.
            tracing::warn!(ledger = %self.core.id, %error, "cosignatures not kept");
        }
    }

    /// Notes what a witness said; the row to keep, if it cosigned.
    fn heard(&mut self, told: Told, signed: &Signed) -> Option<store::CosignatureRow> {
        let asked = self.asked.get_mut(told.index)?;
        asked.known = told.known;
        let now = self.core.effects.now();
        let row = told.said.and_then(|cosignature| {
            let micros = i64::try_from(cosignature.time).ok().and_then(|time| time.checked_mul(1_000_000));
            let at = micros.and_then(|micros| Instant::try_from_micros(micros).ok());
            let cosigned_at = at.ok_or(WitnessTrouble::NotUnderstood)?;
            let (witness, line) = (asked.witness.key.to_string(), cosignature.line.clone());
            self.witnesses.cosigned(signed, asked.place, cosignature);
            Ok(store::CosignatureRow { witness, size: signed.size, cosigned_at, line })
        });
        match row {
            Ok(row) => {
                (asked.failures, asked.due_at) = (0, None);
                Some(row)
            }
            Err(trouble) => {
                asked.failures = asked.failures.saturating_add(1);
                let pause = pause(asked.failures, u32::from_le_bytes(random(&*self.core.effects)));
                let micros = i64::try_from(pause.as_micros()).unwrap_or(i64::MAX);
                asked.due_at = Instant::try_from_micros(now.micros().saturating_add(micros)).ok();
                self.witnesses.troubled(asked.place, trouble, now);
                let witness = &asked.witness.name;
                tracing::warn!(ledger = %self.core.id, witness, %trouble, size = signed.size, "not cosigned");
                None
            }
        }
    }

    async fn keep(&self, rows: &[store::CosignatureRow]) -> Result<(), AppError> {
        let tx = self.core.store.begin().await?;
        for row in rows {
            store::cosignature_append(&tx, &self.core.id, row).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Asks one witness, from where it stands; where it stands elsewhere, again from there.
async fn ask(
    core: &LedgerCore,
    witness: &PolicyWitness,
    signed: &Signed,
    note: &Note,
    mut known: u64,
) -> (u64, Result<Cosignature, WitnessTrouble>) {
    let Some(prefix) = &witness.url else { return (known, Err(WitnessTrouble::NoAddress)) };
    for _ in 0..ASKED_MAX {
        if known > signed.size {
            return (known, Err(WitnessTrouble::Ahead));
        }
        // A database that does not answer is this server's trouble; it is tried again all the same.
        let Ok(proof) = grown(&core.store.read(), &core.id, known, signed.size).await else {
            return (known, Err(WitnessTrouble::Unreachable));
        };
        let Ok(request) = AddCheckpoint::new(known, proof, &signed.note) else {
            return (known, Err(WitnessTrouble::NotUnderstood));
        };
        match core.effects.ask_witness(prefix, request.to_string()).await {
            Ok(answer) => {
                let taken = cosignature_in(&answer, note, &witness.key);
                let size = if taken.is_ok() { signed.size } else { known };
                return (size, taken.map_err(|_| WitnessTrouble::InvalidSignature));
            }
            Err(WitnessError::OtherSize { size }) if size != known => known = size,
            Err(WitnessError::OtherSize { .. } | WitnessError::Refused { .. }) => {
                return (known, Err(WitnessTrouble::Refused));
            }
            Err(WitnessError::Unreachable) => return (known, Err(WitnessTrouble::Unreachable)),
            Err(WitnessError::NotUnderstood) => return (known, Err(WitnessTrouble::NotUnderstood)),
        }
    }
    (known, Err(WitnessTrouble::Refused))
}

/// Between half and one and a half of the pause that so many failures ask for.
fn pause(failures: u32, random: u32) -> Duration {
    let doubled = PAUSE_MIN.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
    let pause = doubled.min(PAUSE_MAX);
    pause / 2 + pause.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        let range = |failures| (pause(failures, 0), pause(failures, u32::MAX));
        assert_eq!(range(1), (Duration::from_millis(500), Duration::from_millis(1500)));
        assert_eq!(range(4), (Duration::from_secs(4), Duration::from_secs(12)));
        for failures in [10, 32, 33, u32::MAX] {
            assert_eq!(range(failures), (Duration::from_secs(150), Duration::from_secs(450)), "{failures}");
        }
    }
}
