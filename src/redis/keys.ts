/** The names of all keys. What one script touches has one tag, so that a cluster keeps it in one slot. */
export interface Keys {
  pair(key: string): string;
  /** Of a lock on a pair, `refresh:<key>`, where the pair is; any other has a tag of its own. */
  lock(name: string): string;
  journal(name: string): string;
  fenced(name: string): string;
  mark(mark: string): string;
  /** What the names of the keys of these begin with. */
  readonly episodes: string;
  readonly usage: string;
  readonly gates: string;
  /** Stands as long as the server has its data. */
  readonly alive: string;
  readonly channel: string;
}

const REFRESH = 'refresh:';

/** A text of its own for each key, whatever is in it, and no brace: Redis takes what stands between two for the tag. */
const tag = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[{}]/g, brace => (brace === '{' ? '\\u007b' : '\\u007d'));

export function keysOf(prefix: string, space: string): Keys {
  const of = (name: string): string =>
    `${prefix}:{${tag(name.startsWith(REFRESH) ? name.slice(REFRESH.length) : name)}}`;
  return {
    pair: key => `${prefix}:{${tag(key)}}:pair`,
    lock: name => `${of(name)}:lock`,
    journal: name => `${of(name)}:journal`,
    fenced: name => `${of(name)}:${name.startsWith(REFRESH) ? 'pair' : 'fences'}`,
    mark: mark => `${prefix}:{${tag(mark)}}:mark`,
    episodes: `${prefix}:{episodes}:`,
    usage: `${prefix}:{usage}:`,
    gates: `${prefix}:{gates}:`,
    alive: `${prefix}:{alive}:mark`,
    channel: `${prefix}:news:${space}`,
  };
}
