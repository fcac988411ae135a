import { graphql } from '../../generated';

/** What can be done to many keys; each answers with the task that does it. */
export const bulkDocuments = {
  enable: graphql(`
    mutation EnableKeys($keys: KeySelector!) {
      task: enableKeys(keys: $keys) {
        ...TaskLine_task
      }
    }
  `),
  disable: graphql(`
    mutation DisableKeys($keys: KeySelector!) {
      task: disableKeys(keys: $keys) {
        ...TaskLine_task
      }
    }
  `),
  restore: graphql(`
    mutation RestoreKeys($keys: KeySelector!) {
      task: restoreKeys(keys: $keys) {
        ...TaskLine_task
      }
    }
  `),
  validate: graphql(`
    mutation ValidateKeys($keys: KeySelector!) {
      task: validateKeys(keys: $keys) {
        ...TaskLine_task
      }
    }
  `),
  delete: graphql(`
    mutation DeleteKeys($keys: KeySelector!) {
      task: deleteKeys(keys: $keys) {
        ...TaskLine_task
      }
    }
  `),
};
