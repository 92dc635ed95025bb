/** A server that answers with whatever a law has for it. */
import { Http } from "../../../src/api/http.ts";
import { examples, SERVER } from "./schema.ts";

/** `path` is below the server's address. Requests that are to be sent again are, at once. */
export function answering(answer: (method: string, path: string) => Response): Http {
  return new Http({
    server: SERVER,
    backoff: { base: 0, cap: 0 },
    fetch: (input, init) => {
      const address = input instanceof Request ? input.url : input.toString();
      return Promise.resolve(answer(init?.method ?? "GET", address.slice(SERVER.length)));
    },
  });
}

/** As `answering`, but signing in works. */
export function answeringSignedIn(answer: (method: string, path: string) => Response): Http {
  return answering((method, path) => {
    if (path.endsWith("/challenge")) return Response.json(examples.Challenge);
    if (path.endsWith("/session")) return Response.json(examples.Session);
    return answer(method, path);
  });
}
