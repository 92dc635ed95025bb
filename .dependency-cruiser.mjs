// Arrows run one way: crypto <- key, seal <- log, tree <- search, transfer, drop <- share <- sync <- pair <- folder <- index; transfer <- recover <- recover-command (docs: "Where things live" in the README).
// A folder may import the folders named in its row, and itself.
const core = {
  "error.ts": [],
  crypto: ["error.ts"],
  protocol: ["error.ts", "crypto"],
  interface: ["error.ts"],
  key: ["error.ts", "crypto", "protocol", "interface"],
  seal: ["error.ts", "crypto", "protocol"],
  store: ["error.ts", "crypto", "interface"],
  tree: ["error.ts", "crypto", "protocol", "seal", "interface"],
  search: ["error.ts", "tree", "interface"],
  log: ["error.ts", "crypto", "protocol", "key", "seal", "tree", "interface"],
  api: ["error.ts", "crypto", "protocol", "key", "interface"],
  transfer: ["error.ts", "crypto", "protocol", "seal", "tree", "log", "api", "interface"],
  drop: ["error.ts", "crypto", "protocol", "key", "seal", "tree"],
  share: ["error.ts", "crypto", "protocol", "key", "seal", "tree", "log", "api", "transfer", "interface"],
  sync: ["error.ts", "crypto", "protocol", "key", "seal", "store", "tree", "log", "api", "transfer", "share", "interface"],
  pair: ["error.ts", "crypto", "protocol", "key", "log", "api", "sync", "interface"],
  folder: [
    "error.ts",
    "crypto",
    "protocol",
    "key",
    "seal",
    "store",
    "tree",
    "search",
    "log",
    "api",
    "transfer",
    "share",
    "sync",
    "pair",
    "interface",
  ],
  recover: ["error.ts", "crypto", "protocol", "key", "seal", "tree", "log", "api", "transfer"],
  "recover-command": ["error.ts", "crypto", "recover"],
};
const inCore = (names) => names.map((name) => `^packages/core/src/${name.replace(".", "\\.")}${name.endsWith(".ts") ? "$" : "/"}`);
const test = "\\.test\\.ts$";

const layers = Object.entries(core).map(([name, allowed]) => ({
  name: `core-${name.replace(".ts", "")}`,
  severity: "error",
  from: { path: inCore([name])[0], pathNot: test },
  to: { path: "^packages/", pathNot: inCore([name, ...allowed]) },
}));

export default {
  forbidden: [
    ...layers,
    {
      name: "no-circular",
      severity: "error",
      from: { pathNot: "node_modules" },
      to: { circular: true, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "protocol-cannot-decrypt",
      comment: "What the server imports must not reach code that could decrypt.",
      severity: "error",
      from: { path: "^packages/core/src/protocol/", pathNot: test },
      to: { path: "^packages/core/src/crypto/", pathNot: "^packages/core/src/crypto/(encoding|verify|ed25519[^/]*|provider)\\.ts$" },
    },
    {
      name: "server-imports-only-protocol",
      severity: "error",
      from: { path: "^packages/server/src/", pathNot: test },
      to: { path: "^packages/(core|elements)/", pathNot: "^packages/core/(src|dist)/protocol/index\\." },
    },
    {
      name: "bullmq-only-in-its-entry",
      comment: "Whoever runs no workers installs no bullmq.",
      severity: "error",
      from: { path: "^packages/", pathNot: ["^packages/server/src/bullmq\\.ts$", test, "^packages/[^/]+/test/"] },
      to: { path: ["node_modules/bullmq/", "^packages/server/src/bullmq\\.ts$"] },
    },
    {
      name: "elements-import-only-the-public-entry",
      severity: "error",
      from: { path: "^packages/elements/src/", pathNot: [test, "^packages/elements/src/recover/"] },
      to: { path: "^packages/(core|server)/", pathNot: "^packages/core/(src|dist)/index\\." },
    },
    {
      name: "the-recovery-page-imports-two-entries",
      severity: "error",
      from: { path: "^packages/elements/src/recover/", pathNot: test },
      to: { path: "^packages/(core|server)/", pathNot: "^packages/core/(src|dist)/(recover/)?index\\." },
    },
    {
      name: "core-imports-no-other-package",
      severity: "error",
      from: { path: "^packages/core/src/", pathNot: test },
      to: { path: "^packages/(server|elements)/" },
    },
    {
      name: "primitives-only-in-crypto",
      severity: "error",
      from: { path: "^packages/", pathNot: ["^packages/core/src/crypto/", test, "^packages/[^/]+/test/"] },
      to: { path: "node_modules/@noble/" },
    },
    {
      name: "no-orphan-dependency",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"], pathNot: "^keyfold:" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|dist" },
    exclude: { path: "(^|/)(dist|\\.keyfold)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".js", ".mjs"],
    },
  },
};
