// Lets a plain Node process run this package from its source: `node --import ./test/source.mjs test/child.ts`.
import { registerHooks } from "node:module";

const source = {
  "@keyfold/core/protocol": new URL("../../core/src/protocol/index.ts", import.meta.url).href,
};

registerHooks({
  resolve(specifier, context, next) {
    const url = source[specifier];
    return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
  },
});
