import { KeyfoldAsk } from "../file-actions/ask-dialog.ts";
import { register } from "./register.ts";

register("keyfold-ask", KeyfoldAsk);
