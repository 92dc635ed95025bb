import "./menu.ts";
import "./key-ceremony.ts";
import "./key-entry.ts";
import { KeyfoldKeyBar } from "../key-bar/key-bar.ts";
import { register } from "./register.ts";

register("keyfold-key-bar", KeyfoldKeyBar);
