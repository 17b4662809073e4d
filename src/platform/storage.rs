//! A Durable Object's synchronous transaction, which the `worker` crate does not bind.

use wasm_bindgen::prelude::*;
use worker::{Result, Storage};

#[wasm_bindgen]
extern "C" {
    type RawStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &RawStorage,
        body: &mut dyn FnMut() -> std::result::Result<(), JsValue>,
    ) -> std::result::Result<JsValue, JsValue>;
}

/// Runs `body` so that either all of its writes happen or none.
///
/// # Errors
/// What `body` or the storage failed with; nothing was written then.
pub fn atomically(storage: &Storage, mut body: impl FnMut() -> Result<()>) -> Result<()> {
    let raw: &RawStorage = storage.as_raw().unchecked_ref();
    raw.transaction_sync(&mut || body().map_err(JsValue::from)).map(drop).map_err(worker::Error::from)
}
