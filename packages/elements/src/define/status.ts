import "./ask.ts";
import "./key-ceremony.ts";
import "./key-entry.ts";
import { KeyfoldStatus } from "../status/status.ts";
import { register } from "./register.ts";

register("keyfold-status", KeyfoldStatus);
