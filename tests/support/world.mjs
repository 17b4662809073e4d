// Builders: a company, its people, and its customers, made through the front door.

import { randomUUID } from "node:crypto";
import { Actor, anonymous } from "./actors.mjs";

/**
 * @typedef {import("./desk.mjs").Desk} Desk
 * @typedef {import("./actors.mjs").Answer} Answer
 */

/** Good by every rule for passwords. */
export const PASSWORD = "a Lamp § by the sea";
/** Another good password. */
export const OTHER = "a Boat § on the lake";

let count = 0;

/** @param {string} word */
export function unique(word) {
  count += 1;
  return `${word}-${process.pid}-${count}`;
}

/** @param {string} name */
export function address(name) {
  return `${unique(name.toLowerCase().replace(/\W+/g, "."))}@people.example`;
}

/** A company and whoever founded it. */
export class Company {
  /**
   * @param {Desk} desk
   * @param {string} slug
   */
  constructor(desk, slug) {
    this.desk = desk;
    this.slug = slug;
    /** @type {Member} */
    this.administrator = /** @type {any} */ (undefined);
  }

  /** @param {string} [rest] */
  path(rest = "") {
    return `/api/companies/${this.slug}${rest}`;
  }
}

/** Somebody who works at a company, in his browser. */
export class Member extends Actor {
  /**
   * @param {Company} company
   * @param {{ id: string, email: string, password: string, session: string, name: string }} person
   */
  constructor(company, { id, email, password, session, name }) {
    super(company.desk, { cookie: `edgedesk=${session}`, origin: company.desk.url });
    this.company = company;
    this.id = id;
    this.email = email;
    this.password = password;
    this.session = session;
    this.name = name;
  }

  /** @param {string} [rest] below the company */
  path(rest = "") {
    return this.company.path(rest);
  }

  /** @param {Conversation} conversation @param {string} [rest] below the conversation, at this member's company */
  at(conversation, rest = "") {
    return this.path(`/conversations/${conversation.id}${rest}`);
  }

  /** @param {Conversation} conversation */
  async read(conversation) {
    return (await this.get(this.at(conversation))).good();
  }

  /** @param {Conversation} conversation @param {string} [query] */
  async events(conversation, query = "?limit=1000") {
    return (await this.get(this.at(conversation, `/events${query}`))).good().items;
  }

  /** @param {Conversation} conversation */
  async take(conversation) {
    return (await this.post(this.at(conversation, "/claim"))).good();
  }

  /** @param {Conversation} conversation @param {string} body */
  async reply(conversation, body) {
    return (await this.post(this.at(conversation, "/messages"), words(body))).good(201);
  }

  /** @param {Conversation} conversation @param {string} body */
  async comment(conversation, body) {
    return (await this.post(this.at(conversation, "/notes"), words(body))).good(201);
  }

  /** @param {Conversation} conversation @param {string} status @param {string} [until] */
  setStatus(conversation, status, until) {
    return this.put(this.at(conversation, "/status"), { status, until });
  }

  /** @param {Conversation} conversation @param {Member | null} to */
  assign(conversation, to) {
    return this.put(this.at(conversation, "/assignee"), { agent_id: to?.id ?? null });
  }
}

/** @typedef {{ id: string }} Conversation */

/** A customer with his conversation, as a program that shows its secret. */
export class Customer extends Actor {
  /**
   * @param {Company} company
   * @param {{ id: string, url: string, email: string }} opened
   */
  constructor(company, { id, url, email }) {
    const secret = String(url.split("/c/")[1]);
    super(company.desk, { authorization: `Bearer ${secret}` });
    this.company = company;
    this.id = id;
    this.url = url;
    this.secret = secret;
    this.email = email;
  }

  /** @param {string} [rest] */
  path(rest = "") {
    return `/api/public/conversations/${this.id}${rest}`;
  }

  /** @param {string} [rest] of his page */
  page(rest = "") {
    return `/${this.company.slug}/conversations/${this.id}${rest}`;
  }

  /** The same customer in a browser, where a cookie carries the secret. */
  inBrowser() {
    const cookie = `edgedesk-${this.id}=${this.secret}`;
    return new Actor(this.desk, { cookie, origin: this.desk.url, accept: "text/html" });
  }

  async read() {
    return (await this.get(this.path())).good();
  }

  /** @param {string} body */
  async write(body) {
    return (await this.post(this.path("/messages"), words(body))).good(201);
  }

  /** @param {string} status */
  setStatus(status) {
    return this.put(this.path("/status"), { status });
  }
}

/**
 * @param {string} body
 * @returns {{ client_id: string, body: string }}
 */
export function words(body) {
  return { client_id: randomUUID(), body };
}

/**
 * A sign-up that succeeds, but for what is changed in it.
 *
 * @param {Record<string, unknown>} [changes]
 * @returns {Record<string, any>}
 */
export function signUp(changes = {}) {
  const company = unique("Lamps");
  return {
    first_name: "Ada",
    last_name: "Okafor",
    company,
    email: address("ada"),
    password: PASSWORD,
    accept_terms: true,
    ...changes,
  };
}

/**
 * Founds a company.
 *
 * @param {Desk} desk
 * @param {Record<string, unknown>} [changes]
 * @returns {Promise<Company>}
 */
export async function found(desk, changes) {
  const form = signUp(changes);
  const answer = await anonymous(desk).post("/api/signup", form);
  const { slug } = answer.good(201).company;
  const company = new Company(desk, slug);
  company.administrator = await member(company, answer, form);
  return company;
}

/**
 * Who just got a session, as a member of the company.
 *
 * @param {Company} company
 * @param {Answer} answer
 * @param {{ email?: unknown, password?: unknown }} credentials
 * @returns {Promise<Member>}
 */
export async function member(company, answer, { email, password }) {
  const session = String(answer.cookie("edgedesk")?.value);
  const stranger = new Member(company, { id: "", email: "", password: "", session, name: "" });
  const me = (await stranger.get(company.path("/me"))).good();
  return new Member(company, {
    id: me.id,
    email: String(email),
    password: String(password),
    session,
    name: me.name,
  });
}

/**
 * Invites somebody by hand-over of the link.
 *
 * @param {Company} company
 * @param {string[]} roles
 * @param {Record<string, unknown>} [more]
 * @returns {Promise<{ agent: any, token: string, email: string }>}
 */
export async function invite(company, roles, more = {}) {
  const email = address(roles[0] ?? "agent");
  const name = { first_name: "Sam", last_name: unique("Rivera") };
  const body = { email, ...name, roles, send_email: false, ...more };
  const { agent, invitation_url } = (await company.administrator.post(company.path("/agents"), body)).good(
    201,
  );
  return { agent, token: String(invitation_url).split("/invitation/")[1] ?? "", email };
}

/**
 * Somebody with these roles, who works at the company from now on.
 *
 * @param {Company} company
 * @param {string | string[]} roles
 * @param {Record<string, unknown>} [more]
 * @returns {Promise<Member>}
 */
export async function hire(company, roles, more) {
  const { token, email } = await invite(company, [roles].flat(), more);
  const answer = await anonymous(company.desk).post(`/api/invitations/${token}`, { password: PASSWORD });
  answer.good(200);
  return member(company, answer, { email, password: PASSWORD });
}

/**
 * A session for a program, of a person who has one in a browser.
 *
 * @param {Member} person
 * @returns {Promise<Actor>}
 */
export async function asProgram({ desk, email, password }) {
  const { token } = (await anonymous(desk).post("/api/tokens", { email, password })).good(201);
  return new Actor(desk, { authorization: `Bearer ${token}` });
}

/**
 * The words of a customer who opens a conversation.
 *
 * @param {Record<string, unknown>} [changes]
 * @returns {Record<string, any>}
 */
export function firstWords(changes = {}) {
  return {
    client_id: randomUUID(),
    name: "Marta Lindholm",
    email: address("marta"),
    subject: "The lamp does not light",
    body: "Good morning, what can I do?",
    ...changes,
  };
}

/**
 * A customer who writes to the company.
 *
 * @param {Company} company
 * @param {Record<string, unknown>} [changes]
 * @returns {Promise<Customer>}
 */
export async function write(company, changes) {
  const form = firstWords(changes);
  const path = `/api/public/companies/${company.slug}/conversations`;
  const { id, url } = (await anonymous(company.desk).post(path, form)).good(201);
  return new Customer(company, { id, url, email: String(form.email) });
}
