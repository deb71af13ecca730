//! What opens SealedSecrets: key files, a local store, or the controller of a cluster.
//!
//! Values are opened where the keys are. With key files that is here; a controller opens them in its own process, and
//! only ciphertexts and the names of keys come back.

mod controller;
mod essence;
pub(crate) mod failure;
mod key_args;
mod new_items;
mod unsealing;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SystemRandom;
use jiff::Timestamp;
use manifests::opening;
use manifests::reseal::{self, ResealError};
use sealing::{Certificate, Fingerprint, KeyRing};

use crate::cluster::{Cluster, ClusterArgs, Proxy};
use crate::context::Context;
use crate::error::CommandError;

use controller::Controller;
pub(crate) use essence::essence;
pub(crate) use key_args::{FileKeys, KeyArgs};
pub(crate) use new_items::{NewItems, edits};
pub(crate) use unsealing::open_whole;

/// Where the keys are. With none of `--key` and `--local`, in the cluster's controller.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct OpenerArgs {
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    #[command(flatten)]
    pub(crate) cluster: ClusterArgs,
}

/// What opens SealedSecrets. All methods may be called from several threads at once.
pub(crate) enum Opener {
    /// Private keys at hand.
    Keys(Keys),
    /// The controller of a cluster, through the API server.
    Controller(Box<Controller>),
}

/// Private keys at hand.
pub(crate) struct Keys {
    ring: KeyRing,
    newest: Option<Certificate>,
    random: SystemRandom,
    now: Timestamp,
    /// The key that opened something last: most likely that of the next object too, which may name none. To try a key
    /// in vain costs as much as to open.
    last: Mutex<Option<Fingerprint>>,
}

/// The items of one object under the newest key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resealed {
    /// The key that they are on now: what an existing hint is to say, if any item is new.
    pub(crate) newest: Fingerprint,
    /// Every item, by its key; [`opening::DEPRECATED_ITEM`] is that of the deprecated format.
    pub(crate) items: BTreeMap<String, ResealedItem>,
}

/// One item under the newest key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResealedItem {
    /// The key that it was sealed with; `None` where the controller doesn't tell, as upstream's.
    pub(crate) from: Option<Fingerprint>,
    /// The new item, base64 on one line; `None` when it is on the newest key as it is.
    pub(crate) item: Option<String>,
}

/// The keys of one object's items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemKeys {
    /// The newest key there is, to compare with; `None` if no key at hand has a certificate.
    pub(crate) newest: Option<Fingerprint>,
    /// The key that opens each item, or in words why none does.
    pub(crate) items: BTreeMap<String, Result<Fingerprint, String>>,
}

impl OpenerArgs {
    /// Reads the keys, or connects to the cluster and asks its controller for the newest certificate.
    ///
    /// # Errors
    /// When keys can't be read, or there is no controller to be reached.
    pub(crate) fn open(&self, context: &Context) -> Result<Opener, CommandError> {
        match self.keys.load()? {
            Some(keys) => Ok(Opener::of_keys(keys.ring, keys.newest, context)),
            None => Opener::of_controller(&self.cluster),
        }
    }
}

impl Opener {
    /// Opens with these keys, and seals to this certificate; without one nothing can be sealed again.
    fn of_keys(ring: KeyRing, newest: Option<Certificate>, context: &Context) -> Self {
        Self::Keys(Keys {
            ring,
            newest,
            random: context.rng.clone(),
            now: context.now,
            last: Mutex::default(),
        })
    }

    /// Lets the controller of a cluster open.
    ///
    /// # Errors
    /// When it can't be reached, or gives no certificate.
    fn of_controller(args: &ClusterArgs) -> Result<Self, CommandError> {
        Ok(Self::Controller(Box::new(Controller::find(args)?)))
    }

    /// Lets the controller behind this proxy open.
    ///
    /// # Errors
    /// As [`Self::of_controller`].
    pub(crate) fn behind(cluster: Cluster, proxy: Proxy, args: &ClusterArgs) -> Result<Self, CommandError> {
        Ok(Self::Controller(Box::new(Controller::behind(
            cluster, proxy, args,
        )?)))
    }

    /// The certificate that items are sealed to: of a controller, the one it served when this was made.
    ///
    /// # Errors
    /// When no key at hand has a certificate.
    pub(crate) fn newest(&self) -> Result<&Certificate, CommandError> {
        match self {
            Self::Keys(keys) => keys.newest(),
            Self::Controller(controller) => Ok(controller.newest()),
        }
    }

    /// Returns the items of an object under the newest key. Name, namespace and scope are those of its metadata: what a
    /// cluster would add must be there.
    ///
    /// # Errors
    /// When an item doesn't open, the certificate has expired, or the controller doesn't do it.
    pub(crate) fn reseal(&self, sealed: &SealedSecret) -> Result<Resealed, CommandError> {
        match self {
            Self::Keys(keys) => keys.reseal(sealed),
            Self::Controller(controller) => controller.reseal(sealed),
        }
    }

    /// Returns which key opens each item of an object.
    ///
    /// # Errors
    /// When the controller can't be asked; upstream's can't, and then only `--key` and `--local` tell.
    pub(crate) fn keys_of_items(&self, sealed: &SealedSecret) -> Result<ItemKeys, CommandError> {
        match self {
            Self::Keys(keys) => Ok(keys.keys_of_items(sealed)),
            Self::Controller(controller) => controller.keys_of_items(sealed),
        }
    }

    /// Whether it is known which key an item is on. With upstream's controller it isn't: every item is sealed again, also
    /// those that are on the newest key.
    pub(crate) fn tells_keys(&self) -> bool {
        match self {
            Self::Keys(_) => true,
            Self::Controller(controller) => controller.tells_keys(),
        }
    }

    /// Returns the certificate of a key, where it is at hand: of a controller's keys only the newest is.
    pub(crate) fn certificate(&self, key: &Fingerprint) -> Option<&Certificate> {
        match self {
            Self::Keys(keys) => keys.ring.get(key)?.certificate.as_ref(),
            Self::Controller(controller) => {
                Some(controller.newest()).filter(|newest| newest.fingerprint() == key)
            }
        }
    }

    /// Returns how many threads are worth asking: a core each here; a controller works on one object at a time, and a
    /// few more hide the way there.
    pub(crate) fn parallelism(&self) -> usize {
        match self {
            Self::Keys(_) => thread::available_parallelism().map_or(1, NonZeroUsize::get),
            Self::Controller(_) => 4,
        }
    }
}

impl Keys {
    fn newest(&self) -> Result<&Certificate, CommandError> {
        self.newest.as_ref().ok_or_else(|| {
            CommandError::message("none of the keys has a certificate to seal with")
                .hint("name the newest key's Secret too, or a PEM file with its private key and certificate")
        })
    }

    fn reseal(&self, sealed: &SealedSecret) -> Result<Resealed, CommandError> {
        let newest = self.newest()?;
        newest.check_valid(self.now).map_err(|error| {
            CommandError::failed(error)
                .context("cannot seal with the newest certificate at hand")
                .hint("`chancery keys rotate` makes a new key")
        })?;
        let resealed = reseal::reseal(sealed, &self.ring, newest, &self.random, &self.hints(sealed))
            .map_err(|error| match error {
                ResealError::Unseal(error) => failure::explain(error, sealed, &self.ring),
                error @ ResealError::Seal { .. } => CommandError::failed(error),
            })?;
        self.remember(resealed.items.values().map(|item| &item.from));
        let items = resealed.items.into_iter().map(|(key, item)| {
            let (from, item) = (Some(item.from), item.item);
            (key, ResealedItem { from, item })
        });
        Ok(Resealed {
            newest: newest.fingerprint().clone(),
            items: items.collect(),
        })
    }

    /// The keys to try first: those that the object names, then the last one.
    fn hints(&self, sealed: &SealedSecret) -> Vec<Fingerprint> {
        let mut hints = opening::hints_of(&sealed.metadata);
        hints.extend(self.last.lock().unwrap_or_else(PoisonError::into_inner).clone());
        hints
    }

    fn remember<'a>(&self, opened: impl Iterator<Item = &'a Fingerprint>) {
        if let Some(key) = opened.last() {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(key.clone());
        }
    }

    fn keys_of_items(&self, sealed: &SealedSecret) -> ItemKeys {
        let keys = opening::keys_of_items(sealed, &self.ring, &self.hints(sealed));
        self.remember(keys.values().flatten());
        let items = keys
            .into_iter()
            .map(|(item, key)| (item, key.map_err(|reason| reason.to_string())));
        ItemKeys {
            newest: self.newest.as_ref().map(|newest| newest.fingerprint().clone()),
            items: items.collect(),
        }
    }
}
