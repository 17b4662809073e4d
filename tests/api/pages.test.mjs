// The customer's way through pages, as a browser without JavaScript goes it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { Actor } from "../support/actors.mjs";
import { linkIn, mailsTo, mailTo, startDesk, until } from "../support/desk.mjs";
import { filled, form } from "../support/forms.mjs";
import { firstWords, found, hire, write } from "../support/world.mjs";

const desk = await startDesk();
after(() => desk.stop());

const lamps = await found(desk);
const sam = await hire(lamps, "supervisor");
const visitor = new Actor(desk, { accept: "text/html", origin: desk.url });

/** What a visitor types. */
function typed() {
  const { name, email, subject, body } = firstWords();
  return { name, email, subject, body };
}

/** @param {Actor} actor */
const contactForm = async (actor) => form((await actor.get(`/${lamps.slug}`)).good(200), `/${lamps.slug}`);

/** Goes all the way from the form to the page. @param {Record<string, string>} [changes] */
async function arrive(changes) {
  const sent = await visitor.post(
    `/${lamps.slug}`,
    filled(await contactForm(visitor), { ...typed(), ...changes }),
  );
  assert.equal(sent.status, 303, sent.text);
  const link = String(sent.header("location"));
  const followed = await visitor.get(link);
  assert.equal(followed.status, 303, followed.text);
  const page = String(followed.header("location"));
  const [cookie = ""] = followed.headers.getSetCookie();
  const customer = visitor.with({ cookie: cookie.split(";")[0] });
  return { link, page, cookie, customer, id: String(page.split("/").at(-1)) };
}

test("from the contact form over the link to one's page, with a cookie instead of the secret", async () => {
  const { link, page, cookie, customer, id } = await arrive({ body: "Good <b>morning</b> & hello" });
  assert.match(link, new RegExp(`^/${lamps.slug}/c/[\\w-]{43,}$`));
  assert.equal(page, `/${lamps.slug}/conversations/${id}`);
  assert.match(cookie, new RegExp(`^edgedesk-${id}=`));
  const flags = cookie
    .split("; ")
    .slice(1)
    .filter((flag) => !flag.startsWith("Max-Age"));
  assert.deepEqual(flags.sort(), ["HttpOnly", "Path=/", "SameSite=Lax"]);

  const html = (await customer.get(page)).good(200);
  assert.ok(html.includes("Good &#60;b&#62;morning&#60;/b&#62; &#38; hello"), "words are text");
  const secret = String(link.split("/c/")[1]);
  assert.ok(!html.includes(secret), "the secret is not in the page");
  assert.equal((await visitor.get(page)).status, 404, "without the cookie there is nothing");
});

test("what is missing is told at its field, and nothing typed is lost", async () => {
  const words = {
    name: 'Marta "M" <Lindholm>',
    email: "no address",
    subject: "",
    body: "Line one\n</textarea><b>two</b>",
  };
  const fields = filled(await contactForm(visitor), words);
  const answer = await visitor.post(`/${lamps.slug}`, fields);
  assert.equal(answer.status, 422);
  assert.match(String(answer.header("content-type")), /^text\/html/);
  const again = form(answer.text, `/${lamps.slug}`);
  assert.deepEqual(Object.fromEntries(again), { ...words, client_id: fields.get("client_id") });
  for (const field of ["email", "subject"]) {
    assert.match(answer.text, new RegExp(`<input[^>]*name="${field}"[^>]*aria-invalid="true"`));
  }
  assert.doesNotMatch(answer.text, /<input[^>]*name="name"[^>]*aria-invalid/);
  const sent = await visitor.post(`/${lamps.slug}`, filled(again, { email: typed().email, subject: "Now" }));
  assert.equal(sent.status, 303);
});

test("the same form sent twice opens one conversation, and leads to it", async () => {
  const company = await found(desk);
  const page = (await visitor.get(`/${company.slug}`)).good(200);
  const fields = filled(form(page, `/${company.slug}`), typed());
  const answers = await Promise.all([1, 2, 3].map(() => visitor.post(`/${company.slug}`, fields)));
  for (const answer of answers) assert.equal(answer.status, 303);
  assert.equal(new Set(answers.map((answer) => answer.header("location"))).size, 1);
  const path = company.path("/conversations");
  const listed = async () => (await company.administrator.get(path)).good().items.length;
  await until(async () => (await listed()) === 1, "one is listed");
  const other = filled(form((await visitor.get(`/${company.slug}`)).good(200), `/${company.slug}`), typed());
  assert.notEqual(other.get("client_id"), fields.get("client_id"), "each form is its own");
  assert.equal((await visitor.post(`/${company.slug}`, other)).status, 303);
  await until(async () => (await listed()) === 2, "two are listed");
});

test("a customer adds to his conversation by a form; sent twice it is one message", async () => {
  const { page, customer, id } = await arrive();
  const fields = filled(form((await customer.get(page)).good(200), `${page}/messages`), {
    body: "One <i>more</i> thing",
  });
  for (const _ of [1, 2]) {
    const answer = await customer.post(`${page}/messages`, fields);
    assert.equal(answer.status, 303);
    assert.match(String(answer.header("location")), new RegExp(`^${page}(#.*)?$`));
  }
  const html = (await customer.get(page)).good(200);
  assert.equal(html.split("One &#60;i&#62;more&#60;/i&#62; thing").length - 1, 1);
  const bodies = (await sam.events({ id })).map((/** @type {any} */ event) => event.body);
  assert.equal(bodies.filter((/** @type {string} */ body) => body === "One <i>more</i> thing").length, 1);
});

test("a message that cannot be sent comes back as it was typed", async () => {
  const { page, customer } = await arrive();
  const html = (await customer.get(page)).good(200);
  const long = "é <b>".repeat(4_001);
  for (const body of [long, "  "]) {
    const answer = await customer.post(`${page}/messages`, filled(form(html, `${page}/messages`), { body }));
    assert.equal(answer.status, 422);
    assert.equal(form(answer.text, `${page}/messages`).get("body"), body);
    assert.match(answer.text, /role="alert"/);
  }
  const next = form((await customer.get(page)).good(200), `${page}/messages`);
  assert.equal(
    (await customer.post(`${page}/messages`, filled(next, { body: long.slice(0, 20_000) }))).status,
    303,
  );
});

test("a customer closes his conversation and opens it again by a form", async () => {
  const { page, customer, id } = await arrive();
  for (const status of ["closed", "open", "closed"]) {
    const fields = form((await customer.get(page)).good(200), `${page}/status`);
    assert.equal(fields.get("status"), status, "the page offers it");
    const answer = await customer.post(`${page}/status`, fields);
    assert.equal(answer.status, 303);
    assert.equal((await sam.read({ id })).status, status);
  }
});

// spec: B4
test("the page shows the progress: received, with an agent, answered, closed", async () => {
  const { page, customer, id } = await arrive();
  const step = async () => {
    const html = (await customer.get(page)).good(200);
    return /aria-current="step"[^>]*>([^<]*)</.exec(html)?.[1];
  };
  const steps = [await step()];
  await sam.take({ id });
  steps.push(await step());
  await sam.reply({ id }, "Here you are.");
  steps.push(await step());
  assert.ok((await customer.get(page)).text.includes("Here you are."));
  (await sam.setStatus({ id }, "closed")).good();
  steps.push(await step());
  assert.equal(new Set(steps).size, 4, steps.join());
});

test("a page never shows an internal comment", async () => {
  const { page, customer, id } = await arrive();
  const canary = `canary${randomUUID()}`;
  await sam.comment({ id }, canary);
  await sam.take({ id });
  await sam.reply({ id }, "Hello there.");
  const html = (await customer.get(page)).good(200);
  assert.ok(html.includes("Hello there.") && !html.includes(canary));
});

test("a link that opens nothing says so, whatever is wrong with it, and offers a new one", async () => {
  const { link, page } = await arrive();
  assert.equal((await visitor.get(link)).status, 303);
  const dead = (await visitor.get(`/${lamps.slug}/c/x`)).text;
  assert.match(dead, /does not open anything any more/);
  assert.ok(form(dead, `/${lamps.slug}/link`).has("email"));
  for (const wrong of [
    link.slice(0, -2),
    `${link}A`,
    `${link.slice(0, -20)}${"A".repeat(20)}`,
    page,
    `/${lamps.slug}/conversations/${randomUUID()}`,
    `/${lamps.slug}/conversations/x`,
  ]) {
    const answer = await visitor.get(wrong);
    assert.equal(answer.status, 404, wrong);
    assert.equal(answer.text, dead);
    assert.equal(answer.header("set-cookie"), null);
  }
  const nowhere = await visitor.get("/no-such-company/no/such/page");
  assert.equal((await visitor.get("/no-such-company/c/x")).text, nowhere.text);
  (await new Actor(desk).get(`/${lamps.slug}/c/x`)).refused(404, "not_found");
});

test("a link from a mail opens the page, also for who comes from elsewhere", async () => {
  const { email } = firstWords();
  const { id, page } = await arrive({ email });
  const link = linkIn(await mailTo(desk, email, "conversation"));
  const fromMail = new Actor(desk, {
    accept: "text/html",
    "sec-fetch-site": "cross-site",
    referer: "https://mail.example/",
  });
  const followed = await fromMail.get(new URL(link).pathname);
  assert.equal(followed.status, 303);
  assert.equal(followed.header("location"), page);
  const customer = visitor.with({ cookie: followed.headers.getSetCookie()[0]?.split(";")[0] });
  (await customer.get(page)).good(200);

  await sam.take({ id });
  await sam.reply({ id }, "Here you are.");
  const news = linkIn(await mailTo(desk, email, "answered"));
  assert.equal(news, link);
  assert.equal((await mailsTo(desk, email)).length, 2);
});

test("mails are shown to whoever develops here, with a link to follow", async () => {
  const { email, subject } = firstWords({ subject: "x" });
  await arrive({ email, subject });
  const mail = await mailTo(desk, email, "conversation");
  const html = (await visitor.get("/dev/mail")).good(200);
  assert.ok(html.includes(`href="${linkIn(mail)}"`));
  assert.ok(html.includes(email));
});

test("customers' pages are private: not stored, not indexed, not framed, and silent about where one came from", async () => {
  const { link, page, customer } = await arrive();
  for (const answer of [await customer.get(page), await visitor.get(link), await visitor.get(page)]) {
    assert.equal(answer.header("cache-control"), "no-store", answer.request);
    assert.equal(answer.header("referrer-policy"), "no-referrer", answer.request);
    assert.match(String(answer.header("x-robots-tag")), /noindex/, answer.request);
    const policy = String(answer.header("content-security-policy"));
    for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.includes(directive), `${answer.request}: ${policy}`);
    }
    assert.ok(!policy.includes("unsafe-inline") && !policy.includes("unsafe-eval"), policy);
  }
  const html = (await customer.get(page)).text;
  assert.doesNotMatch(
    html,
    /<script(?![^>]*src=)[^>]*>|\son\w+=|style="/,
    "nothing inline, which the policy would stop",
  );
});

test("54: a form from another site does nothing", async () => {
  const { page, customer, id } = await arrive();
  const { rev } = await sam.read({ id });
  const message = form((await customer.get(page)).good(200), `${page}/messages`);
  const contact = filled(await contactForm(visitor), typed());
  const elsewhere = [
    { origin: "https://evil.example" },
    { origin: undefined },
    { origin: "null" },
    { origin: "null", "sec-fetch-site": "cross-site" },
  ];
  for (const headers of elsewhere) {
    const browser = customer.with(headers);
    const sent = await browser.post(`${page}/messages`, filled(message, { body: "From elsewhere" }));
    assert.equal(sent.status, 403);
    assert.equal(
      (await browser.post(`${page}/status`, new URLSearchParams({ status: "closed" }))).status,
      403,
    );
    assert.equal((await visitor.with(headers).post(`/${lamps.slug}`, contact)).status, 403);
  }
  assert.equal((await sam.read({ id })).rev, rev);
  assert.equal((await customer.post(`${page}/messages`, filled(message, { body: "From here" }))).status, 303);
});

test("browsers that hide where a form is, as our pages ask them to, still send it", async () => {
  const { page, customer } = await arrive();
  const message = form((await customer.get(page)).good(200), `${page}/messages`);
  const hiding = customer.with({ origin: "null", "sec-fetch-site": "same-origin" });
  assert.equal((await hiding.post(`${page}/messages`, filled(message, { body: "Hello" }))).status, 303);
});

test("a browser that sends a form we did not make gets a page", async () => {
  const { page, customer } = await arrive();
  for (const [path, fields] of /** @type {[string, Record<string, string>][]} */ ([
    [`/${lamps.slug}`, { name: "Marta" }],
    [`/${lamps.slug}`, { ...typed(), client_id: "x" }],
    [`${page}/messages`, { body: "Hello" }],
    [`${page}/status`, { status: "odd" }],
  ])) {
    const answer = await customer.post(path, new URLSearchParams(fields));
    assert.equal(answer.status, 422, answer.text);
    assert.match(String(answer.header("content-type")), /^text\/html/, answer.request);
  }
});

test("where no company is there is no contact page", async () => {
  const shown = (await visitor.get(`/${lamps.slug}`)).good(200);
  assert.ok(shown.includes("<form"));
  for (const path of ["/no-such-company", "/No Such", "/%00"]) {
    const answer = await visitor.get(path);
    assert.equal(answer.status, 404, path);
    assert.match(String(answer.header("content-type")), /^text\/html/);
  }
  assert.equal(
    (await visitor.post("/no-such-company", filled(await contactForm(visitor), typed()))).status,
    404,
  );
  assert.equal(
    (await new Actor(desk).get("/no-such-company")).header("content-type"),
    "application/problem+json",
  );
});

// spec: A6
test("the front door leads to registering and signing in", async () => {
  const home = (await visitor.get("/")).good(200);
  const menu = /<nav.*?<\/nav>/s.exec(home)?.[0] ?? "";
  for (const path of ["/register", "/sign-in"]) {
    assert.ok(menu.includes(`href="${path}"`));
    (await visitor.get(path)).good(200);
  }
  assert.match((await visitor.get("/terms")).good(200), /terms and conditions of sale/i);
});

test("two conversations in one browser do not get in each other's way", async () => {
  const [first, second] = [await write(lamps), await write(lamps)];
  const cookie = `edgedesk-${first.id}=${first.secret}; edgedesk-${second.id}=${second.secret}; edgedesk=${sam.session}`;
  const browser = visitor.with({ cookie });
  (await browser.get(first.page())).good(200);
  (await browser.get(second.page())).good(200);
  (await browser.get(sam.at(first))).good(200);
});
