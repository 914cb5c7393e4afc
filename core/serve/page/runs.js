// Runs and syncs in words: what state they are in, and what came of them.

export const kModes = { full: 'Sync both ways', import: 'Import', export: 'Export' };

const kStates = {
  queued: { word: 'Waiting', icon: '…', tone: 'busy' },
  running: { word: 'Running', icon: '↻', tone: 'busy' },
  done: { word: 'Done', icon: '✓', tone: 'good' },
  incomplete: { word: 'Incomplete', icon: '◐', tone: 'warn' },
  failed: { word: 'Failed', icon: '✕', tone: 'bad' },
  cancelled: { word: 'Cancelled', icon: '■', tone: 'warn' },
  cut: { word: 'Cut off', icon: '?', tone: 'warn' },
};

/// One entry a sync: of a run of this server its outcome's, of one of the journal its own.
export function syncsOf(run) {
  const entries = run.outcome ? run.outcome.syncs : run.syncs;
  return (entries ?? []).filter((each) => typeof each === 'object').map((each) => ({ ...each, name: each.sync ?? each.name }));
}

export function syncNames(run) {
  return (run.syncs ?? []).map((each) => (typeof each === 'object' ? each.sync : each));
}

function exitOf(run) {
  if (run.outcome) return run.outcome.exit;
  const exits = syncsOf(run).map((each) => each.exit);
  if (exits.includes(130)) return 130;
  if (exits.length > 0 && exits.every((exit) => exit === 1)) return 1;
  return exits.some((exit) => exit !== 0) ? 2 : 0;
}

export function stateKey(run) {
  if (run.state === 'queued' || run.state === 'running') return run.state;
  if (run.state.startsWith('cut off')) return 'cut';
  if (run.state === 'failed' || run.state === 'cancelled') return run.state;
  const exit = exitOf(run);
  return exit === 130 ? 'cancelled' : exit === 1 ? 'failed' : exit === 2 ? 'incomplete' : 'done';
}

export function stateOf(run) {
  return kStates[stateKey(run)];
}

export const kStateWords = Object.entries(kStates).map(([key, { word }]) => [key, word]);

const kParts = [
  [['created_local', 'created_remote', 'recreated_remote'], 'created'],
  [['updated_local', 'updated_remote'], 'updated'],
  [['linked'], 'linked'],
  [['conflicts'], 'in conflict'],
  [['rejected'], 'rejected'],
  [['failed'], 'failed'],
];

function sum(entries, names) {
  return entries.reduce((total, each) => total + names.reduce((part, name) => part + (Number(each[name]) || 0), 0), 0);
}

/// "2 created, 8 updated; 1 rejected"; why, where nothing was done.
export function resultOf(run) {
  const error = run.outcome?.error;
  if (error) return error.message;
  const entries = syncsOf(run);
  if (run.outcome?.checks) return run.outcome.ok ? 'no mistakes' : 'mistakes found';
  if (entries.length === 0) return '';
  const words = kParts.map(([names, word]) => [sum(entries, names), word]).filter(([total]) => total > 0);
  const own = entries.filter((each) => each.error).map((each) => `${each.name}: ${each.error.message ?? each.error}`);
  if (words.length === 0 && own.length === 0) return stateKey(run) === 'failed' ? 'failed; the log says why' : 'nothing to do';
  return [...(words.length ? [words.map(([total, word]) => `${total} ${word}`).join(', ')] : []), ...own].join('; ');
}

/// Of a run that the journal alone remembers, which counts and does not name: [{text, to}] with where the records stand, if they still do.
export function countedProblems(run) {
  if (run.outcome) return [];
  const entries = syncsOf(run);
  const words = [['rejected', '/rejected'], ['conflicts', '/conflicts']];
  return words.map(([name, to]) => ({ number: sum(entries, [name]), name, to })).filter(({ number }) => number > 0)
    .map(({ number, name, to }) => ({ text: `${number} ${name === 'conflicts' ? 'in conflict' : name}`, to }));
}

/// Problems of a run, the same cause once: [{code, severity, message, records: [{label, id}]}]
export function problemsOf(run) {
  const groups = new Map();
  for (const sync of syncsOf(run)) {
    for (const problem of sync.problems ?? []) {
      const cause = causeOf(problem);
      const key = `${sync.name} ${problem.severity} ${problem.code} ${cause}`;
      if (!groups.has(key)) {
        groups.set(key, { key, sync: sync.name, code: problem.code, severity: problem.severity, message: cause, records: [] });
      }
      groups.get(key).records.push({ label: problem.label, id: problem.id || problem.record });
    }
  }
  const rank = (group) => (group.severity === 'error' ? 0 : 1);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || b.records.length - a.records.length);
}

/// The message without what names the record.
function causeOf(problem) {
  let text = problem.message;
  for (const name of [problem.label, problem.id]) {
    if (name) text = text.replaceAll(name, '…');
  }
  return text;
}

const kPasses = {
  ask: 'Asking for the list', open: 'Reading what is known', scan: 'Reading the database', read: 'Reading the list',
  missing: 'Looking for what is missing', apply: 'Writing', roll_back: 'Restoring', close: 'Writing the journal',
};

/// {text, done, total}; total is undefined where it is not known.
export function progressOf(run) {
  if (run.state === 'queued') return { text: 'Waits until its syncs are free' };
  const progress = run.progress ?? {};
  const where = progress.sync ? `${progress.sync}: ` : '';
  const pass = kPasses[progress.pass] ?? 'Beginning';
  if (progress.to_write > 0) return { text: `${where}
    ${pass}, ${progress.written} of ${progress.to_write}`, done: progress.written, total: progress.to_write };
  return { text: `${where}${pass}${progress.read > 0 ? `, ${progress.read} read` : ''}` };
}

const kSyncStates = {
  syncing: { word: 'Syncing…', icon: '↻', tone: 'busy' },
  paused: { word: 'Paused', icon: '⏸', tone: 'warn' },
  unset: { word: 'Not set up', icon: '○', tone: 'quiet' },
  unknown: { word: 'Unknown', icon: '?', tone: 'bad' },
  comparing: { word: 'Comparing…', icon: '…', tone: 'busy' },
  in: { word: 'In Sync', icon: '✓', tone: 'good' },
  out: { word: 'Out of Sync', icon: '⚠', tone: 'warn' },
};

function syncKey({ paused, status }, working) {
  if (working) return 'syncing';
  if (paused) return 'paused';
  if (!status) return 'comparing';
  // Left out on purpose: no key, or another environment's.
  if (/not configured|it is for LOCKSTEP_ENV/.test(status.problem ?? '')) return 'unset';
  if (status.problem || status.in_sync === null) return 'unknown';
  return status.in_sync ? 'in' : 'out';
}

/// What a sync's comparison says: {key, word, icon, tone}.
export function syncState(sync, working) {
  const key = syncKey(sync, working);
  return { key, ...kSyncStates[key] };
}

/// {word, icon, tone} of true, false or null.
export function inSyncState(inSync) {
  return kSyncStates[inSync === null ? 'unknown' : inSync ? 'in' : 'out'];
}

/// ["2 only at Vapi", "1 to import"] with links where there is a list.
export function differencesOf(sync, remote) {
  const status = sync.status ?? {};
  const parts = [];
  const add = (number, text, link) => number > 0 && parts.push({ text: `${number} ${text}`, link });
  add(status.only_remote, `only at ${remote}`);
  add(status.only_local, 'only in the database');
  add(status.pending_import, 'to import');
  add(status.pending_export, 'to export');
  add(status.conflicts, 'in conflict', `/conflicts?sync=${encodeURIComponent(sync.name)}`);
  add(status.rejected, 'rejected', `/rejected?sync=${encodeURIComponent(sync.name)}`);
  add(status.not_taken, 'values not taken');
  add(status.unread, 'not readable');
  return parts;
}

const kRemotes = { vapi: 'Vapi', openai: 'OpenAI', gemini: 'Gemini', xai: 'xAI', mock: 'the mock' };

export function remoteName(sync) {
  return kRemotes[sync?.provider] ?? sync?.provider ?? 'the remote';
}
