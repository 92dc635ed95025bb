import { KeyfoldKeyCeremony } from "../key-ceremony/key-ceremony.ts";
import { register } from "./register.ts";

register("keyfold-key-ceremony", KeyfoldKeyCeremony);
