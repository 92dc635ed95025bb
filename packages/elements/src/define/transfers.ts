import { KeyfoldTransfers } from "../transfers/transfers.ts";
import { register } from "./register.ts";

register("keyfold-transfers", KeyfoldTransfers);
