import { KeyfoldFileFace } from "../preview/file-face.ts";
import { register } from "./register.ts";

register("keyfold-file-face", KeyfoldFileFace);
