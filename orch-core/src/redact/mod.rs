//! Named secrets taken out of everything that is stored or shown, also in the forms in which programs write them.
//!
//! It knows the secrets that it is told and finds no others.

mod forms;
mod redactor;
mod stream;

pub(crate) use redactor::trimmed;
pub use redactor::{Redactor, SecretError};
pub use stream::RedactStream;
