/** Which of Smartcar's faces a request was meant for. */
export type ApiName = '2.0' | '3' | 'oauth' | 'connect' | 'management' | 'control' | 'other';

/** One request and what became of it. Never holds a token, a secret or a code. */
export interface JournalEntry {
  /** When the request arrived, epoch ms on the simulator's clock. */
  readonly at: number;
  readonly method: string;
  /** Without the query, cut at 2 000 characters. */
  readonly path: string;
  readonly api: ApiName;
  /** The owner: by the token (v2, token endpoint), by `sc-user-id` (v3), by the query (Connect). */
  readonly user?: string;
  readonly vehicle?: string;
  /**
   * Which of the tokens of this owner (v3: of this application) was presented: its generation, counted
   * from 1. On the token endpoint, the generation of the refresh token.
   */
  readonly token?: number;
  readonly grantType?: string;
  /** The HTTP status; `dropped` when the connection was cut, `hung` when no answer is ever sent. */
  readonly status: number | 'dropped' | 'hung';
  readonly type?: string;
  readonly code?: string;
  /** Whether `next` decided the answer. */
  readonly scripted: boolean;
  /** Commands only: whether the car was changed. */
  readonly effect?: 'carried-out' | 'not-carried-out';
  readonly headers: {
    readonly 'sc-user-id'?: string;
    readonly hadAuthorization: boolean;
    readonly contentType?: string;
  };
  /** The JSON body of an API request up to 16 kB, PINs, codes and the like blanked; never of a token request. */
  readonly body?: unknown;
}

/** The journal's own view: an entry's effect may be known only after its status. */
export type OpenEntry = {-readonly [Key in keyof JournalEntry]: JournalEntry[Key]};

export interface Journal {
  /** Oldest first. */
  readonly entries: readonly JournalEntry[];
  add(entry: OpenEntry): void;
}

/** A ring: at `limit` entries, the oldest makes room. */
export function createJournal(limit = 10_000): Journal {
  const entries: OpenEntry[] = [];
  return {
    entries,
    add(entry) {
      if (entries.length >= limit) entries.shift();
      entries.push(entry);
    },
  };
}

/** Codes among them: a token request can lose its way to a host that knows nothing of secrets. */
const secretName = /pin|password|secret|token|^code$/i;

/** A JSON body fit for the journal, or undefined when it is too long, or nested too deep, to be worth keeping. */
export function journalBody(text: string): unknown {
  if (text.length > 16_384) return undefined;
  try {
    const parsed: unknown = JSON.parse(text, (name, value: unknown) =>
      secretName.test(name) ? '(hidden)' : value,
    );
    return parsed;
  } catch {
    return undefined;
  }
}
