import "./alert.ts";
import "./brand.ts";
import "./details.ts";
import "./footer.ts";
import "./key-bar.ts";
import "./key-ceremony.ts";
import "./key-entry.ts";
import "./list.ts";
import "./menu.ts";
import "./qr.ts";
import "./search.ts";
import "./status.ts";
import "./transfers.ts";
import "./tree.ts";
import "./uploader.ts";
import { KeyfoldManager } from "../manager/manager.ts";
import { register } from "./register.ts";

register("keyfold-manager", KeyfoldManager);
