//! The custody bank's day: each evening a camt.053 statement of every account with money in it, made from
//! what the bank did and imported through the same use case as anybody's; and one day on which money is
//! gone that nothing explains, until the institution makes it good.

use std::fmt::Write;

use app::bank::{BankLineFilter, MatchAsked};
use app::read::Page;
use app::{AppError, Call};
use kernel::{Day, Fen, InstitutionId};
use ledger::Body;

use super::World;
use crate::demo::cast;
use crate::demo::stage::Stage;

/// The day on which the bank holds less than is owed.
const SHORT_ON: &str = "2026-03-16";
/// The day on which it is made good.
const MADE_GOOD_ON: &str = "2026-03-18";
/// How much is gone: 12,345.67 yuan.
const SHORT: Fen = Fen::new(1_234_567);

/// What the bank's books say of an account.
#[derive(Clone, Copy, Debug, Default)]
pub struct Book {
    /// Number of the last statement.
    sequence: u64,
    /// Its closing balance.
    closing: Fen,
    /// Entries of the institution that are on statements.
    through: u64,
    /// Is money gone from it?
    short: bool,
}

/// A line as the bank writes it.
struct Line {
    credit: bool,
    amount: Fen,
    reference: String,
    end_to_end: String,
    text: String,
}

fn yuan(fen: Fen) -> String {
    format!("{}.{:02}", fen.fen() / 100, fen.fen() % 100)
}

fn message(account: &str, on: Day, sequence: u64, opening: Fen, closing: Fen, lines: &[Line]) -> String {
    let balance = |code: &str, fen: Fen| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>",
            yuan(fen)
        )
    };
    let mut xml = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Id>{account}-{sequence}\
         </Id><LglSeqNb>{sequence}</LglSeqNb><Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{}{}",
        balance("OPBD", opening),
        balance("CLBD", closing)
    );
    for line in lines {
        let way = if line.credit { "CRDT" } else { "DBIT" };
        // Writing to a String cannot fail.
        let _ = write!(
            xml,
            "<Ntry><Amt Ccy=\"CNY\">{}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt>\
             </BookgDt><AcctSvcrRef>{}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{}</EndToEndId></Refs>\
             <RmtInf><Ustrd>{}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
            yuan(line.amount),
            line.reference,
            line.end_to_end,
            line.text
        );
    }
    xml.push_str("</Stmt></BkToCstmrStmt></Document>");
    xml
}

/// What the bank did for an institution since its last statement, from the ledger's own entries.
async fn movements(stage: &Stage, institution: InstitutionId, book: &mut Book) -> anyhow::Result<Vec<Line>> {
    let (read, id) = (stage.app.store().read(), stage.ledger.id());
    let mut lines = Vec::new();
    loop {
        let rows = store::entries_of_institution(&read, id, institution, book.through, 512).await?;
        let Some(last) = rows.last().and_then(|row| row.institution) else { return Ok(lines) };
        book.through = last.1;
        let mut payments = Vec::new();
        for row in &rows {
            let entry = ledger::decode(&row.bytes)?;
            let out = |id: uuid::Uuid, amount: Fen| Line {
                credit: false,
                amount,
                reference: format!("OUT{}", id.simple()),
                end_to_end: id.simple().to_string(),
                text: String::new(),
            };
            match entry.body {
                Body::FeePaid(d) => payments.push(d.payment),
                Body::SettlementPaid(d) => lines.push(out(d.settlement.uuid(), d.amount_fen)),
                Body::RefundPaid(d) => lines.push(out(d.refund.uuid(), d.amount_fen)),
                _ => {}
            }
        }
        let mut payments = store::payment_load(&read, id, &payments).await?;
        payments.sort_unstable_by_key(|payment| payment.seq);
        lines.extend(payments.into_iter().map(|payment| Line {
            credit: true,
            amount: payment.amount,
            reference: payment.reference.unwrap_or_default(),
            end_to_end: "NOTPROVIDED".to_owned(),
            text: "学费".to_owned(),
        }));
    }
}

/// The bank's statements of the day, of every account that has or had money in it.
pub async fn statements(stage: &mut Stage, world: &mut World, today: Day) -> anyhow::Result<()> {
    stage.set(today, 22, 0)?;
    let (short_on, good_on): (Day, Day) = (SHORT_ON.parse()?, MADE_GOOD_ON.parse()?);
    let ids: Vec<InstitutionId> = world.players.iter().map(|player| player.id).collect();
    let mut mended = None;
    let mut taken = world.books.values().any(|book| book.short);
    for (index, id) in ids.into_iter().enumerate() {
        let mut book = world.books.get(&id).copied().unwrap_or_default();
        let mut lines = movements(stage, id, &mut book).await?;
        let account = cast::custody_account(index.saturating_add(1), "").account_number;
        let opening = book.closing;
        if book.sequence == 0 && lines.is_empty() {
            world.books.insert(id, book);
            continue;
        }
        let extra = |credit, reference: &str, text: &str| Line {
            credit,
            amount: SHORT,
            reference: reference.to_owned(),
            end_to_end: "NOTPROVIDED".to_owned(),
            text: text.to_owned(),
        };
        if today == short_on && !taken && opening > Fen::new(3_000_000) {
            lines.push(extra(false, "HZ-UNKNOWN-1", "转账"));
            (book.short, taken) = (true, true);
        } else if today == good_on && book.short {
            lines.push(extra(true, "HZ-TOPUP-1", "补足托管资金"));
            (book.short, mended) = (false, Some(id));
        }
        let closing = lines.iter().try_fold(opening, |sum, line| {
            if line.credit { sum.checked_add(line.amount) } else { sum.checked_sub(line.amount) }
        })?;
        (book.sequence, book.closing) = (book.sequence.saturating_add(1), closing);
        let xml = message(&account, today, book.sequence, opening, closing, &lines);
        let bank = world.officials.bank.clone();
        let call = Call { principal: Some(bank), now: stage.now(), key: None, dry_run: false };
        stage.app.bank_import(&call, xml.as_bytes(), |_, _| ()).await.map_err(|error| {
            let told = format!("statement of {today} of institution {index}: {error:?}");
            anyhow::Error::new(error).context(told)
        })?;
        world.books.insert(id, book);
    }
    if let Some(institution) = mended {
        made_good(stage, world, institution).await?;
    }
    Ok(())
}

/// The county sees that what came in is what was gone, and explains both lines by each other.
async fn made_good(stage: &mut Stage, world: &World, institution: InstitutionId) -> anyhow::Result<()> {
    let bureau = world.officials.bureau.clone();
    let filter = BankLineFilter {
        institution: Some(institution),
        state: Some(escrow::bank::LineState::Suspended),
        statement: None,
    };
    let page = stage.app.bank_lines(Some(&bureau), filter, &Page { after: None, limit: 200 }).await?;
    let find = |way| {
        let found = page.items.iter().find(|view| view.line.direction == way && view.line.amount == SHORT);
        found.map(|view| view.line.id).ok_or_else(|| AppError::not_found("bank_line"))
    };
    let (gone, came) = (find(escrow::bank::Direction::Debit)?, find(escrow::bank::Direction::Credit)?);
    let reason = stage.reason("机构已将短缺资金补足入托管账户");
    let call = stage.call(&bureau);
    stage.app.bank_line_match(call, gone, MatchAsked::Line(came), reason).await?;
    Ok(())
}
