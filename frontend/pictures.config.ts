import base from './playwright.config';

/** Not a test: it takes the pictures of the console that the READMEs show. `make screenshots` runs it. */
export default { ...base, testDir: 'pictures', timeout: 1_200_000, use: { ...base.use, trace: 'off' as const } };
