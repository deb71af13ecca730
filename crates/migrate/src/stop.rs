//! A wish to stop a run between two statements.

use tokio::sync::watch;

/// Shared by whoever may ask a run to stop and the run. Copies share the wish.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Stop {
    /// Asks the run to stop: the statement that runs is finished, a transaction that is open is rolled back.
    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// Returns whether it was asked to.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it is asked to.
    pub async fn requested(&self) {
        // The channel can't close while `self` is a sender of it.
        let _ = self.0.subscribe().wait_for(|requested| *requested).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wish_that_came_before_the_wait_ends_it_too() {
        let stop = Stop::default();
        let copy = stop.clone();
        assert!(!stop.is_requested());
        copy.request();
        stop.requested().await;
        assert!(stop.is_requested());
    }
}
