import "./file-face.ts";
import { KeyfoldLookOver } from "../uploader/look-over.ts";
import { register } from "./register.ts";

register("keyfold-look-over", KeyfoldLookOver);
