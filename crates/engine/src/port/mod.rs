//! The ports: everything the engine needs of the world, so that a test can be the world.

mod clock;
mod fence;
mod listening;
mod records;
mod rng;
mod survey;
mod tenant;

pub use clock::Clock;
pub use fence::{Fence, NoFence};
pub use listening::{Listener, Listening};
pub use records::{Loaded, ObjectUpdate, Records, RecordsError, TenantUpdate};
pub use rng::Rng;
pub use survey::{Survey, Surveyor};
pub use tenant::{AccountQuery, Limits, Outcome, Read, Scope, SurfacePort, TenantError, ThingQuery};
