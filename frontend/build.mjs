// Builds every script of the pages into src/milepost/pages/static/.
import { build } from "esbuild";
import { copyFile } from "node:fs/promises";

const out = "../src/milepost/pages/static";
const shared = { bundle: true, minify: true, target: "es2022", legalComments: "none", logLevel: "warning" };
const from = (source, name, format, more = {}) =>
  build({ ...shared, entryPoints: [source], outfile: `${out}/${name}`, format, ...more });

await Promise.all([
  from("src/app.ts", "app.js", "iife", { supported: { "dynamic-import": true } }),
  from("src/console/main.ts", "console.js", "iife"),
  from("src/network.ts", "network.js", "iife"),
  from("src/sw.ts", "sw.js", "iife"),
  from("src/widget.ts", "widget.js", "iife"),
  from("src/care.ts", "care.js", "iife"),
  from("src/camera.ts", "camera.js", "esm"),
  from("src/voice.ts", "voice.js", "esm"),
  from("src/bigmap.ts", "map.js", "esm"),
  from("node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", "map-worker.js", "esm"),
  from("src/map.css", "map.css", undefined, { loader: { ".css": "css" } }),
  copyFile("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", `${out}/zxing_reader.wasm`),
]);
