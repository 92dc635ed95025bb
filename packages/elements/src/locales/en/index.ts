import type { Formats } from "../../i18n/format.ts";
import { errorWords } from "./errors.ts";
import { fileWords } from "./files.ts";
import { keyWords } from "./key.ts";
import { pageWords } from "./page.ts";

/** English, the language that all others are typed after. */
export const english = (format: Formats) => ({
  ...pageWords(format),
  ...keyWords(format),
  ...fileWords(format),
  errors: errorWords(format),
});
