import "./preview.ts";
import { KeyfoldPreviewDialog } from "../preview/preview-dialog.ts";
import { register } from "./register.ts";

register("keyfold-preview-dialog", KeyfoldPreviewDialog);
