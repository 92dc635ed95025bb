import { KeyfoldMenu } from "../file-actions/menu.ts";
import { register } from "./register.ts";

register("keyfold-menu", KeyfoldMenu);
