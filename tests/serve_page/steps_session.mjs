// Signing in and out.
import assert from 'node:assert/strict';
import { open, settle, shoot, signIn, tokens, url, expect, checkAccessible, checkQuiet } from './browser.mjs';

export const sessions = [
  ['who is not signed in comes to the login, and back to where they wanted to be', async (page) => {
    await page.goto(`${url}/runs?state=failed`);
    await page.waitForURL('**/login?next=**');
    await checkAccessible(page, 'login');
    await shoot(page, 'login');
    await page.fill('#token', 'lsk_wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=That token is not valid, or was revoked.');
    await page.fill('#token', tokens.admin);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/runs?state=failed`);
    await page.waitForSelector('text=Nothing has run yet.');
  }],

  ['the link of token create signs in, and does not stay in the address', async (page, browser) => {
    const context = await open(browser);
    const other = await context.newPage();
    await other.goto(`${url}/login#token=${tokens.reader}`);
    await other.waitForSelector('header nav');
    assert.equal(other.url(), `${url}/`);
    await other.goBack();
    assert.ok(!other.url().includes('token'), other.url());
    await checkQuiet(other);
    await context.close();
  }],

  ['an answer that is older than the sign-in signs nobody out', async (page, browser) => {
    const context = await open(browser);
    const other = await context.newPage();
    const signedIn = other.waitForResponse((response) => response.url().endsWith('/api/v1/session'));
    const late = other.waitForResponse((response) => response.url().endsWith('/api/v1/me') && response.status() === 401);
    let asked = 0;
    await other.route('**/api/v1/me', async (route) => {
      if (++asked > 1) return route.continue();
      await signedIn;
      return route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"title": "Unauthorized"}' });
    });
    await other.goto(`${url}/login#token=${tokens.reader}`);
    await late;
    await other.waitForTimeout(300);
    await other.waitForSelector('header nav');
    assert.equal(other.url(), `${url}/`);
    await checkQuiet(other);
    await context.close();
  }],

  ['after signing in nobody is sent to another site', async (page, browser) => {
    const context = await open(browser);
    const other = await context.newPage();
    expect([401, '/api/v1']);
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example/', '/api/v1/me', '/runs/../../evil', '/login']) {
      await signIn(other, tokens.reader, `/login?next=${encodeURIComponent(next)}`);
      assert.equal(other.url(), `${url}/`, next);
      await context.clearCookies();
    }
    await checkQuiet(other);
    await context.close();
  }],

  ['who may only look is told so, and has no buttons', async (page, browser) => {
    const context = await open(browser);
    const other = await context.newPage();
    await signIn(other, tokens.reader, '/vapi-sync');
    await other.goto(`${url}/vapi-sync`);
    await settle(other);
    await other.waitForSelector('text=Admin Access Required');
    assert.equal(await other.locator('button', { hasText: 'Full Sync' }).count(), 0);
    assert.equal(await other.locator('button', { hasText: 'Preview' }).count(), 0);
    await other.waitForSelector('text=Sync Required');
    await checkAccessible(other, 'vapi-sync, read');
    await other.goto(`${url}/settings`);
    await other.waitForSelector('text=Tokens and configuration are for tokens of scope admin.');
    await other.click('text=Sign out');
    await other.waitForURL('**/login');
    await other.goto(`${url}/runs`);
    await other.waitForURL('**/login?next=%2Fruns');
    await checkQuiet(other);
    await context.close();
  }],

  ['a token is made, shown once, used and revoked, which ends its session', async (page, browser) => {
    await page.goto(`${url}/settings`);
    await page.fill('input[name=name]', 'Eve <b>bold</b> \u202egnp');
    await page.selectOption('select[name=scope]', 'write');
    await page.click('text=Create token');
    const secret = await page.inputValue('#new-token');
    assert.match(secret, /^lsk_/);
    await checkAccessible(page, 'a new token');
    await page.click('text=Done');
    assert.ok(!(await page.content()).includes(secret));
    const context = await open(browser);
    const other = await context.newPage();
    await signIn(other, secret);
    const row = page.locator('tr', { hasText: 'Eve <b>bold</b>' });
    assert.match(await row.innerText(), /U\+202E/);
    await row.locator('button').click();
    await page.click('text=Revoke it');
    await row.locator('text=Revoked').waitFor();
    expect([401, '/api/v1']);
    await other.click('nav >> text=Runs');
    await other.waitForURL('**/login?next=%2Fruns');
    await checkQuiet(other);
    await context.close();
  }],

  ['where a browser has no locks, the page asks now and then', async (page, browser) => {
    const context = await open(browser);
    await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }));
    const other = await context.newPage();
    const streams = [];
    other.on('request', (request) => request.url().endsWith('/events') && streams.push(request.url()));
    await signIn(other, tokens.reader);
    await other.waitForSelector('header >> text=Every 10 s');
    assert.deepEqual(streams, []);
    await checkQuiet(other);
    await context.close();
  }],

  ['too many wrong tokens are told with the wait, and a right one gets in all the same', async (page, browser) => {
    const context = await open(browser);
    const other = await context.newPage();
    await other.goto(`${url}/login`);
    for (let i = 0; i < 8 && await other.locator('text=Too many attempts.').count() === 0; ++i) {
      await other.fill('#token', `wrong ${i}`);
      await other.click('button[type=submit]');
      await other.waitForSelector('[role=alert] .notice');
      await other.waitForSelector('button[type=submit]:not([aria-busy])');
    }
    await other.waitForSelector('text=/Try again in \\d+ seconds/');
    await other.fill('#token', tokens.visitor);
    await other.click('button[type=submit]');
    await other.waitForSelector('header nav');
    await checkQuiet(other);
    await context.close();
  }],
];
