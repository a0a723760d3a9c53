import {createHash} from 'node:crypto';
import type {Context} from 'hono';
import {streamSSE, type SSEStreamingApi} from 'hono/streaming';

/** A part of a page that changes by itself, as it has to look now. */
export type Region = () => unknown;

/** A region as it was drawn; the version tells whether there is anything new in it. */
export interface Drawn {
  readonly id: string;
  readonly html: string;
  readonly version: string;
}

/** Sends what has changed on a page to every browser that shows it. */
export interface Live {
  /** For the first answer, before any script runs. */
  draw(page: string): Promise<ReadonlyMap<string, Drawn>>;
  /** Server-sent events: one for each region that is not as it was when it was last sent. */
  stream(context: Context, page: string): Response;
  /** Something may look different now. Many changes within a moment are sent as one. */
  changed(): void;
  close(): void;
}

const MOMENT_MS = 100;
/** A chart moves on though nothing happens. */
const TICK_MS = 5_000;

interface Watcher {
  readonly page: string;
  /** Sends what is new in it. A browser that takes its time gets the latest only, and keeps nobody else waiting. */
  readonly show: (drawn: ReadonlyMap<string, Drawn>) => void;
}

export function createLive(pages: Readonly<Record<string, Readonly<Record<string, Region>>>>): Live {
  const watchers = new Set<Watcher>();
  let soon: NodeJS.Timeout | undefined;
  const ticks = setInterval(() => live.changed(), TICK_MS);
  const closing = new AbortController();

  async function broadcast(): Promise<void> {
    for (const page of new Set([...watchers].map(watcher => watcher.page))) {
      const drawn = await live.draw(page);
      for (const watcher of watchers) if (watcher.page === page) watcher.show(drawn);
    }
  }

  const live: Live = {
    async draw(page) {
      const drawn = Object.entries(pages[page] ?? {}).map(async ([id, region]): Promise<[string, Drawn]> => {
        const html = String(await region());
        const version = createHash('sha256').update(html).digest('base64url').slice(0, 12);
        return [id, {id, html, version}];
      });
      return new Map(await Promise.all(drawn));
    },
    stream: (context, page) =>
      streamSSE(context, async stream => {
        const watcher: Watcher = {page, show: sender(stream)};
        watchers.add(watcher);
        const gone = new Promise<void>(resolve => {
          stream.onAbort(resolve);
          closing.signal.addEventListener('abort', () => resolve(), {once: true});
        });
        watcher.show(await live.draw(page));
        await gone;
        watchers.delete(watcher);
      }),
    changed() {
      if (watchers.size === 0 || closing.signal.aborted) return;
      soon ??= setTimeout(() => {
        soon = undefined;
        broadcast().catch((error: unknown) => {
          // Whatever cannot be drawn now is drawn with the next change; when all is closed, nothing can.
          if (!closing.signal.aborted) console.error(error);
        });
      }, MOMENT_MS);
    },
    close() {
      clearInterval(ticks);
      clearTimeout(soon);
      closing.abort();
    },
  };
  return live;
}

function sender(stream: SSEStreamingApi): Watcher['show'] {
  const seen = new Map<string, string>();
  let next: ReadonlyMap<string, Drawn> | undefined;
  let sending = false;
  async function sendAll(): Promise<void> {
    sending = true;
    while (next) {
      const drawn = next;
      next = undefined;
      for (const region of drawn.values()) {
        if (seen.get(region.id) === region.version) continue;
        seen.set(region.id, region.version);
        await stream.writeSSE({event: 'region', data: JSON.stringify(region)});
      }
    }
    sending = false;
  }
  return drawn => {
    next = drawn;
    // A stream that breaks says so by its end, too.
    if (!sending) sendAll().catch(() => undefined);
  };
}
