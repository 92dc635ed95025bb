import "./ask.ts";
import { KeyfoldMove } from "../file-actions/move-dialog.ts";
import { register } from "./register.ts";

register("keyfold-move", KeyfoldMove);
