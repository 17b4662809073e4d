// A change of a conversation, and the dashboards that hear of it.
import { views } from "./company.mjs";
import { confirm, IN_FLIGHT, reportLatency, reportProcessor, reportRate } from "./comparing.mjs";
import { ask, json } from "./http.mjs";
import { inTurns, sidesOf, together, withProcessor } from "./turns.mjs";

/** People whose dashboards are open; each has several where there are more dashboards. */
const PEOPLE = 4;

/**
 * @typedef {import("./comparing.mjs").Bench} Bench
 * @typedef {import("./dashboards.mjs").Lane} Lane
 */

/** By the name that --only takes. */
export const feeding = {
  "feed-10": (/** @type {Bench} */ bench) => feed(bench, 10),
  "feed-100": (/** @type {Bench} */ bench) => feed(bench, 100),
  "feed-1000": (/** @type {Bench} */ bench) => feed(bench, 1000),
};

/**
 * Sixteen conversations move to and fro between two folders, which is told at once, where words are told four times a
 * second.
 *
 * @param {Bench} bench
 * @param {number} count
 */
async function feed(bench, count) {
  const { edgedesk, floor, dashboards } = bench;
  const company = await edgedesk.found({});
  const people = await company.hire(PEOPLE, "supervisor");
  const folders = [await company.folder("Here"), await company.folder("There")];
  const conversations = await company.open(IN_FLIGHT);
  // Somebody has them: the Desk has nothing to deal.
  for (const [at, conversation] of conversations.entries()) {
    const by = people[at % people.length];
    if (by) await ask(edgedesk.origin, company.claim(conversation, by));
  }
  const before = (await views(bench, company, conversations)).map(json);
  const object = `feed-${count}`;
  const lanes = { edgedesk: /** @type {Lane[]} */ ([]), floor: /** @type {Lane[]} */ ([]) };
  for (const view of before) {
    const { id } = view;
    // The bare object tells as many bytes.
    const event = (/** @type {string} */ folder) => ({
      conversation: { ...view, folder: { id: folder, name: "There" } },
      kind: "conversation",
    });
    const request = {
      edgedesk: (/** @type {string} */ folder) => company.sort({ id }, folder),
      floor: (/** @type {string} */ folder) => floor.tell(object, event(folder)),
    };
    for (const side of sidesOf(0)) {
      const requests = folders.map((folder) => ({ request: request[side](folder), folder }));
      lanes[side].push({ id, requests });
    }
  }
  const places = Array.from({ length: count }, (_, place) => place);
  const listeners = {
    edgedesk: places.map((place) => company.dashboard(people[place % people.length]?.token ?? "")),
    floor: places.map(() => floor.listener(object)),
  };
  for (const side of sidesOf(0)) {
    const { origin } = bench[side];
    await dashboards.call("open", { name: side, origin, listeners: listeners[side], lanes: lanes[side] });
  }

  const changes = (/** @type {number} */ inFlight, /** @type {number} */ all) =>
    inTurns(all, (side, seconds) =>
      withProcessor(bench[side].pid(), () => dashboards.call("change", { name: side, inFlight, seconds })),
    );
  const saturated = await changes(IN_FLIGHT, bench.seconds);
  const unhurried = await changes(1, bench.seconds / 2);
  const made = {
    edgedesk: await dashboards.call("close", { name: "edgedesk" }),
    floor: await dashboards.call("close", { name: "floor" }),
  };

  const what = `a change, told to ${count} dashboards`;
  reportRate(bench, `${what}: deliveries/s`, saturated);
  reportProcessor(bench, `${what}: processor µs per delivery`, saturated);
  reportLatency(bench, `${what}: ms until the last`, together(unhurried));
  const sum = (/** @type {{ made: number }[]} */ lanes) => lanes.reduce((all, { made }) => all + made, 0);
  confirm("the floor", sum(made.floor), await floor.messages([object]));
  const revs = new Map(before.map(({ id, rev }) => [id, rev]));
  for (const { id, rev } of (await views(bench, company, conversations)).map(json)) {
    const changes = made.edgedesk.find((lane) => lane.id === id)?.made ?? 0;
    confirm(`Edgedesk, of ${id},`, changes, rev - (revs.get(id) ?? 0));
  }
}
