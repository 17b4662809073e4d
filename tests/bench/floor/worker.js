// The floor: what the platform itself costs, in JavaScript and with nothing on top.

/** @typedef {any} Platform workerd's own objects; their types are no dependency of this repository */

/** Stores what it is sent, one INSERT each, and tells all of its sockets. */
export class FloorObject {
  /** @param {Platform} state */
  constructor(state) {
    this.state = state;
    this.sql = state.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)");
  }

  /** @param {Request} request */
  async fetch(request) {
    if (request.headers.has("upgrade")) return this.listen(new URL(request.url).searchParams);
    if (request.method === "POST") {
      this.sql.exec("INSERT INTO messages (body) VALUES (?)", await request.text());
      return new Response("stored");
    }
    // What a queue would hand out: a number that nobody else gets.
    if (request.method === "PUT") return Response.json({ id: this.insert(await request.text()) });
    if (request.method === "PATCH") {
      this.tell(await request.text());
      return new Response("told");
    }
    return Response.json(this.sql.exec("SELECT count(*) AS count FROM messages").one());
  }

  /** Whoever comes is dealt as many as he asks for; `{number}` tells them apart. @param {URLSearchParams} query */
  listen(query) {
    const { WebSocketPair } = /** @type {Platform} */ (globalThis);
    const [client, server] = Object.values(new WebSocketPair());
    this.state.acceptWebSocket(server);
    const event = query.get("event") ?? "null";
    for (let left = Number(query.get("deal")); left > 0; left--) {
      this.tell(event.replace("{number}", String(left)));
    }
    return new Response(null, /** @type {Platform} */ ({ status: 101, webSocket: client }));
  }

  /** Numbered, to all. @param {string} event JSON */
  tell(event) {
    const frame = `{"event":${event},"seq":${this.insert(event)},"type":"event"}`;
    for (const socket of this.state.getWebSockets()) socket.send(frame);
  }

  /** @param {string} text @returns {number} */
  insert(text) {
    return this.sql.exec("INSERT INTO messages (body) VALUES (?) RETURNING seq", text).one().seq;
  }

  /** @param {Platform} _sender @param {string} text */
  webSocketMessage(_sender, text) {
    this.sql.exec("INSERT INTO messages (body) VALUES (?)", text);
    for (const socket of this.state.getWebSockets()) socket.send(text);
  }

  /** @param {Platform} socket */
  webSocketClose(socket) {
    socket.close(1000);
  }
}

export default {
  /** @param {Request} request @param {Platform} env */
  async fetch(request, env) {
    const [, kind, name] = new URL(request.url).pathname.split("/");
    if (kind === "object") return env.OBJECTS.getByName(name).fetch(request);
    if (kind === "row") {
      return Response.json(await env.DB.prepare("SELECT * FROM rows WHERE id = ?").bind(name).first());
    }
    return new Response("ok");
  },
};
