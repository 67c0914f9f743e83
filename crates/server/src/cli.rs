//! The command line: what there is, and from arguments to settings. What a command does is in
//! `commands`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use kernel::LedgerId;

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
    Verify(VerifyArgs),
    /// 导出账本 Exports a ledger as a file that `tutela-verify` checks
    Export(ExportArgs),
    /// 用户 Users
    #[command(subcommand)]
    User(UserCommand),
    /// 生成演示县，不启动服务 Plays the sample county without serving it
    Demo,
    /// 运行见证方：联署其他机构账本的检查点 Runs a witness: cosigns the checkpoints of other people's ledgers
    Witness(WitnessArgs),
    /// 显示当前设置及其来源 Shows the settings and where they come from
    Config,
    /// 测量吞吐量 Measures the throughput of payments on a temporary database
    Bench(BenchArgs),
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// 账本，默认全部 The ledger; all of them without it
    #[arg(long, value_name = "ID")]
    pub ledger: Option<LedgerId>,
    /// 此前保存的检查点文件 A checkpoint kept from earlier
    #[arg(long, value_name = "FILE")]
    pub since: Option<PathBuf>,
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
    /// 日志清单，每行 log <公钥> List of logs, lines log <vkey> [logs in the state directory]
    #[arg(long, value_name = "FILE")]
    pub logs: Option<PathBuf>,
}

/// Arguments of `bench`.
#[derive(Clone, Debug, Args)]
pub struct BenchArgs {
    /// 并发数 Callers at a time
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub callers: u16,
    /// 时长（秒） Seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub seconds: u16,
    /// 经 HTTP 测量 Over HTTP, one payment per request
    #[arg(long)]
    pub http: bool,
    /// 热门合同占多数 Few contracts get most payments
    #[arg(long)]
    pub zipf: bool,
    /// 以 JSON 输出 Answers in JSON
    #[arg(long)]
    pub json: bool,
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
        Command::User(command) => commands::user::run(&settings, command).await,
        Command::Demo => commands::demo::run(&settings).await,
        Command::Witness(args) => commands::witness::run(&settings, &args).await,
        Command::Config => commands::config::run(&settings),
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
