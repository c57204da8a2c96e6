// Runs the Khronos glTF validator on the named files; one line of JSON for each.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [home, ...files] = process.argv.slice(2);
const validator = createRequire(home + "/")("gltf-validator");
for (const file of files) {
  let line;
  try {
    const report = await validator.validateBytes(new Uint8Array(readFileSync(file)), {
      maxIssues: 64,
    });
    line = { file, issues: report.issues, version: validator.version() };
  } catch (error) {
    line = { file, failed: String(error) };
  }
  process.stdout.write(JSON.stringify(line) + "\n");
}
