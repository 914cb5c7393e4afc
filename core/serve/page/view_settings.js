// Tokens, the configuration in force, the program.
import { html } from './preact.js';
import { ask, post, untilEnded } from './api.js';
import { useAction, useLoad } from './hooks.js';
import { Button, FailureNotice, Heading, Loaded, Notice, RunLink, Time, useMay } from './parts.js';
import { Foreign } from './text.js';
import { Tokens } from './tokens.js';

function Configuration() {
  const may = useMay();
  const load = useLoad('/api/v1/configuration', (event) => event.name === 'config');
  const reloading = useAction(async () => {
    await ask('POST', '/api/v1/configuration/reload', { body: {} }).finally(load.reload);
    return true;
  });
  return html`<section><h2>Configuration</h2><${Loaded} load=${load}>${(now) => html`
    <dl class="facts"><div><dt>File</dt><dd><code><${Foreign} text=${now.file} /></code></dd></div><div><dt>Read</dt><dd>
      <${Time} at=${now.loaded_at} /></dd></div>
      <div><dt>Generation</dt><dd>${now.generation}</dd></div></dl>
    ${now.refused && html`<${Notice} tone="bad" title="A newer one was refused; the old one stays in force"><pre>
      <${Foreign} text=${now.refused} /></pre><p class="quiet"><${Time} at=${now.refused_at} /></p></${Notice}>`}
    ${now.warnings.length > 0 && html`<${Notice} tone="warn" title="Warnings"><ul>${now.warnings.map((line) => html`<li key=${line}>
      <${Foreign} text=${line} /></li>`)}</ul></${Notice}>`}`}</${Loaded}>
    ${may('admin') && html`<p class="bar">
      <${Button} busy=${reloading.busy} busyWord="Reading…" onClick=${() => reloading.run()}>Reload</${Button}><${Check} /></p>`}
    <div aria-live="polite">${reloading.result && html`<${Notice} tone="good" role="status"><p>It was read anew and is in force.</p>
      </${Notice}>`}
      ${reloading.failure && html`<${FailureNotice} failure=${reloading.failure} title="It was refused" />`}</div></section>`;
}

function Check() {
  const checking = useAction(async () => untilEnded(await post('/api/v1/configuration/check', {}, { wait: 30 })));
  const outcome = checking.result?.outcome;
  return html`<${Button} busy=${checking.busy} busyWord="Checking…" onClick=${() => checking.run()}>Check</${Button}>
    ${checking.failure && html`<${FailureNotice} failure=${checking.failure} />`}
    ${outcome && html`<span role="status">
      ${outcome.ok ? '✓ No mistakes.' : '✕ Mistakes were found.'} <${RunLink} id=${checking.result.id}>All checks</${RunLink}></span>`}`;
}

function Program() {
  const load = useLoad('/api/v1/version');
  return html`<section><h2>Program</h2><${Loaded} load=${load}>
    ${({ version }) => html`<p>Lockstep ${version}. Everything on this page can be asked for by programs:${' '}
    <a href="/api/v1/openapi.json">OpenAPI document</a>.</p>`}</${Loaded}></section>`;
}

export function Settings() {
  const may = useMay();
  return html`<${Heading} title="Settings" />
    ${may('admin') ? html`<${Tokens} /><${Configuration} /><p><a href="/activity">Activity: who asked for what</a></p>` : html`<${Notice}>
      <p>Tokens and configuration are for tokens of scope admin.</p></${Notice}>`}
    <${Program} />`;
}
