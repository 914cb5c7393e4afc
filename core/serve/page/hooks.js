// What views load and do. What is on the screen is never exchanged under a person's hands: while a list has the focus, a text is selected
// or a dialog is open, what is new waits, and says so.
import { useEffect, useRef, useState } from './preact.js';
import { ask } from './api.js';
import { listen, liveState } from './live.js';

const kSlow = 300;
const kGather = 250;

function isHeld() {
  if (document.querySelector('dialog[open]')) return true;
  if (document.activeElement?.closest('[data-hold]')) return true;
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && document.querySelector('main')?.contains(selection.anchorNode);
}

const kNothing = { data: null, etag: null, failure: null, slow: false, waiting: false };

/// What stands at `path`: {data, etag, failure, slow, waiting, reload, show}; loads anew when an event is `wanted`. What came before
/// stays while the same path loads anew, and also where that fails.
export function useLoad(path, wanted = () => false) {
  const [state, setState] = useState(kNothing);
  const current = useRef({});
  const self = current.current;
  self.wanted = wanted;
  self.load = async () => {
    self.abort?.abort();
    const abort = (self.abort = new AbortController());
    const change = (changes) => !abort.signal.aborted && setState((before) => ({ ...before, ...changes }));
    const timer = setTimeout(() => change({ slow: true }), kSlow);
    try {
      const { body, etag } = await ask('GET', self.path, { signal: abort.signal });
      change({ data: body, etag, failure: null, waiting: false });
    } catch (failure) {
      if (failure.name !== 'AbortError') change({ failure });
    } finally {
      clearTimeout(timer);
      change({ slow: false });
    }
  };
  useEffect(() => {
    self.path = path;
    setState(kNothing);
    if (path === null) return undefined;
    self.load();
    let timer = null;
    const refresh = () => {
      timer = null;
      if (liveState() === 'paused') return;
      if (isHeld()) {
        setState((before) => ({ ...before, waiting: true }));
        timer = setTimeout(refresh, 1000);
      } else {
        self.load();
      }
    };
    const stop = listen((event) => {
      const any = event.name === 'reset' || event.name === 'poll';
      if ((any || self.wanted(event)) && timer === null) timer = setTimeout(refresh, kGather);
    });
    return () => {
      stop();
      clearTimeout(timer);
      self.abort?.abort();
    };
  }, [path]);
  return { ...state, reload: self.load, show: self.load };
}

/// An action with what became of it: {busy, failure, result, run(...), clear()}. A second click while it is at work does nothing.
export function useAction(work) {
  const [state, setState] = useState({ busy: false, failure: null, result: null, progress: null });
  const self = useRef({ busy: false, gone: false });
  useEffect(() => () => { self.current.gone = true; }, []);
  const change = (changes) => !self.current.gone && setState((before) => ({ ...before, ...changes }));
  const run = async (...given) => {
    if (self.current.busy) return;
    self.current.busy = true;
    change({ busy: true, failure: null, result: null, progress: null });
    try {
      change({ result: await work(...given, (progress) => change({ progress })) });
    } catch (failure) {
      change({ failure });
    } finally {
      self.current.busy = false;
      change({ busy: false });
    }
  };
  return { ...state, run, clear: () => change({ failure: null, result: null }) };
}

/// Calls every `ms`, but not while the page is hidden or its updates are paused.
export function useEvery(ms, call, paused) {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    if (paused) return undefined;
    const timer = setInterval(() => !document.hidden && latest.current(), ms);
    return () => clearInterval(timer);
  }, [ms, paused]);
}

/// Renders anew now and then, for times that are told from now.
export function useTick(ms = 20_000) {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((turn) => turn + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
}
