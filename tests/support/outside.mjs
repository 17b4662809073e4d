// A service outside of the desk that a test plays: a real server on this machine, under an address of its own.

/** @import { RequestListener } from "node:http" */
/** @import { AddressInfo } from "node:net" */
import { createServer } from "node:http";

export class Outside {
  url = "";
  #server;

  /** @param {RequestListener} answer */
  constructor(answer) {
    this.#server = createServer(answer);
  }

  /** Under its address from now on. @returns {Promise<this>} */
  async start() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {AddressInfo} */ (this.#server.address());
    this.url = `http://127.0.0.1:${port}`;
    return this;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
