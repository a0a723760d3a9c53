import findMyWay from 'find-my-way';
import type {RouteParams} from './answer.ts';

export type RoutedMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const methods: readonly RoutedMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** find-my-way, with a value of any type at the end of each path. */
export interface Routing<Target> {
  add(method: RoutedMethod, path: string, target: Target): void;
  find(method: string, path: string): {readonly target: Target; readonly params: RouteParams} | undefined;
  /** The methods that lead somewhere from here. */
  methodsAt(path: string): RoutedMethod[];
}

export function createRouting<Target>(): Routing<Target> {
  const router = findMyWay({ignoreTrailingSlash: true});
  const find: Routing<Target>['find'] = (method, path) => {
    const routed = methods.find(known => known === (method === 'HEAD' ? 'GET' : method));
    // The router would also follow absolute URLs.
    const found = routed === undefined || !path.startsWith('/') ? null : router.find(routed, path);
    // Null, too, for a path that can't be decoded.
    const store: {readonly target: Target} | null | undefined = found?.store;
    return found && store ? {target: store.target, params: found.params} : undefined;
  };
  return {
    add(method, path, target) {
      router.on(method, path, unusedHandler, {target});
    },
    find,
    methodsAt: path => methods.filter(method => find(method, path) !== undefined),
  };
}

/** The router insists on a request handler; ours are in the store. */
function unusedHandler(): void {}
