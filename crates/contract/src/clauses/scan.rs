//! All words of the lexicon in one walk over the text: a trie, so that the time is the length of the
//! text times the length of the longest word, whatever the text says.

use std::ops::Range;
use std::sync::LazyLock;

use super::concept::Concept;
use super::lexicon::LISTS;

/// A word of a concept, found; places are folded characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// The concept.
    pub concept: Concept,
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

#[derive(Debug, Default)]
struct Node {
    children: Vec<(char, usize)>,
    concepts: Vec<Concept>,
}

static TRIE: LazyLock<Vec<Node>> = LazyLock::new(|| {
    let mut nodes = vec![Node::default()];
    for (concept, words) in LISTS.iter().flat_map(|list| list.iter()) {
        for word in words.split_whitespace() {
            insert(&mut nodes, word, *concept);
        }
    }
    nodes
});

fn insert(nodes: &mut Vec<Node>, word: &str, concept: Concept) {
    let mut at = 0_usize;
    for c in word.chars() {
        let fresh = nodes.len();
        let Some(node) = nodes.get_mut(at) else { return };
        match node.children.binary_search_by_key(&c, |(known, _)| *known) {
            Ok(place) => at = node.children.get(place).map_or(fresh, |(_, next)| *next),
            Err(place) => {
                node.children.insert(place, (c, fresh));
                nodes.push(Node::default());
                at = fresh;
            }
        }
    }
    if let Some(node) = nodes.get_mut(at)
        && !node.concepts.contains(&concept)
    {
        node.concepts.push(concept);
    }
}

/// Every hit in a range, those inside a masking word left out; sorted by concept, then by place.
pub(super) fn hits(chars: &[char], range: Range<usize>) -> Vec<Hit> {
    let trie = &*TRIE;
    let mut found = Vec::new();
    let mut masks: Vec<(usize, usize)> = Vec::new();
    for start in range.clone() {
        let mut at = 0_usize;
        let rest = chars.get(start..range.end).unwrap_or_default();
        for (length, c) in (1_usize..).zip(rest) {
            let Some(node) = trie.get(at) else { break };
            let Ok(place) = node.children.binary_search_by_key(c, |(known, _)| *known) else { break };
            let Some((_, next)) = node.children.get(place) else { break };
            at = *next;
            let end = start.saturating_add(length);
            for concept in trie.get(at).map(|node| node.concepts.as_slice()).unwrap_or_default() {
                if *concept == Concept::Mask {
                    masks.push((start, end));
                } else {
                    found.push(Hit { concept: *concept, start, end });
                }
            }
        }
    }
    if !masks.is_empty() {
        // A word that is as long as the mask itself stays.
        found.retain(|hit| {
            !masks.iter().any(|(from, to)| {
                *from <= hit.start && hit.end <= *to && hit.end.saturating_sub(hit.start) < to.saturating_sub(*from)
            })
        });
    }
    found.sort_by_key(|hit| (hit.concept, hit.start, hit.end));
    found
}
