//! What the runtime knows of the world's time zones.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type DateTimeFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locales: &JsValue, options: &JsValue) -> Result<DateTimeFormat, JsValue>;
}

/// Whether the runtime knows a time zone of this name (`Europe/Paris`).
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    let options = js_sys::Object::new();
    let set = js_sys::Reflect::set(&options, &JsValue::from_str("timeZone"), &JsValue::from_str(name));
    let looks_right =
        (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    looks_right && set.is_ok() && DateTimeFormat::new(&JsValue::from_str("en"), &options).is_ok()
}
