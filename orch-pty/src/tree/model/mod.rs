//! Census, hunts and ladder without processes: a kernel made of a table, and schedules that a model checker chooses.

mod climbs;
mod hunts;
mod parties;
mod table;
mod young;
