import "./ask.ts";
import "./menu.ts";
import "./tree.ts";
import "./preview-dialog.ts";
import { KeyfoldDetails } from "../details/details.ts";
import { register } from "./register.ts";

register("keyfold-details", KeyfoldDetails);
