/** What is known about an object, kept beside it: frozen errors work, and nothing is put on the object itself. */
export interface Beside<Note> {
  set(subject: unknown, note: Note): void;
  /** Of the subject, or of what it carries in `.response` or `.cause`. Never throws. */
  find(subject: unknown): Note | undefined;
}

const DEEPEST_LINK = 5;

export function beside<Note>(): Beside<Note> {
  const notes = new WeakMap<object, Note>();
  const find = (subject: unknown, depth: number): Note | undefined => {
    if (!isObject(subject) || depth > DEEPEST_LINK) return undefined;
    return (
      notes.get(subject) ??
      find(member(subject, 'response'), depth + 1) ??
      find(member(subject, 'cause'), depth + 1)
    );
  };
  return {
    set(subject, note) {
      if (isObject(subject)) notes.set(subject, note);
    },
    find: subject => find(subject, 0),
  };
}

function isObject(subject: unknown): subject is object {
  return (typeof subject === 'object' && subject !== null) || typeof subject === 'function';
}

function member(subject: object, key: 'response' | 'cause'): unknown {
  try {
    return (subject as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}
