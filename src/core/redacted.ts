const GONE = '[redacted]';
/** Fewer characters of a secret, at the end of a text that was cut, say nothing. */
const TELLING = 6;

/** A text in which none of these secrets stands any more: as it is, as a URL writes it, or cut off at the end. */
export function redacted(
  text: string,
  secrets: readonly (string | undefined)[],
  gone: string = GONE,
): string {
  let clean = text;
  for (const secret of secrets) {
    // Shorter ones stand in too many words to be taken out, and no server gives such.
    if (secret === undefined || secret.length < TELLING) continue;
    for (const form of formsOf(secret))
      clean = withoutStart(
        clean.replaceAll(form, () => gone),
        form,
        gone,
      );
  }
  return clean;
}

function formsOf(secret: string): ReadonlySet<string> {
  return new Set([secret, encodeURIComponent(secret), new URLSearchParams({'': secret}).toString().slice(1)]);
}

function withoutStart(text: string, secret: string, gone: string): string {
  for (let length = Math.min(secret.length - 1, text.length); length >= TELLING; length--) {
    if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + gone;
  }
  return text;
}
