import { KeyfoldShortcuts } from "../file-actions/shortcuts.ts";
import { register } from "./register.ts";

register("keyfold-shortcuts", KeyfoldShortcuts);
