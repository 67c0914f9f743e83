//! Postings of an institution for the programs that accountants use: journals for hledger and
//! beancount, tables as CSV and XLSX.

use std::io;
use std::sync::Arc;

use app::read::Chain;
use app::{App, AppError};
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::InstitutionId;
use ledger::journal::{Journal, Program, yuan};

use super::Uses;
use crate::extract::{Asker, Id};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::{stream, table, w};

/// Words above the columns of a table.
const COLUMNS: [&str; 7] = [
    "条目 entry",
    "记录于 recorded",
    "生效日 effective",
    "类型 type",
    "科目 account",
    "金额（元） yuan, debit positive",
    "叶哈希 leaf",
];

fn file(kind: &str, name: String, body: Body) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], body).into_response()
}

fn corrupt<E>(_: E) -> AppError {
    app::refusal::Corrupt { what: "postings of an entry" }.into()
}

/// The rows of the next entries; none after the last. An entry that moves nothing has no row.
async fn rows(chain: &mut Chain) -> Result<Option<Vec<Vec<String>>>, AppError> {
    let entries = chain.next().await?;
    if entries.is_empty() {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for (entry, leaf) in entries {
        for posting in entry.body.postings().map_err(corrupt)? {
            rows.push(vec![
                entry.header.seq.to_string(),
                entry.header.recorded_at.to_string(),
                entry.header.effective_on.to_string(),
                entry.body.entry_type().as_str().to_owned(),
                posting.account.to_string(),
                yuan(posting.fen),
                leaf.to_string(),
            ]);
        }
    }
    Ok(Some(rows))
}

/// A piece of a journal; none after the balances.
async fn piece(chain: &mut Chain, journal: &mut Journal) -> Result<(String, bool), AppError> {
    let entries = chain.next().await?;
    if entries.is_empty() {
        return Ok((journal.stated(&chain.stated()?), true));
    }
    let mut text = String::new();
    for (entry, leaf) in &entries {
        text.push_str(&journal.entry(entry, leaf).map_err(corrupt)?);
    }
    Ok((text, false))
}

async fn journal(app: &Arc<App>, asker: &Asker, id: InstitutionId, program: Program) -> Result<Response, Problem> {
    let mut chain = app.chain(asker.principal.as_ref(), id).await?;
    let mut journal = Journal::new(program);
    let head = journal.head(chain.ledger().id(), id, chain.balances().as_of_seq);
    let pieces = stream::produced(async move |out| {
        let mut next = Ok((head, false));
        loop {
            let over = next.as_ref().map_or(true, |(_, over)| *over);
            let sent = out.send(next.map(|(text, _)| text.into_bytes()).map_err(io::Error::other)).await;
            if sent.is_err() || over {
                return;
            }
            next = piece(&mut chain, &mut journal).await;
        }
    });
    let kind = match program {
        Program::Hledger => "hledger",
        Program::Beancount => "beancount",
    };
    Ok(file("text/plain; charset=utf-8", format!("{id}.{kind}"), Body::from_stream(pieces)))
}

/// The postings as a journal for hledger, with the balances as assertions at its end.
#[utoipa::path(get, path = "/v1/institutions/{id}/journal.hledger", tag = "audit",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "The journal.", body = String, content_type = "text/plain"), Problems))]
pub async fn hledger(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Result<Response, Problem> {
    journal(&app, &asker, id, Program::Hledger).await
}

/// The postings as a journal for beancount, with the balances as assertions at its end.
#[utoipa::path(get, path = "/v1/institutions/{id}/journal.beancount", tag = "audit",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "The journal.", body = String, content_type = "text/plain"), Problems))]
pub async fn beancount(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Result<Response, Problem> {
    journal(&app, &asker, id, Program::Beancount).await
}

/// The postings as CSV.
#[utoipa::path(get, path = "/v1/institutions/{id}/journal.csv", tag = "audit",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "The table.", body = String, content_type = "text/csv"), Problems))]
pub async fn csv(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Result<Response, Problem> {
    let mut chain = app.chain(asker.principal.as_ref(), id).await?;
    let head = table::csv(&[COLUMNS.map(str::to_owned).to_vec()]);
    let pieces = stream::produced(async move |out| {
        let mut next = Some(Ok(head));
        while let Some(piece) = next {
            let failed = piece.is_err();
            if out.send(piece).await.is_err() || failed {
                return;
            }
            let more = rows(&mut chain).await.map_err(io::Error::other).transpose();
            next = more.map(|rows| rows.map(|rows| table::lines(&rows).into_bytes()));
        }
    });
    Ok(file("text/csv; charset=utf-8", format!("{id}.csv"), Body::from_stream(pieces)))
}

/// The postings as a sheet of XLSX.
#[utoipa::path(get, path = "/v1/institutions/{id}/journal.xlsx", tag = "audit",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "The table.",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), Problems))]
pub async fn xlsx(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Result<Response, Problem> {
    let mut chain = app.chain(asker.principal.as_ref(), id).await?;
    let mut all = vec![COLUMNS.map(str::to_owned).to_vec()];
    while let Some(rows) = rows(&mut chain).await? {
        all.extend(rows);
    }
    Ok(file(table::XLSX, format!("{id}.xlsx"), table::xlsx(&all)?.into()))
}
