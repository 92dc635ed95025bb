import { KeyfoldSearch } from "../search/search.ts";
import { register } from "./register.ts";

register("keyfold-search", KeyfoldSearch);
