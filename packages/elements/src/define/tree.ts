import "./ask.ts";
import "./look-over.ts";
import "./menu.ts";
import "./move.ts";
import { KeyfoldTree } from "../tree/tree.ts";
import { register } from "./register.ts";

register("keyfold-tree", KeyfoldTree);
