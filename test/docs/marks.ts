/** What stands on a page between `<!-- name: … -->` and `<!-- /name -->`. */
export function between(page: string, name: string): string | undefined {
  return pattern(name).exec(page)?.[2]?.trim();
}

export function putBetween(page: string, name: string, text: string): string {
  if (!pattern(name).test(page)) throw new Error(`Expected the page to have a mark \`${name}\``);
  return page.replace(
    pattern(name),
    (_whole, opening: string, _old: string, closing: string) => `${opening}\n${text}\n${closing}`,
  );
}

const pattern = (name: string): RegExp =>
  new RegExp(`(<!-- ${name}\\b[^>]*-->)\\n([\\s\\S]*?)(<!-- /${name} -->)`);
