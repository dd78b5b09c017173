//! Programs that find real things in any tree: the example starts itself again, once for each lens, with a hidden
//! sub-command, and what this prints is what that worker found.
//!
//! - [`run()`] walks the tree and prints one finding a line, as JSON, as soon as it is known.
//! - `lens` names what can be asked for; `risks`, `links`, `structure`, `secrets` and `prose` are one lens each.
//! - `walk` decides which files are looked at; `source` is one file, read and divided into code, comments and text
//!   by `mask` and `quotes`; `test_code` says which of it is tests, `blocks` where its functions are, `markdown`
//!   what a document is and `hyperlinks` where it leads; `tokens` knows the shapes of keys.
//! - `hit` is a finding before it is printed; `sheet` removes duplicates, keeps the bounds, and prints.
//!
//! What it is not: a parser of any language, or a model. It reads lines and braces, so a finding is a place to look
//! at. It never writes into the tree, never follows a symbolic link, starts nothing and asks no network.

mod blocks;
mod hit;
mod hyperlinks;
mod lens;
mod links;
mod markdown;
mod mask;
mod prose;
mod quotes;
mod risks;
mod run;
mod secrets;
mod sheet;
mod source;
mod structure;
mod test_code;
mod tokens;
mod walk;

pub use lens::{ScanLens, UnknownLens};
pub use run::run;
pub(crate) use source::Lang;
pub(crate) use walk::files_of;
