import "./ask.ts";
import "./look-over.ts";
import "./menu.ts";
import "./tree.ts";
import "./preview-dialog.ts";
import "./shortcuts.ts";
import { KeyfoldList } from "../list/list.ts";
import { register } from "./register.ts";

register("keyfold-list", KeyfoldList);
