/** The lessons by keyboard alone: predict, run, compare; for everybody; a class's numbers and its result code. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { LESSONS } from '../../src/lessons/catalog.ts';
import { bindLesson } from '../../src/lessons/registry.ts';
import type { LessonId, Question } from '../../src/lessons/types.ts';
import { expectAccessible, expectNoSidewaysScroll } from './axe.ts';
import { tabTo } from './page.ts';

async function predict(page: Page, { choices }: Question, answer: number | string): Promise<void> {
  const ask = page.getByRole('region', { name: 'Predict' });
  const first = choices ? ask.getByRole('radio').first() : ask.getByRole('textbox');
  await expect(first).toBeVisible();
  await tabTo(page, first);
  if (choices) {
    await page.keyboard.press('Space');
    for (let i = 0; i < choices.indexOf(String(answer)); i++) await page.keyboard.press('ArrowDown');
  } else await page.keyboard.type(String(answer));
  await page.keyboard.press('Enter');
  await expect(ask.getByRole('button', { name: 'Run' })).toBeFocused();
}

async function step(page: Page, question: Question, answer: number | string): Promise<void> {
  await predict(page, question, answer);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('said')).toHaveText(/^Right\. Your prediction: .*Closed form: .*Simulated: /);
}

test('lessons 1 to 3 by keyboard alone, with reduced motion; axe in both themes, wide and narrow', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./learn/hop/1/');
  for (const { id, questions } of LESSONS.slice(0, 3)) {
    const { closed } = bindLesson(id, '').facts;
    for (const [i, question] of questions.entries()) {
      await expect(page).toHaveURL(new RegExp(`/learn/${id}/${i + 1}/$`));
      await step(page, question, closed[question.id]!);
      if (id === 'hop' && i === 1) {
        await expectAccessible(page, 'light, wide');
        await expectNoSidewaysScroll(page);
        for (const [of, form, begins] of [
          ['Figure', 'SVG', /^<svg /],
          ['Figure', 'CSV', /^[a-z_]+,/],
          ['Compare', 'SVG', /^<svg /],
          ['Compare', 'CSV', /^what,answer,difference_share\r\nyour prediction,\d/i],
        ] as const) {
          const saved = page.waitForEvent('download');
          await page.getByRole('button', { name: `Save: ${of}` }).click();
          await page.getByRole('button', { name: new RegExp(`, ${form}$`) }).click();
          expect(readFileSync(await (await saved).path(), 'utf8')).toMatch(begins);
        }
      }
      if (id === 'memory' && i === 1) {
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.setViewportSize({ width: 320, height: 640 });
        await expectAccessible(page, 'dark, narrow');
        await expectNoSidewaysScroll(page);
        await page.setViewportSize({ width: 1440, height: 900 });
      }
      await tabTo(page, page.getByRole('link', { name: /^Next/ }));
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 2 })).toBeFocused();
    }
  }
  await page.goto('./');
  await expect(page.locator('[data-lesson=movers]')).toContainText('done');
  await expect(page.locator('[data-lesson=sums]')).not.toContainText('done');
});

test('a wrong prediction is compared and tried again; a class has its own numbers, no hints, and a code that can be read; a run opens in the Lab', async ({
  page,
}) => {
  const [id, seed] = ['backpressure' as LessonId, '7b-01'];
  const { closed } = bindLesson(id, seed).facts;
  await page.goto(`./learn/${id}/3/?class=${seed}`);
  await expect(page.getByRole('button', { name: /^Hint/ })).toHaveCount(0);
  await page.getByRole('radio', { name: 'at PE 0' }).check();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('badge')).toHaveText('not yet');
  await page.getByRole('button', { name: 'Try another answer' }).click();
  await step(page, { id: 'culprit', tolerance: 0, choices: ['source', 'middle', 'last'] }, closed.culprit!);
  const code = await page.getByTestId('code').innerText();
  await expect(page).toHaveURL(new RegExp(`#r=${code}$`));
  await page.getByRole('link', { name: 'Open in the Lab', exact: true }).click();
  await expect(page.getByTestId('announcer')).toHaveText(/^Run finished: [\s\S]* by the closed form\. The results are right to the bit\.$/);
  await page.getByText(/^Why does it wait these/).click();
  await expect(page.locator('.why li').first()).toContainText(/PE \d+,0/);

  await page.goto(`./learn/#r=${code}`);
  await page.getByRole('button', { name: 'Read' }).click();
  await expect(page.getByTestId('decoded')).toContainText(/Backpressure, seed 7b-01.*Who is to blame\?✓ right2 tries/);
});
