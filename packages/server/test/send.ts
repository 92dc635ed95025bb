/** Requests to a server, over a network or without. */

/** Sends a request to a base URL's path. */
export type Send = (
  method: string,
  path: string,
  init?: { headers?: Record<string, string>; body?: Uint8Array | string | object },
) => Promise<Response>;

export function sendBy(fetch: (url: string, init: RequestInit) => Promise<Response>, server: string): Send {
  return (method, path, { headers = {}, body } = {}) => {
    const raw = typeof body === "string" || body instanceof Uint8Array || body === undefined;
    return fetch(server + path, {
      method,
      headers: { ...(raw ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: raw ? (body as BodyInit) : JSON.stringify(body) }),
    });
  };
}
