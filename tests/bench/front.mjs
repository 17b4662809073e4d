// What stands between a browser and a Worker on Cloudflare's network: HTTP/2, and compressed text. A Worker on this
// machine speaks HTTP/1.1 and compresses nothing, so pages that are timed against it bare are timed on another line.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** @import { Http2ServerRequest, Http2ServerResponse } from "node:http2" */
/** @import { AddressInfo } from "node:net" */

const COMPRESSED = /javascript|json|css|html|svg|text/;
/** Belong to one connection, and not to what it carries (RFC 9113, 8.2.2). */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length"];

/**
 * Opens a front before a site; it is there until it is closed.
 * @param {string} site its origin, over plain HTTP
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function openFront(site) {
  const server = createSecureServer({ ...certificate(), allowHTTP1: true }, async (request, response) => {
    try {
      await answer(site, request, response);
    } catch (error) {
      // What stands behind is not there, or went away in the middle.
      if (response.headersSent) return response.stream ? response.stream.close() : response.destroy();
      response.writeHead(502, { "content-type": "text/plain" });
      response.end(String(error));
    }
  });
  server.on("upgrade", (request, socket, head) => {
    const { hostname, port } = new URL(site);
    const through = connect(Number(port), hostname, () => {
      const fields = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      through.write(`GET ${request.url} HTTP/1.1\r\n${fields.join("")}\r\n`);
      through.write(head);
      socket.pipe(through).pipe(socket);
    });
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {AddressInfo} */ (server.address());
  return { url: `https://127.0.0.1:${port}`, close: () => server.close() };
}

/**
 * Passes a request on, and what it is answered back.
 * @param {string} site @param {Http2ServerRequest} request @param {Http2ServerResponse} response
 */
async function answer(site, request, response) {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    const ours = name !== "host" && !name.startsWith(":") && !HOP_BY_HOP.includes(name);
    // HTTP/2 may send each cookie by itself (RFC 9113, 8.2.3).
    if (ours && value !== undefined)
      headers.set(name, Array.isArray(value) ? value.join(name === "cookie" ? "; " : ", ") : value);
  }
  const { method = "GET", url = "/" } = request;
  const body = method === "GET" || method === "HEAD" ? null : Buffer.concat(await request.toArray());
  const answered = await fetch(new URL(url, site), { method, headers, body, redirect: "manual" });
  const content = Buffer.from(await answered.arrayBuffer());
  const compresses = COMPRESSED.test(answered.headers.get("content-type") ?? "");
  for (const [name, value] of answered.headers)
    if (name !== "set-cookie" && !HOP_BY_HOP.includes(name)) response.setHeader(name, value);
  // Each stands by itself: joined by commas, they would be one (RFC 6265, 3).
  const cookies = answered.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  if (compresses) response.setHeader("content-encoding", "gzip");
  response.writeHead(answered.status);
  response.end(compresses ? gzipSync(content) : content);
}

/** A certificate that nobody but this run has to trust. */
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), "edgedesk-front-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  try {
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ].concat(["-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert]),
      { stdio: "ignore" },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
