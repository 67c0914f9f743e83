//! Looking an institution up by its name: the beginning, any part of it, or the first letters of its
//! pinyin, over all names of a ledger in memory. Names are public; nothing else is in it.

use std::collections::{BTreeMap, HashMap};

use kernel::{InstitutionId, words};
use memchr::memmem;
use pinyin::{ToPinyin, ToPinyinMulti};

words! {
    /// How a name was found (匹配方式).
    NameMatch {
        /// It begins so.
        Prefix = "prefix" / "名称开头",
        /// It contains it.
        Infix = "infix" / "名称包含",
        /// The first letters of its pinyin contain it.
        Initials = "initials" / "拼音首字母",
    }
}

/// Between two names; never in one.
const GAP: u8 = b'\n';

/// All names of a ledger.
#[derive(Clone, Debug, Default)]
pub struct NameIndex {
    /// Folded names, one after the other, a gap after each.
    text: Vec<u8>,
    /// Where each begins in `text`.
    starts: Vec<usize>,
    /// First letters of every character, as bits, a zero after each name.
    letters: Vec<u32>,
    /// Where each begins in `letters`.
    letter_starts: Vec<usize>,
    /// Whose name it is; none where another one took its place.
    owners: Vec<Option<InstitutionId>>,
    /// Folded names in order, for their beginnings.
    sorted: BTreeMap<String, Vec<InstitutionId>>,
    /// Where the present name of an institution stands.
    places: HashMap<InstitutionId, usize>,
}

/// As names are compared: without spaces and width, lower case.
fn folded(name: &str) -> String {
    let narrow = |c: char| match c {
        // Full-width forms of the ASCII characters.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(c),
        other => other,
    };
    name.chars()
        .filter(|c| !c.is_whitespace() && *c != '·' && !c.is_control())
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect()
}

fn bit(letter: char) -> u32 {
    match letter {
        'a'..='z' => 1_u32.checked_shl(u32::from(letter).saturating_sub(u32::from('a'))).unwrap_or(0),
        '0'..='9' => 1 << 26,
        _ => 0,
    }
}

/// The first letters that a character may have; several where it is read in several ways.
fn letters_of(c: char) -> u32 {
    if c.is_ascii() {
        return bit(c);
    }
    if let Some(many) = c.to_pinyin_multi() {
        return many.into_iter().filter_map(|one| one.first_letter().chars().next()).fold(0, |all, l| all | bit(l));
    }
    c.to_pinyin().and_then(|one| one.first_letter().chars().next()).map_or(0, bit)
}

impl NameIndex {
    /// How many institutions.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// None?
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Puts a name in, or another one in place of the one before.
    pub fn put(&mut self, institution: InstitutionId, name: &str) {
        let name = folded(name);
        if let Some(&before) = self.places.get(&institution) {
            if self.name_at(before) == name.as_bytes() {
                return;
            }
            let old = String::from_utf8_lossy(self.name_at(before)).into_owned();
            if let Some(same) = self.sorted.get_mut(&old) {
                same.retain(|known| *known != institution);
            }
            if let Some(owner) = self.owners.get_mut(before) {
                *owner = None;
            }
        }
        let place = self.owners.len();
        self.starts.push(self.text.len());
        self.text.extend_from_slice(name.as_bytes());
        self.text.push(GAP);
        self.letter_starts.push(self.letters.len());
        self.letters.extend(name.chars().map(letters_of));
        self.letters.push(0);
        self.owners.push(Some(institution));
        self.sorted.entry(name).or_default().push(institution);
        self.places.insert(institution, place);
    }

    fn name_at(&self, place: usize) -> &[u8] {
        let start = self.starts.get(place).copied().unwrap_or(0);
        let end = self.starts.get(place.saturating_add(1)).copied().unwrap_or(self.text.len());
        // Without the gap.
        self.text.get(start..end.saturating_sub(1)).unwrap_or_default()
    }

    /// Whose name lies at this offset of `starts`.
    fn owner(&self, starts: &[usize], at: usize) -> Option<InstitutionId> {
        let place = starts.partition_point(|start| *start <= at).checked_sub(1)?;
        self.owners.get(place).copied().flatten()
    }

    /// At most `most` institutions whose name begins with it, contains it, or has these first letters; in
    /// this order, each once.
    pub fn search(&self, asked: &str, most: usize) -> Vec<(InstitutionId, NameMatch)> {
        let asked = folded(asked);
        let mut found: Vec<(InstitutionId, NameMatch)> = Vec::new();
        if asked.is_empty() {
            return found;
        }
        for (name, same) in self.sorted.range(asked.clone()..) {
            if found.len() >= most || !name.starts_with(&asked) {
                break;
            }
            found.extend(same.iter().take(most.saturating_sub(found.len())).map(|id| (*id, NameMatch::Prefix)));
        }
        let take = |found: &mut Vec<(InstitutionId, NameMatch)>, owner: Option<InstitutionId>, how| {
            if let Some(owner) = owner.filter(|owner| !found.iter().any(|(known, _)| known == owner)) {
                found.push((owner, how));
            }
            found.len() >= most
        };
        if found.len() < most {
            for at in memmem::find_iter(&self.text, asked.as_bytes()) {
                if take(&mut found, self.owner(&self.starts, at), NameMatch::Infix) {
                    break;
                }
            }
        }
        if found.len() < most && asked.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let wanted: Vec<u32> = asked.chars().map(bit).collect();
            let Some((&first, rest)) = wanted.split_first() else { return found };
            for (at, _) in self.letters.iter().enumerate().filter(|(_, have)| **have & first != 0) {
                let after = self.letters.get(at.saturating_add(1)..).unwrap_or_default();
                let fits = after.len() >= rest.len() && after.iter().zip(rest).all(|(have, want)| have & want != 0);
                if fits && take(&mut found, self.owner(&self.letter_starts, at), NameMatch::Initials) {
                    break;
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> InstitutionId {
        InstitutionId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn names_are_found_by_their_beginning_a_part_and_their_initials() {
        let mut index = NameIndex::default();
        index.put(id(1), "丹青画室");
        index.put(id(2), "湖州丹青艺术培训中心");
        index.put(id(3), "长乐少儿编程（ＡＢＣ）");
        let search = |index: &NameIndex, asked: &str| index.search(asked, 10);
        assert_eq!(search(&index, "丹青"), [(id(1), NameMatch::Prefix), (id(2), NameMatch::Infix)]);
        assert_eq!(search(&index, "培训"), [(id(2), NameMatch::Infix)]);
        assert_eq!(search(&index, "dqhs"), [(id(1), NameMatch::Initials)]);
        assert_eq!(search(&index, "DQ"), [(id(1), NameMatch::Initials), (id(2), NameMatch::Initials)]);
        // 长 is read chang and zhang, 乐 le and yue.
        assert_eq!(search(&index, "cl"), [(id(3), NameMatch::Initials)]);
        assert_eq!(search(&index, "zy"), [(id(3), NameMatch::Initials)]);
        assert_eq!(search(&index, "abc"), [(id(3), NameMatch::Infix)]);
        assert_eq!(search(&index, "室湖"), [], "not over two names");
        assert_eq!(search(&index, "sh"), [], "nor their letters");
        assert_eq!(search(&index, " "), []);
        assert_eq!(index.search("丹青", 1), [(id(1), NameMatch::Prefix)]);
        index.put(id(1), "墨香书院");
        assert_eq!(search(&index, "丹青"), [(id(2), NameMatch::Infix)]);
        assert_eq!((search(&index, "书院").len(), index.len()), (1, 3));
        index.put(id(1), "墨香书院");
        assert_eq!(search(&index, "mxsy"), [(id(1), NameMatch::Initials)]);
    }
}
