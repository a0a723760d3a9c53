/** Markup that goes into a page as it is. `html` makes it from anything. */
export interface Html {
  readonly markup: string;
}

export type HtmlValue = string | number | Html | readonly Html[] | undefined;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template that escapes whatever it is given, other templates apart. Attributes have to be quoted. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return {markup: parts.map((part, index) => (index === 0 ? '' : write(values[index - 1])) + part).join('')};
}

function write(value: HtmlValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value.replace(/[&<>"']/g, letter => entities[letter] ?? letter);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(one => one.markup).join('');
}
