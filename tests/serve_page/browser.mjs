// The browser of the test, and what is watched on every page in it: errors on the console, breaches of the policy, requests to other hosts,
// scripts that a record smuggled in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { chromium } from 'playwright-core';

export const url = process.env.URL;
export const tokens = { admin: process.env.ADMIN, reader: process.env.READER, planner: process.env.PLANNER, visitor: process.env.VISITOR };
const axeScript = fs.readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

export const troubles = [];

// A status that a view expects is no error of the page.
const kExpected = [[401, '/api/v1/me'], [401, '/api/v1/session'], [429, '/api/v1/session'], [404, '/api/v1/models/due']];
let expected = [];

/// For the time of one step.
export function expect(...statuses) {
  expected = statuses;
}

export async function launch() {
  const asRoot = process.getuid() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: [...asRoot, '--disable-gpu'] });
  return browser;
}

export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ['clipboard-write'], ...options });
  context.setDefaultTimeout(20_000);
  await context.addInitScript(() => {
    window.breaches = [];
    addEventListener('securitypolicyviolation', (event) => window.breaches.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    window.pwned = () => window.breaches.push('a record became a script');
  });
  context.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) troubles.push(`asked for ${request.url()}`);
  });
  context.on('page', watch);
  return context;
}

function watch(page) {
  page.on('pageerror', (error) => troubles.push(`${page.url()}: ${error.stack}`));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    const text = message.text();
    const path = new URL(message.location().url || url).pathname;
    const known = [...kExpected, ...expected].some(([status, place]) => text.includes(`status of ${status}`) && path.startsWith(place)) ||
                  (expected.includes('offline') && text.includes('net::ERR_INTERNET_DISCONNECTED'));
    if (!known) troubles.push(`${page.url()}: ${text}`);
  });
}

/// Signs in, and waits for what stands at `path`.
export async function signIn(page, token, path = '/') {
  await page.goto(url + path);
  await page.fill('#token', token);
  await page.click('button[type=submit]');
  await page.waitForSelector('header nav');
}

/// Throws at what was watched.
export async function checkQuiet(page) {
  troubles.push(...await page.evaluate(() => window.breaches.splice(0)));
  assert.deepEqual(troubles.splice(0), []);
}

/// Until nothing is loading: no skeleton, no spinner.
export async function settle(page) {
  await page.waitForLoadState('load');
  await page.waitForSelector('h1');
  await page.waitForFunction(() => !document.querySelector('.skeleton, .spinner'));
  await page.waitForTimeout(120);
}

export async function checkAccessible(page, what) {
  await page.evaluate(axeScript);
  const violations = await page.evaluate(async () => {
    const found = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return found.violations.map((each) => `${each.id}: ${each.nodes.slice(0, 4).map((node) => `${node.target.join(' ')} ${node.any.concat(node.all)[0]?.message ?? ''}`).join(' | ')}`);
  });
  assert.deepEqual(violations, [], what);
}

/// Nothing is wider than the window; what is names itself.
export async function checkFits(page, what) {
  const wide = await page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return [];
    return [...document.querySelectorAll('main *, header *')].filter((each) => each.getBoundingClientRect().right > most + 1)
      .slice(0, 5).map((each) => `${each.tagName} ${each.className} ${each.textContent.slice(0, 40)}`);
  });
  assert.deepEqual(wide, [], what);
}

export async function shoot(page, name) {
  await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });
}

/// A statement on the application's database.
export function sql(statement) {
  return execFileSync('sqlite3', [process.env.LOCKSTEP_DB], { input: `.timeout 5000\n${statement};`, encoding: 'utf8' }).trim();
}

async function control(path, body) {
  const answer = await fetch(process.env.VAPI_BASE_URL + path, { method: body === undefined ? 'GET' : 'POST', body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/// Somebody edits it in Vapi's dashboard.
export const editRemotely = (id, set) => control('/_sandbox/edit', { id, set });
export async function atVapi(id) {
  const { assistants } = await control('/_sandbox/state');
  return assistants.find((each) => each.id === id);
}

/// Milliseconds before each answer of Vapi.
export const slowDown = (ms) => control('/_sandbox/settings', { latency_ms: ms });

/// A program asks, beside the browser.
export async function api(method, path, body, prefer = 'wait=20') {
  const answer = await fetch(url + path, {
    method, body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer ${tokens.admin}`, 'Content-Type': 'application/json', Prefer: prefer } });
  return answer.headers.get('Content-Type').includes('json') ? answer.json() : answer.text();
}
