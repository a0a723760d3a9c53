/** Whether a process is still there. */
export interface Life {
  over: boolean;
}

/** What a dead process hears. */
const never = new Promise<never>(() => {});

/** A `fetch` of one process: once that is dead, nothing leaves it and nothing reaches it. */
export function mortalFetch(base: typeof fetch, life: Life): typeof fetch {
  return async (input, init) => {
    if (life.over) return never;
    try {
      const response = await base(input, init);
      return life.over ? await never : response;
    } catch (error) {
      return life.over ? never : Promise.reject(error);
    }
  };
}

/** The same for what a process shares with others: each method, and those of what they resolve with. */
export function mortal<T extends object>(target: T, life: Life): T {
  return new Proxy(target, {
    get(object, name, receiver) {
      const member: unknown = Reflect.get(object, name, receiver);
      if (typeof member !== 'function') return isPlain(member) ? mortal(member, life) : member;
      return (...given: unknown[]): unknown => {
        if (life.over) return never;
        const result: unknown = Reflect.apply(member, object, given);
        if (!(result instanceof Promise)) return result;
        return result.then(value => (life.over ? never : isPlain(value) ? mortal(value, life) : value));
      };
    },
  });
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).some(member => typeof member === 'function');
