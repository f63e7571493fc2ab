/** `weft micro`: what scripts rely on, and its mistakes. */
import { describe, expect, it } from 'vitest';
import { folder, weft } from './weft.ts';

const DIR = folder();

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await weft(['micro', ...args, '--json'], DIR);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('weft micro --json prints cycles and model', () => {
  it.each([
    ['a chain', 'reduce --algo chain --pes 512 --wavelets 64 --machine wse2', { cycles: 3191, model: 3130, startUp: 61, exact: true }],
    ['two phases', 'reduce --algo two-phase --pes 512 --wavelets 64 --group 32 --machine wse2', { cycles: 911, group: 32, exact: true }],
    ['a star', 'reduce --algo star --pes 64 --wavelets 64', { cycles: 4099, model: 4037, machine: 'wse2' }],
    ['a tree', 'reduce --algo tree --pes 8 --wavelets 16 --machine wse2', { cycles: 193, exact: true }],
    ['a ring', 'all-reduce --algo ring --pes 16 --wavelets 256 --machine teaching', { model: 660, exact: true, program: 'all-reduce' }],
    ['a broadcast', 'broadcast --pes 512 --wavelets 64 --machine wse2', { cycles: 580, model: 580 }],
    ['a vector op', 'vecop --op fmuls --n 1028 --machine wse2', { cycles: 1034, model: 1034, op: 'f32_mul' }],
    ['one in conflict', 'vecop --op fmuls --n 1028 --bank-conflict --machine wse2', { cycles: 2062, model: 2062 }],
    ['a 16-bit add', 'vecop --op add16 --n 2048 --bank-conflict --machine wse3', { cycles: 514, window: 'issue' }],
    ['a multiply-add', 'vecop --op fmach --n 4096 --bank-conflict --machine wse3', { cycles: 1040, window: 'stamps' }],
    ['a relay', 'relay --stages 4 --wavelets 512 --machine wse3', { cycles: 2125, model: 2125 }],
    ['a matrix-vector product', 'matvec --size 25 --machine wse3', { cycles: 788, model: 788 }],
    ['a message', 'message --wavelets 8 --machine wse3', { cycles: 19, link: 7 }],
  ])('%s', async (_, args, expected) => {
    expect(await json(...args.split(' '))).toMatchObject(expected);
  });
});

describe('weft micro', () => {
  it('prints one readable line without --json', async () => {
    const { stdout } = await weft(['micro', 'broadcast', '--pes', '8', '--wavelets', '16'], DIR);
    expect(stdout).toBe('broadcast of 16 wavelets over 8 PEs: 28 cycles, model 28 (0); start-up of 24 not counted\n');
  });

  it.each([
    ['no program', [], 'no program: choose reduce, all-reduce, broadcast, vecop, relay, matvec or message'],
    ['an unknown program', ['reduze'], "unknown command 'reduze' (Did you mean reduce?)"],
    ['no algorithm', ['reduce', '--pes', '3', '--wavelets', '3'], "required option '--algo <algorithm>' not specified"],
    ['an unknown algorithm', ['reduce', '--algo', 'ring', '--pes', '3', '--wavelets', '3'], 'Allowed choices are star, chain, tree, two-phase'],
    ['a row too long', ['broadcast', '--pes', '751', '--wavelets', '3'], '--pes: a row of WSE-2 has 750 PEs, not 751. Fix: use at most 750.'],
    ['vectors too long', ['broadcast', '--pes', '3', '--wavelets', '20000'], '--wavelets: 20000 f32 need 84208 B of a PE'],
    ['no PEs', ['broadcast', '--pes', '0', '--wavelets', '3'], "--pes: '0' is not a whole number from 1"],
    ['groups of a chain', ['reduce', '--algo', 'chain', '--group', '3', '--pes', '3', '--wavelets', '3'], '--group: chain has no groups'],
    ['an unknown op', ['vecop', '--op', 'fmulz', '--n', '3'], '--op: there is no vector op "fmulz". Fix: use fmuls'],
    ['a conflict of one source', ['vecop', '--op', 'fmovs', '--n', '3', '--bank-conflict'], '--bank-conflict: mov32 has one source'],
    ['a relay too long', ['relay', '--stages', '750', '--wavelets', '3'], '--stages: a row of WSE-2 has 750 PEs, not 751. Fix: use at most 749.'],
  ])('%s is one line on stderr and exit code 2', async (_, args, line) => {
    const { code, stderr } = await weft(['micro', ...args], DIR);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(line);
  });
});
