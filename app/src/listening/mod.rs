//! What is said in public, and by whom, before anybody is invited.
//!
//! Mentions arrive by import or are pushed by another tool; each has an author. Sentiment, topics, phrases, repeated mentions, segments and
//! their changes are computed from them. The roster of customers is here too: who owns the product and says nothing is apathetic, and an
//! author may be linked to a customer.

#[cfg(feature = "store")]
mod labelled_file;
pub mod author;
pub mod opt_out;
pub mod sentiment;
#[cfg(feature = "store")]
pub mod search;
pub mod volume;
pub mod mention;
pub mod repeated;
pub mod topic;
pub mod phrase;
pub mod customer;
pub mod identity_link;
#[cfg(feature = "store")]
pub mod source_row;
pub mod import;
pub mod customer_link;
pub mod inbound;
pub mod segment;
pub mod segment_change;

/// Today's word for one of the release before in the query of an address, which people bookmarked; any other word as it is. Remove it when
/// the release after the one that renamed them is out.
#[cfg(feature = "ssr")]
pub(crate) fn current_word(word: &str) -> &str {
    match word {
        "counted" => "customer",
        "promoter" => "advertiser",
        "aside" | "set_aside" | "excluded" => "unknown",
        "retailer" => "partner",
        word => word,
    }
}
