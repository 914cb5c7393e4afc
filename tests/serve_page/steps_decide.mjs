// Conflicts and rejected records.
import assert from 'node:assert/strict';
import { api, atVapi, checkAccessible, editRemotely, expect, settle, shoot, sql, url } from './browser.mjs';
import { desk } from './steps_sync.mjs';

const lunch = '7af394ba-09aa-4b08-82d6-d9aa24252b8d';
const here = (message, id = desk) => sql(`UPDATE assistants SET first_message = '${message}' WHERE vapi_assistant_id = '${id}'`);
const inDatabase = (id = desk) => sql(`SELECT first_message FROM assistants WHERE vapi_assistant_id = '${id}'`);
const both = () => api('POST', '/api/v1/runs', { mode: 'full', syncs: ['assistants'] });

export const deciding = [
  ['a conflict is decided with the keyboard: base in the middle, each side against it', async (page) => {
    here('Front desk, a very good morning.');
    await both();
    here('Front desk, a very fine morning.');
    await editRemotely(desk, { firstMessage: 'Front desk, a very good evening.' });
    here('Lunch, here.', lunch);
    await editRemotely(lunch, { firstMessage: 'Lunch, there.' });
    await both();
    await page.goto(`${url}/conflicts`);
    await page.waitForFunction(() => document.querySelectorAll('main tbody tr').length === 2);
    await checkAccessible(page, 'conflicts');
    await page.locator('tr', { hasText: 'fine morning' }).locator('a').click();
    await page.waitForSelector('text=Before both edits');
    assert.match(await page.locator('.side').first().locator('ins').innerText(), /fine$/);
    assert.match(await page.locator('.side').last().locator('ins').innerText(), /evening$/);
    await page.keyboard.press('2');
    await page.waitForSelector('.side.chosen h2:has-text("Remote")');
    await page.keyboard.press('1');
    await page.waitForSelector('.side.chosen h2:has-text("Database")');
    await checkAccessible(page, 'a conflict');
    await shoot(page, 'conflict');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("The Lunch Mob")');
    await page.waitForSelector('.side >> text=there.');
    assert.equal((await atVapi(desk)).firstMessage, 'Front desk, a very fine morning.');
    assert.equal(inDatabase(), 'Front desk, a very fine morning.');
  }],

  ['where a side moves meanwhile, what was typed is kept', async (page) => {
    await page.keyboard.press('2');
    await page.waitForSelector('.side.chosen h2:has-text("Remote")');
    await editRemotely(lunch, { firstMessage: 'Lunch, somewhere.' });
    await both();
    await page.waitForSelector('text=Look again before you decide.');
    assert.equal(await page.locator('.side.chosen').count(), 0);
    await page.keyboard.press('3');
    const typed = 'Lunch is 9007199254740993 <b>times</b> better.';
    await page.fill('#own', typed);
    await editRemotely(lunch, { firstMessage: 'Lunch, elsewhere.' });
    await both();
    expect([412, '/api/v1/conflicts']);
    await page.click('text="Save"');
    await page.waitForSelector('text=what you typed is kept');
    await page.waitForSelector('text=elsewhere');
    assert.equal(await page.inputValue('#own'), typed);
    expect([404, '/api/v1/conflicts']);
    await page.click('text="Save"');
    await page.waitForSelector('text=Both sides hold this value now.');
    assert.equal((await atVapi(lunch)).firstMessage, typed);
    assert.equal(inDatabase(lunch), typed);
    await page.goto(`${url}/conflicts`);
    await page.waitForSelector('text=No conflict waits.');
  }],

  ['texts that are very long are not compared before somebody asks', async (page) => {
    const long = (word) => Array.from({ length: 1500 }, (_, i) => `${word} ${i} ${'and so on '.repeat(12)}`).join('\n');
    sql(`UPDATE assistants SET model_system_prompt = '${long('line')}' WHERE vapi_assistant_id = '${lunch}'`);
    await both();
    sql(`UPDATE assistants SET model_system_prompt = '${long('line').replace('line 700 ', 'row 700 ')}' WHERE vapi_assistant_id = '${lunch}'`);
    const plan = await api('POST', '/api/v1/plans', { mode: 'export', syncs: ['assistants'] });
    await page.goto(`${url}/plans/${plan.outcome.plan}`);
    const field = page.locator('.fields > div', { hasText: 'model_system_prompt' });
    await field.locator('text=These texts are long').waitFor();
    await field.locator('text=Show anyway').click();
    assert.match(await field.locator('ins').innerText(), /row$/);
    await field.locator('text=/\\d+ unchanged lines – show/').first().waitFor();
    await both();
  }],

  ['a rejected record names its reason, and is tried again once that is mended', async (page) => {
    const name = `A name that is far too long for Vapi <i>${'x'.repeat(300)}</i>`;
    sql(`UPDATE assistants SET name = '${name}' WHERE vapi_assistant_id = '${lunch}'`);
    await page.goto(`${url}/vapi-sync`);
    await settle(page);
    await page.click('button:text-is("Export Agents")');
    await page.waitForSelector('text=Sync Completed with Errors');
    assert.match(await page.locator('.problems').innerText(), /more than 40/);
    await shoot(page, 'partial');
    await page.goto(`${url}/rejected`);
    await page.waitForSelector('text=/more than 40/');
    await checkAccessible(page, 'rejected');
    await page.click('button:has-text("Try again")');
    await page.waitForSelector('text=Tried again; some are still refused');
    sql(`UPDATE assistants SET name = 'Lunch' WHERE vapi_assistant_id = '${lunch}'`);
    await page.click('text=Try all again');
    await page.waitForSelector('text=Nothing was rejected.');
    assert.equal((await atVapi(lunch)).name, 'Lunch');
  }],

  ['history says what was changed, by whom and why', async (page) => {
    await page.keyboard.press('/');
    await page.keyboard.type(desk);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/history?record=${desk}`);
    const first = page.locator('li.card').first();
    await first.waitFor();
    assert.match(await page.locator('main').innerText(), /by ada/);
    assert.match(await page.locator('main').innerText(), /a very/);
  }],
];
