//! `tutela-verify`: checks a receipt or an export without the server, the network or anybody's
//! help, or a log over HTTP, and says in plain words what it found. Exit codes: 0 holds, 1 does not hold, 2 could not
//! check everything (an unreadable file included). All checking is in the `ledger` crate.

mod http;
mod list;
mod log;
mod progress;
mod render;
mod statement;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Parser, Subcommand, ValueEnum};
use ledger::log_policy::{LogPolicy, POLICY_BYTES_MAX};
use ledger::{Quorum, Receipt, VerifierKey, note::NOTE_BYTES_MAX, receipt::RECEIPT_BYTES_MAX, verify_export_on};

use render::Answer;

/// 安学账本离线核验工具。 Checks receipts and exports of a Tutela ledger offline.
///
/// 退出码：0 成立，1 不成立，2 未能核对全部内容。 Exit codes: 0 holds, 1 does not, 2 could not check everything.
#[derive(Parser)]
#[command(name = "tutela-verify", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// 输出 JSON。 Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
    /// 输出语言，默认先中文后英文。 Language; both by default, Chinese first.
    #[arg(long, global = true, value_enum)]
    lang: Option<Lang>,
}

/// Language of the output.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

#[derive(Subcommand)]
enum Command {
    /// 核验一份凭证。 Check a receipt.
    Receipt {
        /// 凭证文件，或二维码的文字；- 为标准输入。 The receipt, or the text of its QR code; - is standard input.
        file: PathBuf,
        /// 账本公钥（来自文件之外的可信渠道）。 The log's public key, from a source other than the file.
        #[arg(long, value_name = "VKEY")]
        key: Option<VerifierKey>,
        /// 见证人公钥，可重复。 Public key of a witness; may be repeated.
        #[arg(long, value_name = "VKEY")]
        witness: Vec<VerifierKey>,
        /// 至少需要几个见证人签名。 How many of the witnesses must have signed.
        #[arg(long, value_name = "N", conflicts_with = "policy")]
        quorum: Option<usize>,
        /// 见证策略文件（C2SP tlog-policy）。 A policy that names logs, witnesses and the quorum (C2SP tlog-policy).
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
    },
    /// 核验合同或机构的对账单。 Check a statement of a contract or an institution.
    Statement {
        /// 对账单文件；- 为标准输入。 The statement; - is standard input.
        file: PathBuf,
        /// 账本公钥（来自文件之外的可信渠道）。 The log's public key, from a source other than the file.
        #[arg(long, value_name = "VKEY")]
        key: Option<VerifierKey>,
        /// 见证人公钥，可重复。 Public key of a witness; may be repeated.
        #[arg(long, value_name = "VKEY")]
        witness: Vec<VerifierKey>,
    },
    /// 核验日终封存中的合同余额。 Check that a day's seal counts a contract's balance.
    Balance {
        /// 余额证明文件；- 为标准输入。 The proof; - is standard input.
        file: PathBuf,
        /// 账本公钥（来自文件之外的可信渠道）。 The log's public key, from a source other than the file.
        #[arg(long, value_name = "VKEY")]
        key: Option<VerifierKey>,
        /// 见证人公钥，可重复。 Public key of a witness; may be repeated.
        #[arg(long, value_name = "VKEY")]
        witness: Vec<VerifierKey>,
    },
    /// 核验机构某日的名单状态。 Check whether an institution stood on a list on a day.
    List {
        /// 名单证明文件；- 为标准输入。 The proof; - is standard input.
        file: PathBuf,
        /// 账本公钥（来自文件之外的可信渠道）。 The log's public key, from a source other than the file.
        #[arg(long, value_name = "VKEY")]
        key: Option<VerifierKey>,
        /// 见证人公钥，可重复。 Public key of a witness; may be repeated.
        #[arg(long, value_name = "VKEY")]
        witness: Vec<VerifierKey>,
    },
    /// 核验整本导出。 Check an export of a whole ledger.
    Export {
        /// 导出文件。 The export file.
        file: PathBuf,
        /// 账本公钥（来自文件之外的可信渠道）。 The log's public key, from a source other than the file.
        #[arg(long, value_name = "VKEY")]
        key: Option<VerifierKey>,
        /// 此前保存的签名检查点，可重复。 A signed checkpoint kept from before; may be repeated.
        #[arg(long, value_name = "CHECKPOINT_FILE")]
        since: Vec<PathBuf>,
    },
    /// 通过 HTTP 核验整个日志（C2SP tlog-tiles）。 Check a whole log over HTTP (C2SP tlog-tiles).
    ///
    /// 取回检查点和全部哈希瓦片，重算整棵树；有审计员令牌时还核对全部记录。没有令牌且未用 --tiles-only 时，
    /// 退出码为 2：记录正文未核对。 Fetches the checkpoint and all tiles and builds the tree anew; with an auditor's
    /// token all entries are checked too. Without one, and without --tiles-only, the exit code is 2.
    Log {
        /// 日志地址，如 http://host:8080/log/330502。 Address of the log.
        url: String,
        /// 账本公钥（来自可信渠道）。 The log's public key, from a source other than the log.
        #[arg(long, value_name = "VKEY")]
        key: Option<VerifierKey>,
        /// 此前保存的签名检查点，可重复。 A signed checkpoint kept from before; may be repeated.
        #[arg(long, value_name = "CHECKPOINT_FILE")]
        since: Vec<PathBuf>,
        /// 审计员的访问令牌，也可用 TUTELA_TOKEN。 Token of an auditor; better in TUTELA_TOKEN than here.
        #[arg(long, env = "TUTELA_TOKEN", hide_env_values = true)]
        token: Option<String>,
        /// 见证策略文件（C2SP tlog-policy）。 A policy that names logs, witnesses and the quorum (C2SP tlog-policy).
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// 只核对哈希树。 Check the tree of hashes only.
        #[arg(long)]
        tiles_only: bool,
    },
}

fn read(path: &Path, max: usize) -> Result<Vec<u8>> {
    let shown = path.display();
    let file: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).with_context(|| format!("无法读取 {shown} / cannot read {shown}"))?)
    };
    let mut bytes = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).with_context(|| format!("无法读取 {shown} / cannot read {shown}"))?;
    if bytes.len() > max {
        bail!("{shown} 过大 / is too large (> {max} bytes)");
    }
    Ok(bytes)
}

fn policy(file: &Path) -> Result<LogPolicy> {
    let policy = LogPolicy::parse(&read(file, POLICY_BYTES_MAX)?);
    policy.map_err(|error| {
        let said = error.describe();
        anyhow!("{}：{} / {}", file.display(), said.zh, said.en)
    })
}

fn receipt(
    file: &Path,
    key: Option<&VerifierKey>,
    witnesses: &[VerifierKey],
    quorum: Option<Quorum<'_>>,
) -> Result<Answer> {
    let bytes = read(file, RECEIPT_BYTES_MAX)?;
    let receipt = std::str::from_utf8(&bytes).ok().and_then(|text| Receipt::read(text).ok());
    Ok(match receipt {
        Some(receipt) => Answer::of_receipt(&receipt.verify_with(key, witnesses, quorum)),
        None => Answer::not_a_file(),
    })
}

fn export(file: &Path, key: Option<&VerifierKey>, since: &[PathBuf]) -> Result<Answer> {
    let shown = file.display();
    let input = File::open(file).with_context(|| format!("无法读取 {shown} / cannot read {shown}"))?;
    let earlier = read_all(since, NOTE_BYTES_MAX)?;
    let mut progress = progress::Progress::new();
    let input = BufReader::with_capacity(1 << 20, input);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let report = verify_export_on(workers, input, key, &earlier, |done, all| progress.tell(done, all));
    progress.end();
    match report {
        Ok(report) => Ok(Answer::of_export(&report)),
        Err(ledger::ExportError::Malformed) => Ok(Answer::not_a_file()),
        Err(error) => Err(error).with_context(|| format!("无法读取 {shown} / cannot read {shown}")),
    }
}

/// A token on the way to another machine can be read by everybody on that way.
fn warn_of_token(url: &str) {
    let host = url.trim_start_matches("http://").split('/').next().unwrap_or_default();
    let loopback = ["127.", "localhost", "[::1]"].iter().any(|own| host.starts_with(own));
    if !loopback {
        eprintln!(
            "提示：令牌以明文发送到 {host}；请经由本机代理或可信网络\n\
             note: the token goes to {host} in plain text; use a proxy of yours or a network that you trust"
        );
    }
}

fn log(url: &str, token: Option<&str>, against: log::Against<'_>) -> Result<Answer> {
    if token.is_some() && !against.tiles_only {
        warn_of_token(url);
    }
    let log = http::Log::at(url, token.filter(|_| !against.tiles_only))?;
    let mut progress = progress::Progress::new();
    let report = log::check(&log, &against, |done, all| progress.tell(done, all));
    progress.end();
    Ok(Answer::of_log(&report?))
}

fn read_all(files: &[PathBuf], max: usize) -> Result<Vec<Vec<u8>>> {
    files.iter().map(|path| read(path, max)).collect()
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let answer = match &arguments.command {
        Command::Receipt { file, key, witness, quorum, policy: None } => {
            receipt(file, key.as_ref(), witness, quorum.map(Quorum::AtLeast))
        }
        Command::Receipt { file, key, witness, policy: Some(path), .. } => {
            policy(path).and_then(|policy| receipt(file, key.as_ref(), witness, Some(Quorum::Policy(&policy))))
        }
        Command::Statement { file, key, witness } => statement::statement(file, key.as_ref(), witness),
        Command::List { file, key, witness } => list::list(file, key.as_ref(), witness),
        Command::Balance { file, key, witness } => statement::balance(file, key.as_ref(), witness),
        Command::Export { file, key, since } => export(file, key.as_ref(), since),
        Command::Log { url, key, since, token, policy: file, tiles_only } => {
            let named = file.as_deref().map(policy).transpose();
            named.and_then(|policy| {
                let since = read_all(since, NOTE_BYTES_MAX)?;
                let (key, policy) = (key.clone(), policy.as_ref());
                log(url, token.as_deref(), log::Against { key, since, policy, tiles_only: *tiles_only })
            })
        }
    };
    match answer {
        Ok(answer) => {
            let text = match (arguments.json, arguments.lang) {
                (true, _) => answer.json(),
                (false, None) => format!("{}\n{}", answer.text(Lang::Zh), answer.text(Lang::En)),
                (false, Some(lang)) => answer.text(lang),
            };
            // A closed pipe must not change the exit code.
            let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
            ExitCode::from(answer.exit_code())
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}
