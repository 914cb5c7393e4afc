// Light or dark: as the system has it, or as somebody chose for this browser.

const kKey = 'lockstep-theme';
export const kThemes = [['system', 'System'], ['light', 'Light'], ['dark', 'Dark']];

/// A browser that keeps nothing has the system's.
export function theme() {
  try {
    return localStorage.getItem(kKey) ?? 'system';
  } catch {
    return 'system';
  }
}

export function applyTheme(to = theme()) {
  document.documentElement.dataset.theme = to;
}

export function chooseTheme(to) {
  try {
    localStorage.setItem(kKey, to);
  } catch {
    // It holds until the page is loaded anew.
  }
  applyTheme(to);
}
