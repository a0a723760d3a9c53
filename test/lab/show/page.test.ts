import {parseHTML} from 'linkedom';
import {describe, expect, it} from 'vitest';
import {partsOf} from '../../../src/lab/show/calls.ts';
import {page} from '../../../src/lab/show/page.ts';
import {peerWith, reportOn, resultWith, scenarioWith} from './results.ts';

const HOSTILE = `</title><script>alert("1")</script>&lt;' onload='x`;

type Page = ReturnType<typeof parseHTML>['document'];

const documentOf = (text: string): Page => parseHTML(text).document;

const textsOf = (root: Pick<Page, 'querySelectorAll'>, selector: string): readonly string[] =>
  [...root.querySelectorAll(selector)].map(({textContent}) => textContent.trim());

describe('the page of a report', () => {
  it('asks no server for anything, and runs nothing', () => {
    const text = page(reportOn(scenarioWith()));
    const document = documentOf(text);
    expect(document.querySelectorAll('script, iframe, img, link:not([rel=icon])')).toHaveLength(0);
    const addresses = [...document.querySelectorAll('[src], [href]')].map(
      element => element.getAttribute('src') ?? element.getAttribute('href') ?? '',
    );
    expect(addresses.filter(address => !/^(#|data:,$)/.test(address))).toEqual([]);
    expect(text).not.toMatch(/url\(|@import/);
    expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain(
      "default-src 'none'",
    );
  });

  it('shows texts of all kinds as texts', () => {
    const scenario = scenarioWith({
      title: HOSTILE,
      about: HOSTILE,
      results: [resultWith({policy: HOSTILE, settings: HOSTILE}), peerWith()],
      goals: [{policy: HOSTILE, goal: HOSTILE, value: HOSTILE, met: false}],
    });
    const text = page({...reportOn(scenario), command: HOSTILE, versions: {[HOSTILE]: HOSTILE}});
    expect(text).not.toContain('<script');
    const document = documentOf(text);
    expect(document.querySelectorAll('[onload]')).toHaveLength(0);
    expect(document.querySelector('h2[id^=scenario]')?.textContent).toBe(HOSTILE);
    expect(document.querySelector('tbody th')?.textContent).toBe(HOSTILE);
    expect(document.querySelector('code')?.textContent).toBe(HOSTILE);
    expect(textsOf(document, 'svg.narrow text')).toContain(HOSTILE);
    expect(document.querySelector('svg')?.getAttribute('aria-label')).toContain(HOSTILE);
  });

  it('has two charts for each scenario, each drawn for two widths, that say what they show', () => {
    const document = documentOf(page(reportOn(scenarioWith(), scenarioWith({title: 'other'}))));
    const sections = [...document.querySelectorAll('main > section[id]')];
    expect(sections.map(({id}) => id)).toEqual(['scenario-calm-few-cars', 'scenario-other']);
    for (const section of sections) {
      const charts = [...section.querySelectorAll('svg')];
      expect(charts.map(chart => chart.getAttribute('class'))).toEqual([
        'wide plot',
        'narrow plot',
        'wide plot',
        'narrow plot',
      ]);
      expect(charts.map(chart => chart.getAttribute('role'))).toEqual(['img', 'img', 'img', 'img']);
    }
    const [lines, , bars] = sections[0]?.querySelectorAll('svg') ?? [];
    expect(lines?.getAttribute('aria-label')).toBe(
      'calm, few cars: good answers in each 1.0 min, over 5.0 min, a line for each of smartcar-policy; ky',
    );
    expect(bars?.getAttribute('aria-label')).toContain(
      'smartcar-policy: 1 250 in all, 996 answered in time, 254 other, such as failed. ky: ',
    );
  });

  it('leads to each scenario, even to two of the same title', () => {
    const document = documentOf(page(reportOn(scenarioWith(), scenarioWith())));
    const targets = [...document.querySelectorAll('nav a')].map(link => link.getAttribute('href') ?? '');
    expect(targets.slice(0, 2)).toEqual(['#scenario-calm-few-cars', '#scenario-calm-few-cars-2']);
    for (const target of targets) expect(document.getElementById(target.slice(1))).not.toBeNull();
    const ids = [...document.querySelectorAll('[id]')].map(({id}) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has the numbers of the table, and says in words whether goals are met', () => {
    const goals = [
      {policy: 'smartcar-policy', goal: 'one', value: '1', met: true},
      {policy: 'smartcar-policy', goal: 'two', value: '2', met: false},
    ];
    const document = documentOf(page(reportOn(scenarioWith({goals}))));
    expect(textsOf(document, 'thead th')).toEqual(['policy', 'good', 'calls', 'p50', 'p99', 'billed']);
    expect(textsOf(document, 'tbody tr.ours > *')).toEqual([
      'smartcar-policy',
      '99.6 %',
      '1.25',
      '0.4 s',
      '2.9 min',
      '1.00',
    ]);
    expect(textsOf(document, '.goals strong')).toEqual(['met', 'not met']);
    expect(document.querySelector('header')?.textContent).toContain('1 scenario, 1 of 2 goals met.');
  });

  it('ends with what it takes to run it again', () => {
    const document = documentOf(page(reportOn(scenarioWith())));
    const last = document.querySelector('main > section:last-child');
    expect(last?.querySelector('code')?.textContent).toBe('npx lab --seed 7');
    expect(textsOf(last ?? document, 'dl > *')).toEqual(['seed', '7', 'ky', '2.1.0', 'node', '24.21.0']);
    expect(textsOf(document, '[aria-labelledby=settings] dd')).toEqual(['its defaults', 'ky, its defaults']);
  });

  it('is the same each time', () => {
    const report = reportOn(scenarioWith(), scenarioWith({title: 'other'}));
    expect(page(report)).toBe(page(report));
  });

  it('stands even where nothing ran', () => {
    expect(page(reportOn())).toContain('0 scenarios.');
    expect(page(reportOn(scenarioWith({results: []})))).toContain('No policy ran.');
    const nothing = resultWith({calls: 0, good: 0, asked: 0, series: {stepMs: 1, good: [], calls: []}});
    expect(page(reportOn(scenarioWith({results: [nothing]})))).not.toContain('NaN');
  });
});

describe('what became of calls', () => {
  it('adds up to the calls', () => {
    const parts = partsOf(resultWith({calls: 1_000, good: 850, refused: 50, unheard: 20, parked: 30}));
    expect(parts.map(({fate, calls}) => [fate, calls])).toEqual([
      ['answered in time', 850],
      ['refused', 50],
      ['unheard', 20],
      ['parked', 30],
      ['other, such as failed', 50],
    ]);
  });

  it('shows all that are wasted, though two answers may share a call', () => {
    const parts = partsOf(resultWith({calls: 1_000, good: 980, refused: 50}));
    expect(parts.map(({fate, calls}) => [fate, calls])).toEqual([
      ['answered in time', 950],
      ['refused', 50],
    ]);
  });
});
