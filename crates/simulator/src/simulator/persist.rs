//! Keeping the state in a file, and taking it up again.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    sync::PoisonError,
};

use rand::{SeedableRng, rngs::StdRng};

use super::Simulator;
use crate::{
    exchange::sync,
    options::Options,
    persist::{Document, Kept, Problem, StateError},
    schema::Entity,
    seed::Seed,
};

impl Simulator {
    /// Goes on where [`Self::save`] left off; where there is no file yet, as the seed says. Applications (secrets,
    /// permissions) and the verified domains come from the seed at every start, everything else from the file. Delta
    /// tokens of earlier runs work as far as the file knows their position, else they are answered 410.
    pub fn restore(seed: &Seed, options: Options, path: &Path) -> Result<Self, StateError> {
        let random = options.seed;
        let simulator = Self::new(seed, options)?;
        let name = || path.display().to_string();
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(simulator),
            Err(source) => return Err(StateError::Read { path: name(), source }),
        };
        let kept: Kept =
            serde_json::from_slice(&bytes).map_err(|source| StateError::Format { path: name(), source })?;
        {
            let mut state = simulator.lock();
            let invalid = |problem: Problem| StateError::Content { path: name(), problem: problem.to_string() };
            if kept.tenant != state.tenant_id {
                return Err(invalid(Problem::Tenant));
            }
            let (generation, position) = (kept.generation, kept.position);
            state.delta_ended = kept.ended.clone();
            state.delta_ended.insert(generation, position);
            state.delta_generation = generation + 1;
            state.saved = Some((state.delta_generation, position));
            kept.restore(&mut state.store).map_err(invalid)?;
            let keys: Vec<String> =
                state.store.truth().range(Entity::Recipient, None).map(|(id, _)| id.to_string()).collect();
            state.exchange.resume(keys.into_iter(), position);
            // Another run draws other numbers: ids made in the last one must not be made again.
            let run = state.delta_generation.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            state.rng = StdRng::seed_from_u64(random ^ run);
        }
        Ok(simulator)
    }

    /// Writes the state to a file, through a second one beside it that then takes its place. False when nothing changed
    /// since the last time. Blocks.
    pub fn save(&self, path: &Path) -> Result<bool, StateError> {
        let _alone = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |source| StateError::Write { path: path.display().to_string(), source };
        let (text, mark) = {
            let mut state = self.lock();
            sync::finish(&mut state);
            let mark = (state.delta_generation, state.store.position());
            if state.saved == Some(mark) {
                return Ok(false);
            }
            (serde_json::to_vec(&Document(&state)).map_err(|error| failed(error.into()))?, mark)
        };
        let beside = path.with_added_extension("new");
        let write = || {
            let mut file = File::create(&beside)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&beside, path)
        };
        write().map_err(failed)?;
        self.lock().saved = Some(mark);
        Ok(true)
    }
}
