/** Registers all elements. */
import "./folder.ts";
import "./manager.ts";
import "./preview.ts";
