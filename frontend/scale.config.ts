import base from './playwright.config';

/** The console with as much as a large installation has; `make e2e-scale` runs it. Its figures are worth something on a machine that does nothing else. */
export default {
  ...base,
  testDir: 'scale',
  timeout: 900_000,
  reporter: [['list' as const]],
  use: { ...base.use, trace: 'off' as const },
};
