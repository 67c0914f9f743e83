//! An amount of money in Chinese words (人民币大写), as contracts and receipts write it: banking rules
//! for bills (支付结算办法, annex 1), the optional zeros left out.

use kernel::{Fen, fen::FenError};

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const GROUPS: [&str; 3] = ["", "万", "亿"];

/// `人民币贰仟元整` for 200,000 fen. From 0 to [`Fen::MAX_AMOUNT`].
///
/// # Errors
/// [`FenError::TooSmall`], [`FenError::TooLarge`] outside that range.
pub fn amount_in_words(amount: Fen) -> Result<String, FenError> {
    let fen = Fen::try_non_negative(amount.fen())?.fen().unsigned_abs();
    let (yuan, tenth, hundredth) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut words = String::from("人民币");
    if yuan > 0 || fen == 0 {
        push_integer(&mut words, yuan);
        words.push('元');
    }
    if tenth > 0 {
        words.push(digit(tenth));
        words.push('角');
    }
    if hundredth > 0 {
        if tenth == 0 && yuan > 0 {
            words.push('零');
        }
        words.push(digit(hundredth));
        words.push('分');
    } else {
        words.push('整');
    }
    Ok(words)
}

fn digit(value: u64) -> char {
    usize::try_from(value).ok().and_then(|i| DIGITS.get(i)).copied().unwrap_or('零')
}

/// A whole number: in groups of four digits, one 零 for any run of zeros that is followed by a digit.
fn push_integer(words: &mut String, number: u64) {
    if number == 0 {
        words.push('零');
        return;
    }
    let digits: Vec<u64> = number.to_string().bytes().map(|b| u64::from(b.saturating_sub(b'0'))).collect();
    let mut zero_pending = false;
    let mut group_has_digit = false;
    for (place, value) in (0..digits.len()).rev().zip(digits) {
        if value == 0 {
            zero_pending = true;
        } else {
            if zero_pending {
                words.push('零');
            }
            zero_pending = false;
            group_has_digit = true;
            words.push(digit(value));
            words.push_str(PLACES.get(place % 4).copied().unwrap_or_default());
        }
        if place % 4 == 0 && group_has_digit {
            words.push_str(GROUPS.get(place / 4).copied().unwrap_or_default());
            zero_pending = false;
            group_has_digit = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(fen: i64) -> String {
        amount_in_words(Fen::new(fen)).unwrap()
    }

    #[test]
    fn known_amounts() {
        for (fen, expected) in [
            (0, "人民币零元整"),
            (5, "人民币伍分"),
            (50, "人民币伍角整"),
            (105, "人民币壹元零伍分"),
            (1_000, "人民币壹拾元整"),
            (32_504, "人民币叁佰贰拾伍元零肆分"),
            (140_950, "人民币壹仟肆佰零玖元伍角整"),
            (168_032, "人民币壹仟陆佰捌拾元叁角贰分"),
            (200_000, "人民币贰仟元整"),
            (600_714, "人民币陆仟零柒元壹角肆分"),
            (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
            (10_050_000, "人民币壹拾万零伍佰元整"),
            (10_700_053, "人民币壹拾万柒仟元伍角叁分"),
            (10_000_000_500, "人民币壹亿零伍元整"),
            (10_000_100_000, "人民币壹亿零壹仟元整"),
            (Fen::MAX_AMOUNT, "人民币壹拾亿元整"),
        ] {
            assert_eq!(words(fen), expected, "{fen}");
        }
    }

    #[test]
    fn outside_the_range_is_refused() {
        assert!(amount_in_words(Fen::new(-1)).is_err());
        assert!(amount_in_words(Fen::new(Fen::MAX_AMOUNT + 1)).is_err());
    }

    /// Reads words back, knowing nothing of how they were written.
    fn read_back(words: &str) -> i64 {
        let (mut total, mut group, mut digit) = (0_i64, 0_i64, 0_i64);
        for c in words.trim_start_matches("人民币").chars() {
            match c {
                '拾' => group += std::mem::take(&mut digit) * 10,
                '佰' => group += std::mem::take(&mut digit) * 100,
                '仟' => group += std::mem::take(&mut digit) * 1000,
                '万' => total += (std::mem::take(&mut group) + std::mem::take(&mut digit)) * 10_000 * 100,
                '亿' => total += (std::mem::take(&mut group) + std::mem::take(&mut digit)) * 100_000_000 * 100,
                '元' => total += (std::mem::take(&mut group) + std::mem::take(&mut digit)) * 100,
                '角' => total += std::mem::take(&mut digit) * 10,
                '分' => total += std::mem::take(&mut digit),
                '整' => {}
                other => digit = i64::try_from(DIGITS.iter().position(|&d| d == other).unwrap()).unwrap(),
            }
        }
        total
    }

    proptest! {
        #[test]
        fn words_mean_the_amount(fen in prop_oneof![0..=1_000_000_i64, 0..=Fen::MAX_AMOUNT, (0..=1_000_000_i64).prop_map(|n| n * 10_000)]) {
            let words = words(fen);
            prop_assert_eq!(read_back(&words), fen);
            prop_assert!(!words.contains("零零") && !words.contains("零万") && !words.contains("零亿"), "{}", words);
            prop_assert!(fen < 100 || !words.contains("零元"), "{}", words);
        }
    }
}
