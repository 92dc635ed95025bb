import "./look-over.ts";
import { KeyfoldUploader } from "../uploader/uploader.ts";
import { register } from "./register.ts";

register("keyfold-uploader", KeyfoldUploader);
