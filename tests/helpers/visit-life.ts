import { FIRST_LIBRARY } from '../../src/library/records';
import type { LibraryApi } from '../../workers/api';
import { createLibraryApi } from '../../workers/library/library-api';

/** A library that lives in memory, as that of a second tab. */
export function secondTabLibrary(): LibraryApi {
  return createLibraryApi({
    list: async () => [FIRST_LIBRARY],
    put: async () => true,
    takeOff: async () => undefined,
    lock: async () => false,
    openStore: async () => undefined,
    removeStore: async () => undefined,
    removeIndexesMadeBy: async () => undefined,
    openDevice: async () => undefined,
  });
}

/** `api` for as long as the visit lives: afterwards nothing is done, and nothing answers. */
export function mortal<Api extends object>(visit: { readonly alive: boolean }, api: Api): Api {
  const never = () => new Promise<never>(() => undefined);
  return new Proxy(api, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (!visit.alive) return never();
        const answer: unknown = value.apply(target, given);
        if (!(answer instanceof Promise)) return answer;
        return answer.then(
          (done: unknown) => (visit.alive ? done : never()),
          (error: unknown) => (visit.alive ? Promise.reject(error as Error) : never()),
        );
      };
    },
  });
}
