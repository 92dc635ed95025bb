import { KeyfoldKeyEntry } from "../key-entry/key-entry.ts";
import { register } from "./register.ts";

register("keyfold-key-entry", KeyfoldKeyEntry);
