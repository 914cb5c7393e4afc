// A person at the page, from signing in to rolling back, with what can go wrong on the way.
import { checkQuiet, expect, launch, open, shoot } from './browser.mjs';
import { look } from './steps_look.mjs';
import { sessions } from './steps_session.mjs';
import { syncing } from './steps_sync.mjs';
import { deciding } from './steps_decide.mjs';

const browser = await launch();
const context = await open(browser);
const page = await context.newPage();
const began = Date.now();
let failed = null;
for (const [name, step] of [...sessions, ...syncing, ...deciding, ...look]) {
  const start = Date.now();
  expect();
  try {
    await step(page, browser);
    await checkQuiet(page);
    console.log(`ok ${Date.now() - start} ms: ${name}`);
  } catch (error) {
    failed = error;
    console.log(`FAILED: ${name}\n${error.stack}\n${page.url()}\n${(await page.innerText('body').catch(() => '')).slice(0, 3000)}`);
    await shoot(page, 'failed').catch(() => {});
    break;
  }
}
await browser.close();
console.log(`${((Date.now() - began) / 1000).toFixed(1)} s`);
process.exitCode = failed === null ? 0 : 1;
