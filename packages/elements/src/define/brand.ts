import { KeyfoldBrand } from "../brand/brand.ts";
import { register } from "./register.ts";

register("keyfold-brand", KeyfoldBrand);
