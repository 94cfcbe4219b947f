//! Distinctive names, and groups of linked authors.

use std::collections::BTreeSet;

use crate::kernel::ids::AuthorId;

/// Whether a name is a ground to think of one person: one with a first and a last name. “John” is half the world.
#[must_use]
pub fn is_distinctive(name: &str) -> bool {
    name.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1).count() >= 2
}

/// Groups of linked authors: the connected components of the links.
#[must_use]
pub fn groups(links: &[(AuthorId, AuthorId)]) -> Vec<BTreeSet<AuthorId>> {
    let mut groups: Vec<BTreeSet<AuthorId>> = Vec::new();
    for (one, other) in links {
        let (touched, mut left): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.contains(one) || group.contains(other));
        let mut group: BTreeSet<AuthorId> = touched.into_iter().flatten().collect();
        group.extend([*one, *other]);
        left.push(group);
        groups = left;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_a_person_from_two_words_on() {
        assert!(is_distinctive("Zoë O’Neil") && is_distinctive("Li Wei Chen"));
        assert!(!is_distinctive("Zoe") && !is_distinctive("Zoe K.") && !is_distinctive("") && !is_distinctive("  "));
    }

    #[test]
    fn links_join_groups() {
        let ids: Vec<AuthorId> = (0..6).map(|_| AuthorId::new()).collect();
        let of = |places: &[usize]| places.iter().map(|place| ids[*place]).collect::<BTreeSet<_>>();
        assert_eq!(groups(&[]), Vec::<BTreeSet<AuthorId>>::new());
        let found = groups(&[(ids[0], ids[1]), (ids[2], ids[3]), (ids[3], ids[1]), (ids[4], ids[5])]);
        assert_eq!(found, [of(&[0, 1, 2, 3]), of(&[4, 5])]);
    }
}
