//! What is known of a ledger's witnesses: who cosigned which checkpoint, which is cosigned by enough
//! of them, and which checkpoint goes into a receipt or out to the public. Asking them is in
//! `witnessing`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Instant, LedgerId, words};
use ledger::cosignature::with_lines;
use ledger::{Cosignature, Evaluation, LogPolicy, Note, cosignature_in};
use store::Reader;

use crate::checkpointer::Signed;
use crate::error::AppError;

/// Checkpoints whose cosignatures are remembered beside the one with a quorum.
const RECENT_MAX: usize = 64;
/// How long a checkpoint with a quorum is shown to the public although there is a newer one: about
/// as long as witnesses that work need to cosign that too.
const PREFERRED: Duration = Duration::from_secs(10);

words! {
    /// Why a witness has not cosigned the latest checkpoint.
    WitnessTrouble {
        /// The policy gives no address for it.
        NoAddress = "no_address" / "策略中没有它的地址",
        /// It cannot be reached.
        Unreachable = "unreachable" / "无法连接或超时",
        /// It refused to sign.
        Refused = "refused" / "拒绝联署",
        /// It has cosigned a longer ledger than this server signed.
        Ahead = "ahead" / "已联署更长的账本",
        /// Its signature does not hold.
        InvalidSignature = "invalid_signature" / "联署签名不成立",
        /// It answers what no witness answers.
        NotUnderstood = "not_understood" / "答复无法识别",
    }
}

/// A checkpoint and who cosigned it, by the place of the witness in the policy.
#[derive(Clone, Debug)]
struct Gathered {
    note: Arc<str>,
    by: BTreeMap<usize, Cosignature>,
}

impl Gathered {
    fn signed(&self, size: u64) -> Signed {
        let lines = self.by.values().map(|cosignature| cosignature.line.as_str());
        Signed { size, note: with_lines(&self.note, lines).into() }
    }
}

/// A witness's own state.
#[derive(Clone, Copy, Debug, Default)]
struct Peer {
    /// The largest checkpoint that it cosigned here, and when.
    last: Option<(u64, u64)>,
    trouble: Option<(WitnessTrouble, Instant)>,
}

#[derive(Debug, Default)]
struct State {
    peers: Vec<Peer>,
    /// By size; those without cosignatures are left out.
    recent: BTreeMap<u64, Gathered>,
    /// The newest size with a quorum; it is in `recent`.
    met: Option<u64>,
    /// Since when there is a newer checkpoint than that.
    overtaken_at: Option<Instant>,
    /// What the public was shown never gets shorter.
    shown: u64,
}

/// The witnesses of a ledger.
#[derive(Debug, Default)]
pub struct Witnesses {
    policy: Option<LogPolicy>,
    state: Mutex<State>,
}

/// A witness as everybody may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessInfo {
    /// Its name in the policy.
    pub name: String,
    /// Its key.
    pub vkey: String,
    /// The largest checkpoint that it cosigned, and when by its own clock, Unix seconds.
    pub last: Option<(u64, u64)>,
    /// Why it did not cosign when it was asked last, and when that was.
    pub trouble: Option<(WitnessTrouble, Instant)>,
}

/// All of a ledger's witnesses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessReport {
    /// Fewest witnesses that are enough; 0 where nobody is asked.
    pub fewest: usize,
    /// Size of the newest checkpoint that enough of them cosigned.
    pub met_size: Option<u64>,
    /// Each, in the order of the policy.
    pub witnesses: Vec<WitnessInfo>,
}

/// A checkpoint for a receipt: with whose cosignatures, and are they enough?
#[derive(Clone, Debug)]
pub struct ForReceipt {
    /// The checkpoint with all signatures.
    pub signed: Signed,
    /// Who of the policy cosigned it; none where nobody is asked.
    pub evaluation: Option<Evaluation>,
}

impl Witnesses {
    /// With what the database remembers.
    pub(crate) async fn recover(
        read: &Reader<'_>,
        id: &LedgerId,
        policy: Option<LogPolicy>,
    ) -> Result<Witnesses, AppError> {
        let witnesses = Witnesses { policy, state: Mutex::default() };
        let Some(policy) = &witnesses.policy else { return Ok(witnesses) };
        witnesses.lock().peers = vec![Peer::default(); policy.witnesses().len()];
        let limit = u32::try_from(RECENT_MAX).unwrap_or(u32::MAX);
        let mut found: BTreeMap<u64, BTreeMap<usize, String>> = BTreeMap::new();
        for (place, witness) in policy.witnesses().iter().enumerate() {
            for row in store::cosignatures_of(read, id, &witness.key.to_string(), limit).await? {
                found.entry(row.size).or_default().insert(place, row.line);
            }
        }
        for (size, by) in found {
            let Some(checkpoint) = store::checkpoint_at(read, id, size).await? else { continue };
            let Ok(note) = Note::parse(checkpoint.note.as_bytes()) else { continue };
            let signed = Signed { size, note: checkpoint.note.into() };
            for (place, line) in by {
                // A row that does not hold proves nothing; the witness is asked again.
                let Some(witness) = policy.witnesses().get(place) else { continue };
                match cosignature_in(&format!("{line}\n"), &note, &witness.key) {
                    Ok(cosignature) => witnesses.cosigned(&signed, place, cosignature),
                    Err(error) => tracing::warn!(ledger = %id, size, %error, "a kept cosignature does not hold"),
                }
            }
        }
        Ok(witnesses)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is whole before the lock is given back.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom to ask, and who is enough.
    pub fn policy(&self) -> Option<&LogPolicy> {
        self.policy.as_ref()
    }

    /// The largest size that a witness cosigned here, 0 for none.
    pub(crate) fn last_size(&self, place: usize) -> u64 {
        self.lock().peers.get(place).and_then(|peer| peer.last).map_or(0, |(size, _)| size)
    }

    /// A witness did not cosign.
    pub(crate) fn troubled(&self, place: usize, trouble: WitnessTrouble, now: Instant) {
        if let Some(peer) = self.lock().peers.get_mut(place) {
            peer.trouble = Some((trouble, now));
        }
    }

    /// There is a newer checkpoint.
    pub(crate) fn newer(&self, size: u64, now: Instant) {
        let mut state = self.lock();
        if state.met.is_some_and(|met| met < size) && state.overtaken_at.is_none() {
            state.overtaken_at = Some(now);
        }
    }

    /// A witness cosigned a checkpoint; the signature holds.
    pub(crate) fn cosigned(&self, signed: &Signed, place: usize, cosignature: Cosignature) {
        let Some(policy) = &self.policy else { return };
        let mut state = self.lock();
        if let Some(peer) = state.peers.get_mut(place) {
            peer.trouble = None;
            let time = cosignature.time;
            if peer.last.is_none_or(|(size, before)| (size, before) <= (signed.size, time)) {
                peer.last = Some((signed.size, time));
            }
        }
        let gathered = state
            .recent
            .entry(signed.size)
            .or_insert_with(|| Gathered { note: Arc::clone(&signed.note), by: BTreeMap::new() });
        gathered.by.insert(place, cosignature);
        let enough = policy.asks_for_witnesses() && policy.is_met(|place| gathered.by.contains_key(&place));
        if enough && state.met.is_none_or(|met| met < signed.size) {
            state.met = Some(signed.size);
            state.overtaken_at = None;
        }
        while state.recent.len() > RECENT_MAX {
            let met = state.met;
            let Some(oldest) = state.recent.keys().copied().find(|&size| Some(size) != met) else { break };
            state.recent.remove(&oldest);
        }
    }

    /// What the public is shown: the latest checkpoint with the cosignatures it has; or for a few
    /// seconds longer the newest that enough witnesses cosigned, so that whoever asks for a quorum
    /// finds one. Never shorter than what was shown before.
    pub fn shown(&self, latest: Signed, now: Instant) -> Signed {
        let mut state = self.lock();
        let preferred = i64::try_from(PREFERRED.as_micros()).unwrap_or(i64::MAX);
        let fresh = state.overtaken_at.is_none_or(|at| now.micros().saturating_sub(at.micros()) <= preferred);
        let met = state.met.filter(|&met| fresh && met >= state.shown && met <= latest.size);
        let size = met.unwrap_or(latest.size);
        state.shown = state.shown.max(size);
        state.recent.get(&size).map_or(latest, |gathered| gathered.signed(size))
    }

    /// The checkpoint for the receipt of an entry that `latest` covers: the newest with a quorum
    /// that covers it; else the newest with any cosignature; else the latest.
    pub fn for_receipt(&self, seq: u64, latest: Signed) -> ForReceipt {
        let state = self.lock();
        let covering = |size: &u64| *size > seq;
        let newest = || state.recent.keys().next_back().copied();
        let size = state.met.filter(covering).or_else(|| newest().filter(covering));
        let found = size.and_then(|size| state.recent.get(&size).map(|gathered| (size, gathered)));
        let evaluation = self.policy.as_ref().map(|policy| {
            let time_of = |place| found.and_then(|(_, gathered)| gathered.by.get(&place)).map(|c| c.time);
            policy.evaluate_times(time_of)
        });
        ForReceipt { signed: found.map_or(latest, |(size, gathered)| gathered.signed(size)), evaluation }
    }

    /// All of them.
    pub fn report(&self) -> WitnessReport {
        let state = self.lock();
        let Some(policy) = &self.policy else {
            return WitnessReport { fewest: 0, met_size: None, witnesses: Vec::new() };
        };
        let witnesses = policy.witnesses().iter().zip(&state.peers).map(|(witness, peer)| WitnessInfo {
            name: witness.name.clone(),
            vkey: witness.key.to_string(),
            last: peer.last,
            trouble: peer.trouble,
        });
        WitnessReport { fewest: policy.fewest(), met_size: state.met, witnesses: witnesses.collect() }
    }
}
