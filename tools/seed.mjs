// Fills an empty desk the way its users would: through the API. Run twice, it finds its own traces and does nothing.
import { randomUUID } from "node:crypto";

const PASSWORD = "Try-this-desk!1";

/**
 * @typedef {object} Person
 * @property {string} email
 * @property {string} password
 * @property {string} first_name
 * @property {string} last_name
 * @property {string[]} roles
 * @property {string[]} [add_ons]
 * @property {string} [public_name]
 * @property {string} [function]
 */

/** @type {(first: string, last: string, roles: string[], more?: Partial<Person>) => Person} */
const person = (first_name, last_name, roles, more = {}) => ({
  email: `${first_name.toLowerCase()}@acme.example`,
  password: PASSWORD,
  first_name,
  last_name,
  roles,
  ...more,
});

/** Everybody at Acme; the first one founded it. */
export const people = [
  person("Adam", "Okafor", ["administrator"]),
  person("Sam", "Rivera", ["supervisor"], { function: "Head of support" }),
  person("Nadia", "Haddad", ["super_agent"], { public_name: "Nadia", function: "Support" }),
  person("Omar", "Lindqvist", ["agent_manager"]),
  person("Brit", "Jansen", ["agent"], {
    add_ons: ["dispenser", "transfer"],
    public_name: "Brit",
    function: "Developer",
  }),
  person("Clara", "Moreau", ["agent"], { add_ons: ["dispenser"], function: "Support" }),
  person("Diego", "Santos", ["client_manager"]),
  person("Grace", "Whitfield", ["stakeholder"]),
  person("Hugo", "Petit", ["marketing"]),
  person("Ines", "Keller", ["compliance"]),
  person("Jonas", "Weber", ["order_payment_admin"]),
];

/** Texts that everybody at Acme answers with. */
const responses = [
  {
    name: "Opening hours",
    shortcut: "hours",
    body: "Hello {{contact.first_name|there}},\n\nwe are here Monday to Friday, nine to five.",
  },
  {
    name: "Refund is on its way",
    shortcut: "refund",
    body: "Dear {{contact.name|customer}},\n\nyour refund is on its way. It reaches your account within five working days.",
  },
  {
    name: "Commande en route",
    shortcut: "commande",
    language: "fr",
    body: "Bonjour {{contact.first_name}},\n\nvotre commande est partie. Vous la recevrez sous trois jours ouvrés.",
  },
];

/**
 * What customers wrote, and what became of it. `by` is who acts, in order.
 * @type {{ name: string, email: string, subject: string, body: string,
 *   later?: { by: string, take?: true, reply?: string, note?: string, status?: string, customer?: string }[] }[]}
 */
const conversations = [
  {
    name: "Marta Lindholm",
    email: "marta@example.org",
    subject: "Invoice 2043 shows the wrong VAT number",
    body: "Hello,\n\nour VAT number on invoice 2043 is still the old one. Could you send us a corrected invoice?\n\nThanks, Marta",
    later: [
      { by: "Nadia", take: true },
      {
        by: "Nadia",
        note: "The old number is in the billing export. Fixed there, invoice is being made anew.",
      },
      {
        by: "Nadia",
        reply: "Good morning Marta,\n\nyou are right, I am sorry. The corrected invoice is on its way.",
      },
      { by: "Nadia", customer: "It has arrived, thank you!" },
      { by: "Nadia", reply: "Glad to hear. Have a good day!", status: "closed" },
    ],
  },
  {
    name: "Tom Brandt",
    email: "tom@example.org",
    subject: "Login page is blank on Safari 17",
    body: "Since this morning your login page stays white on Safari 17.4. Chrome works. Any idea?",
    later: [
      { by: "Sam", take: true },
      { by: "Sam", note: "Reproduced. Brit, is this the new content policy?" },
      { by: "Sam", reply: "Hi Tom, we can see it here as well. A developer is on it." },
      { by: "Sam", customer: "Thanks. It also happens on my iPad, if that helps." },
    ],
  },
  {
    name: "Yuki Tanaka",
    email: "yuki@example.org",
    subject: "Can we add a second workspace?",
    body: "We would like a separate workspace for our Osaka office. Is that possible on our plan?",
    later: [
      { by: "Nadia", take: true },
      { by: "Nadia", reply: "Hello Yuki, yes: up to three are included. Shall I set it up for you?" },
    ],
  },
  {
    name: "Fatima El Amrani",
    email: "fatima@example.org",
    subject: "Commande 7781 : livraison en retard",
    body: "Bonjour,\n\nma commande 7781 devait arriver lundi. Pouvez-vous me dire où elle se trouve ?\n\nMerci",
  },
  {
    name: "Peter Novák",
    email: "peter@example.org",
    subject: "Cancel my subscription at the end of the month",
    body: "Please cancel as of the 30th. No hard feelings, we are merging with a company that has its own desk.",
  },
  {
    name: "Leila Rahimi",
    email: "leila@example.org",
    subject: "API returns 429 although we are below the limit",
    body: "We send about 40 requests a minute and get 429 since 09:10 UTC. Request ids: a81f, a822, a829.",
  },
];

const tags = [
  { name: "Bug", colour: "red", on: /^(Login|API)/ },
  { name: "Delivery", colour: "blue", on: /^Commande/ },
  { name: "Churn", colour: "orange", on: /^Cancel/ },
];

/**
 * Seeds the desk at a URL, unless it is seeded.
 * @param {string} url
 */
export async function seed(url) {
  const founder = /** @type {Person} */ (people[0]);
  if (await token(url, founder)) return;
  await request(url, "POST", "/api/signup", {
    first_name: founder.first_name,
    last_name: founder.last_name,
    company: "Acme",
    email: founder.email,
    password: founder.password,
    slug: "acme",
    accept_terms: true,
  });
  const administrator = await tokenOf(url, founder);
  await request(url, "POST", "/api/companies", { company: "Acme Labs", slug: "acme-labs" }, administrator);
  const about = { description: "Questions about an order, an invoice or our products? Write to us." };
  await request(url, "PATCH", "/api/companies/acme", about, administrator);
  for (const other of people.slice(1)) await hire(url, administrator, other);
  const [support] = await arrange(url, administrator);
  await write(url, administrator);
  for (const conversation of conversations) await play(url, conversation);
  await sort(url, administrator, support);
  for (const one of tags) await mark(url, administrator, one);
  await sell(url, administrator);
}

/** Groups, and folders with rights in them. @type {(url: string, administrator: string) => Promise<string[]>} */
async function arrange(url, administrator) {
  const acme = "/api/companies/acme";
  const { items } = await request(url, "GET", `${acme}/agents`, undefined, administrator);
  const idOf = (/** @type {string} */ first) =>
    items.find((/** @type {any} */ { first_name }) => first_name === first)?.id;
  const group = async (/** @type {string} */ name, /** @type {string[]} */ members) =>
    (await request(url, "POST", `${acme}/teams`, { name, agents: members.map(idOf) }, administrator)).id;
  const teams = [await group("Support", ["Nadia", "Clara", "Omar"]), await group("Sales", ["Diego", "Sam"])];
  for (const [name, first] of [
    ["Billing", "Clara"],
    ["Code", "Brit"],
  ]) {
    const folder = await request(url, "POST", `${acme}/folders`, { name }, administrator);
    const rights = [{ agent_id: idOf(String(first)), see_incoming: true, assign: true }];
    await request(url, "PUT", `${acme}/folders/${folder.id}/rights`, rights, administrator);
  }
  return teams;
}

/** Texts to answer with. @param {string} url @param {string} administrator */
async function write(url, administrator) {
  for (const response of responses) {
    const body = { scope: "company", ...response };
    await request(url, "POST", "/api/companies/acme/responses", body, administrator);
  }
}

/** What Acme sells. */
const catalog = [
  { name: "Workspace, a year", description: "For up to ten people.", amount: 24_000, tax_rate: 2_000 },
  { name: "Additional workspace", description: "For another office.", amount: 9_900, tax_rate: 2_000 },
  {
    name: "On-site training, a day",
    description: "For up to twelve people.",
    amount: 145_000,
    tax_rate: 2_000,
  },
];

/** A catalogue, and an order in each of several states. @param {string} url @param {string} administrator */
async function sell(url, administrator) {
  const acme = "/api/companies/acme";
  const post = (/** @type {string} */ path, /** @type {unknown} */ body = {}) =>
    request(url, "POST", `${acme}${path}`, body, administrator);
  const bank = "Acme Ltd\nIBAN FR76 3000 6000 0112 3456 7890 189\nBIC AGRIFRPP";
  const settings = { currency: "EUR", bank_details: bank, expires_after: "P30D" };
  await request(url, "PUT", `${acme}/order-settings`, settings, administrator);
  /** @type {{ id: string }[]} */
  const items = [];
  for (const { amount, ...item } of catalog) {
    items.push(await post("/catalog", { ...item, price: { amount, currency: "EUR" } }));
  }
  const { items: open } = await request(url, "GET", `${acme}/conversations`, undefined, administrator);
  const about = (/** @type {string} */ word) =>
    open.find((/** @type {any} */ one) => one.subject.includes(word)).id;
  const line = (/** @type {number} */ at, quantity = 1) => ({ item_id: items[at]?.id, quantity });
  const order = (/** @type {object} */ whose, /** @type {unknown[]} */ lines) =>
    post("/orders", { ...whose, lines });
  const workspace = about("workspace");
  const shown = {
    client_id: randomUUID(),
    item_ids: [items[1]?.id, items[0]?.id],
    text: "This is what we have.",
  };
  await post(`/conversations/${workspace}/catalog`, shown);
  const offered = await order({ conversation_id: workspace }, [line(1)]);
  await post(`/orders/${offered.id}/offer`);
  await order({ conversation_id: about("Login") }, [line(2, 2)]);
  for (const [whose, steps] of /** @type {[object, string[]][]} */ ([
    [{ conversation_id: about("Commande") }, []],
    [{ contact: { name: "Ravi Menon", email: "ravi@example.org" } }, ["receipt"]],
    [{ contact: { name: "Elin Berg", email: "elin@example.org" } }, ["receipt", "rejection"]],
    [{ conversation_id: about("Invoice") }, ["receipt", "reconciliation"]],
  ])) {
    const { id } = await order(whose, [line(0), line(1, 2)]);
    await post(`/orders/${id}/confirmation`);
    const payment = await post(`/orders/${id}/payments`, { method: "transfer" });
    for (const step of steps) await post(`/orders/${id}/payments/${payment.id}/${step}`);
  }
  const off = await order({ contact: { name: "Jo Adler", email: "jo@example.org" } }, [line(2)]);
  await post(`/orders/${off.id}/cancellation`, { reason: "The training is fully booked." });
  await post(`/orders/${offered.id}/comments`, { body: "Osaka wants it before the quarter ends." });
}

/** Some of what came in is sorted. @type {(url: string, administrator: string, team?: string) => Promise<void>} */
async function sort(url, administrator, team) {
  const acme = "/api/companies/acme";
  const { items: folders } = await request(url, "GET", `${acme}/folders`, undefined, administrator);
  const { items } = await request(url, "GET", `${acme}/conversations`, undefined, administrator);
  for (const [subject, folder] of [
    ["Invoice", "Billing"],
    ["Cancel", "Billing"],
    ["Login", "Code"],
    ["API", "Code"],
  ]) {
    const one = items.find((/** @type {any} */ { subject: text }) => text.startsWith(subject));
    const { id } = folders.find((/** @type {any} */ { name }) => name === folder);
    if (one)
      await request(url, "PUT", `${acme}/conversations/${one.id}/folder`, { folder_id: id }, administrator);
  }
  const waiting = items.find((/** @type {any} */ { subject }) => subject.startsWith("Commande"));
  if (waiting && team)
    await request(url, "PUT", `${acme}/conversations/${waiting.id}/team`, { team_id: team }, administrator);
}

/** A tag, and the conversations that bear it. @type {(url: string, administrator: string, tag: (typeof tags)[number]) => Promise<void>} */
async function mark(url, administrator, { name, colour, on }) {
  const acme = "/api/companies/acme";
  const { id } = await request(url, "POST", `${acme}/tags`, { name, colour }, administrator);
  const { items } = await request(url, "GET", `${acme}/conversations`, undefined, administrator);
  for (const conversation of items.filter((/** @type {any} */ { subject }) => on.test(subject))) {
    await request(
      url,
      "PUT",
      `${acme}/conversations/${conversation.id}/tags/${id}`,
      undefined,
      administrator,
    );
  }
}

/** @type {(url: string, administrator: string, person: Person) => Promise<void>} */
async function hire(
  url,
  administrator,
  { email, password, first_name, last_name, roles, add_ons = [], ...names },
) {
  const invitation = { email, first_name, last_name, roles, add_ons, send_email: false };
  const invited = await request(url, "POST", "/api/companies/acme/agents", invitation, administrator);
  const path = new URL(invited.invitation_url).pathname;
  await request(url, "POST", `/api${path.replace("/invitation/", "/invitations/")}`, { password });
  if (Object.keys(names).length === 0) return;
  const session = await tokenOf(url, { email, password });
  await request(url, "PATCH", "/api/companies/acme/me", names, session);
}

/** @param {string} url @param {(typeof conversations)[number]} conversation */
async function play(url, { later = [], ...words }) {
  const first = { client_id: randomUUID(), ...words };
  const opened = await request(url, "POST", "/api/public/companies/acme/conversations", first);
  const secret = String(opened.url).split("/c/")[1];
  const path = `/api/companies/acme/conversations/${opened.id}`;
  for (const { by, take, reply, note, status, customer } of later) {
    const agent = /** @type {Person} */ (people.find((one) => one.first_name === by));
    const session = await tokenOf(url, agent);
    const say = (/** @type {string} */ body) => ({ client_id: randomUUID(), body });
    if (take) await request(url, "POST", `${path}/claim`, {}, session);
    if (note) await request(url, "POST", `${path}/notes`, say(note), session);
    if (customer)
      await request(url, "POST", `/api/public/conversations/${opened.id}/messages`, say(customer), secret);
    if (reply) await request(url, "POST", `${path}/messages`, say(reply), session);
    if (status) await request(url, "PUT", `${path}/status`, { status }, session);
  }
}

/** @type {Map<string, string>} */
const tokens = new Map();

/** @type {(url: string, person: { email: string, password: string }) => Promise<string>} */
async function tokenOf(url, who) {
  const found = tokens.get(url + who.email) ?? (await token(url, who));
  if (!found) throw new Error(`${who.email} cannot sign in`);
  tokens.set(url + who.email, found);
  return found;
}

/** @type {(url: string, person: { email: string, password: string }) => Promise<string | undefined>} */
async function token(url, { email, password }) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ email, password });
  const response = await fetch(`${url}/api/tokens`, { method: "POST", headers, body });
  return response.status === 201 ? (await response.json()).token : undefined;
}

/** @type {(url: string, method: string, path: string, body: unknown, token?: string) => Promise<any>} */
async function request(url, method, path, body, bearer) {
  const headers = {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
  };
  const response = await fetch(url + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}
