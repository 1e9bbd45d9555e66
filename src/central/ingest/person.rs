//! A sealed profile is opened and becomes, or joins, a customer.
//!
//! The same phone in the same showroom is the same customer; without a phone everybody is a customer
//! of their own. What the guest said last is what is shown; every earlier name stays findable, and
//! each visit keeps what was said at it.
//!
//! Whose guest it is may become clear only here: the line was cut when the guest came, or the answer
//! came too late. The floor is then told by the feed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Scene;
use super::effects::Findings;
use crate::central::customers::owner;
use crate::central::customers::record::{self, Person};
use crate::core::clock::date_of;
use crate::core::consent::{RECEPTION, given};
use crate::core::time::Millis;
use crate::core::visit::CheckIn;
use crate::crypto::chain::sha256_hex;
use crate::crypto::field::FieldKey;
use crate::crypto::phone::Phone;
use crate::crypto::seal;
use crate::http::ApiError;
use crate::protocol::feed::FeedBody;
use crate::protocol::profile::Profile;
use crate::store::Tx;
use crate::store::central::customers::{self, NewCustomer};
use crate::store::central::{feed, visits};

/// Takes the profile of a check-in in. What is wrong with it is noted, and the visit then stands
/// without a customer.
pub async fn take_in(
    scene: &Scene<'_>,
    tx: &mut dyn Tx,
    check_in: &CheckIn,
    hash: &str,
    at: Millis,
    found: &mut Findings,
) -> Result<(), ApiError> {
    let Some(text) = scene.profiles.get(hash) else {
        found.add("profile_missing");
        return Ok(());
    };
    let Ok(sealed) = STANDARD.decode(text) else {
        found.add("profile_unreadable");
        return Ok(());
    };
    match open(scene, check_in, hash, &sealed) {
        Ok(profile) => {
            let id = check_in.visit.to_string();
            let customer = join(scene, tx, &id, &profile, at, found).await?;
            visits::set_customer(tx, &id, &customer).await?;
            found.told |= tell_owner(scene, tx, check_in, &customer, at).await?;
        }
        Err(code) => {
            found.add(code);
            found.sealed = Some(sealed);
        }
    }
    Ok(())
}

/// Tells the floor whose guest this is, if it did not know and the guest may still be there; whether
/// there was something to tell.
async fn tell_owner(
    scene: &Scene<'_>,
    tx: &mut dyn Tx,
    check_in: &CheckIn,
    customer: &str,
    at: Millis,
) -> Result<bool, ApiError> {
    let today = date_of(scene.central.clock.now(), &scene.zone);
    if date_of(at, &scene.zone) != today {
        return Ok(false);
    }
    let Some(owner) = owner::known(tx, scene.house, customer, at).await? else {
        return Ok(false);
    };
    let knew = check_in.owner.as_ref();
    if knew.is_some_and(|known| known.agent == owner.agent) {
        return Ok(false);
    }
    let body = FeedBody::OwnerLearned {
        visit: check_in.visit,
        agent: owner.agent,
        bought: owner.bought,
    };
    feed::tell(tx, scene.floor, scene.site, &today, &body).await?;
    Ok(true)
}

/// Opens the profile and makes sure that it was meant for this very check-in.
fn open(
    scene: &Scene<'_>,
    check_in: &CheckIn,
    hash: &str,
    sealed: &[u8],
) -> Result<Profile, &'static str> {
    if sha256_hex(sealed) != hash {
        return Err("profile_hash");
    }
    if !given(&check_in.consents, RECEPTION) {
        return Err("profile_without_consent");
    }
    let profile =
        seal::open(sealed, &scene.central.keys.identity).map_err(|_| "profile_unopenable")?;
    if profile.idempotency_key != check_in.idempotency_key {
        return Err("profile_moved");
    }
    if profile.notice_hash != check_in.notice.hash {
        return Err("profile_notice");
    }
    Ok(profile)
}

/// The customer of this profile, new or known.
async fn join(
    scene: &Scene<'_>,
    tx: &mut dyn Tx,
    visit: &str,
    profile: &Profile,
    at: Millis,
    found: &mut Findings,
) -> Result<String, ApiError> {
    let keys = &scene.central.keys;
    let typed = profile.phone.as_deref().filter(|p| !p.trim().is_empty());
    let phone = typed.and_then(Phone::parse);
    if typed.is_some() && phone.is_none() {
        // Kept as typed, but nobody can be recognised by it.
        found.add("phone_unusable");
    }
    let index = phone.as_ref().map(|p| keys.blind.phone(p));
    let known = match &index {
        Some(index) => customers::by_phone(tx, scene.site, index).await?,
        None => None,
    };
    let person = Person {
        surname: profile.surname.clone(),
        given_name: profile.given_name.clone(),
        title: profile.title,
    };

    let (id, key) = match known {
        Some(id) => {
            let row = customers::one(tx, &id)
                .await?
                .ok_or_else(ApiError::internal)?;
            let key = record::key(keys, &row)?;
            let name = record::seal_name(&key, &id, &person);
            customers::set_name(tx, &id, name, at).await?;
            (id, key)
        }
        None => {
            let id = Uuid::now_v7().to_string();
            let key = FieldKey::generate();
            let shown = phone.as_ref().map(Phone::e164).or(typed);
            let new = NewCustomer {
                id: id.clone(),
                site: scene.site.to_owned(),
                data_key: record::wrap(keys, &id, &key),
                name: record::seal_name(&key, &id, &person),
                phone: shown.map(|p| record::seal_phone(&key, &id, p)),
                phone_index: index,
                tail_index: phone.as_ref().and_then(|p| keys.blind.tail(p.tail())),
            };
            customers::add(tx, new, at).await?;
            (id, key)
        }
    };
    let full = Zeroizing::new(person.full_name());
    let tokens = keys.blind.name(&full);
    customers::add_name_tokens(tx, &id, scene.site, &tokens).await?;
    let said = record::seal_profile(&key, visit, profile);
    customers::add_profile(tx, visit, &id, scene.site, said, at).await?;
    Ok(id)
}
