// A bad way between clients and the desk: requests come late, out of order, twice, or long after they were answered; and
// answers are lost.

import { setTimeout as pause } from "node:timers/promises";
import { Chance } from "../support/histories/chance.mjs";
import { Outside } from "../support/outside.mjs";

/** What a request is held up by, and a copy that comes after everything else, in milliseconds. */
const DELAY = /** @type {const} */ ([0, 25]);
const LATE = /** @type {const} */ ([50, 900]);
/** How often, of 1. */
const [TWICE, SECOND_ANSWERS, LATER_AGAIN, ANSWER_LOST] = [0.08, 0.08, 0.08, 0.05];

/** Headers that belong to one connection. */
const NOT_PASSED_ON = new Set(["connection", "content-length", "host", "transfer-encoding", "keep-alive"]);

export class Crossing extends Outside {
  /** Where it leads. */
  to = "";
  copies = 0;
  lost = 0;

  /** @param {number} seed */
  constructor(seed) {
    const chance = new Chance(seed);
    super(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const send = () => this.#passOn(request, body);
      await pause(chance.between(...DELAY));
      const fate = chance.next();
      let answer = send();
      if (fate < TWICE + SECOND_ANSWERS + LATER_AGAIN) {
        this.copies += 1;
        const again = fate < TWICE + SECOND_ANSWERS ? send() : pause(chance.between(...LATE)).then(send);
        if (fate >= TWICE && fate < TWICE + SECOND_ANSWERS) answer = again;
      }
      const came = await answer;
      if (!came || chance.happens(ANSWER_LOST)) {
        this.lost += 1;
        request.socket.destroy();
        return;
      }
      response.writeHead(came.status, came.headers).end(came.body);
    });
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {Buffer} body
   */
  async #passOn({ method, url, headers }, body) {
    const passed = Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.has(name));
    try {
      const response = await fetch(this.to + url, {
        method,
        headers: passed.map(([name, value]) => [name, String(value)]),
        body: body.length > 0 ? new Uint8Array(body) : undefined,
        redirect: "manual",
      });
      const type = response.headers.get("content-type") ?? "text/plain";
      return {
        status: response.status,
        headers: { "content-type": type },
        body: Buffer.from(await response.arrayBuffer()),
      };
    } catch {
      // The desk has died under it.
      return undefined;
    }
  }
}
