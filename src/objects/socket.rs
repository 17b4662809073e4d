//! Small courtesies that every object's sockets share.

use worker::WebSocket;

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

/// Tells a client that its frame was not understood.
pub fn misunderstood(socket: &WebSocket) {
    let frame = r#"{"type":"refused","client_id":null,"code":"frame","detail":"This is no frame of ours."}"#;
    send(socket, frame);
}
