/** The context of a read that asks the server and whose answer is held by whoever asked, not by the cache. One object, so that hooks see no change. */
export const unkept = { requestPolicy: 'network-only', unkept: true } as const;
