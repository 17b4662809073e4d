// Who may do what with people and with what belongs to the company: every role and add-on against the printed table.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { bodyFor, NOBODY, PNG, queryFor, RULE, SCHEDULE } from "../support/body.mjs";
import { startDesk, until } from "../support/desk.mjs";
import { GUARDED, reach } from "../support/permissions.mjs";
import { fill } from "../support/routes.mjs";
import { ask, confirmed, line, sell, someone } from "../support/shop.mjs";
import { anyhow, COMPANY, Comparison, may, Staff, verdict } from "../support/staff.mjs";
import { invite, unique, write } from "../support/world.mjs";

/**
 * @typedef {import("../support/staff.mjs").Person} Person
 * @typedef {import("../support/staff.mjs").Verdict} Verdict
 */

const desk = await startDesk();
after(() => desk.stop());

const staff = await Staff.hired(desk);
const { company, people, group, south } = staff;
const { administrator } = company;
const targets = {
  colleague: await staff.besides("agent", true),
  stranger: await staff.besides("agent"),
  superior: await staff.besides("supervisor", true),
};

// People

/** @param {Person} person @param {string} capability @param {string} who @param {number} rank of the other */
function aboutAgent(person, capability, who, rank) {
  const relation = { self: ["own", "team"], colleague: ["team"], superior: ["team"] }[who] ?? [];
  const visible = may(person, "agent.list", relation);
  const above = person.rank > rank || (person.rank === rank && person.rank === 100);
  const manages = who === "self" || above || capability === "agent.list";
  return verdict(person, visible, may(person, capability, relation) && manages, capability);
}

for (const person of people) {
  // spec: M1 E20 E21 G1 I2
  test(`people: ${person.label}`, async () => {
    const comparison = new Comparison(staff, person);
    const at = "/agents/{id}";
    for (const [who, target] of Object.entries({ self: person.member, ...targets })) {
      const rank = who === "self" ? person.rank : who === "superior" ? 80 : 20;
      const attempt = (
        /** @type {string} */ route,
        /** @type {string} */ capability,
        /** @type {unknown} */ body = undefined,
        id = target.id,
      ) => comparison.expect(who, route, { id, body }, aboutAgent(person, capability, who, rank));
      const roles = who === "self" ? person.roles : [who === "superior" ? "supervisor" : "agent"];
      await attempt(`GET ${at}`, "agent.list");
      await attempt(`PATCH ${at}`, "agent.edit", { function: "Lamps" });
      await attempt(`PATCH ${at}`, "agent.role", { roles });
      await attempt(`PATCH ${at}`, "agent.addons", { add_ons: who === "self" ? person.addOns : [] });
      await attempt(`PATCH ${at}`, "agent.max_chats", { max_chats: null });
      if (who === "self") continue;
      await attempt(`POST ${at}/invitation`, "agent.invite");
      await attempt(`POST ${at}/password-reset`, "agent.reset_password", { send_email: true });
      await attempt(`POST ${at}/force-password-change`, "agent.force_password_change");
      await attempt(`DELETE ${at}/disabled`, "agent.disable");
      await attempt(`PUT ${at}/disabled`, "agent.disable", { transfer_to: "queue", unstick: true });
      (await administrator.delete(company.path(`/agents/${target.id}/disabled`))).good(200);
      const place = staff.place(who !== "stranger");
      const { agent } = await invite(company, roles, place);
      await attempt(`DELETE ${at}`, "agent.remove", undefined, agent.id);
    }
    comparison.finish();
  });
}

// What belongs to the company

for (const person of people) {
  // spec: M1 A15 A20 E20
  test(`the company's own: ${person.label}`, async () => {
    const comparison = new Comparison(staff, person);
    const attempt = (
      /** @type {string} */ route,
      /** @type {string} */ capability,
      /** @type {unknown} */ body = undefined,
      query = "",
    ) => comparison.expect(route, route, { body, query }, anyhow(person, capability));
    await attempt("GET /agents", "agent.list");
    const email = `${unique("new")}@people.example`;
    await attempt("POST /agents", "agent.invite", { email, roles: ["agent"], send_email: false });
    await attempt("POST /roles", "agent.role", { name: unique("Role"), base: "agent" });
    await attempt("POST /folders", "folder.create", { name: unique("Folder") });
    await attempt("GET /erasures", "contact.erase");
    await attempt("POST /erasures/reapplication", "contact.erase");
    await attempt("GET /audit", "tenant.audit_view");
    // As a file it takes both.
    const lacking =
      reach(person, "tenant.audit_view").length > 0 ? "tenant.audit_export" : "tenant.audit_view";
    await attempt("GET /audit", lacking, undefined, "?format=csv");
    await attempt("GET /reports/conversations", "report.conversations");
    await attempt("GET /reports/agents", "report.conversations");
    const reports = reach(person, "report.conversations").length > 0;
    const missing = reports ? "report.export" : "report.conversations";
    await attempt("GET /reports/agents", missing, undefined, "?format=xlsx");
    await attempt("POST /report-schedules", "report.export", { name: unique("Report"), ...SCHEDULE });
    const money = reach(person, "report.payments").length > 0 ? "allowed" : "forbidden report.payments";
    await comparison.expect("payments", "GET /reports/payments", {}, money);
    await attempt("GET /automations", "automation.manage");
    await attempt("POST /automations", "automation.manage", { name: unique("Rule"), ...RULE });
    await attempt("POST /automations/dry-run", "automation.manage", { rule: RULE, limit: 1 });
    const rules = (await administrator.get(company.path("/automations"))).good(200).items;
    const ids = rules.map((/** @type {any} */ { id }) => id);
    await attempt("PUT /automations/order", "automation.manage", { ids });
    await attempt("PUT /logo", "tenant.branding", PNG);
    await attempt("DELETE /logo", "tenant.branding");
    await attempt("POST /index/rebuild", "tenant.settings");
    await attempt("POST /conversations/next", "conversation.assign_self");
    await attempt("POST /conversations", "conversation.reply", {
      ...{ client_id: randomUUID(), subject: "Hello", body: "Good morning!" },
      contact: { email },
    });
    await attempt("GET /responses", "template.use");
    await attempt("POST /responses", "template.create", { name: unique("Hours"), body: "At nine." });
    await attempt("POST /responses/rendering", "template.use", { body: "Hello {{contact.name}}" });
    for (const [setting, capability] of Object.entries(SETTINGS)) {
      const now = (await administrator.get(company.path())).good(200)[setting];
      const wanted = reach(person, capability).length > 0 ? "allowed" : "forbidden tenant.settings";
      const body = { [setting]: setting === "seats" ? now.total : now };
      await comparison.expect(setting, "PATCH ", { body }, person.confined ? "hidden" : wanted);
    }
    comparison.finish();
  });
}

const SETTINGS = {
  language: "tenant.settings",
  time_zone: "tenant.settings",
  assignment_policy: "tenant.settings",
  name: "tenant.branding",
  description: "tenant.branding",
  slug: "tenant.url",
  pending_close_after: "tenant.autoclose",
  max_chats: "tenant.max_chats_default",
  password_policy: "tenant.password_policy",
  business_hours: "tenant.hours",
  holidays: "tenant.hours",
  away_reply: "tenant.hours",
  seats: "tenant.seats",
  response_time: "tenant.settings",
  escalation: "tenant.settings",
};

for (const person of people) {
  // spec: M1 C7 C8 C9 D5
  test(`roles, groups, business units, folders and tags: ${person.label}`, async () => {
    const comparison = new Comparison(staff, person);
    const watches = anyhow(person, "status_board.view");
    await comparison.expect("the board", "GET /status-board", {}, watches);
    const looksOn = anyhow(person, "monitor.view");
    await comparison.expect("right now", "GET /monitoring", {}, looksOn);
    const role = await staff.make("/roles", { name: unique("Role"), base: "agent" });
    for (const [method, body] of /** @type {const} */ ([["PATCH", { name: unique("Role") }], ["DELETE"]])) {
      await comparison.expect(
        "a role",
        `${method} /roles/{id}`,
        { id: role.id, body },
        anyhow(person, "agent.role"),
      );
    }
    const rule = await staff.make("/automations", { name: unique("Rule"), ...RULE });
    for (const [route, body] of /** @type {const} */ ([
      ["GET /automations/{id}"],
      ["GET /automations/{id}/runs"],
      ["PATCH /automations/{id}", { enabled: false }],
      ["DELETE /automations/{id}"],
    ])) {
      await comparison.expect("a rule", route, { id: rule.id, body }, anyhow(person, "automation.manage"));
    }
    for (const kind of ["teams", "business-units"]) {
      const create = { body: { name: unique("Team") } };
      await comparison.expect("new", `POST /${kind}`, create, ofTeam(person, "team.manage", false));
      for (const his of [true, false]) {
        const { id } = await staff.make(`/${kind}`, {
          name: unique("Team"),
          agents: his ? [person.member.id] : [],
        });
        const wanted = ofTeam(person, "team.manage", his);
        const rename = { id, body: { name: unique("Team") } };
        await comparison.expect(his ? "his" : "not his", `PATCH /${kind}/{id}`, rename, wanted);
        await comparison.expect(his ? "his" : "not his", `DELETE /${kind}/{id}`, { id }, wanted);
      }
    }
    for (const his of [true, false]) {
      const { id } = await staff.make("/folders", { name: unique("Folder") });
      const entries = his ? [{ team_id: group.id, see_incoming: true, assign: true }] : [];
      (await administrator.put(company.path(`/folders/${id}/rights`), entries)).good(200);
      const what = his ? "his team's" : "no team's";
      const wanted = (/** @type {string} */ capability) => ofTeam(person, capability, his);
      const rename = { id, body: { name: unique("Folder") } };
      await comparison.expect(what, "PATCH /folders/{id}", rename, wanted("folder.edit"));
      await comparison.expect(what, "GET /folders/{id}/rights", { id }, wanted("folder.acl"));
      await comparison.expect(what, "PUT /folders/{id}/rights", { id, body: entries }, wanted("folder.acl"));
      await comparison.expect(what, "DELETE /folders/{id}", { id }, wanted("folder.delete"));
    }
    const response = await staff.make("/responses", {
      name: unique("Hours"),
      body: "At nine.",
      scope: "company",
    });
    for (const [route, capability, body] of /** @type {const} */ ([
      ["GET /responses/{id}", "template.use"],
      ["POST /responses/{id}/rendering", "template.use", { conversation_id: NOBODY }],
      ["PATCH /responses/{id}", "template.edit", { body: "At ten." }],
      ["DELETE /responses/{id}", "template.delete"],
    ])) {
      const wanted =
        capability === "template.use" ? anyhow(person, capability) : ofTeam(person, capability, false);
      // There is no such conversation, and whoever uses none of them finds no response.
      await comparison.expect("a response", route, { id: response.id, body }, wanted, "hidden");
    }
    const tag = await staff.make("/tags", { name: unique("Tag") });
    const named = () => ({ body: { name: unique("Tag") } });
    await comparison.expect("new", "POST /tags", named(), anyhow(person, "tag.create"));
    await comparison.expect(
      "a tag",
      "PATCH /tags/{id}",
      { id: tag.id, ...named() },
      anyhow(person, "tag.create"),
    );
    // Both are needed; the first that lacks is named.
    const lacks = reach(person, "tag.delete").length === 0 ? "tag.delete" : "tag.create";
    await comparison.expect(
      "a tag",
      "PUT /tags/{id}/merger",
      { id: tag.id, body: { into: (await staff.make("/tags", { name: unique("Tag") })).id } },
      anyhow(person, lacks),
    );
    const another = await staff.make("/tags", { name: unique("Tag") });
    await comparison.expect("a tag", "DELETE /tags/{id}", { id: another.id }, anyhow(person, "tag.delete"));
    comparison.finish();
  });
}

/** @param {Person} person @param {string} capability @param {boolean} his whether it is of a team of his */
function ofTeam(person, capability, his) {
  const reached = reach(person, capability);
  const allowed = reached.includes("all") || (his && reached.includes("team"));
  return verdict(person, true, allowed, capability);
}

for (const person of people) {
  // spec: M1 B11
  test(`customers: ${person.label}`, async () => {
    const comparison = new Comparison(staff, person);
    for (const his of [true, false]) {
      const conversation = await write(company);
      if (his) {
        const path = company.path(`/conversations/${conversation.id}/team`);
        (await administrator.put(path, { team_id: group.id })).good(200);
      }
      const id = await staff.contactOf(conversation.id);
      const what = his ? "of his team" : "of nobody's";
      for (const [method, capability, body] of /** @type {const} */ ([
        ["PUT", "contact.stick", { agent_id: targets.colleague.id }],
        ["DELETE", "contact.unstick", undefined],
        ["PATCH", "contact.edit", { phone: "1" }],
        ["GET", "contact.export", undefined],
        ["ERASE", "contact.erase", { confirm: conversation.email }],
      ])) {
        const wanted = ofTeam(person, capability, his);
        // Whether a customer is visible apart from his conversations is not in the table.
        const refused = wanted === "allowed" ? [] : [/** @type {Verdict} */ ("hidden")];
        const route = {
          PUT: "PUT /contacts/{id}/sticky",
          DELETE: "DELETE /contacts/{id}/sticky",
          PATCH: "PATCH /contacts/{id}",
          GET: "GET /contacts/{id}/export",
          ERASE: "DELETE /contacts/{id}",
        }[method];
        await comparison.expect(what, route, { id, body }, wanted, ...refused);
      }
    }
    comparison.finish();
  });
}

// spec: D1 D3
test("nobody whose sight ends at his team opens himself a folder beyond it", async () => {
  const manager = people.find(({ label }) => label === "agent_manager")?.member ?? assert.fail();
  const folder = await staff.make("/folders", { name: unique("Secret") });
  const conversation = await write(company);
  (await administrator.assign(conversation, targets.stranger)).good(200);
  const at = company.path(`/conversations/${conversation.id}`);
  (await administrator.put(`${at}/folder`, { folder_id: folder.id })).good(200);
  (await manager.get(at)).refused(404);
  const mine = [{ agent_id: manager.id, see_incoming: true, assign: true }];
  (await manager.put(company.path(`/folders/${folder.id}/rights`), mine)).refused(403, "forbidden");
  (await manager.get(at)).refused(404);
});

for (const person of people) {
  // spec: M1 B13
  test(`the catalogue: ${person.label}`, async () => {
    const comparison = new Comparison(staff, person);
    const wanted = anyhow(person, "catalog.manage");
    const attempt = (/** @type {string} */ route, /** @type {any} */ request) =>
      comparison.expect("the catalogue", route, request, wanted);
    await attempt("POST /catalog", { body: { name: unique("Lamp"), price: 1 } });
    const { id } = await sell(company);
    await attempt("PATCH /catalog/{id}", { id, body: { tax_rate: 0 } });
    await attempt("PUT /catalog/{id}/picture", { id, body: PNG });
    await attempt("DELETE /catalog/{id}/picture", { id });
    await attempt("DELETE /catalog/{id}", { id });
    comparison.finish();
  });
}

/** What members who see an order but may not work on it lack, by the first that would do. */
const WORK = ["order.edit", "order.create_from_conversation", "order.create_independent"];

for (const person of people) {
  // spec: M1 J1 J3 J4 J5 J6 J7 J8 J9 J11 N9 N10
  test(`orders and payments: ${person.label}`, async () => {
    const comparison = new Comparison(staff, person);
    /** Those of the company as a whole. @type {(capability: string) => Verdict} */
    const whole = (capability) =>
      reach(person, capability).length > 0 ? "allowed" : `forbidden ${capability}`;
    const of = (
      /** @type {string} */ route,
      /** @type {Verdict} */ wanted,
      /** @type {any} */ body = undefined,
    ) => comparison.expect("the section", route, { body }, wanted);
    const alone = () => ({ contact: { email: someone() }, lines: [line(1)] });
    await of("GET /orders", whole("order.view"));
    await of("GET /payments", whole("order.view"));
    await of("GET /order-settings", whole("order.view"));
    await of("POST /orders", whole("order.create_independent"), alone());
    const reconciles = reach(person, "payment.reconcile").includes("all");
    const csv = { csv: "Date;Reference;Amount\n" };
    await of("POST /payments/reconciliations", reconciles ? "allowed" : "forbidden payment.reconcile", csv);
    const settings = { currency: "EUR", bank_details: "", expires_after: null };
    await of("PUT /order-settings", anyhow(person, "tenant.settings"), settings);
    for (const [what, conversation, scopes] of await places(person)) {
      const more = conversation ? { conversation_id: conversation } : {};
      const made = await confirmed(administrator, more);
      const payment = await ask(administrator, made);
      const id = made.id;
      const values = { payment: payment.id };
      const sees = may(person, "order.view", scopes);
      const attempt = (
        /** @type {string} */ route,
        /** @type {string[]} */ capabilities,
        /** @type {unknown} */ body = undefined,
      ) => {
        const allowed = capabilities.some((one) => may(person, one, scopes));
        /** @type {Verdict} */
        const wanted = !sees ? "hidden" : allowed ? "allowed" : `forbidden ${capabilities[0]}`;
        return comparison.expect(what, route, { id, body, values }, wanted);
      };
      const at = "/orders/{id}";
      await attempt(`GET ${at}`, ["order.view"]);
      await attempt(`GET ${at}/comments`, ["order.view"]);
      await attempt(`GET ${at}/history`, ["order.view"]);
      await attempt(`GET ${at}/payments`, ["order.view"]);
      await attempt(`PATCH ${at}`, ["order.edit"], { note: "x" });
      await attempt(`POST ${at}/comments`, ["order.comment"], { body: "Hm." });
      await attempt(`POST ${at}/comments`, ["payment.comment"], { body: "Hm.", payment_id: payment.id });
      await attempt(`POST ${at}/offer`, WORK);
      await attempt(`POST ${at}/confirmation`, WORK);
      await attempt(`POST ${at}/payments`, WORK, { method: "transfer" });
      await attempt(`POST ${at}/payments/{payment}/receipt`, WORK);
      await attempt(`POST ${at}/payments/{payment}/rejection`, ["payment.reject"]);
      await attempt(`POST ${at}/payments/{payment}/reopening`, ["payment.reopen"]);
      await attempt(`POST ${at}/payments/{payment}/reconciliation`, ["payment.reconcile"]);
      await attempt(`POST ${at}/cancellation`, ["order.cancel"]);
      await attempt(`DELETE ${at}`, ["order.delete"]);
      await attempt(`POST ${at}/restoration`, ["order.delete"]);
    }
    comparison.finish();
  });
}

/**
 * Orders stand to somebody as their conversations do; those without one are their makers' own.
 *
 * @param {Person} person
 * @returns {Promise<[string, string | undefined, string[]][]>} what it is, its conversation, the scopes that hold
 */
async function places(person) {
  const [team, nobody] = [await write(company), await write(company)];
  const path = company.path(`/conversations/${team.id}/team`);
  (await administrator.put(path, { team_id: group.id })).good(200);
  (await administrator.assign(team, targets.stranger)).good(200);
  (await administrator.assign(nobody, targets.stranger)).good(200);
  const indexed = async () => {
    const { items } = (
      await administrator.get(company.path(`/conversations?team=${group.id}&limit=100`))
    ).good(200);
    return items.some((/** @type {any} */ { id, assignee }) => id === team.id && assignee);
  };
  await until(indexed, "the index has it");
  /** @type {[string, string | undefined, string[]][]} */
  const found = [
    ["of his team", team.id, ["team"]],
    ["somebody else's", nobody.id, []],
    ["without a conversation", undefined, []],
  ];
  if (person.assignable) {
    const his = await write(company);
    (await administrator.assign(his, person.member)).good(200);
    await until(async () => {
      const mine = `/conversations?assignee=${person.member.id}&limit=100`;
      const { items } = (await administrator.get(company.path(mine))).good(200);
      return items.some((/** @type {any} */ { id }) => id === his.id);
    }, "the index has it");
    found.push(["his own", his.id, ["own", "participating"]]);
  }
  return found;
}

// Confinement

/** To find one's way at all: which company it is, and who one is there; and to hear of orders (`orders-live`). */
const OPEN_TO_THE_CONFINED = ["", "/me", "/me/photo", "/me/description-file", "/report-schedules", "/live"];

// spec: J7 N16
test("whoever is kept to the orders section finds nothing else, whatever his add-ons", async () => {
  const conversation = await write(company);
  const role = await staff.make("/roles", { name: unique("Role"), base: "agent" });
  const folder = await staff.make("/folders", { name: unique("Folder") });
  const rule = await staff.make("/automations", { name: unique("Rule"), ...RULE });
  const ids = {
    agents: targets.colleague.id,
    roles: role.id,
    teams: group.id,
    "business-units": south.id,
    folders: folder.id,
    tags: (await staff.make("/tags", { name: unique("Tag") })).id,
    catalog: (await sell(company)).id,
    automations: rule.id,
    contacts: await staff.contactOf(conversation.id),
    conversations: conversation.id,
  };
  const outside = GUARDED.filter(({ path, method, access }) => {
    const rest = path.slice(COMPANY.length);
    const open = OPEN_TO_THE_CONFINED.includes(rest) && access === "members of the company";
    return (
      path.startsWith(COMPANY) && !open && !/^(order|payment)\.|^report\.payments/.test(access) && method
    );
  });
  assert.ok(outside.length >= 45);
  const confined = people.filter((person) => person.confined);
  assert.equal(confined.length, 2);
  for (const { member, label } of confined) {
    const differences = [];
    for (const route of outside) {
      const kind = /** @type {keyof typeof ids} */ (route.path.slice(COMPANY.length + 1).split("/")[0] ?? "");
      const path = fill(route.path, { company: company.slug, id: ids[kind] ?? NOBODY });
      const answer = await member.request(route.method, path + queryFor(route), bodyFor(route));
      if (staff.outcome(answer) !== "hidden")
        differences.push(`${answer.request}: ${answer.status} ${answer.text}`);
    }
    assert.deepEqual(differences, [], label);
    for (const rest of ["", "/me"]) (await member.get(company.path(rest))).good(200);
  }
});

test("every other route that takes a capability was tried", () => {
  staff.requireAllTried((path) => !path.includes("/conversations/{id}"));
});
