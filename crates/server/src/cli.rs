//! The command line: what there is, and from arguments to settings. What a command does is in
//! `commands`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use kernel::{Day, LedgerId};

use crate::commands;
use crate::say::Said;
use crate::settings::{Inputs, Settings};

/// 安学：校外培训监管与资金托管。 Tutela: supervision of tutoring, with fees in escrow.
#[derive(Debug, Parser)]
#[command(name = "tutela", version, about, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    settings: SettingFlags,
    #[command(subcommand)]
    command: Command,
}

/// Flags of the settings; `tutela config` shows what holds.
#[derive(Debug, Args)]
struct SettingFlags {
    /// 监听地址 Address to listen on [127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// 数据目录 Directory of database, keys and checkpoints [./data]
    #[arg(long, global = true, value_name = "PATH")]
    data_dir: Option<String>,
    /// 数据库 Database, sqlite://path or postgres://… [sqlite in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// 日志名前缀 Prefix of the logs' names [tutela.local]
    #[arg(long, global = true, value_name = "NAME")]
    origin: Option<String>,
    /// 主密钥文件 File of the master key [in the data directory]
    #[arg(long, global = true, value_name = "PATH")]
    master_key_file: Option<String>,
    /// 见证策略文件或目录 Witness policy, a file or a directory of them [none]
    #[arg(long, global = true, value_name = "PATH")]
    witness_policy: Option<String>,
    /// 公开计算工具每个来源地址每分钟的请求上限 Requests per minute and address to the calculators [600]
    #[arg(long, global = true, value_name = "N")]
    calculator_requests_per_minute: Option<String>,
    /// 前置反向代理的层数 Reverse proxies in front of this server [0]
    #[arg(long, global = true, value_name = "N")]
    trusted_proxies: Option<String>,
    /// 动态口令 Second factor: off, enrolled or required [enrolled]
    #[arg(long, global = true, value_name = "MODE")]
    second_factor: Option<String>,
    /// 工作台网址 Address at which people reach the console [none]
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// 身份提供方 Issuer of the bureau's own identity provider [none]
    #[arg(long, global = true, value_name = "URL")]
    oidc_issuer: Option<String>,
    /// 客户端编号 Client id at the identity provider
    #[arg(long, global = true, value_name = "ID")]
    oidc_client_id: Option<String>,
    /// 客户端密钥文件 File of the client secret [none]
    #[arg(long, global = true, value_name = "PATH")]
    oidc_client_secret_file: Option<String>,
    /// 登录返回地址 Page to which the identity provider returns
    #[arg(long, global = true, value_name = "URL")]
    oidc_redirect_url: Option<String>,
    /// 自有证书机构 Authorities of one's own network, PEM [none]
    #[arg(long, global = true, value_name = "PATH")]
    tls_ca_file: Option<String>,
    /// 邮件服务器 Mail server of notices [none]
    #[arg(long, global = true, value_name = "URL")]
    smtp_url: Option<String>,
    /// 发件人 Sender of mails
    #[arg(long, global = true, value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// 消息推送的去向 Where webhooks may lead: public or any [public]
    #[arg(long, global = true, value_name = "WHERE")]
    webhook_targets: Option<String>,
    /// 日志级别 Level of the log [info]
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
    /// 日志格式 Form of the log, text or json [text]
    #[arg(long, global = true, value_name = "FORM")]
    log_format: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// 启动服务 Serves the API
    Serve {
        /// 使用演示县（仅限本机访问） Uses the sample county, on loopback only
        #[arg(long)]
        demo: bool,
    },
    /// 升级数据库表结构 Brings the database to the current schema
    Migrate,
    /// 核验账本 Verifies the ledger: exit code 0 holds, 1 does not, 2 could not check everything
    ///
    /// 没有数据库时：tutela-verify export 核验导出文件，tutela-verify log 通过 HTTP 核验日志。
    /// Without the database: `tutela-verify export` checks an export, `tutela-verify log` a log over HTTP.
    Verify(VerifyArgs),
    /// 导出账本 Exports a ledger as a file that `tutela-verify` checks
    Export(ExportArgs),
    /// 导入账本：先核验，再写入尚无此账本的数据库 Imports an export: verifies it, then writes it into a database without it
    Import(ImportArgs),
    /// 导入既有登记数据（CSV、XLSX）：先预览，加 --commit 写入 Takes over an existing registry from CSV or XLSX
    ImportRegistry(ImportRegistryArgs),
    /// 托管银行 The custody bank
    #[command(subcommand)]
    Bank(BankCommand),
    /// 到期个人信息：列出，加 --erase 删除 Records of families that are no longer to be kept: lists them, or erases them
    Retention(RetentionArgs),
    /// 机构关停：制作清算包，打开联系方式 A failed institution: makes its closure pack, opens its contacts
    #[command(subcommand)]
    Closure(ClosureCommand),
    /// 预警：对既往记录重放规则 Early warning: replays the rules over the past
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// 用户 Users
    #[command(subcommand)]
    User(UserCommand),
    /// 生成演示县，不启动服务 Plays the sample county without serving it
    Demo,
    /// 运行见证方：联署其他机构账本的检查点 Runs a witness: cosigns the checkpoints of other people's ledgers
    Witness(WitnessArgs),
    /// 政策数据：检查、查看、比较、推演 Policy data: check, show, compare, replay
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// 显示当前设置及其来源 Shows the settings and where they come from
    Config,
    /// 条款检查：查找不公平条款，或评测检查质量 Checks a text for unfair terms, or measures the check
    #[command(subcommand)]
    Clauses(ClausesCommand),
    /// 测量吞吐量 Measures the throughput of payments on a temporary database
    Bench(BenchArgs),
}

/// What to do about a failed institution.
#[derive(Debug, Subcommand)]
pub enum ClosureCommand {
    /// 制作清算包 Makes the pack and writes it
    Pack(ClosurePackArgs),
    /// 打开清算包中的联系方式 Opens the contacts of a pack
    Open {
        /// 清算包 The pack
        #[arg(long, value_name = "FILE")]
        pack: PathBuf,
        /// 口令文件 File whose first line is the passphrase
        #[arg(long, value_name = "FILE")]
        passphrase_file: PathBuf,
    },
}

/// Arguments of `closure pack`.
#[derive(Debug, Args)]
pub struct ClosurePackArgs {
    /// 机构 The institution
    #[arg(value_name = "INSTITUTION")]
    pub institution: kernel::InstitutionId,
    /// 口令文件：首行为联系方式的加密口令，至少 12 个字符 File whose first line seals the contacts, at least 12 characters
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: PathBuf,
    /// 写入何处 Where to write the pack
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// What to do with early warning.
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// 重放：逐行输出各日应有的预警 Prints the alerts of these days, one a line
    Replay {
        /// 账本，默认全部 The ledger; all of them without it
        #[arg(long, value_name = "ID")]
        ledger: Option<LedgerId>,
        /// 起始日 First day
        #[arg(long, value_name = "DAY")]
        from: Day,
        /// 截止日 Last day
        #[arg(long, value_name = "DAY")]
        until: Day,
    },
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// 账本，默认全部 The ledger; all of them without it
    #[arg(long, value_name = "ID")]
    pub ledger: Option<LedgerId>,
    /// 此前保存的检查点文件，可重复 A checkpoint kept from earlier; may be repeated
    #[arg(long, value_name = "CHECKPOINT_FILE")]
    pub since: Vec<PathBuf>,
    /// 账本公钥，默认取自数据目录 The log's public key [of the key in the data directory]
    #[arg(long, value_name = "VKEY")]
    pub key: Option<ledger::VerifierKey>,
    /// 以 JSON 输出 Answers in JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// 账本，只有一个时可省略 The ledger; may be left out when there is one
    #[arg(long, value_name = "ID")]
    pub ledger: Option<LedgerId>,
    /// 输出文件，默认标准输出 Where to; standard output without it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// 导出文件 The export
    pub file: PathBuf,
    /// 账本公钥，默认取自数据目录 The log's public key [of the key in the data directory]
    #[arg(long, value_name = "VKEY")]
    pub key: Option<ledger::VerifierKey>,
    /// 此前保存的检查点文件，可重复 A checkpoint kept from earlier; may be repeated
    #[arg(long, value_name = "CHECKPOINT_FILE")]
    pub since: Vec<PathBuf>,
}

/// What is done about the custody bank.
#[derive(Debug, Subcommand)]
pub enum BankCommand {
    /// 导入银行对账单（camt.053 或 CSV） Imports the bank's statements from camt.053 or CSV
    Import(BankImportArgs),
}

/// Arguments of `bank import`.
#[derive(Debug, Args)]
pub struct BankImportArgs {
    /// 文件 The file
    pub file: PathBuf,
}

/// Arguments of `import-registry`.
#[derive(Debug, Args)]
pub struct ImportRegistryArgs {
    /// 文件 The file, CSV or XLSX
    pub file: PathBuf,
    /// 县级区划代码 Division code of the county
    #[arg(long)]
    pub region: kernel::RegionCode,
    /// 写入；不加则只预览 Writes; without it the file is only looked at
    #[arg(long)]
    pub commit: bool,
}

/// Arguments of `retention`.
#[derive(Debug, Args)]
pub struct RetentionArgs {
    /// 县级区划代码 Division code of the county
    #[arg(long)]
    pub region: kernel::RegionCode,
    /// 删除；不加则只列出 Erases; without it they are only listed
    #[arg(long)]
    pub erase: bool,
}

/// Arguments of `witness`.
#[derive(Clone, Debug, Args)]
pub struct WitnessArgs {
    /// 见证方名称，如 witness.example/bank，首次启动必填 Name of the witness, needed at its first start
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// 状态目录 Directory of its state [witness in the data directory]
    #[arg(long, value_name = "PATH")]
    pub state: Option<PathBuf>,
    /// 私钥文件，首次启动时生成 File of its private key, made at the first start [witness.key in the state directory]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// 日志清单，每行 “log 公钥” List of logs, lines `log VKEY` [logs in the state directory]
    #[arg(long, value_name = "FILE")]
    pub logs: Option<PathBuf>,
}

/// Arguments of `bench`.
#[derive(Clone, Debug, Args)]
pub struct BenchArgs {
    /// 并发数，逗号分隔，依次测量 Callers at a time, one measurement each
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64, 256],
        value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub callers: Vec<u16>,
    /// 每次测量的时长（秒） Seconds of each measurement
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub seconds: u16,
    /// 途径，逗号分隔 By which way
    #[arg(long, value_delimiter = ',', default_values_t = [BenchWay::Writer, BenchWay::Http, BenchWay::Lessons])]
    pub over: Vec<BenchWay>,
    /// 付给哪些合同 Which contracts are paid for
    #[arg(long, default_value_t = BenchLoad::Zipf)]
    pub load: BenchLoad,
    /// 另一个空数据库，用于对照（SQLite 自动建立） Another empty database for plain SQL beside it [made by itself on SQLite]
    #[arg(long, value_name = "URL")]
    pub beside: Option<String>,
    /// 改为测量账本增长：依次增至各条数，逗号分隔 Measures growth instead: at each of these lengths
    #[arg(long, value_delimiter = ',', value_name = "ENTRIES")]
    pub grow: Vec<u64>,
    /// 将增长绘成 SVG Draws the growth into an SVG file
    #[arg(long, value_name = "FILE", requires = "grow")]
    pub plot: Option<PathBuf>,
    /// 改为测量批量导入：消课文件、银行对账单 Measures imports instead: a file of lessons, a bank statement
    #[arg(long, value_delimiter = ',', value_name = "WHAT", conflicts_with = "grow")]
    pub import: Vec<BenchImport>,
    /// 导入的行数 Lines of each import
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub lines: u64,
    /// 以 JSON 输出 Answers in JSON
    #[arg(long)]
    pub json: bool,
}

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum BenchImport {
    /// 消课 A file of lessons
    Lessons,
    /// 银行对账单 A statement of the custody bank, camt.053
    Statements,
}

/// Which way payments take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum BenchWay {
    /// 进程内 Through the writer, in this process
    Writer,
    /// 每个请求一笔 Over HTTP, one payment per request
    Http,
    /// 每个请求 100 节课 Over HTTP, 100 lessons per request
    Lessons,
}

/// Which contracts are paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum BenchLoad {
    /// 少数合同占多数 Few contracts get most payments
    Zipf,
    /// 各合同相同 Every contract alike
    Even,
    /// 同一机构 Contracts of one institution
    Hot,
}

impl std::fmt::Display for BenchWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BenchWay::Writer => "writer",
            BenchWay::Http => "http",
            BenchWay::Lessons => "lessons",
        })
    }
}

impl std::fmt::Display for BenchLoad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BenchLoad::Zipf => "zipf",
            BenchLoad::Even => "even",
            BenchLoad::Hot => "hot",
        })
    }
}

/// What to do with clauses.
#[derive(Debug, Subcommand)]
pub enum ClausesCommand {
    /// 检查文本，“-”为标准输入；有发现时退出码为1 Checks a text, - for standard input: exit code 1 with findings
    Check {
        /// 文件 File
        file: PathBuf,
        /// 以 JSON 输出 Answers in JSON
        #[arg(long)]
        json: bool,
    },
    /// 用标注数据评测，默认为随附的各份 Measures on labelled clauses; without a file on those that come with it
    Evaluate {
        /// 标注文件：编号、标签、条款，制表符分隔 Labelled file: id, labels, text, separated by tabs
        file: Option<PathBuf>,
        /// 列出判错的条款 Lists the clauses that were judged wrongly
        #[arg(long)]
        errors: bool,
    },
}

/// What to do with policy data.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// 检查政策文件；不合格时退出码为1 Checks files of policy data: exit code 1 when one is not fit
    Check {
        /// 文件（TOML） Files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// 查看某地某日的规定及其来源 Shows what holds in a region on a day, with the sources
    Show {
        /// 区划代码 Division code
        region: kernel::RegionCode,
        /// 日期，默认今天 The day; today without it
        #[arg(long)]
        on: Option<Day>,
    },
    /// 比较某地两日的规定，或两个文件；有差异时退出码为1 Compares two days of a region, or two files: exit code 1 when they differ
    #[command(override_usage = "tutela policy diff <REGION> <DAY> <DAY>\n       tutela policy diff <FILE> <FILE>")]
    Diff {
        /// 区划代码与两个日期，或两个文件 A division code and two days, or two files
        #[arg(required = true, num_args = 2..=3)]
        between: Vec<String>,
    },
    /// 将草案推演于账本已有的决定 Replays a draft over the decisions in the ledgers
    Simulate {
        /// 草案（TOML） The draft
        file: PathBuf,
        /// 取草案中哪一日的规定 The day whose rules the draft is asked for
        #[arg(long)]
        effective_on: Day,
        /// 只看此日起的决定 Only decisions from this day on
        #[arg(long)]
        from: Option<Day>,
        /// 只看至此日的决定 Only decisions until this day
        #[arg(long)]
        until: Option<Day>,
        /// 以 JSON 输出 Answers in JSON
        #[arg(long)]
        json: bool,
    },
}

/// What to do with users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// 新增用户 Adds a user; prints its one-time password
    Add(UserAddArgs),
    /// 列出用户 Lists the users
    List,
    /// 重设密码 Gives a user a new one-time password, and prints it
    Passwd {
        /// 登录名 Name to log in with
        username: String,
    },
}

/// Arguments of `user add`.
#[derive(Debug, Args)]
pub struct UserAddArgs {
    /// 登录名 Name to log in with
    pub username: String,
    /// 角色 Role: regulator, institution, guardian, bank, auditor, admin
    #[arg(long)]
    pub role: access::RoleKind,
    /// 区域 Region of a regulator, bank or auditor
    #[arg(long)]
    pub region: Option<kernel::RegionCode>,
    /// 部门 Department of a regulator
    #[arg(long)]
    pub department: Option<access::Department>,
    /// 职责 Duty of a regulator, may be repeated; none means all
    #[arg(long)]
    pub duty: Vec<access::Duty>,
    /// 机构编号 Institution of its user
    #[arg(long)]
    pub institution: Option<kernel::InstitutionId>,
    /// 岗位 Post in the institution
    #[arg(long, default_value = "owner")]
    pub post: access::Post,
    /// 合同编号 Contract whose guardian this is
    #[arg(long)]
    pub contract: Option<kernel::ContractId>,
}

impl SettingFlags {
    fn given(self) -> BTreeMap<&'static str, String> {
        [
            ("listen", self.listen),
            ("data_dir", self.data_dir),
            ("database_url", self.database_url),
            ("origin", self.origin),
            ("master_key_file", self.master_key_file),
            ("witness_policy", self.witness_policy),
            ("calculator_requests_per_minute", self.calculator_requests_per_minute),
            ("trusted_proxies", self.trusted_proxies),
            ("public_url", self.public_url),
            ("second_factor", self.second_factor),
            ("oidc_issuer", self.oidc_issuer),
            ("oidc_client_id", self.oidc_client_id),
            ("oidc_client_secret_file", self.oidc_client_secret_file),
            ("oidc_redirect_url", self.oidc_redirect_url),
            ("tls_ca_file", self.tls_ca_file),
            ("smtp_url", self.smtp_url),
            ("mail_from", self.mail_from),
            ("webhook_targets", self.webhook_targets),
            ("log", self.log),
            ("log_format", self.log_format),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            let code = error.downcast_ref::<Said>().map_or(1, Said::code);
            ExitCode::from(code)
        }
    }
}

/// The sentence for the operator, then what lies behind it.
fn report(error: &anyhow::Error) {
    eprintln!("{error}");
    for cause in error.chain().skip(1) {
        eprintln!("  ← {cause}");
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let inputs = Inputs::of_process(cli.settings.given())?;
    let settings = Settings::resolve(&inputs)?;
    crate::logging::start(&settings)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let answer = runtime.block_on(dispatch(cli.command, settings));
    // Work that nobody waits for any more does not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    answer
}

async fn dispatch(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { demo } => commands::serve::run(settings, demo).await,
        Command::Migrate => commands::migrate::run(&settings).await,
        Command::Verify(args) => commands::verify::run(&settings, &args).await,
        Command::Export(args) => commands::export::run(&settings, &args).await,
        Command::Import(args) => commands::import::run(&settings, &args).await,
        Command::ImportRegistry(args) => commands::registry::run(&settings, &args).await,
        Command::Bank(BankCommand::Import(args)) => commands::bank::import(&settings, &args).await,
        Command::Retention(args) => commands::retention::run(&settings, &args).await,
        Command::Closure(command) => commands::closure::run(&settings, &command).await,
        Command::Alerts(command) => commands::alerts::run(&settings, &command).await,
        Command::User(command) => commands::user::run(&settings, command).await,
        Command::Demo => commands::demo::run(&settings).await,
        Command::Witness(args) => commands::witness::run(&settings, &args).await,
        Command::Config => commands::config::run(&settings),
        Command::Clauses(command) => commands::clauses::run(&command),
        Command::Policy(command) => commands::policy::run(&settings, &command).await,
        Command::Bench(args) => commands::bench::run(&settings, &args).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_setting_has_its_flag() {
        let command = Cli::command();
        let flags: Vec<_> = command.get_arguments().filter_map(|argument| argument.get_long()).collect();
        for setting in crate::settings::TABLE {
            assert!(flags.contains(&setting.name.replace('_', "-").as_str()), "{}", setting.name);
        }
    }
}
