import { expect, it } from 'vitest';
import { EQUATIONS, MODEL_CHANGES } from '../../src/analysis/equations.ts';
import { MODEL_VERSION } from '../../src/api/protocol.ts';

it('the newest change of the model is its version, each version once', () => {
  const versions = MODEL_CHANGES.map(({ version }) => version);
  expect(versions[0]).toBe(MODEL_VERSION);
  expect(new Set(versions).size).toBe(versions.length);
});

it('every letter of an equation is explained with it, or with the ones before', () => {
  let said = '';
  for (const { name, lines, where } of EQUATIONS) {
    said += ` ${name} ${where} `;
    // Words of several letters are functions; single ones are quantities.
    const letters = lines.flatMap((line) => line.match(/(?<![A-Za-z])[A-Za-z](?![A-Za-z])/g) ?? []);
    for (const letter of letters) expect(said, `${letter} in ${lines[0]}`).toMatch(new RegExp(`[^A-Za-z]${letter}[^A-Za-z]`));
  }
});
