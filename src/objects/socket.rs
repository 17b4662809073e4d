//! Small courtesies that every object's sockets share.

use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Result, WebSocket, WebSocketIncomingMessage};

/// Keeps with a socket whose it is, while the object sleeps. One string: walking an object from this side, for every
/// socket and message, costs more than parsing it.
///
/// # Errors
/// When the runtime does not take it.
pub fn remember(socket: &WebSocket, owner: &impl Serialize) -> Result<()> {
    socket.serialize_attachment(serde_json::to_string(owner)?)
}

/// Whose a socket is; none for one that was never accepted.
pub fn recall<T: DeserializeOwned>(socket: &WebSocket) -> Option<T> {
    let text = socket.deserialize_attachment::<String>().ok().flatten()?;
    serde_json::from_str(&text).ok()
}

/// Sends a frame. A socket that is closing refuses it; its owner catches up when he comes back.
pub fn send(socket: &WebSocket, frame: &str) {
    let _gone = socket.send_with_str(frame);
}

/// Closes a socket; one that is closed already is left alone.
pub fn close(socket: &WebSocket, code: u16, reason: &str) {
    let _closed_already = socket.close(Some(code), Some(reason));
}

/// Answers the other side's close, so that it does not see an abnormal one. 1005, 1006 and 1015 say that no code was
/// received; they cannot be sent.
pub fn close_back(socket: &WebSocket, code: usize) {
    let code = u16::try_from(code).ok().filter(|code| !matches!(code, 1005 | 1006 | 1015)).unwrap_or(1000);
    close(socket, code, "");
}

/// Largest frame a client may send, in bytes, by the contract.
const FRAME_BYTES: usize = 65_536;

/// The text of a frame. None for anything else: a binary frame is answered, one that is too large closes the socket.
pub fn text(socket: &WebSocket, message: WebSocketIncomingMessage) -> Option<String> {
    let (length, text) = match message {
        WebSocketIncomingMessage::String(text) => (text.len(), Some(text)),
        WebSocketIncomingMessage::Binary(bytes) => (bytes.len(), None),
    };
    if length > FRAME_BYTES {
        close(socket, 1009, "too large");
        return None;
    }
    if text.is_none() {
        misunderstood(socket);
    }
    text
}

/// Tells a client that its frame was not understood.
pub fn misunderstood(socket: &WebSocket) {
    let frame = r#"{"type":"refused","client_id":null,"code":"frame","detail":"This is no frame of ours."}"#;
    send(socket, frame);
}
