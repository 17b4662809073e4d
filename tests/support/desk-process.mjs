// A desk in a process of its own, which can be killed: `node desk-process.mjs STATE PORT SESSION_KEYS LINK_KEYS`.

import { startDesk } from "./desk.mjs";

const [, , state, port, sessionKeys, linkKeys] = process.argv;
const desk = await startDesk({ state, port: Number(port), sessionKeys, linkKeys });
process.stdout.write(`${desk.url}\n`);
