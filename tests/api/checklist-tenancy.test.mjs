// Companies apart from each other, and ranks within them, as the security checklist wants them (items 25 to 35).

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { anonymous, browser } from "../support/actors.mjs";
import { bodyFor, PNG, queryFor, RULE, SCHEDULE } from "../support/body.mjs";
import { ROOT, startDesk, stateFolder, until } from "../support/desk.mjs";
import { brought, carrying } from "../support/files.mjs";
import { UpgradeRefused } from "../support/listener.mjs";
import { fill, ROUTES } from "../support/routes.mjs";
import { ask, confirmed, line, sell } from "../support/shop.mjs";
import { idFor, make, oneOfEach, subscribe } from "../support/things.mjs";
import {
  address,
  asProgram,
  firstWords,
  found,
  hire,
  invite,
  member,
  PASSWORD,
  signUp,
  unique,
  words,
  write,
} from "../support/world.mjs";

/** @typedef {import("../support/world.mjs").Member} Member */
/** @typedef {import("../support/world.mjs").Company} Company */
/** @typedef {import("../support/routes.mjs").Route} Route */
/** @typedef {import("../support/actors.mjs").Actor} Actor */

const YEAR = 365 * 86_400_000;

const state = stateFolder();
const desk = await startDesk({ state: state.folder });
after(async () => {
  await desk.stop();
  state.remove();
});

const stranger = anonymous(desk);
const nothing = await stranger.get("/api/nothing/here");

const AT_THING = ROUTES.filter(
  ({ path }) => path.startsWith("/api/companies/{company}/") && path.includes("{id}"),
);
const AT_COMPANY = ROUTES.filter(({ path }) => path.startsWith("/api/companies/{company}"));

/** A UUIDv7 that nothing has. */
const unknownId = () => `01999999-0000-7${randomUUID().slice(15)}`;

/** @param {any} one */
const idOf = (one) => one.id;

/** @param {Actor} actor @param {Route} route @param {Record<string, string>} values */
const request = (actor, route, values) => {
  return actor.request(route.method, fill(route.path, values) + queryFor(route), bodyFor(route));
};

/**
 * All that the database holds, row by row, and the conversations as their own objects tell them.
 *
 * @param {Member} reader
 * @param {{ id: string }[]} conversations
 */
async function stores(reader, ...conversations) {
  await until(async () => {
    const { items } = (await reader.get(reader.path("/conversations?limit=100"))).good(200);
    const own = await Promise.all(items.map((/** @type {any} */ item) => reader.read(item)));
    return own.every(({ rev }, n) => rev === items[n].rev);
  }, "the index has caught up");
  const tables = (await desk.sql("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"))
    .map(({ name }) => String(name))
    .filter((name) => !/^(sqlite_|_cf_|d1_)/.test(name));
  assert.ok(tables.includes("memberships") && tables.includes("audit"), tables.join());
  /** @type {string[]} */
  const rows = [];
  for (const table of tables) {
    const found = (await desk.sql(`SELECT * FROM ${table}`)).filter((row) => !isPresence(table, row));
    rows.push(...found.map((row) => `${table} ${JSON.stringify(row)}`));
  }
  for (const one of conversations) {
    rows.push(JSON.stringify(await reader.read(one)), JSON.stringify(await reader.events(one)));
  }
  return rows;
}

/**
 * Whether a row says when somebody was there: that comes when people leave, whatever others do meanwhile.
 *
 * @param {string} table
 * @param {any} row
 */
const isPresence = (table, row) =>
  table === "fact_agents" || table === "search_parts" || (table === "facts" && row.number === 0);

/**
 * That nothing came, went or changed.
 *
 * @param {string[]} now
 * @param {string[]} before
 */
function unchanged(now, before) {
  const gone = before.filter((row) => !now.includes(row));
  assert.deepEqual({ came: now.filter((row) => !before.includes(row)), gone }, { came: [], gone: [] });
  assert.equal(now.length, before.length);
}

/** Waits until the index tells what the conversation tells of itself. @param {Member} reader @param {{ id: string }} conversation */
const indexed = (reader, conversation) =>
  until(async () => {
    const { items } = (await reader.get(reader.path("/conversations?limit=100"))).good(200);
    const item = items.find((/** @type {any} */ one) => one.id === conversation.id);
    return item?.rev === (await reader.read(conversation)).rev;
  }, "the index is up to date");

/** @param {Member} reader */
const listedIds = async (reader, query = "?limit=100") =>
  (await reader.get(reader.path(`/conversations${query}`))).good(200).items.map(idOf);

// ---------------------------------------------------------------------------------------------------------------- 25

const lamps = await found(desk);
const shoes = await found(desk);
const things = await oneOfEach(lamps);

test("25: there is a thing of the right kind for every route with an id", () => {
  assert.ok(AT_THING.length >= 30, `${AT_THING.length}`);
  for (const route of AT_THING) assert.ok(idFor(route, things), `${route.method} ${route.path}`);
});

// spec: A5
test("25: another company's things are not found, under their company's address and under one's own", async () => {
  await indexed(lamps.administrator, things.conversation);
  const program = await asProgram(shoes.administrator);
  const before = await stores(lamps.administrator, things.conversation);
  for (const route of AT_THING) {
    const id = idFor(route, things);
    for (const company of [lamps.slug, shoes.slug]) {
      for (const actor of [shoes.administrator, program]) {
        const answer = await request(actor, route, { company, id });
        answer.refused(404, "not_found");
        assert.equal(answer.text, nothing.text, answer.request);
      }
    }
  }
  unchanged(await stores(lamps.administrator, things.conversation), before);
  await asProgram(shoes.administrator);
  const after = await stores(lamps.administrator, things.conversation);
  assert.throws(() => unchanged(after, before), "a session more shows, so would another change");
});

test("25: each of these things is found by who may, so the refusals had one reason", async () => {
  for (const route of AT_THING) {
    const path = fill(route.path, await freshValues(lamps, route)) + queryFor(route);
    const answer = await lamps.administrator.request(route.method, path, await freshBody(lamps, route));
    assert.notEqual(answer.status, 404, answer.request);
  }
});

test("25: ids of another kind and of nothing are not found", async () => {
  const { conversation, invitation, ...ids } = things;
  const before = await stores(lamps.administrator, conversation);
  for (const route of AT_THING) {
    const own = idFor(route, things);
    const others = Object.values(ids).filter((id) => id !== own);
    const user = await desk.sql(`SELECT user_id FROM memberships WHERE id = '${things.agents}'`);
    for (const id of [...others, String(user[0]?.user_id), unknownId(), randomUUID(), "me", "x", "%00"]) {
      const answer = await request(lamps.administrator, route, { company: lamps.slug, id });
      answer.refused(404, "not_found");
      assert.equal(answer.text, nothing.text, answer.request);
    }
  }
  unchanged(await stores(lamps.administrator, conversation), before);
});

test("25: another person's session is not found, and goes on", async () => {
  const { items } = (await lamps.administrator.get("/api/sessions")).good(200);
  for (const { id } of items) {
    for (const actor of [shoes.administrator, await hire(lamps, "administrator")]) {
      const answer = await actor.delete(`/api/sessions/${id}`);
      answer.refused(404, "not_found");
      assert.equal(answer.text, nothing.text);
    }
  }
  assert.deepEqual((await lamps.administrator.get("/api/sessions")).good(200).items, items);
});

test("25: what is not for everybody is no public file", async () => {
  const photo = (await lamps.administrator.put(lamps.path("/me/photo"), PNG)).good(200);
  (await stranger.get(photo.url)).good(200);
  const path = lamps.path("/me/description-file?name=lamp.png");
  const file = (await lamps.administrator.put(path, PNG)).good(200);
  for (const actor of [stranger, shoes.administrator, lamps.administrator]) {
    const answer = await actor.get(`/api/public/files/${file.id}`);
    assert.equal(answer.refused(404, "not_found") && answer.text, nothing.text);
  }
  (await lamps.administrator.get(lamps.path(`/files/${file.id}`))).good(200);
});

test("25: another company's things named in a body are as unknown as what there is not", async () => {
  const own = await oneOfEach(shoes);
  const { administrator } = shoes;
  await indexed(administrator, own.conversation);
  const conversation = (/** @type {string} */ rest) => administrator.at(own.conversation, rest);
  const agent = await hire(shoes, "agent");
  const newcomer = (/** @type {object} */ more) => ({
    email: address("x"),
    roles: ["agent"],
    send_email: false,
    ...more,
  });
  const right = { see_incoming: true, assign: true };
  const orderOf = (/** @type {unknown[]} */ lines) => ({ contact: { email: address("x") }, lines });
  const many = (/** @type {object} */ action) => ({ ids: [own.conversation.id], action });
  /** @type {[string, string, string, (id: string) => unknown][]} */
  const cases = [
    ["folders", "PUT", conversation("/folder"), (id) => ({ folder_id: id })],
    ["folders", "POST", shoes.path("/conversations/bulk"), (id) => many({ kind: "folder", folder_id: id })],
    ["teams", "POST", shoes.path("/conversations/bulk"), (id) => many({ kind: "team", team_id: id })],
    ["tags", "POST", shoes.path("/conversations/bulk"), (id) => many({ kind: "tag", tag_id: id })],
    ["agents", "POST", shoes.path("/conversations/bulk"), (id) => many({ kind: "assign", agent_id: id })],
    ["teams", "PUT", conversation("/team"), (id) => ({ team_id: id })],
    ["tags", "PUT", shoes.path(`/tags/${own.tags}/merger`), (id) => ({ into: id })],
    ["business-units", "PUT", conversation("/team"), (id) => ({ team_id: id })],
    ["agents", "PUT", conversation("/assignee"), (id) => ({ agent_id: id })],
    ["contacts", "POST", shoes.path("/orders"), (id) => ({ contact_id: id, lines: [line(1)] })],
    ["conversations", "POST", shoes.path("/orders"), (id) => ({ conversation_id: id, lines: [line(1)] })],
    ["catalog", "POST", shoes.path("/orders"), (id) => orderOf([{ item_id: id, quantity: 1 }])],
    ["catalog", "POST", conversation("/catalog"), (id) => ({ client_id: randomUUID(), item_ids: [id] })],
    [
      "payment",
      "POST",
      shoes.path(`/orders/${own.orders}/comments`),
      (id) => ({ body: "x", payment_id: id }),
    ],
    ["agents", "PUT", shoes.path(`/contacts/${own.contacts}/sticky`), (id) => ({ agent_id: id })],
    ["agents", "PATCH", shoes.path(`/teams/${own.teams}`), (id) => ({ agents: [id] })],
    ["agents", "PATCH", shoes.path(`/business-units/${own["business-units"]}`), (id) => ({ agents: [id] })],
    ["agents", "POST", shoes.path("/teams"), (id) => ({ name: unique("T"), agents: [id] })],
    ["agents", "POST", shoes.path("/business-units"), (id) => ({ name: unique("U"), agents: [id] })],
    ["agents", "PUT", shoes.path(`/folders/${own.folders}/rights`), (id) => [{ agent_id: id, ...right }]],
    ["teams", "PUT", shoes.path(`/folders/${own.folders}/rights`), (id) => [{ team_id: id, ...right }]],
    ["roles", "PUT", shoes.path(`/folders/${own.folders}/rights`), (id) => [{ role: id, ...right }]],
    ["roles", "PATCH", shoes.path(`/agents/${agent.id}`), (id) => ({ roles: [id] })],
    ["teams", "PATCH", shoes.path(`/agents/${agent.id}`), (id) => ({ teams: [id] })],
    ["business-units", "PATCH", shoes.path(`/agents/${agent.id}`), (id) => ({ business_units: [id] })],
    ["roles", "POST", shoes.path("/agents"), (id) => newcomer({ roles: [id] })],
    ["teams", "POST", shoes.path("/agents"), (id) => newcomer({ teams: [id] })],
    ["business-units", "POST", shoes.path("/agents"), (id) => newcomer({ business_units: [id] })],
    [
      "agents",
      "PUT",
      shoes.path(`/agents/${agent.id}/disabled`),
      (id) => ({ transfer_to: id, unstick: true }),
    ],
    [
      "agents",
      "PATCH",
      shoes.path(`/agents/${agent.id}`),
      (id) => ({ roles: ["stakeholder"], transfer_to: id }),
    ],
  ];
  const working = await hire(lamps, "supervisor");
  const before = await stores(lamps.administrator, things.conversation);
  for (const [kind, method, path, body] of cases) {
    const foreign = kind === "agents" ? working.id : (things[kind] ?? "");
    const [theirs, none] = [
      await administrator.request(method, path, body(foreign)),
      await administrator.request(method, path, body(unknownId())),
    ];
    theirs.refused(422);
    assert.deepEqual([theirs.status, theirs.body], [none.status, none.body], `${theirs.request} ${kind}`);
  }
  const removal = shoes.path(`/agents/${agent.id}?transfer_to=`);
  (await administrator.delete(removal + working.id)).refused(422);
  unchanged(await stores(lamps.administrator, things.conversation), before);
});

test("25: another company's things named in a filter match nothing", async () => {
  const { administrator } = shoes;
  const filters = [`folder=${things.folders}`, `team=${things.teams}`, `contact=${things.contacts}`];
  filters.push(`tag=${things.tags}`);
  for (const filter of [...filters, `assignee=${things.agents}`]) {
    assert.deepEqual(await listedIds(administrator, `?${filter}`), []);
  }
  for (const filter of [
    `actor=${lamps.administrator.id}`,
    `target=${things.agents}`,
    `target=${things.roles}`,
  ]) {
    const { items } = (await administrator.get(shoes.path(`/audit?${filter}`))).good(200);
    assert.deepEqual(items, []);
    const ours = (await lamps.administrator.get(lamps.path(`/audit?${filter}`))).good(200).items;
    assert.ok(ours.length > 0, filter);
  }
  const { items } = (await administrator.get(shoes.path("/audit?limit=100"))).good(200);
  const csv = (await administrator.get(shoes.path("/audit?format=csv"))).good(200);
  for (const id of Object.values(things).filter((one) => typeof one === "string")) {
    assert.ok(!JSON.stringify(items).includes(id) && !csv.includes(id), "the trail has nothing of theirs");
  }
});

// ------------------------------------------------------------------------------------------------------------- 26, 27

const PERMISSIONS = readFileSync(join(ROOT, "docs/permissions.md"), "utf8");
const LINES = PERMISSIONS.split("\n").map((line) =>
  line.split("|").map((cell) => cell.trim().replaceAll("`", "")),
);
const HEADING = LINES.find(([, first]) => first === "Capability") ?? [];

/** Who may call a route, as the table says. @param {Route} route */
const written = ({ method, path }) => LINES.find(([, first]) => first === `${method} ${path}`)?.[2];

/** How far a role's capability reaches, as the table says. @param {string} role @param {string} capability */
function reach(role, capability) {
  const column = HEADING.indexOf(
    role.replace("order_payment_admin", "order payment admin").replaceAll("_", " "),
  );
  assert.ok(column > 1, role);
  const cell = LINES.find(([, first]) => first === capability)?.[column];
  assert.ok(cell, `${capability} of ${role}`);
  return cell;
}

test("26: every route is in the table of who may do what, and in no doubt", () => {
  const known = ROUTES.map(({ method, path }) => `${method} ${path}`);
  assert.equal(new Set(known).size, known.length);
  const listed = LINES.map(([, first = ""]) => first).filter((cell) =>
    /^(GET|POST|PUT|PATCH|DELETE) \//.test(cell),
  );
  assert.deepEqual(listed.sort(), known.sort());
  for (const route of ROUTES) {
    const words = written(route);
    assert.ok(words, `${route.method} ${route.path}`);
    if (route.access === "May") assert.ok(reach("administrator", words), words);
  }
});

const ROLES = [
  "administrator",
  "supervisor",
  "super_agent",
  "agent_manager",
  "agent",
  "client_manager",
  "stakeholder",
  "marketing",
  "compliance",
  "order_payment_admin",
];

// spec: A20 E20 E21 M1
test("27: each role does at each route of a company what the table says, and no more", async () => {
  const [company, outsider] = [await found(desk), await found(desk)];
  const [customer, clerk] = [await write(company), await hire(company, "agent")];
  const guarded = AT_COMPANY.filter(({ access }) => access === "May");
  assert.ok(guarded.length >= 35);
  /** @param {Member} actor @param {Route} route */
  const tryOut = async (actor, route) => {
    // Whom one makes follow may take more: himself anybody may.
    const values = { ...(await freshValues(company, route)), agent_id: actor.id };
    const path = fill(route.path, values) + queryFor(route);
    // To nobody is another capability than to somebody.
    const body = route.path.endsWith("/assignee") ? { agent_id: clerk.id } : await freshBody(company, route);
    return actor.request(route.method, path, body);
  };
  /** @type {string[]} */
  const faults = [];
  const eachRoute = async (/** @type {string} */ role) => {
    const actor = await hire(company, role);
    for (const route of guarded) {
      const capability = written(route) ?? "";
      const far = reach(role, capability);
      if (!far.includes("all") && far !== "–") continue;
      const answer = await tryOut(actor, route);
      const good = far === "–" ? isRefusalFor(answer, capability) : ![401, 403, 404].includes(answer.status);
      const about = `${role}: ${route.method} ${route.path} (${capability}: ${far})`;
      if (!good || answer.status >= 500)
        faults.push(`${about}: ${answer.status} ${answer.text.slice(0, 100)}`);
    }
  };
  await Promise.all(ROLES.map(eachRoute));
  assert.deepEqual(faults, []);
  const values = { company: company.slug, id: customer.id };
  for (const route of guarded) {
    (await request(stranger, route, values)).refused(401, "not_signed_in");
    (await request(customer, route, values)).refused(401, "not_signed_in");
    (await request(outsider.administrator, route, values)).refused(404, "not_found");
  }
});

/** Whether somebody was refused for want of a capability, or may not even know. @param {import("../support/actors.mjs").Answer} answer @param {string} capability */
function isRefusalFor(answer, capability) {
  return answer.status === 403 ? answer.body.missing === capability : answer.text === nothing.text;
}

/** A body that names only what there is. @param {Company} company @param {Route} route */
async function freshBody(company, route) {
  return route.path.endsWith("/merger") ? { into: await fresh(company, kindOf(route)) } : bodyFor(route);
}

/** What a route's `{id}` is one of; nothing where it has none. @param {Route} route */
const kindOf = ({ path }) => /(\w[\w-]*)\/\{id\}/.exec(path)?.[1] ?? "";

/** A thing of its own for one request. @param {Company} company @param {Route} route @returns {Promise<Record<string, string>>} */
async function freshValues(company, route) {
  const kind = kindOf(route);
  if (!kind) return { company: company.slug };
  const id = await fresh(company, kind);
  const file = route.path.includes("{file}") ? await freshFile(company, id, route.method === "GET") : "";
  const tag_id = route.path.includes("{tag_id}") ? await make(company, "tags") : "";
  const agent_id = company.administrator.id;
  const payment = route.path.includes("{payment}") ? (await ask(company.administrator, { id })).id : "";
  return { company: company.slug, id, file, tag_id, agent_id, payment, seq: "2" };
}

/** A file of a conversation, the administrator's own until it is sent. @param {Company} company @param {string} id @param {boolean} sent */
async function freshFile({ administrator }, id, sent) {
  const file = await brought(administrator, administrator.at({ id }), "a lamp");
  if (sent) (await administrator.post(administrator.at({ id }, "/notes"), carrying([file.id]))).good(201);
  return file.id;
}

/** @param {Company} company @param {string} kind @returns {Promise<string>} */
async function fresh(company, kind) {
  switch (kind) {
    case "agents":
      return (await invite(company, ["agent"])).agent.id;
    case "roles":
      return make(company, "roles", { base: "agent" });
    case "teams":
    case "business-units":
    case "folders":
    case "tags":
      return make(company, kind);
    case "responses":
      return make(company, kind, { body: "We open at nine.", scope: "company" });
    case "automations":
      return make(company, kind, RULE);
    case "catalog":
      return (await sell(company)).id;
    case "orders":
      return (await confirmed(company.administrator)).id;
    case "report-schedules":
      return make(company, kind, SCHEDULE);
    case "push-subscriptions":
      return subscribe(company);
    case "files":
      return String((await oneOfEach(company)).files);
    case "contacts": {
      const customer = await write(company);
      return (await company.administrator.read(customer)).contact.id;
    }
    default: {
      const customer = await write(company);
      await indexed(company.administrator, customer);
      return customer.id;
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------- 28

// spec: E11
test("28: one's own place has no room for what one is", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const wishes = {
    role: "administrator",
    roles: ["administrator"],
    add_ons: ["transfer"],
    tenant_id: shoes.slug,
    company_id: shoes.slug,
    max_chats: 99,
    status: "active",
    email: address("new"),
    owner: true,
    id: company.administrator.id,
    user_id: company.administrator.id,
    business_units: [],
    teams: [],
    capabilities: { "tenant.settings": ["all"] },
    sessions_after: 0,
    photo_id: things.files,
    first_name: "Not mine to say here",
  };
  const before = await stores(company.administrator);
  for (const [field, value] of Object.entries(wishes)) {
    for (const body of [{ [field]: value }, { name: "Innocent", [field]: value }]) {
      (await agent.patch(company.path("/me"), body)).refusedField(field, "unknown_field");
    }
  }
  unchanged(await stores(company.administrator), before);
});

// ---------------------------------------------------------------------------------------------------------------- 29

/** @param {Member} by @param {{ id: string }} whom @param {unknown} change */
const change = (by, whom, change) => by.patch(by.path(`/agents/${whom.id}`), change);

/** @param {Member} reader @param {{ id: string }} whom */
const look = async (reader, whom) => (await reader.get(reader.path(`/agents/${whom.id}`))).good(200);

// spec: E21 I2
test("29: nobody gives a role of his own rank or above, nor takes one", async () => {
  const company = await found(desk);
  const [supervisor, superAgent] = [await hire(company, "supervisor"), await hire(company, "super_agent")];
  const [manager, agent] = [await hire(company, "agent_manager"), await hire(company, "agent")];
  const before = await stores(company.administrator);
  /** What each is; to stay that is no promotion. */
  const ranks = new Map([
    [supervisor, "supervisor"],
    [superAgent, "super_agent"],
    [manager, "agent_manager"],
    [agent, "agent"],
  ]);
  /** @type {[Member, string[]][]} */
  const above = [
    [supervisor, ["administrator", "supervisor"]],
    [superAgent, ["administrator", "supervisor", "super_agent"]],
    [manager, ["administrator", "supervisor", "super_agent", "agent_manager", "client_manager"]],
    [agent, ["administrator", "supervisor", "super_agent", "agent_manager", "client_manager", "stakeholder"]],
  ];
  for (const [by, roles] of above) {
    for (const role of roles) {
      for (const given of [[role], ["agent", role]]) {
        const victim = by === agent ? manager : agent;
        (await change(by, victim, { roles: given })).refused(403, "forbidden");
        const newcomer = { email: address("x"), roles: given, send_email: false };
        (await by.post(company.path("/agents"), newcomer)).refused(403, "forbidden");
      }
      if (ranks.get(by) !== role) (await change(by, by, { roles: [role] })).refused(403, "forbidden");
    }
    (await change(by, by, { owner: true })).refused(403, "forbidden");
    (await change(by, agent, { owner: true })).refused(403, "forbidden");
  }
  unchanged(await stores(company.administrator), before);
});

test("29: nobody gives himself add-ons, room or a role by a detour", async () => {
  const company = await found(desk);
  const agent = await hire(company, "agent");
  const manager = await hire(company, "agent_manager");
  for (const by of [agent, manager]) {
    (await change(by, by, { add_ons: ["dispenser"] })).refused(403, "forbidden");
    (await change(by, by, { roles: ["agent", "supervisor"] })).refused(403, "forbidden");
    (await by.post(company.path("/roles"), { name: "Mine", base: "agent" })).refused(403, "forbidden");
  }
  (await change(agent, agent, { max_chats: 999 })).refused(403, "forbidden");
  assert.deepEqual((await look(company.administrator, agent)).add_ons, []);

  // A role of the company's own is no way up either.
  const supervisor = await hire(company, "supervisor");
  for (const base of ["administrator", "supervisor"]) {
    (await supervisor.post(company.path("/roles"), { name: unique("Up"), base })).refused(403, "forbidden");
  }
  for (const capability of ["order.delete", "payment.reconcile", "report.payments"]) {
    assert.equal(reach("supervisor", capability), "–");
    const role = { name: unique("Up"), base: "agent", grants: { [capability]: ["all"] } };
    (await supervisor.post(company.path("/roles"), role)).refused(403, "forbidden");
  }
  const high = await make(company, "roles", { base: "administrator" });
  (await change(supervisor, agent, { roles: [high] })).refused(403, "forbidden");
  (await change(supervisor, supervisor, { roles: [high] })).refused(403, "forbidden");
  (await supervisor.patch(company.path(`/roles/${high}`), { name: "Mine" })).refused(403, "forbidden");
  (await supervisor.delete(company.path(`/roles/${high}`))).refused(403, "forbidden");
});

// spec: I2
test("29: nobody manages his equals or betters", async () => {
  const company = await found(desk);
  const { administrator: owner } = company;
  const administrator = await hire(company, "administrator");
  const [supervisor, peer] = [await hire(company, "supervisor"), await hire(company, "supervisor")];
  const superAgent = await hire(company, "super_agent");
  const before = await stores(owner);
  /** @type {[Member, Member][]} */
  const pairs = [
    [supervisor, peer],
    [supervisor, administrator],
    [supervisor, owner],
    [superAgent, supervisor],
    [superAgent, owner],
    [administrator, owner],
  ];
  for (const [by, whom] of pairs) {
    const path = by.path(`/agents/${whom.id}`);
    const deeds = [
      () => by.patch(path, { name: "Someone" }),
      () => by.patch(path, { roles: ["agent"] }),
      () => by.patch(path, { max_chats: 1 }),
      () => by.patch(path, { owner: false, roles: ["agent"] }),
      () => by.put(`${path}/disabled`, { transfer_to: "queue", unstick: true }),
      () => by.request("DELETE", `${path}/disabled`),
      () => by.delete(path),
      () => by.post(`${path}/password-reset`, { send_email: false }),
      () => by.post(`${path}/password-reset`, { temporary_password: "a temporary one" }),
      () => by.post(`${path}/force-password-change`),
      () => by.post(`${path}/invitation`, { send_email: false }),
    ];
    for (const [n, deed] of deeds.entries()) {
      const answer = await deed();
      assert.equal(answer.status, 403, `${by.email} ${answer.request} (${n}): ${answer.text}`);
    }
  }
  unchanged(await stores(owner), before);
});

// spec: N2
test("29: the last owner is neither removed, nor disabled, nor demoted, by himself or anybody", async () => {
  const company = await found(desk);
  const { administrator: owner } = company;
  const path = company.path(`/agents/${owner.id}`);
  const before = await stores(owner);
  const changes = [{ owner: false }, { roles: ["supervisor"] }, { roles: ["agent"], owner: true }];
  for (const one of [...changes, { roles: ["agent"], owner: false, transfer_to: "queue" }]) {
    (await owner.patch(path, one)).refused(409, "last_owner");
  }
  (await owner.delete(path)).refused(409, "last_owner");
  (await owner.put(`${path}/disabled`, { transfer_to: "queue", unstick: true })).refused(409, "last_owner");
  unchanged(await stores(owner), before);

  // With a second one, the first may go; then the second is the last.
  const second = await hire(company, "administrator");
  (await change(owner, second, { owner: true })).good(200);
  (await owner.patch(path, { owner: false })).good(200);
  (await second.delete(company.path(`/agents/${second.id}`))).refused(409, "last_owner");
  (await change(second, owner, { roles: ["agent"] })).good(200);
  assert.equal((await look(second, second)).owner, true);
});

// spec: N2
test("29: an owner who is only invited, disabled or removed is no other owner", async () => {
  const company = await found(desk);
  const { administrator: owner } = company;
  const invited = await invite(company, ["administrator"]);
  (await change(owner, invited.agent, { owner: true })).good(200);
  const gone = await hire(company, "administrator");
  (await change(owner, gone, { owner: true })).good(200);
  (await owner.put(company.path(`/agents/${gone.id}/disabled`), {})).good(200);
  const path = company.path(`/agents/${owner.id}`);
  (await owner.delete(path)).refused(409, "last_owner");
  (await owner.patch(path, { owner: false })).refused(409, "last_owner");
  (await owner.put(`${path}/disabled`, {})).refused(409, "last_owner");
});

// spec: N2
test("29: two owners who put each other out at once leave one", async () => {
  for (const how of ["remove", "disable", "demote"]) {
    const company = await found(desk);
    const first = company.administrator;
    const second = await hire(company, "administrator");
    (await change(first, second, { owner: true })).good(200);
    /** @param {Member} by @param {Member} whom */
    const out = (by, whom) => {
      if (how === "remove") return by.delete(company.path(`/agents/${whom.id}`));
      if (how === "demote") return change(by, whom, { owner: false, roles: ["agent"] });
      return by.put(company.path(`/agents/${whom.id}/disabled`), {});
    };
    await Promise.all([out(first, second), out(second, first)]);
    const owners = await desk.sql(`SELECT m.id FROM memberships m JOIN companies c ON c.id = m.company_id
      WHERE c.slug = '${company.slug}' AND m.owner AND m.status = 'active' AND m.roles LIKE '%administrator%'`);
    assert.equal(owners.length, 1, how);
  }
});

// spec: I9
test("29: what somebody may do changes with the very next request, down and up", async () => {
  const company = await found(desk);
  const someone = await hire(company, "administrator");
  (await someone.patch(company.path(), { description: "One" })).good(200);
  (await change(company.administrator, someone, { roles: ["agent"] })).good(200);
  (await someone.patch(company.path(), { description: "Two" })).refused(403, "forbidden");
  (await someone.post(company.path("/folders"), { name: "Two" })).refused(403, "forbidden");
  (await change(company.administrator, someone, { roles: ["supervisor"] })).good(200);
  (await someone.patch(company.path(), { description: "Three" })).good(200);
});

// ---------------------------------------------------------------------------------------------------------------- 30

/** One agent at two companies. @returns {Promise<{ a: Company, b: Company, atA: Member, atB: Member }>} */
async function atTwo() {
  const [a, b] = [await found(desk), await found(desk)];
  const atA = await hire(a, "super_agent");
  const { token } = await invite(b, ["super_agent"], { email: atA.email });
  const answer = await stranger.post(`/api/invitations/${token}`, { password: PASSWORD });
  answer.good(200);
  const atB = await member(b, answer, { email: atA.email, password: PASSWORD });
  return { a, b, atA, atB };
}

// spec: A2 A5 N5
test("30: who works at two companies finds each one's things under its own address only", async () => {
  const { a, b, atB: both } = await atTwo();
  const of = { a: await oneOfEach(a), b: await oneOfEach(b) };
  await indexed(a.administrator, of.a.conversation);
  await indexed(b.administrator, of.b.conversation);
  for (const route of AT_THING) {
    for (const [company, others] of /** @type {[Company, any][]} */ ([
      [a, of.b],
      [b, of.a],
    ])) {
      const answer = await request(both, route, { company: company.slug, id: idFor(route, others) });
      assert.equal(answer.refused(404, "not_found") && answer.text, nothing.text, answer.request);
    }
  }
  const inA = (/** @type {string} */ rest) => both.get(a.path(rest));
  const inB = (/** @type {string} */ rest) => both.get(b.path(rest));
  assert.deepEqual((await inA("/conversations")).good(200).items.map(idOf), [of.a.conversation.id]);
  assert.deepEqual((await inB("/conversations")).good(200).items.map(idOf), [of.b.conversation.id]);
  for (const kind of ["agents", "roles", "teams", "business-units", "folders"]) {
    const [seenA, seenB] = [(await inA(`/${kind}`)).good(200).items, (await inB(`/${kind}`)).good(200).items];
    const [idsA, idsB] = [seenA.map(idOf), seenB.map(idOf)];
    assert.ok(idsA.includes(of.a[kind]) && idsB.includes(of.b[kind]), kind);
    assert.ok(!idsA.includes(of.b[kind]) && !idsB.includes(of.a[kind]), kind);
  }
  assert.equal((await inA("/conversations/counters")).good(200).all, 1);
});

test("30: what one company's role allows, it allows at that company", async () => {
  const { a, b, atA, atB } = await atTwo();
  (await a.administrator.patch(a.path(`/agents/${atA.id}`), { roles: ["administrator"] })).good(200);
  (await b.administrator.patch(b.path(`/agents/${atB.id}`), { roles: ["agent"] })).good(200);
  (await atB.patch(a.path(), { description: "Mine" })).good(200);
  (await atB.patch(b.path(), { description: "Mine" })).refused(403, "forbidden");
  (await atB.post(b.path("/agents"), { email: address("x"), roles: ["agent"] })).refused(403, "forbidden");
});

test("30: a link to a new password that one company handed over opens nothing of another's", async () => {
  const [a, b] = [await found(desk), await found(desk)];
  const atA = await hire(a, "agent");
  const help = a.path(`/agents/${atA.id}/password-reset`);
  const { reset_url } = (await a.administrator.post(help, { send_email: false })).good(200);
  const { token } = await invite(b, ["administrator"], { email: atA.email });
  const joined = await stranger.post(`/api/invitations/${token}`, { password: PASSWORD });
  const atB = await member(b, joined, { email: atA.email, password: PASSWORD });
  // From now on he belongs to B as well, and A could hand over no such link any more.
  (await a.administrator.post(help, { send_email: false })).refused(409, "belongs_elsewhere");

  const reset = { token: String(reset_url).split("/reset/")[1], password: "chosen at A § for B" };
  (await stranger.post("/api/password/reset", reset)).refused(410, "link_gone");
  const { email, password } = atB;
  (await stranger.post("/api/session", { email, password })).good(200);
  (await stranger.post("/api/session", { email, password: reset.password })).refused(
    401,
    "wrong_credentials",
  );
  (await atB.get(b.path("/me"))).good(200);
});

// spec: N5 I6
test("30: leaving one company, disabled or removed, leaves the other as it was", async () => {
  /** @type {[string, number, string][]} */
  const ways = [
    ["disabled", 401, "not_signed_in"],
    ["removed", 404, "not_found"],
  ];
  for (const [how, status, code] of ways) {
    const { a, b, atA, atB } = await atTwo();
    const [feedA, feedB] = [await atB.listen(a.path("/live")), await atB.listen(b.path("/live"))];
    const path = a.path(`/agents/${atA.id}`);
    const left =
      how === "removed" ? a.administrator.delete(path) : a.administrator.put(`${path}/disabled`, {});
    (await left).good();
    assert.equal(await feedA.closed(), 4401);
    for (const actor of [atA, atB]) {
      (await actor.get(a.path("/me"))).refused(status, code);
      (await actor.get(b.path("/me"))).good(200);
    }
    const news = await write(b);
    await until(
      () => feedB.events.some(({ event }) => event.conversation?.id === news.id),
      "B's feed goes on",
    );
    assert.equal(feedB.code, undefined);
    await atB.take(news);
    assert.equal((await atB.reply(news, "Good morning.")).event.by.id, atB.id);
    const { companies } = (
      await stranger.post("/api/session", { email: atA.email, password: PASSWORD })
    ).good(200);
    assert.deepEqual(
      companies.map((/** @type {any} */ one) => one.slug),
      [b.slug],
    );
    assert.deepEqual(
      (await atB.get("/api/companies")).good(200).items.map((/** @type {any} */ one) => one.slug),
      [b.slug],
    );
    feedB.close();
  }
});

// ---------------------------------------------------------------------------------------------------------------- 31

// spec: I1 I3 I6 N4
test("31: removing somebody puts his conversations back into the queue, and what he wrote keeps his name", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const leaver = await hire(company, "supervisor", { first_name: "Leda", last_name: "Leaving" });
  const [answered, untouched, closed] = [await write(company), await write(company), await write(company)];
  for (const one of [answered, untouched, closed]) await leaver.take(one);
  await leaver.reply(answered, "I am on it.");
  await leaver.comment(answered, "Between us.");
  await leaver.reply(closed, "Done.");
  (await leaver.setStatus(closed, "closed")).good(200);
  for (const one of [answered, untouched, closed]) await indexed(administrator, one);
  const before = await administrator.events(answered);
  const said = await answered.read();

  (await administrator.delete(company.path(`/agents/${leaver.id}`))).good(204);

  for (const one of [answered, untouched]) {
    const { assignee, status } = await administrator.read(one);
    assert.equal(assignee, null);
    assert.notEqual(status, "closed");
    await indexed(administrator, one);
  }
  const waiting = await listedIds(administrator, "?assignee=none&sort=oldest&status=new,pending,open");
  assert.deepEqual(waiting.sort(), [answered.id, untouched.id].sort());
  assert.deepEqual((await administrator.events(answered)).slice(0, before.length), before);
  const mine = before.filter((/** @type {any} */ event) => event.by.id === leaver.id);
  assert.ok(mine.length >= 3 && mine.every((/** @type {any} */ event) => event.by.name === "Leda Leaving"));
  assert.deepEqual((await answered.read()).events.slice(0, said.events.length), said.events);
  assert.ok((await answered.inBrowser().get(answered.page())).good(200).includes("Leda Leaving"));

  const { items } = (await administrator.get(company.path("/agents"))).good(200);
  assert.ok(!items.map(idOf).includes(leaver.id));
  (await administrator.get(company.path(`/agents/${leaver.id}`))).refused(404, "not_found");
  (await leaver.get(company.path("/me"))).refused(404, "not_found");
  (await administrator.put(administrator.at(answered, "/assignee"), { agent_id: leaver.id })).refused(
    422,
    "not_assignable",
  );
  // His place is free again, and somebody else may take what was his.
  const next = await hire(company, "supervisor");
  await next.take(answered);
  assert.equal((await administrator.read(answered)).assignee.id, next.id);
});

// spec: N4
test("31: who is invited again after he was removed is the same person", async () => {
  const company = await found(desk);
  const leaver = await hire(company, "supervisor");
  const conversation = await write(company);
  await leaver.take(conversation);
  await leaver.reply(conversation, "I am on it.");
  (await company.administrator.delete(company.path(`/agents/${leaver.id}`))).good(204);
  const { token, agent } = await invite(company, ["agent"], { email: leaver.email });
  assert.equal(agent.id, leaver.id);
  (await leaver.get(company.path("/me"))).refused(404, "not_found");
  const answer = await stranger.post(`/api/invitations/${token}`, { password: PASSWORD });
  const back = await member(company, answer, { email: leaver.email, password: PASSWORD });
  assert.deepEqual((await back.get(company.path("/me"))).good(200).roles, ["agent"]);
  assert.equal(
    (await company.administrator.read(conversation)).assignee,
    null,
    "nothing comes back by itself",
  );
});

// spec: I4 I6 I7
test("31: disabling needs a plan for what is somebody's, and hands over by it", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [leaver, heir] = [await hire(company, "supervisor"), await hire(company, "agent")];
  const [first, second] = [await write(company), await write(company)];
  for (const one of [first, second]) {
    await leaver.take(one);
    await indexed(administrator, one);
  }
  const { contact } = await administrator.read(first);
  (await administrator.put(company.path(`/contacts/${contact.id}/sticky`), { agent_id: leaver.id })).good(
    200,
  );
  const path = company.path(`/agents/${leaver.id}/disabled`);
  const open = (await administrator.put(path, {})).refused(409, "has_open_conversations");
  assert.deepEqual([open.open_conversations, open.sticky_contacts], [2, 1]);
  const stuck = (await administrator.put(path, { transfer_to: "queue" })).refused(409, "has_sticky_contacts");
  assert.equal(stuck.sticky_contacts, 1);
  assert.equal((await look(administrator, leaver)).status, "active");
  (await leaver.get(company.path("/me"))).good(200);
  for (const to of [administrator.id, leaver.id, unknownId()]) {
    (await administrator.put(path, { transfer_to: to, unstick: true })).refused(422, "not_assignable");
  }
  const done = (await administrator.put(path, { transfer_to: heir.id, unstick: true })).good(200);
  assert.deepEqual([done.status, done.handed_over], ["disabled", 2]);
  for (const one of [first, second]) assert.equal((await administrator.read(one)).assignee.id, heir.id);
  (await leaver.get(company.path("/me"))).refused(401, "not_signed_in");
  (await stranger.post("/api/session", { email: leaver.email, password: PASSWORD })).refused(
    401,
    "wrong_credentials",
  );
  (await administrator.delete(path)).good(200);
  (await stranger.post("/api/session", { email: leaver.email, password: PASSWORD })).good(200);
});

// ---------------------------------------------------------------------------------------------------------------- 32

/** @param {Member} by @param {string} folder @param {unknown[]} rights */
const setRights = async (by, folder, rights) =>
  (await by.put(by.path(`/folders/${folder}/rights`), rights)).good(200);

/** @param {Member} by @param {{ id: string }} conversation @param {string | null} folder */
const sort = (by, conversation, folder) => by.put(by.at(conversation, "/folder"), { folder_id: folder });

/** That somebody finds nothing of a conversation, wherever he looks. @param {Member} member @param {{ id: string, secret: string }} hidden @param {string[]} marks */
async function findsNothing(member, hidden, marks) {
  const filters = [
    "",
    "?status=new,open,pending",
    "?assignee=none",
    "?sort=waiting",
    "?sort=oldest&limit=100",
  ];
  // There is no search yet; when there is one, it finds nothing either.
  for (const filter of [...filters, ...["Marta", ...marks].map((word) => `?q=${word}`)]) {
    const { text } = await member.get(member.path(`/conversations${filter}`));
    for (const mark of [hidden.id, ...marks]) assert.ok(!text.includes(mark), `${filter}: ${mark}`);
  }
  for (const route of AT_THING.filter(({ path }) => path.includes("/conversations/{id}"))) {
    const answer = await request(member, route, { company: member.company.slug, id: hidden.id });
    answer.refused(404, "not_found");
    assert.equal(answer.text, nothing.text, answer.request);
  }
  await assert.rejects(member.listen(member.at(hidden, "/live")), (error) => {
    assert.ok(error instanceof UpgradeRefused);
    assert.equal(error.status, 404);
    return true;
  });
}

// spec: C7 C8 D1 D3 D4
test("32: an agent with a right in one folder finds what is in it, and nothing of anything else", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const [mine, other] = [await make(company, "folders"), await make(company, "folders")];
  await setRights(administrator, mine, [{ agent_id: agent.id, see_incoming: true, assign: false }]);
  const feed = await agent.listen(company.path("/live"));

  const canary = unique("canary");
  const inMine = await write(company, { subject: "Mine" });
  const inOther = await write(company, { subject: `In other ${canary}` });
  const inNone = await write(company, { subject: `In none ${canary}` });
  (await sort(administrator, inMine, mine)).good(200);
  (await sort(administrator, inOther, other)).good(200);
  for (const one of [inOther, inNone]) await one.write(`More ${canary}`);
  await inMine.write("More of mine");
  for (const one of [inMine, inOther, inNone]) await indexed(administrator, one);

  assert.equal((await agent.read(inMine)).id, inMine.id);
  assert.ok((await agent.events(inMine)).length > 0);
  assert.deepEqual(await listedIds(agent), [inMine.id]);
  assert.deepEqual(await listedIds(agent, `?folder=${mine}`), [inMine.id]);
  assert.deepEqual(await listedIds(agent, `?folder=${other}`), []);
  const counters = (await agent.get(agent.path("/conversations/counters"))).good(200);
  const none = { teams: {}, tags: {} };
  const views = { new: 1, mine: 0, unassigned: 1, all: 1, snoozed: 0, closed: 0, dealt: 0 };
  assert.deepEqual(counters, { ...views, ...none, folders: { [mine]: 1 } });
  for (const one of [inOther, inNone]) await findsNothing(agent, one, [canary]);
  await until(() => feed.texts.some((text) => text.includes(inMine.id)), "the feed tells of mine");
  for (const mark of [inOther.id, inNone.id, canary]) assert.ok(!feed.texts.join("\n").includes(mark), mark);

  // Where it goes, the right to see it goes.
  await agent.read(inMine);
  (await sort(administrator, inOther, mine)).good(200);
  await until(async () => (await agent.get(agent.at(inOther))).status === 200, "it came into his folder");
  (await sort(administrator, inMine, other)).good(200);
  await indexed(administrator, inMine);
  await findsNothing(agent, inMine, []);
  feed.close();
});

// spec: D1
test("32: what leaves somebody's folder, or his right in it, is gone from his open sockets too", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const agent = await hire(company, "agent");
  const [mine, other] = [await make(company, "folders"), await make(company, "folders")];
  const right = { agent_id: agent.id, see_incoming: true, assign: false };
  await setRights(administrator, mine, [right]);
  const conversation = await write(company);
  (await sort(administrator, conversation, mine)).good(200);
  await indexed(administrator, conversation);
  const feed = await agent.listen(company.path("/live"));
  const live = await agent.listen(agent.at(conversation, "/live"));
  await conversation.write("You see this");
  await live.hearsMessage("You see this");

  const canary = unique("canary");
  (await sort(administrator, conversation, other)).good(200);
  await conversation.write(`Not for him ${canary}`);
  await indexed(administrator, conversation);
  const shown = await write(company, { subject: "The next one" });
  (await sort(administrator, shown, mine)).good(200);
  await until(() => feed.texts.some((text) => text.includes(shown.id)), "the feed has come further");
  for (const socket of [feed, live])
    assert.ok(!socket.texts.join("\n").includes(canary), "what left is not told");

  await setRights(administrator, mine, []);
  await feed.closed();
  const again = await agent.listen(company.path("/live"));
  await shown.write(`Not for him either ${canary}`);
  await indexed(administrator, shown);
  const own = await write(company);
  (await administrator.put(administrator.at(own, "/assignee"), { agent_id: agent.id })).good(200);
  await until(() => again.texts.some((text) => text.includes(own.id)), "the feed tells what is his");
  assert.ok(!again.texts.join("\n").includes(canary));
  assert.ok(!again.texts.join("\n").includes(shown.id));
  await findsNothing(agent, shown, [canary]);
  again.close();
  live.close();
});

// spec: D3 D4 D5
test("32: a right is held by an agent, a team or a role, and ends with it", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const folder = await make(company, "folders");
  const conversation = await write(company);
  (await sort(administrator, conversation, folder)).good(200);
  await indexed(administrator, conversation);
  const [agent, other] = [await hire(company, "agent"), await hire(company, "agent")];
  const team = (
    await administrator.post(company.path("/teams"), { name: unique("Sales"), agents: [agent.id] })
  ).good(201);
  const role = await make(company, "roles", { base: "agent" });
  (await change(administrator, other, { roles: ["agent", role] })).good(200);
  const sees = async (/** @type {Member} */ who) => (await who.get(who.at(conversation))).status === 200;
  const both = async () => [await sees(agent), await sees(other)];

  assert.deepEqual(await both(), [false, false]);
  await setRights(administrator, folder, [{ team_id: team.id, see_incoming: true, assign: false }]);
  assert.deepEqual(await both(), [true, false]);
  (await administrator.patch(company.path(`/teams/${team.id}`), { agents: [other.id] })).good(200);
  assert.deepEqual(await both(), [false, true]);
  await setRights(administrator, folder, [{ role, see_incoming: true, assign: false }]);
  assert.deepEqual(await both(), [false, true]);
  (await change(administrator, other, { roles: ["agent"] })).good(200);
  assert.deepEqual(await both(), [false, false]);
  await setRights(administrator, folder, [{ role: "agent", see_incoming: true, assign: false }]);
  assert.deepEqual(await both(), [true, true]);
  await setRights(administrator, folder, [{ agent_id: agent.id, see_incoming: true, assign: false }]);
  assert.deepEqual(await both(), [true, false]);
  (await administrator.delete(company.path(`/folders/${folder}`))).good(204);
  assert.deepEqual(await both(), [false, false]);
  const { folder: none } = await administrator.read(conversation);
  assert.equal(none, null, "what was in it stays, in no folder");
});

// spec: C9 D2
test("32: to assign, in a folder, is a right of its own", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [seeing, sorting, colleague] = [
    await hire(company, "agent"),
    await hire(company, "agent"),
    await hire(company, "agent"),
  ];
  const [mine, other] = [await make(company, "folders"), await make(company, "folders")];
  await setRights(administrator, mine, [
    { agent_id: seeing.id, see_incoming: true, assign: false },
    { agent_id: sorting.id, see_incoming: true, assign: true },
  ]);
  await setRights(administrator, other, [{ agent_id: sorting.id, see_incoming: true, assign: true }]);
  const conversation = await write(company);
  (await sort(administrator, conversation, mine)).good(200);
  await indexed(administrator, conversation);

  const give = (/** @type {Member} */ by) => by.assign(conversation, colleague);
  assert.equal((await give(seeing)).refused(403, "forbidden").missing, "conversation.assign_other");
  assert.equal(
    (await sort(seeing, conversation, other)).refused(403, "forbidden").missing,
    "conversation.assign_folder",
  );
  (await give(sorting)).good(200);
  assert.equal((await administrator.read(conversation)).assignee.id, colleague.id);
  (await sort(sorting, conversation, other)).good(200);
  assert.equal((await administrator.read(conversation)).folder.id, other);
  const [folders] = [(await sorting.get(company.path("/folders"))).good(200).items];
  const shown = folders.filter((/** @type {any} */ one) => one.id === mine);
  assert.deepEqual(
    shown.map((/** @type {any} */ one) => [one.see_incoming, one.assign]),
    [[true, true]],
  );

  // A folder in which he may not assign takes nothing from him.
  const closed = await make(company, "folders");
  await indexed(administrator, conversation);
  (await sort(sorting, conversation, closed)).refused(403, "forbidden");
});

test("33: what is done to several things at once is allowed for each of them, or done to none", async () => {
  const bulk = ROUTES.filter(({ path }) => /bulk|batch|import/.test(path)).map(({ path }) => path);
  assert.deepEqual(bulk, ["/api/companies/{company}/conversations/bulk"]);
  const { administrator } = shoes;
  const own = await write(shoes);
  await indexed(administrator, own);
  const send = (/** @type {string} */ other) =>
    administrator.post(shoes.path("/conversations/bulk"), {
      ids: [own.id, other],
      action: { kind: "close" },
    });
  const before = await stores(lamps.administrator, things.conversation);
  const [theirs, none] = [await send(things.conversation.id), await send(unknownId())];
  theirs.refused(404, "not_found");
  assert.equal(theirs.text, none.text);
  assert.equal((await administrator.read(own)).status, "new");
  unchanged(await stores(lamps.administrator, things.conversation), before);
});

// ---------------------------------------------------------------------------------------------------------------- 34

/** The files of objects, by their kind. */
const objectFiles = () =>
  readdirSync(state.folder, { recursive: true })
    .map(String)
    .filter(
      (file) => /ConversationObject/.test(file) && file.endsWith(".sqlite") && !file.includes("metadata"),
    )
    .sort();

test("34: asking for conversations that there are not makes no object and no row", async () => {
  const company = await found(desk);
  const customer = await write(company);
  await indexed(company.administrator, customer);
  const agent = await hire(company, "agent", { add_ons: ["dispenser"] });
  const files = objectFiles();
  const before = await stores(company.administrator, customer);
  const routes = ROUTES.filter(({ path }) => path.includes("conversations/{id}"));
  assert.ok(routes.length >= 18);
  const actors = [
    company.administrator,
    agent,
    stranger,
    customer,
    customer.inBrowser(),
    shoes.administrator,
  ];
  for (const id of [unknownId(), randomUUID(), company.administrator.id]) {
    const forged = browser(desk, `edgedesk-${id}`, customer.secret);
    for (const route of routes) {
      for (const actor of [...actors, forged]) {
        const { status } = await request(actor, route, { company: company.slug, id });
        assert.ok(
          status === 404 || (status === 401 && route.path.startsWith("/api/companies")),
          `${route.path} ${status}`,
        );
      }
    }
  }
  const secret = Buffer.from(customer.secret, "base64url");
  for (const n of [0, 8, 15, secret.length - 1]) {
    const forged = Buffer.from(secret);
    forged[n] = (forged[n] ?? 0) ^ 1;
    assert.equal((await stranger.get(`/${company.slug}/c/${forged.toString("base64url")}`)).status, 404);
  }
  assert.deepEqual(objectFiles(), files);
  unchanged(await stores(company.administrator, customer), before);
});

// ---------------------------------------------------------------------------------------------------------------- 35

/** @param {Company} company @param {string} slug */
const rename = (company, slug) => company.administrator.patch(company.path(), { slug });

/** A slug that nobody has. */
const freeSlug = () => unique("slug").toLowerCase();

// spec: A12
test("35: what is reserved or taken is refused, and what only looks like a name is none", async () => {
  const company = await found(desk);
  const ask = (/** @type {string} */ slug) => [
    () => stranger.post("/api/signup", signUp({ slug })),
    () => company.administrator.post("/api/companies", { company: unique("Other"), slug }),
    () => rename(company, slug),
  ];
  const before = await stores(company.administrator);
  for (const slug of [
    shoes.slug,
    "api",
    "app",
    "dev",
    "admin",
    "terms",
    "register",
    "sign-in",
    "invitation",
    "password",
  ]) {
    for (const request of ask(slug)) {
      const refusal = (await request()).refused(409, "slug_taken");
      assert.ok(refusal.suggestion && refusal.suggestion !== slug, slug);
    }
    assert.equal((await stranger.get(`/api/slugs/${slug}`)).good(200).available, false, slug);
  }
  const lookalikes = [
    "lаmps-x",
    "ｌamps",
    "lamps\u200b",
    "LAMPS",
    "lamps.",
    "lamps/x",
    "lämps",
    "la mps",
    "-lamps",
    "a",
  ];
  for (const slug of [...lookalikes, "xn--lmps-8cd"]) {
    for (const request of ask(slug)) {
      (await request()).refusedField("slug", "slug");
    }
  }
  unchanged(await stores(company.administrator), before);
  assert.equal((await rename(company, company.slug)).good(200).slug, company.slug, "its own is no other's");
});

// spec: A17
test("35: a company with another URL keeps its customers' links, its pages and the paths programs know", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const [old, slug] = [company.slug, freeSlug()];
  const customer = await write(company);
  (await stranger.get(`/${old}`)).good(200);
  assert.equal((await rename(company, slug)).good(200).slug, slug);

  for (const path of [`/api/companies/${old}`, `/api/companies/${slug}`]) {
    assert.equal((await administrator.get(path)).good(200).slug, slug);
    (await administrator.get(`${path}/conversations/${customer.id}`)).good(200);
    (await administrator.post(`${path}/conversations/${customer.id}/messages`, words(path))).good(201);
    (await administrator.patch(path, { description: path })).good(200);
    const feed = await administrator.listen(`${path}/live`);
    feed.close();
    const opened = (
      await stranger.post(path.replace("/api/", "/api/public/").concat("/conversations"), firstWords())
    ).good(201);
    assert.ok(opened.url.startsWith(`${desk.url}/${slug}/c/`), opened.url);
  }
  const moved = async (
    /** @type {import("../support/actors.mjs").Answer} */ answer,
    /** @type {string} */ to,
  ) => {
    assert.equal(answer.status, 303, answer.request);
    assert.equal(answer.header("location"), to);
  };
  await until(
    async () => (await stranger.get(`/${old}`)).status === 303,
    "the old contact page leads to the new one",
  );
  await moved(await stranger.get(`/${old}`), `/${slug}`);
  (await stranger.get(`/${slug}`)).good(200);
  const page = `/${slug}/conversations/${customer.id}`;
  const followed = await stranger.get(`/${old}/c/${customer.secret}`);
  await moved(followed, page);
  assert.equal(followed.cookie(`edgedesk-${customer.id}`)?.value, customer.secret);
  await moved(await stranger.get(`/${slug}/c/${customer.secret}`), page);
  const browser = customer.inBrowser();
  await moved(await browser.get(customer.page()), page);
  assert.ok((await browser.get(page)).good(200).includes(`/api/companies/${old}`), "what was said is there");
  await moved(
    await browser.post(customer.page("/messages"), new URLSearchParams(words("From the old page"))),
    `${page}#end`,
  );
  await moved(
    await browser.post(customer.page("/status"), new URLSearchParams({ status: "closed" })),
    `${page}#end`,
  );
  const form = new URLSearchParams({ ...firstWords(), client_id: randomUUID() });
  const opened = await stranger.with({ origin: desk.url }).post(`/${old}`, form);
  assert.equal(opened.status, 303);
  assert.match(opened.header("location") ?? "", new RegExp(`^/${slug}/c/`));
  assert.equal((await customer.read()).status, "closed");
  const { items } = (await administrator.get("/api/companies")).good(200);
  assert.deepEqual(
    items.map((/** @type {any} */ one) => one.slug),
    [slug],
  );
});

// spec: A17
test("35: a URL that was given up leads to its company after several changes, and back", async () => {
  const company = await found(desk);
  const { administrator } = company;
  const slugs = [company.slug, freeSlug(), freeSlug(), freeSlug()];
  const customer = await write(company);
  for (const slug of slugs.slice(1)) (await rename(company, slug)).good(200);
  const last = slugs.at(-1);
  for (const slug of slugs) {
    assert.equal((await administrator.get(`/api/companies/${slug}/me`)).good(200).id, administrator.id);
    const followed = await stranger.get(`/${slug}/c/${customer.secret}`);
    assert.equal(followed.header("location"), `/${last}/conversations/${customer.id}`);
  }
  assert.equal((await rename(company, slugs[0] ?? "")).good(200).slug, slugs[0], "it may have its own back");
  for (const slug of slugs) {
    const followed = await stranger.get(`/${slug}/c/${customer.secret}`);
    assert.equal(followed.header("location"), customer.page());
  }
  (await customer.inBrowser().get(customer.page())).good(200);
});

test("35: nobody else gets a URL that was given up, for a year", async () => {
  const [company, rival] = [await found(desk), await found(desk)];
  const [old, slug] = [company.slug, freeSlug()];
  const customer = await write(company);
  (await rename(company, slug)).good(200);
  const claims = [
    () => stranger.post("/api/signup", signUp({ slug: old })),
    () => rival.administrator.post("/api/companies", { company: unique("Other"), slug: old }),
    () => rename(rival, old),
  ];
  const refused = async () => {
    assert.equal((await stranger.get(`/api/slugs/${old}`)).good(200).available, false);
    for (const claim of claims) {
      const refusal = (await claim()).refused(409, "slug_taken");
      assert.ok(refusal.suggestion && refusal.suggestion !== old);
    }
  };
  await refused();
  // A name that suggests it gets another one.
  const named = (await stranger.get(`/api/slugs/${old}`)).good(200);
  assert.ok(named.suggestion && named.suggestion !== old);

  const age = (/** @type {number} */ by) =>
    desk.sql(`UPDATE former_slugs SET kept_until = kept_until - ${by} WHERE slug = '${old}'`);
  const [row] = await desk.sql(`SELECT kept_until FROM former_slugs WHERE slug = '${old}'`);
  assert.ok(Math.abs(Number(row?.kept_until) - Date.now() - YEAR) < 60_000);
  await age(YEAR - 60_000);
  await refused();
  assert.equal((await stranger.get(`/${old}/c/${customer.secret}`)).status, 303);
  await age(60_000);
  assert.equal((await stranger.get(`/api/slugs/${old}`)).good(200).available, true);
  assert.equal((await rename(rival, old)).good(200).slug, old);

  // From now on it is the other's, and nothing of the first is found there.
  (await company.administrator.get(`/api/companies/${old}`)).refused(404, "not_found");
  (await rival.administrator.get(`/api/companies/${old}`)).good(200);
  assert.equal((await stranger.get(`/${old}/c/${customer.secret}`)).status, 404);
  assert.equal((await customer.inBrowser().get(`/${old}/conversations/${customer.id}`)).status, 404);
  assert.equal((await stranger.get(`/${slug}/c/${customer.secret}`)).status, 303);
});

test("35: another company's members find nothing under the URL that it had, nor under the one it has", async () => {
  const company = await found(desk);
  const [old, slug] = [company.slug, freeSlug()];
  (await rename(company, slug)).good(200);
  for (const name of [old, slug]) {
    for (const path of ["", "/me", "/agents", "/conversations"]) {
      const answer = await shoes.administrator.get(`/api/companies/${name}${path}`);
      assert.equal(answer.refused(404, "not_found") && answer.text, nothing.text);
    }
  }
});

test("35: of those who want one URL at once one gets it", async () => {
  const slug = freeSlug();
  const [company, other] = [await found(desk), await found(desk)];
  const claims = [
    ...Array.from({ length: 6 }, () => stranger.post("/api/signup", signUp({ slug }))),
    rename(company, slug),
    rename(other, slug),
  ];
  const answers = await Promise.all(claims);
  const got = answers.filter(({ status }) => status < 300);
  assert.equal(got.length, 1);
  for (const answer of answers.filter((one) => one !== got[0])) answer.refused(409, "slug_taken");
});
