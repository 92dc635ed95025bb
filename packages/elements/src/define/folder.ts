import { KeyfoldFolder } from "../folder/folder.ts";
import { register } from "./register.ts";

register("keyfold-folder", KeyfoldFolder);
