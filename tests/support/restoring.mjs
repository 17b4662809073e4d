// A company with something of everything, its export, and the same company on another desk.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restore } from "../../tools/restore.mjs";
import { Actor, anonymous } from "./actors.mjs";
import { PNG, RULE, SCHEDULE } from "./body.mjs";
import { linkIn, mailTo, until } from "./desk.mjs";
import { brought, carrying } from "./files.mjs";
import { ask, line, order, pay, sell } from "./shop.mjs";
import { Company, Customer, found, hire, invite, member, OTHER, write } from "./world.mjs";

/** @typedef {import("./desk.mjs").Desk} Desk */
/** @typedef {import("./world.mjs").Member} Member */

/** Long enough for a key. */
export const RESTORE_KEY = "0123456789abcdef0123456789abcdef";

const MONDAY = [{ day: 1, opens: "09:00", closes: "17:00" }];

/** A company with something of everything. @param {Desk} desk */
export async function everything(desk) {
  const company = await found(desk);
  const { administrator } = company;
  const make = async (/** @type {string} */ path, /** @type {unknown} */ body) =>
    (await administrator.post(company.path(path), body)).good(201);
  const settings = { description: "Lamps", business_hours: MONDAY, time_zone: "Europe/Paris" };
  (await administrator.patch(company.path(), settings)).good(200);
  (await administrator.put(company.path("/logo"), PNG)).good(200);
  (await administrator.put(company.path("/order-settings"), { ...SHOP })).good(200);
  const ana = await hire(company, "super_agent", { last_name: "Moreau" });
  const ben = await hire(company, "agent");
  (
    await administrator.patch(company.path(`/agents/${ana.id}`), { max_chats: 2, function: "Support" })
  ).good();
  (await ana.patch(company.path("/me"), { notifications: { mail: { assigned: true } } })).status;
  const invited = await invite(company, ["supervisor"]);
  const role = await make("/roles", { name: "Lamp keeper", base: "agent" });
  const team = await make("/teams", { name: "Sales", agent_ids: [ana.id] }).catch(() =>
    make("/teams", { name: "Sales" }),
  );
  const folder = await make("/folders", { name: "Repairs" });
  const rights = [{ agent_id: ben.id, see_incoming: true, assign: false }];
  (await administrator.put(company.path(`/folders/${folder.id}/rights`), rights)).good(200);
  const tag = await make("/tags", { name: "Refund" });
  await make("/responses", { name: "Hours", body: "We open at nine.", scope: "company", shortcut: "hours" });
  await make("/automations", { name: "Calm", ...RULE });
  await make("/report-schedules", { name: "My week", ...SCHEDULE });

  const open = await write(company, { subject: "Repair of the lamp" });
  await ana.take(open);
  const file = await brought(open, open.path(), "how it looks", "lamp.txt");
  (await open.post(open.path("/messages"), carrying([file.id], "It flickers"))).good(201);
  await ana.comment(open, "Probably the old model");
  await ana.reply(open, "Which model is it?");
  (await administrator.put(ana.at(open, `/tags/${tag.id}`), {})).good();
  (await administrator.put(ana.at(open, "/folder"), { folder_id: folder.id })).good();
  (await administrator.put(ana.at(open, "/priority"), { priority: "urgent" })).good();
  const contact = (await administrator.read(open)).contact;
  const known = { phone: "+44 1", organisation: "Lamps & Co", note: "Kind" };
  (await administrator.patch(company.path(`/contacts/${contact.id}`), known)).good(200);
  await sell(company, { name: "Reading lamp" });
  const bought = await order(administrator, {
    ...{ conversation_id: open.id, lines: [line(1_000)], note: "Two weeks", send: true },
  });
  const answer = { answer: "confirmed", rev: bought.rev };
  (await open.put(open.path(`/orders/${bought.id}/answer`), answer)).good(200);
  const payment = await ask(administrator, bought);
  (await pay(administrator, payment, "receipt", {})).status;

  const waiting = await write(company, { subject: "Nobody has this one" });
  const closed = await write(company, { subject: "Solved", email: open.email });
  await administrator.reply(closed, "Like this.");
  (await administrator.setStatus(closed, "closed")).good();
  (await closed.put(closed.path("/rating"), { score: 4, comment: "Quick" })).good(200);
  const later = new Date(Date.now() + 86_400_000).toISOString();
  const snoozed = await write(company, { subject: "Later" });
  await ana.take(snoozed);
  (await ana.setStatus(snoozed, "snoozed", later)).good();
  const replaced = await write(company, { subject: "Another link" });
  await administrator.reply(replaced, "Here it is.");
  (await administrator.setStatus(replaced, "pending")).good();
  (await administrator.post(ana.at(replaced, "/link"), {})).good();
  const gone = await write(company, { subject: "To be forgotten" });
  const forgotten = (await administrator.read(gone)).contact;
  await order(administrator, { contact_id: forgotten.id });
  const erasing = company.path(`/contacts/${forgotten.id}`);
  (await administrator.request("DELETE", erasing, { confirm: forgotten.email })).good(202);
  await until(async () => {
    const { items } = (await administrator.get(company.path("/erasures"))).good(200);
    return items.every((/** @type {any} */ { state }) => state === "done");
  }, "the contact is erased");
  await atRest(company);
  const conversations = { open, waiting, closed, snoozed, replaced };
  return {
    company,
    administrator,
    ana,
    ben,
    invited,
    role,
    team,
    folder,
    tag,
    file,
    bought,
    conversations,
    gone,
  };
}

const SHOP = { currency: "EUR", bank_details: "DE89", expires_after: "P30D" };

/** Waits until the index has all that conversations have said. @param {Company} company */
export async function atRest({ administrator, desk, slug }) {
  await until(async () => {
    const [row] = await desk.sql(
      `SELECT count(*) AS behind FROM conversations v JOIN companies c ON c.id = v.company_id
       WHERE c.slug = '${slug}' AND v.erased_at IS NULL AND (v.rev = 0 OR v.searched < v.rev)`,
    );
    return row?.behind === 0;
  }, "the index has everything");
  return administrator;
}

/** The company's export, line by line. @param {Company} company @param {Member} [owner] */
export async function exportOf(company, owner = company.administrator) {
  const answer = await owner.get(company.path("/export"));
  assertFile(answer);
  return answer.text.trimEnd().split("\n");
}

/** @param {import("./actors.mjs").Answer} answer */
function assertFile(answer) {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
}

/** Brings an export back, as the operator does. @param {string[]} lines @param {Desk} desk @param {{ slug?: string }} [more] */
export async function bringBack(lines, desk, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), "edgedesk-"));
  const file = join(folder, "company.ndjson");
  writeFileSync(file, `${lines.join("\n")}\n`);
  try {
    return await restore(file, { desk: desk.url, key: RESTORE_KEY, ...more });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The operator of a desk. @param {Desk} desk @param {string} [key] */
export const operator = (desk, key = RESTORE_KEY) => new Actor(desk, { authorization: `Bearer ${key}` });

/** Sends lines by hand. @param {Actor} who @param {string} id @param {string[]} lines @param {number} [after] @param {string} [more] */
export const send = (who, id, lines, after = 0, more = "") =>
  who.request("POST", `/api/restorations/${id}/lines?after=${after}${more}`, `${lines.join("\n")}\n`);

/** The id of the company whose export it is. @param {string[]} lines @returns {string} */
export const companyOf = (lines) => JSON.parse(lines[0] ?? "{}").id;

/**
 * Somebody who came back without a password: he asks for one by mail.
 *
 * @param {Company} company where he is now
 * @param {string} email
 */
export async function comesBack(company, email) {
  const stranger = anonymous(company.desk);
  (await stranger.post("/api/password/forgot", { email })).good(202);
  const token = linkIn(await mailTo(company.desk, email, "password"))
    .split("/")
    .at(-1);
  (await stranger.post("/api/password/reset", { token, password: OTHER })).good(200);
  const answer = await stranger.post("/api/session", { email, password: OTHER });
  answer.good(200);
  return member(company, answer, { email, password: OTHER });
}

/** The same company on another desk. @param {Company} company @param {Desk} desk @param {string} [slug] */
export const onDesk = ({ slug: own }, desk, slug = own) => new Company(desk, slug);

/** The same customer on another desk, with the link he has. @param {Company} company @param {Customer} customer */
export const sameCustomer = (company, { id, email, headers }) =>
  new Customer(company, { id, email, url: `/c/${String(headers.authorization).replace("Bearer ", "")}` });

/** Copies what R2 has of a company, as an operator does. @param {string} company its id @param {Desk} from @param {Desk} to */
export async function copyFiles(company, from, to) {
  const bucket = async (/** @type {Desk} */ { runtime }) =>
    /** @type {any} */ (await runtime.mf.getR2Bucket("FILES"));
  const [source, target] = [await bucket(from), await bucket(to)];
  const { objects } = await source.list({ prefix: `${company}/` });
  for (const { key } of objects) await target.put(key, await (await source.get(key)).arrayBuffer());
  return objects.length;
}
