import type {Page} from 'playwright-core';

/** Runs in the page, which is why it is text: the project is typed without a DOM. Returns what is wrong. */
const script = `(() => {
  const wrong = [];
  const all = selector => [...document.querySelectorAll(selector)];
  const name = element => element.outerHTML.slice(0, 120).replace(/\\s+/g, ' ');
  if (document.documentElement.lang !== 'en') wrong.push('no language');
  if (document.title.trim() === '') wrong.push('no title');
  if (all('h1').length !== 1) wrong.push(all('h1').length + ' h1');
  if (all('main').length !== 1) wrong.push(all('main').length + ' main');
  for (const field of all('input:not([type=hidden]), select, textarea')) {
    if (![...(field.labels ?? [])].some(label => label.textContent.trim() !== '')) wrong.push('no label: ' + name(field));
  }
  for (const button of all('button')) {
    if (button.textContent.trim() === '') wrong.push('no text: ' + name(button));
  }
  for (const group of all('fieldset')) {
    if (group.firstElementChild?.tagName !== 'LEGEND') wrong.push('no legend: ' + name(group));
  }
  for (const group of all('input[type=checkbox], input[type=radio]')) {
    if (!group.closest('fieldset')) wrong.push('no fieldset: ' + name(group));
  }
  for (const element of all('[aria-describedby]')) {
    if (!document.getElementById(element.getAttribute('aria-describedby'))) wrong.push('describes nothing: ' + name(element));
  }
  const ids = all('[id]').map(element => element.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push('twice: #' + id);
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the window: ' + document.documentElement.scrollWidth);

  const channels = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = color => {
    const [r, g, b] = channels(color).slice(0, 3).map(value => value / 255)
      .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  for (const element of all('body *')) {
    const spoken = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
    if (!spoken || !element.checkVisibility()) continue;
    const [dark, light] = [luminance(getComputedStyle(element).color), luminance(ground(element))].sort((a, b) => a - b);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5) wrong.push('contrast ' + contrast.toFixed(2) + ': ' + name(element));
  }
  return wrong;
})()`;

/** What is wrong with a page for people who don't see it as its author did; narrow, in light and in dark. */
export async function audit(page: Page): Promise<string[]> {
  const size = page.viewportSize();
  await page.setViewportSize({width: 320, height: 800});
  const wrong: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({colorScheme});
    const found: string[] = await page.evaluate(script);
    wrong.push(...found.map(what => `${colorScheme}: ${what}`));
  }
  await page.emulateMedia({colorScheme: null});
  if (size !== null) await page.setViewportSize(size);
  return wrong;
}
