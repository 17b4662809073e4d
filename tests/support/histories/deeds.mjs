// What people and customers do. Each deed is a request, or nothing where there is nothing to do it with.

import { anonymous } from "../actors.mjs";
import { Customer, firstWords } from "../world.mjs";

/**
 * @typedef {import("./scene.mjs").Scene} Scene
 * @typedef {import("./chance.mjs").Chance} Chance
 * @typedef {import("./notes.mjs").Request} Request
 * @typedef {import("./notes.mjs").Note} Note
 * @typedef {import("../world.mjs").Member} Member
 * @typedef {Request & { learn?: (note: Note) => void }} Deed
 * @typedef {(scene: Scene, chance: Chance) => Deed | undefined} Doing
 */

let spoken = 0;

/** Words that nobody says twice. */
const fresh = () => {
  spoken += 1;
  return `Word ${spoken}.`;
};

/**
 * A request of a member about a conversation.
 *
 * @param {string} deed
 * @param {Member} actor
 * @param {string} method
 * @param {Customer} about
 * @param {string} rest
 * @param {unknown} body
 * @param {Partial<Request>} [more]
 * @returns {Deed}
 */
function at(deed, actor, method, about, rest, body, more) {
  const path = actor.at(about, rest);
  return { deed, actor, agent: actor.id, method, path, body, conversation: about.id, ...more };
}

/** A conversation that somebody may well work on: often one of his. @param {Scene} scene @param {Member} actor @param {Chance} chance */
function near({ customers, holders }, actor, chance) {
  const his = customers.filter(({ id }) => holders.get(id) === actor.id);
  return chance.of(his.length > 0 && chance.happens(0.7) ? his : customers);
}

/** @type {Doing} */
const opens = (scene, chance) => {
  const { company, customers, most } = scene;
  if (customers.length >= most) return undefined;
  const form = firstWords({ client_id: chance.uuid(), body: fresh() });
  const path = `/api/public/companies/${company.slug}/conversations`;
  const { client_id: name } = form;
  return {
    ...{
      deed: "opens",
      actor: anonymous(company.desk),
      method: "POST",
      path,
      body: form,
      name,
      said: form.body,
    },
    learn: ({ status, answer }) => {
      if (status === 201) void scene.begins(new Customer(company, { ...answer, email: form.email }));
    },
  };
};

/** @type {Doing} */
const writes = ({ customers }, chance) => {
  const actor = chance.of(customers);
  if (!actor) return undefined;
  const [name, said] = [chance.uuid(), fresh()];
  const body = { client_id: name, body: said };
  const path = actor.path("/messages");
  return { deed: "writes", actor, method: "POST", path, body, conversation: actor.id, name, said };
};

/** @type {Doing} */
const customerSets = ({ customers }, chance) => {
  const actor = chance.of(customers);
  if (!actor) return undefined;
  const body = { status: chance.of(["closed", "open"]) };
  return {
    deed: "customer sets",
    actor,
    method: "PUT",
    path: actor.path("/status"),
    body,
    conversation: actor.id,
  };
};

/** @type {Doing} */
const claims = ({ supervisors, agents, customers }, chance) => {
  const [actor, about] = [chance.of(chance.happens(0.7) ? supervisors : agents), chance.of(customers)];
  if (!actor || !about) return undefined;
  const name = chance.happens(0.5) ? chance.uuid() : undefined;
  const body = name && { client_id: name };
  return at("claims", actor, "POST", about, "/claim", body, { name, wants: actor.id });
};

/** @type {Doing} */
const takesNext = ({ staff }, chance) => {
  const actor = chance.of(staff);
  if (!actor) return undefined;
  const name = chance.happens(0.6) ? chance.uuid() : undefined;
  const body = name && { client_id: name };
  const path = actor.path("/conversations/next");
  return { deed: "takes next", actor, agent: actor.id, method: "POST", path, body, name, wants: actor.id };
};

/** @type {Doing} */
const assigns = ({ supervisors, administrator, staff, customers }, chance) => {
  const [actor, about] = [chance.of([administrator, ...supervisors]), chance.of(customers)];
  // To an administrator conversations are never assigned.
  const to = chance.happens(0.1) ? administrator : chance.of(staff);
  if (!actor || !about || !to) return undefined;
  const body = {
    agent_id: to.id,
    ...(chance.happens(0.2) ? { force: true } : {}),
    ...(chance.happens(0.2) ? { if_epoch: chance.between(0, 4) } : {}),
  };
  return at("assigns", actor, "PUT", about, "/assignee", body, { wants: to.id });
};

/** @type {Doing} */
const passesOn = (scene, chance) => {
  const [actor, to] = [chance.of(scene.agents), chance.of(scene.staff)];
  const about = actor && near(scene, actor, chance);
  if (!actor || !to || !about) return undefined;
  return at("passes on", actor, "PUT", about, "/assignee", { agent_id: to.id }, { wants: to.id });
};

/** @type {Doing} */
const takesAway = ({ supervisors, customers }, chance) => {
  const [actor, about] = [chance.of(supervisors), chance.of(customers)];
  if (!actor || !about) return undefined;
  return at("takes away", actor, "PUT", about, "/assignee", { agent_id: null }, { wants: null });
};

/** @type {Doing} */
const answers = (scene, chance) => {
  const actor = chance.of(scene.staff);
  const about = actor && near(scene, actor, chance);
  if (!actor || !about) return undefined;
  const [name, said] = [chance.uuid(), fresh()];
  const rest = chance.of(["/messages", "/messages", "/notes"]) ?? "/notes";
  return at("answers", actor, "POST", about, rest, { client_id: name, body: said }, { name, said });
};

/** @type {Doing} */
const sets = (scene, chance) => {
  const actor = chance.of([...scene.supervisors, ...scene.staff]);
  const about = actor && near(scene, actor, chance);
  if (!actor || !about) return undefined;
  const status = chance.weighed([
    [8, "closed"],
    [6, "open"],
    [1, "pending"],
    [4, "snoozed"],
  ]);
  const span = chance.happens(0.85) ? chance.between(700, 1_500) : 3_600_000;
  const until = status === "snoozed" ? new Date(Date.now() + span).toISOString() : undefined;
  return at(`sets ${status}`, actor, "PUT", about, "/status", { status, until });
};

/** @type {Doing} */
const sorts = ({ supervisors, customers, folder, team }, chance) => {
  const [actor, about] = [chance.of(supervisors), chance.of(customers)];
  if (!actor || !about) return undefined;
  return chance.happens(0.5)
    ? at("sorts", actor, "PUT", about, "/folder", { folder_id: chance.of([folder, null]) })
    : at("gives to a team", actor, "PUT", about, "/team", { team_id: chance.of([team, null, null]) });
};

/**
 * A change of people or settings.
 *
 * @param {Scene} scene
 * @param {string} deed
 * @param {string} method
 * @param {string} rest
 * @param {unknown} [body]
 * @returns {Deed}
 */
function setting({ administrator }, deed, method, rest, body) {
  return { deed, actor: administrator, method, path: administrator.path(rest), body };
}

/** @type {Doing} */
const changesLimit = (scene, chance) => {
  if (chance.happens(0.4)) {
    return setting(scene, "company's limit", "PATCH", "", { max_chats: chance.between(1, 4) });
  }
  const agent = chance.of(scene.agents);
  if (!agent) return undefined;
  return setting(scene, "agent's limit", "PATCH", `/agents/${agent.id}`, { max_chats: chance.between(1, 3) });
};

/** @type {Doing} */
const changesPolicy = (scene, chance) =>
  setting(scene, "policy", "PATCH", "", {
    assignment_policy: chance.of(["off", "round_robin", "round_robin", "balanced", "balanced"]),
  });

/** @type {Doing} */
const changesRights = (scene, chance) => {
  const agent = chance.of(scene.agents);
  if (!agent) return undefined;
  if (chance.happens(0.5)) {
    return setting(scene, "teams", "PATCH", `/agents/${agent.id}`, {
      teams: chance.happens(0.6) ? [scene.team] : [],
    });
  }
  const rights = scene.agents
    .filter(() => chance.happens(0.5))
    .map(({ id }) => ({ agent_id: id, see_incoming: true, assign: chance.happens(0.5) }));
  return setting(scene, "rights", "PUT", `/folders/${scene.folder}/rights`, rights);
};

/** @type {Doing} */
const disables = (scene, chance) => {
  const agent = chance.of(scene.staff);
  const heir = chance.of(scene.staff.filter((one) => one !== agent));
  if (!agent || !heir) return undefined;
  const body = { transfer_to: chance.happens(0.5) ? "queue" : heir.id, unstick: true };
  return setting(scene, "disables", "PUT", `/agents/${agent.id}/disabled`, body);
};

/** @type {Doing} */
const enables = (scene, chance) => {
  const agent = chance.of(scene.staff);
  return agent && setting(scene, "enables", "DELETE", `/agents/${agent.id}/disabled`);
};

/** @type {Doing} */
const saysWhetherThere = ({ staff }, chance) => {
  const actor = chance.of(staff);
  if (!actor) return undefined;
  const body = { availability: chance.of(["online", "online", "online", "away", "busy"]) };
  return { deed: "availability", actor, agent: actor.id, method: "PATCH", path: actor.path("/me"), body };
};

/** What administrators do. @type {readonly (readonly [number, Doing])[]} */
export const SETTINGS = [
  [3, changesLimit],
  [2, changesPolicy],
  [1, changesRights],
  [1, disables],
  [3, enables],
];

/** @type {readonly (readonly [number, Doing])[]} */
export const DEEDS = [
  [8, opens],
  [9, writes],
  [4, customerSets],
  [12, claims],
  [12, takesNext],
  [13, assigns],
  [4, passesOn],
  [4, takesAway],
  [6, answers],
  [16, sets],
  [3, sorts],
  ...SETTINGS,
  [3, saysWhetherThere],
];
