/** The one script for pages that bundle nothing: `<script type="module" src="/keyfold/elements.js"></script>`. All elements, all languages. */
import "./define/index.ts";
import "./locales/de/index.ts";

export * from "@keyfold/core";
export * from "./index.ts";
