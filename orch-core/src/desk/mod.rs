//! What a desk stands on: the place where a writer works, who sits there, and what a run knows of its desks.
//!
//! It does not run workers: that is [`Cx`](crate::Cx)'s.

mod book;
mod copies;
mod leftovers;
mod place;
mod record;
mod repository;
mod room;
mod salvage;
mod seat;
mod sweep;
mod uses;

pub(crate) use book::{Book, Step};
pub(crate) use copies::copy;
pub(crate) use leftovers::clear;
pub(crate) use place::Place;
pub(crate) use repository::Repository;
pub(crate) use room::Room;
pub(crate) use seat::Seat;
pub(crate) use uses::{Moment, Use, Uses};
