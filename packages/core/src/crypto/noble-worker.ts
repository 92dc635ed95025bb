/**
 * The worker that runs the primitives on noble, so that sealing does not hold up the page. Built as one file without imports
 * (`@keyfold/core/noble-worker.js`), which the page starts by its address.
 *
 * @module
 */
import { primitives } from "./noble-primitives.ts";
import type { FromNobleWorker, ToNobleWorker } from "./noble-runner.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToNobleWorker>) => void) | null;
  postMessage(message: FromNobleWorker, transfer: Transferable[]): void;
}
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { id, primitive, given } }) => {
  try {
    const result = (primitives[primitive] as (...given: readonly unknown[]) => Uint8Array<ArrayBuffer> | boolean | null)(...given);
    scope.postMessage({ id, result }, result instanceof Uint8Array ? [result.buffer] : []);
  } catch (error) {
    scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) }, []);
  }
};
scope.postMessage({ ready: true }, []);
