import { KeyfoldPreview } from "../preview/preview.ts";
import { register } from "./register.ts";

register("keyfold-preview", KeyfoldPreview);
