//! `tutela-verify`: checks a receipt or an export without the server, the network or anybody's
//! help, and says in plain words what it found. Exit codes: 0 holds, 1 does not hold, 2 could not
//! check everything (an unreadable file included). All checking is in the `ledger` crate.

mod progress;
mod render;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Parser, Subcommand, ValueEnum};
use ledger::log_policy::{LogPolicy, POLICY_BYTES_MAX};
use ledger::{Quorum, Receipt, VerifierKey, note::NOTE_BYTES_MAX, receipt::RECEIPT_BYTES_MAX, verify_export};

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
    /// 核验一张收据。 Check a receipt.
    Receipt {
        /// 收据文件，或二维码的文字；- 为标准输入。 The receipt, or the text of its QR code; - is standard input.
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
    let earlier = since.iter().map(|path| read(path, NOTE_BYTES_MAX)).collect::<Result<Vec<_>>>()?;
    let mut progress = progress::Progress::new();
    let input = BufReader::with_capacity(1 << 20, input);
    let report = verify_export(input, key, &earlier, |done, all| progress.tell(done, all));
    progress.end();
    match report {
        Ok(report) => Ok(Answer::of_export(&report)),
        Err(ledger::ExportError::Malformed) => Ok(Answer::not_a_file()),
        Err(error) => Err(error).with_context(|| format!("无法读取 {shown} / cannot read {shown}")),
    }
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
        Command::Export { file, key, since } => export(file, key.as_ref(), since),
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
