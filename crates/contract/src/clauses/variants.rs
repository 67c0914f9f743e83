//! Traditional forms of the characters that contracts use, one to one, and words written by their
//! sound. Not a conversion of the language: only what the words of the check need.

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
廳厅廢废棄弃徑径從从復复徹彻態态慶庆憂忧戲戏戶户拋抛挾挟捨舍掃扫掛挂採采揮挥擴扩擾扰攔拦敗败敵敌於于暢畅術术歡欢殼壳毀毁氣气\
冇没唔不嘅的咗了俾给畀给喺在嚟来佢他睇看嗰那啲些咁这堂堂\
萬万喪丧義义亂乱爭争雲云親亲倉仓儀仪們们夥伙傘伞傳传傭佣儲储兌兑兒儿內内冊册寫写軍军沖冲凍冻減减湊凑創创劃划剛刚別别製制劵券劑剂劇剧勸劝務务勵励勢势勻匀捲卷厭厌參参嗎吗問问啟启啓启嚮向圍围墊垫堅坚塊块\
墜坠聲声壺壶奪夺媽妈寶宝審审寬宽屢屡崗岗帶带幫帮並并張张強强徵征惡恶懷怀驚惊憤愤託托揚扬搶抢護护擁拥撥拨擠挤攪搅擱搁攬揽擺摆攤摊斬斩曠旷曬晒曉晓暈晕來来櫃柜樓楼橫横櫥橱匯汇彙汇溝沟潔洁濟济溫温遊游潰溃\
滅灭滾滚濫滥災灾爛烂燒烧燙烫愛爱狀状獨独猶犹獻献瑣琐瞞瞒盤盘眾众衆众礎础礙碍稅税竊窃箏筝篩筛緊紧紅红紛纷紋纹織织紹绍綁绑繞绕繼继緒绪綠绿緣缘勝胜腦脑臉脸薦荐營营虛虚補补襪袜覺觉觸触訓训訪访詐诈診诊詆诋\
詞词試试語语諸诸諾诺誹诽諒谅誼谊謠谣謗谤謹谨謬谬貝贝貳贰賃赁賽赛贖赎轟轰輕轻載载輛辆輩辈輯辑轄辖辯辩遷迁達达邁迈進进連连跡迹鄰邻裡里裏里鑒鉴鑑鉴釘钉鋼钢鑰钥鈕钮鑽钻鐵铁銷销鍋锅錘锤鏡镜閃闪閒闲聞闻陸陆\
隱隐頂顶頓顿領领題题顛颠飾饰飽饱館馆餘余饋馈騎骑鴿鸽後后臺台檯台隻只誌志衝冲麵面髮发讚赞佈布週周註注迴回擡抬汙污逕径儘尽乾干擧举彆别鬚须囑嘱僱雇唸念嬰婴廠厂憶忆擲掷榮荣溼湿牽牵祕秘穫获粧妆紮扎膠胶臥卧\
舖铺鋪铺軌轨鄉乡幀帧慣惯懇恳撐撑擋挡撿捡掙挣攙搀撲扑歐欧毆殴漢汉淚泪濃浓滲渗濕湿燈灯煙烟爺爷牆墙獅狮瑪玛瘋疯蓋盖禍祸窩窝築筑籃篮籌筹糧粮紗纱紡纺綿绵締缔羅罗聰聪腸肠脹胀膽胆臟脏蘇苏莊庄雖虽襯衬詩诗誕诞\
謊谎謂谓貪贪貧贫貿贸賺赚較较鈔钞針针釣钓銅铜陽阳韓韩頗颇顏颜飛飞飯饭鬆松麥麦黨党餓饿駐驻騷骚艷艳廚厨塗涂淨净鬥斗鑄铸鎮镇闖闯霧雾飄飘駕驾駛驶麗丽齋斋嘗尝塵尘壯壮奮奋婦妇孫孙島岛廟庙悅悦懸悬扞捍揀拣撫抚\
敘叙曏向樹树橋桥歎叹滬沪濤涛瀏浏爐炉狹狭瓊琼皺皱禦御穎颖竄窜縣县縱纵繪绘聳耸脈脉臘腊艱艰蒼苍蓮莲虜虏螢萤蠟蜡訝讶詣诣";

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

/// The simplified forms of ideographs, one for each.
pub(super) fn ideographs() -> &'static [char] {
    static TABLE: std::sync::LazyLock<Vec<char>> =
        std::sync::LazyLock::new(|| ('\u{4e00}'..='\u{9fff}').map(simplified).collect());
    &TABLE
}

/// The place of an ideograph among them.
pub(super) fn ideograph(c: char) -> Option<usize> {
    usize::try_from(u32::from(c).checked_sub(0x4e00)?).ok()
}

/// Words of two characters written by their sound or in dialect, and what is meant; as long as each
/// other, so that places stay.
const SOUNDS: &[(&str, &str)] = &[
    ("莫得", "没得"),
    ("么得", "没得"),
    ("木有", "没有"),
    ("木得", "没得"),
    ("莫有", "没有"),
    ("退废", "退费"),
    ("推费", "退费"),
    ("腿费", "退费"),
    ("推款", "退款"),
    ("腿款", "退款"),
    ("概部", "概不"),
    ("盖不", "概不"),
    ("恕部", "恕不"),
    ("课石", "课时"),
    ("棵时", "课时"),
    ("学废", "学费"),
    ("作费", "作废"),
    ("做废", "作废"),
    ("既视", "即视"),
    ("帐户", "账户"),
    ("维信", "微信"),
    ("薇信", "微信"),
    ("威信", "微信"),
    ("资愿", "自愿"),
    ("肖象", "肖像"),
    ("消象", "肖像"),
];

/// Writes what is meant over words that are written by their sound.
pub(super) fn mend(chars: &mut [char]) {
    static TABLE: std::sync::LazyLock<Vec<([char; 2], [char; 2])>> = std::sync::LazyLock::new(|| {
        let pair = |word: &str| <[char; 2]>::try_from(word.chars().collect::<Vec<_>>()).ok();
        let mut table: Vec<_> = SOUNDS.iter().filter_map(|(wrong, meant)| pair(wrong).zip(pair(meant))).collect();
        table.sort_unstable();
        table
    });
    static FIRST: std::sync::LazyLock<u64> =
        std::sync::LazyLock::new(|| TABLE.iter().fold(0, |bits, ([first, _], _)| bits | 1 << (u32::from(*first) & 63)));
    let begins = *FIRST;
    for at in 1..chars.len() {
        if chars.get(at.saturating_sub(1)).is_none_or(|c| begins >> (u32::from(*c) & 63) & 1 == 0) {
            continue;
        }
        let Some([first, second]) = chars.get_mut(at.saturating_sub(1)..=at) else { continue };
        let Ok(found) = TABLE.binary_search_by_key(&[*first, *second], |(wrong, _)| *wrong) else { continue };
        if let Some((_, [a, b])) = TABLE.get(found) {
            (*first, *second) = (*a, *b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_by_their_sound_are_mended() {
        let mut written: Vec<char> = "学废莫得退，概部推款".chars().collect();
        mend(&mut written);
        assert_eq!(written.iter().collect::<String>(), "学费没得退，概不退款");
        assert!(SOUNDS.iter().all(|(a, b)| a.chars().count() == 2 && b.chars().count() == 2));
    }

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
