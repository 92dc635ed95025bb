import { KeyfoldAlert } from "../alert/alert.ts";
import { register } from "./register.ts";

register("keyfold-alert", KeyfoldAlert);
