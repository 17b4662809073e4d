// A WebSocket that comes back: with back-off and jitter, from the last position it has seen.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
/** A server that is there answers a ping long before. */
const PING_EVERY = 25_000;
const PONG_WITHIN = 8_000;
/** Closed for good: signed out, not allowed, gone. */
const FINAL_CODES = new Set([4401, 4403, 4404]);

/**
 * @typedef {object} Listener
 * @property {() => string} path where to connect to, asked anew for each attempt, so that it can name the position
 * @property {(frame: any) => void} onFrame
 * @property {(state: "connecting" | "open" | "waiting" | "closed", code?: number) => void} onState
 */

export class LiveSocket {
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {Listener} */
  #listener;
  #wait = FIRST_WAIT;
  #ended = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pulse;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
    addEventListener("online", this.#now);
    addEventListener("offline", this.#lost);
    document.addEventListener("visibilitychange", this.#now);
    this.#connect();
  }

  /** @param {unknown} frame @returns {boolean} whether it went out */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Does not wait for the next attempt. */
  again() {
    if (this.#ended || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  end() {
    this.#ended = true;
    removeEventListener("online", this.#now);
    removeEventListener("offline", this.#lost);
    document.removeEventListener("visibilitychange", this.#now);
    clearTimeout(this.#timer);
    clearTimeout(this.#pulse);
    this.#socket?.close(1000);
  }

  #connect() {
    this.#timer = undefined;
    this.#listener.onState("connecting");
    const url = new URL(this.#listener.path(), location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#wait = FIRST_WAIT;
      this.#beat(socket);
      this.#listener.onState("open");
    };
    socket.onmessage = ({ data }) => {
      this.#beat(socket);
      if (data !== "pong") this.#listener.onFrame(JSON.parse(data));
    };
    let opened = false;
    socket.addEventListener("open", () => {
      opened = true;
    });
    socket.onclose = async ({ code }) => {
      this.#closed(socket, opened ? code : await reasonOfRefusal(url));
    };
  }

  /** @param {WebSocket} socket @param {number} code */
  #closed(socket, code) {
    if (socket !== this.#socket || this.#ended || this.#timer !== undefined) return;
    clearTimeout(this.#pulse);
    if (FINAL_CODES.has(code)) {
      this.end();
      this.#listener.onState("closed", code);
      return;
    }
    this.#listener.onState("waiting", code);
    // Everybody lost the connection at once: they must not all come back at once.
    const wait = this.#wait * (0.5 + Math.random());
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  /** @param {WebSocket} socket */
  #beat(socket) {
    clearTimeout(this.#pulse);
    this.#pulse = setTimeout(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send("ping");
      this.#pulse = setTimeout(() => {
        // Nobody is there any more, and a close would wait for them: go on without.
        this.#closed(socket, 1006);
        socket.close();
      }, PONG_WITHIN);
    }, PING_EVERY);
  }

  /** The network is back, or somebody looks again: no reason to wait. */
  #now = () => {
    const waiting = !this.#ended && this.#timer !== undefined;
    if (waiting && !document.hidden) this.again();
  };

  /** The network is gone: a socket would notice much later. */
  #lost = () => {
    const socket = this.#socket;
    if (this.#ended || !socket || this.#timer !== undefined) return;
    this.#closed(socket, 1006);
    socket.close();
  };
}

/**
 * A browser does not say why a socket was never opened; the same address does, when it is asked plainly.
 * @param {URL} url
 */
async function reasonOfRefusal(url) {
  const plain = new URL(url);
  plain.protocol = plain.protocol.replace("ws", "http");
  const status = await fetch(plain).then(
    (response) => response.status,
    () => 0,
  );
  return FINAL_CODES.has(4000 + status) ? 4000 + status : 1006;
}
