// Copies the dashboard's three libraries from npm into public/vendor, as the ES modules they are published as.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Name under public/vendor → file in node_modules. */
const modules = {
  "preact.js": "preact/dist/preact.mjs",
  "hooks.js": "preact/hooks/dist/hooks.mjs",
  "htm.js": "htm/dist/htm.module.js",
  "signals.js": "@preact/signals/dist/signals.mjs",
  "signals-core.js": "@preact/signals-core/dist/signals-core.mjs",
};

await mkdir(`${root}/public/vendor`, { recursive: true });
for (const [name, file] of Object.entries(modules)) {
  const source = await readFile(`${root}/node_modules/${file}`, "utf8");
  // The maps are not copied: a reference to them would only be a 404.
  await writeFile(`${root}/public/vendor/${name}`, source.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}
await copyFile(`${root}/node_modules/preact/LICENSE`, `${root}/public/vendor/LICENSE`);
await writeFile(`${root}/public/vendor/.done`, "");
