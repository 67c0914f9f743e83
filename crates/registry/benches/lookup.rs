//! Searching 100,000 names by their beginning, a part of them and their initials.

use criterion::{Criterion, criterion_group, criterion_main};
use kernel::InstitutionId;
use registry::lookup::NameIndex;
use uuid::Uuid;

const NAMES: usize = 100_000;
const PLACES: [&str; 8] = ["湖州", "吴兴", "南浔", "德清", "长兴", "安吉", "织里", "菱湖"];
const WORDS: [&str; 16] = [
    "丹青", "墨香", "启航", "星辰", "童心", "小荷", "青禾", "远山", "乐行", "重明", "飞鱼", "新月", "云帆", "百川",
    "知行", "明德",
];
const KINDS: [&str; 8] = ["画室", "书法", "舞蹈", "少儿编程", "音乐", "羽毛球", "机器人", "国画"];

fn name(n: usize) -> String {
    let pick = |words: &[&'static str], by: usize| words.get(n / by % words.len()).copied().unwrap_or_default();
    format!("{}{}{}艺术培训中心{n}", pick(&PLACES, 1), pick(&WORDS, 8), pick(&KINDS, 128))
}

fn search(c: &mut Criterion) {
    let mut index = NameIndex::default();
    for n in 0..NAMES {
        index.put(InstitutionId::new(Uuid::from_u128(n as u128 + 1)), &name(n));
    }
    let mut group = c.benchmark_group("lookup_100k");
    for (how, asked) in [
        ("prefix", "吴兴丹青"),
        ("infix", "机器人艺术"),
        ("infix_last", "中心99999"),
        ("infix_none", "无此机构"),
        ("initials", "dqjqr"),
        ("initials_none", "zzzzz"),
    ] {
        group.bench_function(how, |b| b.iter(|| index.search(std::hint::black_box(asked), 20)));
    }
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
