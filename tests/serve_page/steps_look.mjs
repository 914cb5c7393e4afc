// How it looks and is reached: keyboard, themes, widths, what is away, and that a record never becomes markup.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { api, checkAccessible, checkFits, checkQuiet, expect, open, settle, shoot, signIn, sql, tokens, url } from './browser.mjs';

const places = ['/', '/vapi-sync', '/runs', '/plans', '/conflicts', '/rejected', '/history', '/models', '/automation', '/settings', '/activity', '/syncs/assistants',
                '/syncs/nothing', '/runs/01NOTHING'];

async function placesWithIds() {
  const runs = await api('GET', '/api/v1/runs');
  const plan = await api('POST', '/api/v1/plans', { mode: 'import', syncs: ['agents'] });
  return [...places, `/runs/${runs.items.at(-1).id}`, `/plans/${plan.outcome.plan}`];
}

const nameOf = (path) => path.replace(/01[0-9A-Z]{20,}/, 'ID').replaceAll('/', '_').slice(1) || 'overview';

export const look = [
  ['the keyboard moves about, not while somebody types, and can be turned off', async (page) => {
    await page.goto(`${url}/settings`);
    await settle(page);
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.waitForURL(`${url}/runs`);
    await page.locator('main tbody a').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const at = await page.evaluate(() => [...document.querySelectorAll('[data-row]')].findIndex((row) => row.contains(document.activeElement)));
    assert.equal(at, 1);
    await page.keyboard.press('?');
    await page.waitForSelector('dialog');
    await checkAccessible(page, 'help');
    await page.click('dialog input[type=checkbox]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    assert.equal(page.url(), `${url}/runs`);
    await page.evaluate(() => localStorage.removeItem('lockstep-keys'));
    await page.fill('#search', 'gogo');
    assert.equal(page.url(), `${url}/runs`);
    await page.keyboard.press('Tab');
  }],

  ['a link to the content comes first', async (page) => {
    await page.goto(url);
    await settle(page);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  }],

  ['a configuration with mistakes is refused, and the old one stays', async (page) => {
    const file = process.env.CONFIGURATION;
    const good = fs.readFileSync(file, 'utf8');
    await page.goto(`${url}/settings`);
    await settle(page);
    fs.writeFileSync(file, good.replace('on_conflict:', 'on_conflikt:'));
    expect([422, '/api/v1/configuration']);
    await page.click('text="Reload"');
    await page.waitForSelector('text=A newer one was refused');
    assert.match(await page.locator('main').innerText(), /lockstep\.yaml:\d+.*on_conflikt/);
    fs.writeFileSync(file, good);
    await page.click('text="Reload"');
    await page.waitForSelector('text=It was read anew and is in force.');
    await page.click('text="Check"');
    await page.waitForSelector('text=/No mistakes|Mistakes were found/');
  }],

  ['a server that is away is told, and tried again', async (page) => {
    await page.goto(url);
    await settle(page);
    expect('offline');
    await page.context().setOffline(true);
    await page.click('nav >> text=Plans');
    await page.waitForSelector('text=The server cannot be reached.');
    await page.context().setOffline(false);
    await page.click('text=Retry');
    await page.waitForSelector('main ul.rows');
  }],

  ['schedules are shown, paused and resumed', async (page) => {
    await page.goto(`${url}/automation`);
    await page.waitForSelector('text=30 4 1 1 * (Europe/Berlin)');
    await page.click('text=Pause…');
    await page.fill('dialog input', 'A <b>move</b>');
    await checkAccessible(page, 'a pause');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('text=A <b>move</b>, by ada');
    await checkAccessible(page, 'schedules');
    assert.equal((await api('GET', '/api/v1/syncs/agents')).paused.reason, 'A <b>move</b>');
    await page.click('button:has-text("Resume")');
    await page.waitForSelector('text=Pause…');
    assert.equal((await api('GET', '/api/v1/syncs/agents')).paused, null);
  }],

  ['an alert target that does not answer is told where it is tried', async (page) => {
    expect([502, '/api/v1/alerts/ops/test']);
    await page.goto(`${url}/automation`);
    await page.click('text=Send a test');
    await page.waitForSelector('text=The test was not delivered');
    await checkAccessible(page, 'alerts');
  }],

  ['who asked for what is listed', async (page) => {
    await page.goto(`${url}/activity`);
    await page.waitForSelector('td:has-text("It runs by itself again")');
    assert.ok(await page.locator('tr', { hasText: 'Signs in at the page' }).count() > 0);
  }],

  ['a record shows what differs, field by field, and what was written to it', async (page) => {
    const id = (await api('GET', '/api/v1/history?since=1h&limit=500&sync=assistants')).changes.find((each) => each.fields.first_message).remote_id;
    sql(`UPDATE assistants SET first_message = 'Only here' WHERE vapi_assistant_id = '${id}'`);
    await page.goto(`${url}/syncs/assistants/records/${id}`);
    await page.waitForSelector('dt:has-text("first_message")');
    await page.waitForSelector('text=Only here');
    assert.ok(await page.locator('section', { hasText: 'What was written' }).locator('details').count() > 0);
    await checkAccessible(page, 'a record');
  }],

  ['who may plan sees what differs, and who may read what was written', async (page, browser) => {
    const address = page.url().slice(url.length);
    for (const [token, shown] of [[tokens.planner, 'text=Only here'], [tokens.reader, 'text=a token of scope plan is needed']]) {
      const context = await open(browser);
      const other = await context.newPage();
      await signIn(other, token, `/login?next=${encodeURIComponent(address)}`);
      await other.waitForSelector(shown);
      assert.equal(other.url(), url + address);
      await other.locator('section', { hasText: 'What was written' }).locator('details').first().waitFor();
      await checkQuiet(other);
      await context.close();
    }
  }],

  ['every place in both themes and widths: accessible, nothing wider than the window, no markup out of a record', async (page) => {
    await api('POST', '/api/v1/runs', { mode: 'import', syncs: ['openai-models'] });
    expect([404, '/api/v1/runs/01NOTHING'], [404, '/api/v1/syncs/nothing']);
    for (const path of await placesWithIds()) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(url + path);
      await settle(page);
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        for (const width of scheme === 'light' ? [320, 1280] : [1280, 320]) {
          await page.setViewportSize({ width, height: 900 });
          if (width === 320) await checkFits(page, path);
          await shoot(page, `${nameOf(path)}-${scheme}-${width}`);
        }
        // Light as it is wide, dark as it is narrow.
        await checkAccessible(page, `${path}, ${scheme}`);
      }
      assert.equal(await page.locator('img, main b, main i, main script').count(), 0, path);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }],

  ['the theme is the system\'s, or the one that was chosen', async (page) => {
    await page.goto(url);
    await settle(page);
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await back();
    await page.selectOption('header select', 'light');
    assert.notEqual(await back(), dark);
    await page.reload();
    await settle(page);
    assert.notEqual(await back(), dark);
    await page.selectOption('header select', 'system');
    assert.equal(await back(), dark);
  }],
];
