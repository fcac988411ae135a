import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { chooseLanguage, startI18n } from '../i18n';

// A loaded machine is slow, not wrong.
configure({ asyncUtilTimeout: 10_000 });

// What jsdom leaves out and the components ask for.
window.matchMedia ??= (query) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
  }) as unknown as MediaQueryList;
window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView ??= () => undefined;

beforeAll(startI18n);
beforeEach(() => chooseLanguage('en'));
afterEach(() => {
  cleanup();
  localStorage.clear();
});
