/** The folders of one of the host's own users, who needs no key to see that they are there. */
import type { Mount, RequestContext } from "../context.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { folderParam, may } from "../session/gate.ts";
import { foldersOf, forgetFolder } from "../subjects/folders.ts";
import { folderPath } from "./paths.ts";

export function hostFolderRoutes(app: Mount, services: Services): void {
  app.get("/v1/folders", may(services, "list"), async (c) => c.json(await foldersOf(services.database, subjectOf(c))));

  // DELETE, which no page of another site can send unasked, whatever the host's login goes by.
  app.delete(`${folderPath}/subject`, may(services, "list"), async (c) => {
    await forgetFolder(services, subjectOf(c), folderParam(c));
    return c.body(null, 204);
  });
}

/** Whom the host has named. Throws `refused`: nobody. */
function subjectOf(c: RequestContext): string {
  const subject = c.get("subject");
  if (subject === undefined) throw new Refusal("refused", { detail: "The site has not said who is signed in." });
  return subject;
}
