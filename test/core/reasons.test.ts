import {describe, expect, it} from 'vitest';
import {REASONS} from '../../src/core/reasons.ts';

describe('every reason', () => {
  it.each(Object.entries(REASONS))('%s is a kebab-case code with a sentence for people', (code, sentence) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(sentence).toMatch(/^[A-Z`].*\.$/);
  });

  it('has a sentence of its own', () => {
    const sentences = Object.values(REASONS);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
