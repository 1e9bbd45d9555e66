//! Screens that proved an enrolment code. The floor gives each its token and keeps the hash; who may
//! enrol, and who is revoked, the centre says by its feed.

use serde::{Deserialize, Serialize};

use super::command::Refusal;
use super::decide::Draft;
use super::event::Event;
use crate::core::id::DeviceId;

/// What became of one enrolment code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolledDevice {
    /// The centre's name of the code; a device created anew has another.
    pub enrolment: String,
    /// Lower-case hex SHA-256 of the device's token.
    pub token_hash: String,
}

impl Draft<'_> {
    /// A code is good for one token.
    pub fn enrol_device(
        &mut self,
        device: DeviceId,
        enrolled: EnrolledDevice,
    ) -> Result<(), Refusal> {
        let known = self.state.devices.get(&device);
        if known.is_some_and(|k| k.enrolment == enrolled.enrolment) {
            return Err(Refusal::CodeUsed);
        }
        self.emit(Event::DeviceEnrolled { device, enrolled });
        Ok(())
    }
}
