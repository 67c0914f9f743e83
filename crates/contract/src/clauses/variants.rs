//! Traditional forms of the characters that contracts use, one to one. Not a conversion of the
//! language: only what the words of the check need.

/// Pairs, traditional then simplified, in any order.
const PAIRS: &str = "退退還还費费歸归釋释權权學学課课員员機机構构個个經经協协議议過过時时間间轉转讓让價价額额應应當当須须無无論论\
為为與与違违約约負负責责賠赔償偿損损傷伤險险訴诉訟讼證证據据發发賬账帳账戶户師师場场線线網网絡络錄录視视頻频貸贷銀银續续動动點点\
擊击級级僅仅產产業业東东係系關关門门開开間间聽听說说話话請请謝谢絕绝許许認认識识譯译讀读該该誰谁調调變变換换齊齐罰罚區区號号單单\
據据條条樣样標标準准規规則则則则處处備备優优惠惠贈赠買买賣卖賤贱貨货貴贵質质購购繳缴納纳給给結结統统終终組组維维總总績绩練练\
習习書书圖图畫画團团園园國国體体驗验實实際际對对導导專专屬属層层慮虑憑凭懲惩戰战擔担擇择擬拟據据攝摄攜携數数斷断舊旧暫暂曆历歷历\
會会條条極极樂乐檔档檢检歲岁殘残殺杀決决沒没況况淺浅測测滿满漲涨滯滞為为煩烦熱热爾尔獲获獎奖現现環环畢毕異异當当療疗盜盗監监\
盡尽碼码確确禮礼離离種种稱称積积穩稳窮穷競竞筆笔節节範范簡简簽签籤签糾纠紀纪純纯紙纸細细絕绝線线編编緩缓縮缩罷罢聯联職职肅肃脫脱\
膚肤臨临興兴舉举舊旧艙舱藝艺藥药虧亏術术衛卫裝装複复見见觀观覽览計计訂订討讨訊讯記记設设評评詢询詳详誤误誠诚誘诱課课談谈講讲\
譽誉豐丰財财貢贡販贩貼贴賀贺資资賓宾賴赖贏赢趕赶車车軟软輔辅輪轮輸输辦办辭辞農农運运遞递遠远適适選选遲迟遺遗邊边郵邮醫医釀酿\
鈴铃錢钱錯错鍵键鎖锁鏈链鐘钟長长閉闭閱阅隊队階阶隨随難难雙双雜杂電电靈灵靜静頁页項项順顺預预頒颁願愿類类顧顾顯显風风飲饮餐餐\
馬马駁驳騙骗驟骤體体鬧闹魚鱼鳥鸟麼么黃黄齡龄齒齿龍龙妳你佔占併并嚴严執执報报壞坏壓压夠够夾夹妝妆將将尋寻屆届幣币幹干幾几庫库廣广\
廳厅廢废棄弃徑径從从復复徹彻態态慶庆憂忧戲戏戶户拋抛挾挟捨舍掃扫掛挂採采揮挥擴扩擾扰攔拦敗败敵敌於于暢畅術术歡欢殼壳毀毁氣气";

/// The simplified form, or the character itself.
pub(super) fn simplified(c: char) -> char {
    // Nearly every character of a contract is written the same in both.
    static TABLE: std::sync::LazyLock<Vec<(char, char)>> = std::sync::LazyLock::new(|| {
        let chars: Vec<char> = PAIRS.chars().filter(|c| !c.is_whitespace()).collect();
        let mut pairs: Vec<(char, char)> = chars
            .chunks_exact(2)
            .filter_map(|pair| match pair {
                [from, to] if from != to => Some((*from, *to)),
                _ => None,
            })
            .collect();
        pairs.sort_unstable();
        pairs.dedup_by_key(|pair| pair.0);
        pairs
    });
    if c.is_ascii() {
        return c;
    }
    TABLE.binary_search_by_key(&c, |pair| pair.0).ok().and_then(|i| TABLE.get(i)).map_or(c, |pair| pair.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_pairs() {
        let count = PAIRS.chars().filter(|c| !c.is_whitespace()).count();
        assert_eq!(count % 2, 0);
        let written: String = "最終解釋權歸本機構所有，學費恕不退還".chars().map(simplified).collect();
        assert_eq!(written, "最终解释权归本机构所有，学费恕不退还");
        // A simplified character is never changed.
        let plain = "课程一经售出概不退款转让费用由家长承担责任自负";
        assert_eq!(plain.chars().map(simplified).collect::<String>(), plain);
    }
}
