import { startThread } from '../core/time-limit';

/** The part of a worker's global scope in use. */
interface Scope {
  Worker: new (url: string | URL, options?: WorkerOptions) => unknown;
}

/** What `limitStarts` has replaced. */
const replaced = new WeakSet<object>();

/** Gives every `new scope.Worker`, as onnxruntime-web starts its threads, the limit of `startThread`. Once for each scope. */
export function limitStarts(scope: Scope): void {
  const { Worker } = scope;
  if (replaced.has(Worker)) return;
  scope.Worker = new Proxy(Worker, {
    construct: (target, given: [string | URL, WorkerOptions?]) =>
      startThread(() => new target(...given) as object),
  });
  replaced.add(scope.Worker);
}
