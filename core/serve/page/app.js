// The page of `lockstep serve`: which view an address shows, and who looks at it.
import { html, render, useEffect, useRef, useState } from './preact.js';
import { get, onSignedOut, toLogin } from './api.js';
import { Frame } from './frame.js';
import { listen, start, turnOff } from './live.js';
import { Empty, FailureNotice, Heading, Me } from './parts.js';
import { followLinks, navigate, placeOf, safeNext, useLocation } from './router.js';
import { applyTheme } from './theme.js';
import { Activity } from './view_activity.js';
import { Automation } from './view_automation.js';
import { Conflict } from './view_conflict.js';
import { Conflicts } from './view_conflicts.js';
import { History } from './view_history.js';
import { Login } from './view_login.js';
import { Models } from './view_models.js';
import { Overview } from './view_overview.js';
import { Plan } from './view_plan.js';
import { Plans } from './view_plans.js';
import { RecordView } from './view_record.js';
import { Rejected } from './view_rejected.js';
import { Run } from './view_run.js';
import { Runs } from './view_runs.js';
import { Settings } from './view_settings.js';
import { SyncView } from './view_sync.js';
import { VapiSync } from './view_vapi.js';

const kViews = {
  overview: Overview, vapi: VapiSync, runs: Runs, run: Run, plans: Plans, plan: Plan, conflicts: Conflicts, conflict: Conflict,
  rejected: Rejected, sync: SyncView, history: History, models: Models, automation: Automation, settings: Settings,
  activity: Activity, record: RecordView,
};

function Nowhere() {
  return html`<${Heading} title="Nothing here" /><${Empty} title="There is no such page."><p><a href="/">Go to the overview</a></p>
    </${Empty}>`;
}

/// Once the view has changed, the focus is at its beginning; not when the page is opened.
function useFocusOnArrival(path) {
  const last = useRef(null);
  useEffect(() => {
    if (last.current !== null && last.current !== path) {
      scrollTo(0, 0);
      document.querySelector('h1')?.focus({ preventScroll: true });
    }
    last.current = path;
  }, [path]);
}

function App() {
  const { path, query } = useLocation();
  const [me, setMe] = useState(null);
  const [failure, setFailure] = useState(null);
  const place = placeOf(path);
  const atLogin = place?.name === 'login';
  useFocusOnArrival(path);

  const look = () => {
    setFailure(null);
    get('/api/v1/me').then(setMe, (why) => why.status !== 401 && setFailure(why));
  };
  useEffect(() => {
    onSignedOut(() => {
      turnOff();
      setMe(null);
    });
    look();
    return listen((event) => {
      if (event.name !== 'signed-out') return;
      turnOff();
      setMe(null);
      toLogin();
    });
  }, []);
  useEffect(() => {
    if (me) start();
    if (me && atLogin) navigate(safeNext(query.get('next')), { replace: true });
  }, [me, atLogin]);

  if (atLogin) return html`<${Login} signedIn=${setMe} />`;
  if (failure) return html`<main class="alone"><${Heading} title="Lockstep" /><${FailureNotice} failure=${failure} retry=${look} /></main>`;
  if (!me) return html`<main class="alone" aria-busy="true"></main>`;
  const View = kViews[place?.name] ?? Nowhere;
  return html`<${Me.Provider} value=${me}>
    <${Frame} me=${me} path=${path} left=${() => setMe(null)}>
      <${View} key=${path} argument=${place?.argument} second=${place?.second} query=${query} />
    </${Frame}></${Me.Provider}>`;
}

applyTheme();
document.addEventListener('click', followLinks);
render(html`<${App} />`, document.getElementById('page'));
