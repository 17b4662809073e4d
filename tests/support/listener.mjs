// The client's end of a WebSocket: what it heard, in order, and how it ended.

import WebSocket from "ws";
import { until } from "./desk.mjs";

/** An upgrade that was answered with something else. */
export class UpgradeRefused extends Error {
  /**
   * @param {number} status
   * @param {string} text
   */
  constructor(status, text) {
    super(`upgrade refused: ${status} ${text}`);
    this.status = status;
    this.text = text;
  }
}

/** @typedef {any} Frame JSON of the contract, or a plain text */

export class Listener {
  /**
   * @param {string} url
   * @param {Record<string, string>} headers
   */
  constructor(url, headers) {
    this.socket = new WebSocket(url.replace(/^http/, "ws"), { headers });
    /** @type {string[]} */
    this.texts = [];
    /** @type {number | undefined} how it was closed */
    this.code = undefined;
    this.socket.on("message", (data) => this.texts.push(String(data)));
    this.socket.on("close", (code) => {
      this.code = code;
    });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once("open", resolve);
      this.socket.once("unexpected-response", (_request, response) => {
        response
          .setEncoding("utf8")
          .toArray()
          .then((parts) => {
            reject(new UpgradeRefused(response.statusCode ?? 0, parts.join("")));
            this.socket.terminate();
          }, reject);
      });
      this.socket.on("error", reject);
    });
    this.opened.catch(() => {});
  }

  /** @returns {Frame[]} what was heard so far */
  get frames() {
    return this.texts.map((text) => (text.startsWith("{") ? JSON.parse(text) : text));
  }

  /**
   * The events heard so far.
   *
   * @returns {any[]}
   */
  get events() {
    return this.frames.filter((frame) => frame.type === "event");
  }

  /** @param {unknown} frame JSON; a string or bytes go as they are */
  send(frame) {
    const raw = typeof frame === "string" || frame instanceof Uint8Array;
    this.socket.send(raw ? frame : JSON.stringify(frame));
  }

  /**
   * Waits for a frame with these members.
   *
   * @param {Record<string, unknown>} members
   * @returns {Promise<Frame>}
   */
  hears(members) {
    const find = () => {
      return this.frames.find((frame) =>
        Object.entries(members).every(([name, value]) => frame[name] === value),
      );
    };
    return until(find, `a frame ${JSON.stringify(members)} is heard`);
  }

  /**
   * Waits for an event with these words.
   *
   * @param {string} body
   * @returns {Promise<Frame>}
   */
  hearsMessage(body) {
    return until(() => this.events.find(({ event }) => event.body === body), `the event "${body}" is heard`);
  }

  /**
   * Waits until the other side closes it. The runtime leaves the TCP connection open after a closing handshake, so the
   * handshake is what counts.
   *
   * @param {number} [seconds]
   * @returns {Promise<number>} the code
   */
  closed(seconds = 5) {
    const ended = () => {
      if (this.socket.readyState === WebSocket.CLOSING) this.socket.terminate();
      return this.code;
    };
    return until(ended, "the socket is closed", seconds);
  }

  close() {
    this.socket.terminate();
  }
}
