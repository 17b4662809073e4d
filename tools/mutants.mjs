// Puts a fault in each place of what decides and shows (`permit`, `decide`, `view`), one at a time, and sees whether a test
// finds it: `make mutants`. Of a copy that has the domain alone, because that compiles in seconds. What follows the
// program's path on the command line is passed on to cargo-mutants.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COPY = join(ROOT, "target/mutants");
const FAULTY = ["people/permission.rs", "conversation/view.rs", "conversation/view/item.rs"].concat(
  ["decide.rs", "decide/assigning.rs", "decide/merging.rs", "decide/status.rs"].map(
    (file) => `conversation/${file}`,
  ),
);
/** What the domain needs of the dependencies. */
const NEEDED =
  /^(base64|chrono|csv|hmac|http|serde|serde_json|sha2|utoipa|url|uuid|whatlang|proptest\S*|stateright) = /;
/** Models of what lies around a conversation: they take long, and find no fault in it that the others do not. */
const PASSED_OVER = /^mod (assignment|delivery|routing);$/gm;
/** Fewer than usual: many faults are found by the first few. What is left is looked at with as many as usual. */
const CASES = "64";

const [, , program = "cargo-mutants", ...options] = process.argv;
rmSync(COPY, { recursive: true, force: true });
mkdirSync(join(COPY, "src"), { recursive: true });
cpSync(join(ROOT, "src/domain"), join(COPY, "src/domain"), { recursive: true });
cpSync(join(ROOT, "tests/model"), join(COPY, "tests/model"), { recursive: true });
cpSync(join(ROOT, "Cargo.lock"), join(COPY, "Cargo.lock"));
writeFileSync(join(COPY, "src/lib.rs"), "//! The domain alone.\npub mod domain;\n");
writeFileSync(join(COPY, "Cargo.toml"), manifest(readFileSync(join(ROOT, "Cargo.toml"), "utf8")));
const model = join(COPY, "tests/model/main.rs");
writeFileSync(model, readFileSync(model, "utf8").replaceAll(PASSED_OVER, ""));

const { status } = spawnSync(
  program,
  [
    ...["mutants", "--dir", COPY, "--output", join(ROOT, "target"), "--gitignore", "false"],
    ...["--config", join(ROOT, "tests/mutants.toml"), "--jobs", "1", "--timeout", "120", "--no-shuffle"],
    ...FAULTY.flatMap((file) => ["--file", `src/domain/${file}`]),
    ...options,
    ...["--", "--lib", "--test", "model"],
  ],
  {
    stdio: "inherit",
    env: { ...process.env, CARGO_TARGET_DIR: join(ROOT, "target/mutants-build"), PROPTEST_CASES: CASES },
  },
);
process.exitCode = status ?? 1;

/** The manifest of the copy: name, edition, and what the domain needs. @param {string} whole */
function manifest(whole) {
  const sections = whole.split(/^(?=\[)/m);
  const kept = sections.flatMap((section) => {
    if (section.startsWith("[package]")) return [section];
    if (!/^\[(dev-)?dependencies\]/.test(section)) return [];
    const [title = "", ...lines] = section.split("\n");
    return [[title, ...lines.filter((line) => NEEDED.test(line)), ""].join("\n")];
  });
  return [...kept, "[profile.dev]\ndebug = 0\n", "[workspace]\n"].join("\n");
}
