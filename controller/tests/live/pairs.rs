//! Ours and upstream's command line with ours and upstream's controller: four pairs, each through the same commands and
//! objects. What differs between them is in a table with its reason, and nothing else differs.

mod commands;
mod differences;
mod objects;
mod world;

use std::collections::BTreeMap;

use self::differences::{DIFFERENCES, Side};
use self::world::World;

/// What was seen at each step, in words that hold no name of a test's namespace and no ciphertext.
type Seen = BTreeMap<String, String>;

/// Whose program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Upstreams,
    Ours,
}

const BOTH: [Whose; 2] = [Whose::Upstreams, Whose::Ours];

async fn seen(cli: Whose, controller: Whose) -> Seen {
    let world = World::new(cli, controller).await;
    let mut seen = commands::seen(&world).await;
    seen.extend(objects::seen(&world).await);
    seen
}

#[tokio::test]
async fn four_pairs_differ_in_what_the_table_says_and_in_nothing_else() {
    let mut all = BTreeMap::new();
    for cli in BOTH {
        for controller in BOTH {
            all.insert((cli, controller), seen(cli, controller).await);
        }
    }
    let peer = &all[&(Whose::Upstreams, Whose::Upstreams)];
    let mut wrong = Vec::new();
    for (step, expected) in peer {
        let difference = DIFFERENCES.iter().find(|one| one.step == step);
        let of = |cli, controller| {
            all[&(cli, controller)]
                .get(step)
                .map_or("nothing", String::as_str)
        };
        let (ours, their_controller, their_cli) = (
            of(Whose::Ours, Whose::Ours),
            of(Whose::Ours, Whose::Upstreams),
            of(Whose::Upstreams, Whose::Ours),
        );
        let fine = match difference.map(|difference| difference.side) {
            None => [ours, their_controller, their_cli]
                .iter()
                .all(|one| one == expected),
            Some(Side::CommandLine) => their_cli == expected && ours == their_controller && ours != expected,
            Some(Side::Controller) => their_controller == expected && ours == their_cli && ours != expected,
            Some(Side::Either) => ours == their_controller && ours == their_cli && ours != expected,
            Some(Side::Words) => [ours, their_controller, their_cli]
                .iter()
                .any(|one| one != expected),
        };
        if !fine {
            wrong.push(format!(
                "{step} ({difference:?})\n  kubeseal, upstream's: {expected}\n  kubeseal, ours:       {their_cli}\n  chancery, upstream's: {their_controller}\n  chancery, ours:       {ours}"
            ));
        }
    }
    for (pair, seen) in &all {
        assert_eq!(
            seen.keys().collect::<Vec<_>>(),
            peer.keys().collect::<Vec<_>>(),
            "{pair:?}"
        );
    }
    for difference in DIFFERENCES {
        assert!(
            peer.contains_key(difference.step),
            "no step `{}`",
            difference.step
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
