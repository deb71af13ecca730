//! Which namespaces kustomizations give, as those say that take them in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Kustomization;

/// Which namespaces kustomizations give to files.
pub(in crate::tree) struct Namespaces {
    by_file: BTreeMap<PathBuf, BTreeSet<String>>,
    by_folder: BTreeMap<PathBuf, BTreeSet<String>>,
}

impl Namespaces {
    /// As kustomize decides: the outermost kustomization that gives one wins over those that it takes in. Kustomize
    /// refuses those that take in each other; here they are one, which gives what any of them names.
    pub(in crate::tree) fn of(kustomizations: &[Kustomization]) -> Self {
        let parents = parents(kustomizations);
        let mut given: Vec<BTreeSet<String>> = vec![BTreeSet::new(); kustomizations.len()];
        for group in outermost_first(&parents) {
            // Those of the group itself have none yet.
            let mut of_group: BTreeSet<String> = group
                .iter()
                .flat_map(|member| &parents[*member])
                .flat_map(|parent| given[*parent].iter().cloned())
                .collect();
            if of_group.is_empty() {
                of_group.extend(
                    group
                        .iter()
                        .filter_map(|member| kustomizations[*member].namespace.clone()),
                );
            }
            for member in group {
                given[member].clone_from(&of_group);
            }
        }
        let mut by_file: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
        let mut by_folder = BTreeMap::new();
        for (kustomization, given) in kustomizations.iter().zip(given) {
            for file in &kustomization.files {
                by_file
                    .entry(file.clone())
                    .or_default()
                    .extend(given.iter().cloned());
            }
            by_folder.insert(kustomization.folder.clone(), given);
        }
        Self { by_file, by_folder }
    }

    /// The namespaces of a file, by its real path: of the kustomizations that name it, else of that in its folder.
    pub(in crate::tree) fn of_file(&self, place: &Path) -> Vec<String> {
        let named = self.by_file.get(place).filter(|given| !given.is_empty());
        let beside = || place.parent().and_then(|folder| self.by_folder.get(folder));
        named.or_else(beside).into_iter().flatten().cloned().collect()
    }
}

/// For each kustomization those that list its folder.
fn parents(kustomizations: &[Kustomization]) -> Vec<Vec<usize>> {
    let mut of_folder: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
    for (at, kustomization) in kustomizations.iter().enumerate() {
        of_folder.entry(&kustomization.folder).or_default().push(at);
    }
    let mut parents = vec![Vec::new(); kustomizations.len()];
    for (at, kustomization) in kustomizations.iter().enumerate() {
        let folders = kustomization.folders.iter();
        for child in folders
            .filter_map(|folder| of_folder.get(folder.as_path()))
            .flatten()
        {
            parents[*child].push(at);
        }
    }
    parents
}

/// A node on the way of [`outermost_first`].
#[derive(Clone, Copy)]
struct Visit {
    /// Its number in the order of the visits.
    order: usize,
    /// The lowest number that it leads to, among those of no finished group.
    low: usize,
    finished: bool,
}

/// The nodes in groups: those that lead to each other are one (a strongly connected component). Every group comes
/// after those that its nodes' parents are in. Each node and edge is looked at once (Tarjan, "Depth-first search and
/// linear graph algorithms", 1972), and without recursion, which a long chain would overflow.
fn outermost_first(parents: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut visits: Vec<Option<Visit>> = vec![None; parents.len()];
    let mut visited = 0;
    let mut groups = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for start in 0..parents.len() {
        // What is on the way, each with the number of its parents that are done.
        let mut way = if visits[start].is_none() {
            vec![(start, 0_usize)]
        } else {
            Vec::new()
        };
        while let Some((node, done)) = way.pop() {
            let mut visit = visits[node].unwrap_or_else(|| {
                open.push(node);
                visited += 1;
                Visit {
                    order: visited,
                    low: visited,
                    finished: false,
                }
            });
            // The parent that was gone into when this node was left.
            let before = done.checked_sub(1).and_then(|last| visits[parents[node][last]]);
            if let Some(parent) = before.filter(|parent| !parent.finished) {
                visit.low = visit.low.min(parent.low);
            }
            visits[node] = Some(visit);
            if let Some(parent) = parents[node].get(done) {
                way.push((node, done + 1));
                if visits[*parent].is_none() {
                    way.push((*parent, 0));
                }
                continue;
            }
            if visit.low == visit.order {
                let first = open.iter().rposition(|other| *other == node).unwrap_or_default();
                let group = open.split_off(first);
                for member in &group {
                    if let Some(visit) = &mut visits[*member] {
                        visit.finished = true;
                    }
                }
                groups.push(group);
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(parents: &[&[usize]]) -> Vec<Vec<usize>> {
        let parents: Vec<Vec<usize>> = parents.iter().map(|of| of.to_vec()).collect();
        let mut groups = outermost_first(&parents);
        for group in &mut groups {
            group.sort_unstable();
        }
        groups
    }

    #[test]
    fn what_leads_to_each_other_is_one_group_behind_its_parents() {
        assert_eq!(groups(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(groups(&[&[0]]), [[0]]);
        assert_eq!(groups(&[&[1], &[2], &[]]), [[2], [1], [0]]);
        assert_eq!(groups(&[&[1, 3], &[2], &[0], &[]]), [vec![3], vec![0, 1, 2]]);
        // Two circles, one of which leads to the other.
        assert_eq!(groups(&[&[1], &[0, 2], &[3], &[2]]), [[2, 3], [0, 1]]);
        // A diamond: no circle, though two ways lead to its end.
        assert_eq!(groups(&[&[1, 2], &[3], &[3], &[]]), [[3], [1], [2], [0]]);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_is_no_obstacle() {
        let parents: Vec<Vec<usize>> = (0..100_000)
            .map(|at| Vec::from_iter((at > 0).then(|| at - 1)))
            .collect();
        assert_eq!(outermost_first(&parents).len(), 100_000);
        let turned: Vec<Vec<usize>> = parents
            .into_iter()
            .rev()
            .map(|of| of.into_iter().map(|at| 99_999 - at).collect())
            .collect();
        assert_eq!(outermost_first(&turned).len(), 100_000);
    }
}
