//! Statements come in: found by their account, continued from the last, kept line by line in batches,
//! recorded, and every line matched or suspended. The same file again answers what the first did; an
//! import that was cut off is finished by the next.

use access::{Action, Principal, Target};
use escrow::bank::{AccountKind, Direction, LineState};
use kernel::{BankLineId, BankStatementId, InstitutionId, LedgerId};
use ledger::body::RecordPart;
use ledger::{Hash, tags};
use registry::graph::TieKind;
use serde_json::json;
use store::{BankLine, BankLineFilter, Statement};
use uuid::Uuid;

use super::file::{self, FileLine, FileStatement, StatementFault};
use crate::effects::random;
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::allow;
use crate::refusal::{Corrupt, Refusal};
use crate::verbs::StatementRecord;

/// Suspended lines held at once against what the ledger has learned: each time its entries are read anew.
const SUSPENDED_AT_ONCE: u32 = 50_000;

/// Lines kept in one transaction.
const BATCH: usize = 1_000;

/// What became of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The statement.
    pub statement: Statement,
    /// Was it here before?
    pub replayed: bool,
    /// Lines that are payments or payouts, interest or deposit.
    pub matched: u64,
    /// Lines that nothing explains.
    pub suspended: u64,
    /// Lines that were suspended and are explained by now.
    pub cleared: u64,
    /// Lines that could not be booked: debits beyond what is in custody.
    pub open: u64,
}

/// A statement with whose account it is.
struct Owned<'a> {
    institution: InstitutionId,
    account: AccountKind,
    file: &'a FileStatement,
    digest: Hash,
    id: BankStatementId,
}

/// An id made from a digest, so that the same content has the same id.
pub(super) fn id_of(digest: &Hash) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.as_bytes().get(..16).unwrap_or(&[0; 16]));
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The id of a line: twelve bytes of its statement, then its number, so that the rows of a statement lie
/// together and in order. A statement has fewer lines than four bytes count.
fn line_id(statement: BankStatementId, number: u64) -> BankLineId {
    let mut bytes = [0; 16];
    let digest = ledger::digest(tags::BANK_FILE, statement.to_string().as_bytes());
    let (of_statement, of_line) = bytes.split_at_mut(12);
    of_statement.iter_mut().zip(digest.as_bytes()).for_each(|(byte, from)| *byte = *from);
    of_line.iter_mut().zip(number.to_be_bytes().iter().skip(4)).for_each(|(byte, from)| *byte = *from);
    BankLineId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Context under which the party and the text of a line are sealed.
pub(super) fn line_context(ledger: &LedgerId, line: BankLineId) -> String {
    format!("tutela/bank-line/1/{ledger}/{line}")
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

impl App {
    /// May this user hand in statements? Asked before a large file is read.
    ///
    /// # Errors
    /// [`AppError::Denied`].
    pub fn bank_import_allowed(&self, principal: &Principal) -> Result<(), AppError> {
        let region = match principal.role.region() {
            Some(region) => region,
            // Somebody of an institution, a family, the administrator: never.
            None => return Err(denied(Action::BankStatementImport)),
        };
        allow(Some(principal), &[Action::BankStatementImport], &Target::Region(region), "region")
    }

    /// Imports the statements of a file, one after the other. `progress` is told how many lines are done,
    /// of how many. What came before the first statement that is refused stays.
    ///
    /// # Errors
    /// [`AppError::BankFile`] for what is wrong with a file, [`AppError::Refused`] for a statement that
    /// does not continue the last; denied.
    pub async fn bank_import(
        &self,
        call: &Call,
        bytes: &[u8],
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Vec<Imported>, AppError> {
        let statements = file::read(bytes)?;
        let total = statements.iter().map(|statement| statement.lines.len()).sum::<usize>();
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        let (mut done, mut imported) = (0_u64, Vec::with_capacity(statements.len()));
        let ledgers = match &call.principal {
            Some(principal) => self.ledgers_of_user(principal).await?,
            None => self.all_ledgers().await,
        };
        for statement in &statements {
            let (ledger, owned) = self.owner(&ledgers, statement).await?;
            let before = done;
            let mut step = |lines: u64| progress(before.saturating_add(lines), total);
            imported.push(self.statement_import(call, &ledger, &owned, &mut step).await?);
            done = done.saturating_add(u64::try_from(statement.lines.len()).unwrap_or(u64::MAX));
            progress(done, total);
        }
        Ok(imported)
    }

    /// Whose account it is, and in which ledger.
    async fn owner<'a>(
        &self,
        ledgers: &[std::sync::Arc<Ledger>],
        file: &'a FileStatement,
    ) -> Result<(std::sync::Arc<Ledger>, Owned<'a>), AppError> {
        let number = digits(&file.account_number);
        let key = self.tie(TieKind::Account, &number).key;
        let mut found = Vec::new();
        for ledger in ledgers {
            let mut institutions: Vec<_> = store::ties_by_key(&self.store.read(), ledger.id(), &[key])
                .await?
                .into_iter()
                .filter(|row| row.tie.kind == TieKind::Account)
                .map(|row| row.institution)
                .collect();
            institutions.sort_unstable();
            institutions.dedup();
            for institution in institutions {
                if let Some(account) = self.account_kind(ledger, institution, &number).await? {
                    found.push((std::sync::Arc::clone(ledger), institution, account));
                }
            }
        }
        let count = found.len();
        let (Some((ledger, institution, account)), 1) = (found.pop(), count) else {
            return Err(StatementFault::Account { found: count }.into());
        };
        if file.account.is_some_and(|said| said != account) {
            return Err(StatementFault::Value { line: 0, what: "account" }.into());
        }
        let content = [format!("{}\n{institution}\n{account}\n", ledger.id()).into_bytes(), file.canonical()].concat();
        let digest = ledger::digest(tags::BANK_FILE, &content);
        let id = BankStatementId::new(id_of(&digest));
        Ok((ledger, Owned { institution, account, file, digest, id }))
    }

    /// Which account of the institution has this number.
    async fn account_kind(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        number: &str,
    ) -> Result<Option<AccountKind>, AppError> {
        let profile = self.profile(ledger.id(), institution).await?;
        if profile.custody_account.is_some_and(|account| digits(&account.account_number) == number) {
            return Ok(Some(AccountKind::Custody));
        }
        let record = self.record_in(ledger, institution, self.effects.now().day()).await?;
        let accounts = record.items.iter().filter(|item| item.part == RecordPart::Account);
        // What was registered last holds.
        let mut kinds = accounts.filter_map(|item| {
            let record = item.record.as_ref()?;
            let text = |key: &str| record.get(key).and_then(serde_json::Value::as_str);
            (digits(text("account_number")?) == number).then(|| text("kind").and_then(|kind| kind.parse().ok()))?
        });
        Ok(kinds.next_back())
    }

    async fn statement_import(
        &self,
        call: &Call,
        ledger: &Ledger,
        owned: &Owned<'_>,
        progress: &mut (impl FnMut(u64) + Send),
    ) -> Result<Imported, AppError> {
        let read = self.store.read();
        let known = store::statement_load(&read, ledger.id(), &[owned.id]).await?.pop();
        let replayed = known.is_some();
        if known.is_none() {
            let (institution, on) = (owned.institution, owned.file.on);
            if store::statement_of_day(&read, ledger.id(), institution, owned.account, on).await?.is_some() {
                return Err(StatementFault::OtherOfDay { on }.into());
            }
            self.statement_record(call, ledger, owned, progress).await?;
        }
        let statement = store::statement_load(&self.store.read(), ledger.id(), &[owned.id]).await?.pop();
        let statement = statement.ok_or(Corrupt { what: "statement that was recorded" })?;
        // Lines that a cut-off import left open are booked now.
        self.lines_book(call, ledger, &statement, progress).await?;
        self.suspense_rematch(call, ledger, owned.institution).await?;
        let mut imported = Imported { statement, replayed, matched: 0, suspended: 0, cleared: 0, open: 0 };
        for (state, count) in store::bank_lines_count(&self.store.read(), ledger.id(), owned.id).await? {
            match state {
                LineState::Matched => imported.matched = count,
                LineState::Suspended => imported.suspended = count,
                LineState::Cleared => imported.cleared = count,
                LineState::Open => imported.open = count,
            }
        }
        Ok(imported)
    }

    /// Keeps the lines and records the statement.
    async fn statement_record(
        &self,
        call: &Call,
        ledger: &Ledger,
        owned: &Owned<'_>,
        progress: &mut (impl FnMut(u64) + Send),
    ) -> Result<(), AppError> {
        let file = owned.file;
        let verb = || StatementRecord {
            statement: owned.id,
            institution: owned.institution,
            account: owned.account,
            sequence: file.sequence,
            on: file.on,
            opening: file.opening,
            closing: file.closing,
            lines: u32::try_from(file.lines.len()).unwrap_or(u32::MAX),
            file: owned.digest,
            account_number: ledger::digest(tags::BANK_ACCOUNT, digits(&file.account_number).as_bytes()),
        };
        // What does not continue the last is refused before a line is kept.
        let asked = Call { key: None, dry_run: true, ..call.clone() };
        self.submit(ledger, asked, verb()).await?;
        let mut number = 0_u64;
        for lines in file.lines.chunks(BATCH) {
            let mut rows = Vec::with_capacity(lines.len());
            for line in lines {
                number = number.saturating_add(1);
                rows.push(self.line_row(ledger.id(), owned, number, line)?);
            }
            let tx = self.store.begin().await?;
            store::bank_line_insert(&tx, ledger.id(), &rows.iter().collect::<Vec<_>>()).await?;
            tx.commit().await?;
            progress(number / 2);
        }
        let recorded = self.submit(ledger, Call { key: None, dry_run: false, ..call.clone() }, verb()).await;
        match recorded {
            Ok(_) => Ok(()),
            Err(error) => {
                // Another import of the same file was first: then its lines are these lines.
                let read = self.store.read();
                if !store::statement_load(&read, ledger.id(), &[owned.id]).await?.is_empty() {
                    return Ok(());
                }
                let tx = self.store.begin().await?;
                store::bank_lines_forget(&tx, ledger.id(), owned.id).await?;
                tx.commit().await?;
                Err(error)
            }
        }
    }

    fn line_row(
        &self,
        ledger: &LedgerId,
        owned: &Owned<'_>,
        number: u64,
        line: &FileLine,
    ) -> Result<BankLine, AppError> {
        let id = line_id(owned.id, number);
        let sealed = if line.party.is_some() || line.text.is_some() {
            let record = json!({ "party": line.party, "text": line.text });
            let nonce = random(&*self.effects);
            Some(self.vault.seal(&line_context(ledger, id), nonce, record.to_string().as_bytes())?)
        } else {
            None
        };
        Ok(BankLine {
            id,
            statement: owned.id,
            institution: owned.institution,
            account: owned.account,
            number,
            booked_on: line.booked_on,
            direction: line.direction,
            amount: line.amount,
            reference: line.reference.clone(),
            end_to_end: line.end_to_end.clone(),
            kind: line.kind,
            party_sealed: sealed,
            state: LineState::Open,
            rule: None,
            matched_kind: None,
            matched: None,
        })
    }

    /// Explains what was suspended before by what the ledger has learned since. Returns how many lines.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn suspense_rematch(
        &self,
        call: &Call,
        ledger: &Ledger,
        institution: InstitutionId,
    ) -> Result<u64, AppError> {
        let filter =
            BankLineFilter { institution: Some(institution), state: Some(LineState::Suspended), statement: None };
        let (mut after, mut cleared) = (None, 0_u64);
        loop {
            let page =
                store::bank_lines_page(&self.store.read(), ledger.id(), &filter, after, SUSPENDED_AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(cleared) };
            after = Some(last.id);
            cleared = cleared.saturating_add(self.suspended_clear(call, ledger, institution, &page).await?);
        }
    }
}

fn denied(action: Action) -> AppError {
    access::Denied { action, reason: access::Reason::Role, hide: false }.into()
}

/// A refusal that means that something else was first.
pub(super) fn was_first(error: &AppError) -> bool {
    matches!(error, AppError::Refused { refusal: Refusal::State { .. } | Refusal::Rules { .. }, .. })
}

/// Which way a thing's money goes on a line.
pub(super) const fn way(into: bool) -> Direction {
    if into { Direction::Credit } else { Direction::Debit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_statement_have_ids_of_their_own_in_order() {
        let statement = |n: u128| BankStatementId::new(Uuid::from_u128(n));
        let ids: Vec<_> = [1, 2, 255, 256, 65_536, 16_777_216].map(|line| line_id(statement(7), line)).into();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
        assert_eq!(ids[0], line_id(statement(7), 1));
        assert_ne!(ids[0], line_id(statement(8), 1));
    }
}
