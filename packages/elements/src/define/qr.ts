import { KeyfoldQr } from "../qr/qr.ts";
import { register } from "./register.ts";

register("keyfold-qr", KeyfoldQr);
