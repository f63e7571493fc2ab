/** `weft serve`: the built page at the address it prints, until it is interrupted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { entry, folder, weft } from './weft.ts';

describe('weft serve', () => {
  it('serves the page from any folder and ends well on Ctrl+C', async () => {
    const child = spawn(process.execPath, [entry(), 'serve', '--port', '20200', '--json'], { cwd: folder(), stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(said.toString());
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:20[2-3]\d\d\/$/);
    const page = await fetch(url);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>')]);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  it('refuses a port that is none', async () => {
    const { code, stderr } = await weft(['serve', '--port', '70000'], folder());
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("--port: '70000' is not a whole number from 1 to 65535") });
  });
});
