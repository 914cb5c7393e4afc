// Import, edit, preview, export, live progress, rollback.
import assert from 'node:assert/strict';
import { api, atVapi, checkAccessible, checkQuiet, editRemotely, expect, settle, shoot, slowDown, sql, url } from './browser.mjs';

export const desk = '1b7c0d52-6a3e-4d0c-9a59-0f2f7b9e4c31';  // Front Desk
const nasty = '<img src=x onerror=pwned()>\u202egnp';
const shownNasty = '<img src=x onerror=pwned()>U+202Egnp';

export const syncing = [
  ['Vapi Sync shows both counts, imports, and keeps the result', async (page) => {
    await editRemotely(desk, { name: nasty });
    await page.goto(`${url}/vapi-sync`);
    await page.waitForSelector('text=Sync Required');
    const card = page.locator('section.card', { hasText: 'Agents/Assistants' }).last();
    assert.match((await card.innerText()).replace(/\s+/g, ' '), /Database: 0 Vapi: 15 Status: ⚠ ?Out of Sync/);
    await page.click('button:text-is("Import Assistants")');
    await page.waitForSelector('text=Assistants imported from Vapi');
    await page.waitForSelector('text=15 imported');
    await card.locator('text=In Sync').waitFor();
    await page.click('button:text-is("Full Sync")');
    await page.waitForSelector('text=Full sync completed');
    await page.waitForSelector('text=Fully Synchronized');
    await page.waitForSelector('text=15 imported');
    assert.equal(sql('SELECT count(*) FROM assistants'), '15');
    assert.equal(sql('SELECT count(*) FROM phone_numbers'), '5');
    await page.locator('text=Look at the run').last().click();
    await page.waitForURL('**/runs/*');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  }],

  ['an edit in the database is previewed word by word, and applied as it was looked at', async (page) => {
    sql(`UPDATE assistants SET first_message = 'Front desk, a very good morning.' WHERE vapi_assistant_id = '${desk}'`);
    await page.goto(url);
    const card = page.locator('section.card[aria-label=assistants]');
    await card.locator('button', { hasText: 'Preview' }).click();
    await page.waitForURL('**/plans/*');
    await page.waitForSelector('text=1 to update');
    const field = page.locator('.fields > div', { hasText: 'first_message' });
    assert.match(await field.locator('ins').first().innerText(), /a very/);
    assert.match(await page.locator('summary').innerText(), /pwned\(\)>U\+202Egnp/);
    await checkAccessible(page, 'a plan');
    await shoot(page, 'plan');
    assert.notEqual((await atVapi(desk)).firstMessage, 'Front desk, a very good morning.');
    await page.click('text=Apply this plan');
    await page.waitForURL('**/runs/*');
    await page.waitForSelector('text=1 updated');
    assert.equal((await atVapi(desk)).firstMessage, 'Front desk, a very good morning.');
    assert.equal((await atVapi(desk)).name, nasty);
  }],

  ['a plan that is stale writes nothing, and says what has moved', async (page) => {
    sql(`UPDATE assistants SET first_message = 'One.' WHERE vapi_assistant_id = '${desk}'`);
    await page.goto(`${url}/syncs/assistants`);
    await page.click('main >> text=Preview');
    await page.waitForURL('**/plans/*');
    sql(`UPDATE assistants SET first_message = 'Two.' WHERE vapi_assistant_id = '${desk}'`);
    expect([412, '/api/v1/plans']);
    await page.click('text=Apply this plan');
    await page.waitForSelector('text=Something has changed since. Nothing was written.');
    await page.waitForSelector('text=has changed on the local side');
    assert.equal((await atVapi(desk)).firstMessage, 'Front desk, a very good morning.');
    const stale = page.url();
    await page.click('text=Make a new plan');
    await page.waitForFunction((before) => location.href !== before, stale);
    await page.waitForSelector('text=Two.');
    await page.fill('main label:has-text("Note") input', nasty);
    await page.click('text=Discard');
    await page.waitForSelector('text=It was discarded.');
    await page.goto(`${url}/plans`);
    await page.waitForSelector(`text=${shownNasty}`);
  }],

  ['a run that another begins is seen live, and one stream does for all tabs', async (page, browser) => {
    await page.goto(`${url}/runs`);
    await page.waitForSelector('header >> text=Live');
    const second = await page.context().newPage();
    await second.goto(`${url}/runs`);
    await second.waitForSelector('header >> text=Live');
    await api('POST', '/api/v1/runs', { mode: 'export', syncs: ['assistants'] });
    for (const tab of [page, second]) await tab.locator('tr', { hasText: 'export assistants' }).waitFor();
    assert.match(await api('GET', '/metrics'), /event_streams 1\b/);
    assert.equal((await atVapi(desk)).firstMessage, 'Two.');
    await checkQuiet(second);
    await page.click('header >> text=Live');
    await page.waitForSelector('header >> text=Paused');
    const rows = await page.locator('main tbody tr').count();
    await api('POST', '/api/v1/runs', { mode: 'import', syncs: ['phone-numbers'] });
    await second.locator('tr', { hasText: 'import phone-numbers' }).waitFor();
    assert.equal(await page.locator('main tbody tr').count(), rows);
    await page.click('header >> text=Paused');
    await page.locator('tr', { hasText: 'import phone-numbers' }).waitFor();
    await second.close();
  }],

  ['what has the focus is not exchanged while something happens', async (page) => {
    await page.waitForSelector('header >> text=Live');
    await page.locator('main tbody a').first().focus();
    const before = await page.locator('main tbody tr').count();
    await api('POST', '/api/v1/runs', { mode: 'import', syncs: ['phone-numbers'] });
    await page.waitForSelector('text=Something has changed meanwhile.');
    assert.equal(await page.locator('main tbody tr').count(), before);
    await page.click('text=Show');
    await page.waitForFunction((count) => document.querySelectorAll('main tbody tr').length > count, before);
  }],

  ['a run is rolled back after a look at it', async (page) => {
    const list = await api('GET', '/api/v1/runs');
    const run = list.items.find((each) => each.command.startsWith('export assistants'));
    await page.goto(`${url}/runs/${run.id}`);
    await page.waitForSelector('text=1 updated');
    await settle(page);
    await page.locator('summary').waitFor();
    await checkAccessible(page, 'a run');
    await shoot(page, 'run');
    await page.click('text=Roll back…');
    const button = page.locator('dialog button.danger');
    assert.match(await button.innerText(), /Restore \d+ values? in 1 record/);
    await checkAccessible(page, 'a rollback');
    await page.screenshot({ path: `${process.env.SHOTS}/rollback.png` });
    await button.click();
    await page.waitForSelector('text=It undoes the run');
    await settle(page);
    assert.equal((await atVapi(desk)).firstMessage, 'Front desk, a very good morning.');
  }],

  ['what a guard stopped passes after a look; the run tells how far it is, and is cancelled', async (page) => {
    sql("UPDATE assistants SET end_call_message = 'Goodbye ' || id");
    await page.goto(`${url}/syncs/assistants`);
    await settle(page);
    await page.click('button:has-text("Export")');
    await page.waitForSelector('text=this run would change 15 of 15 assistants');
    await page.click('text=Preview with this guard passed');
    await page.waitForURL('**/plans/*');
    await page.waitForSelector('text=15 to update');
    await slowDown(900);
    await page.click('text=Apply this plan');
    await page.waitForURL('**/runs/*');
    expect([404, '/api/v1/runs/']);
    await page.click('text="Cancel"');
    await page.waitForSelector('text=Cancelled');
    assert.notEqual((await atVapi(desk)).endCallMessage, sql(`SELECT end_call_message FROM assistants WHERE vapi_assistant_id = '${desk}'`));
    const run = await api('POST', '/api/v1/runs', { mode: 'export', syncs: ['assistants'], allow_mass_change: true }, 'respond-async');
    await page.goto(`${url}/runs/${run.id}`);
    await page.waitForSelector('text=/Writing, \\d+ of 15/');
    await page.waitForSelector('text=15 updated');
    await slowDown(0);
    assert.equal((await atVapi(desk)).endCallMessage, 'Goodbye 5');
  }],
];
