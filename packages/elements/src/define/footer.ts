import "./brand.ts";
import { KeyfoldFooter } from "../footer/footer.ts";
import { register } from "./register.ts";

register("keyfold-footer", KeyfoldFooter);
