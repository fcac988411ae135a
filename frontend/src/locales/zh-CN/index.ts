import audit from './audit.json';
import common from './common.json';
import dashboard from './dashboard.json';
import frame from './frame.json';
import groups from './groups.json';
import keys from './keys.json';
import newGroup from './newGroup.json';
import nodes from './nodes.json';
import playground from './playground.json';
import proxyKeys from './proxyKeys.json';
import requests from './requests.json';
import settings from './settings.json';
import tasks from './tasks.json';
import trial from './try.json';

/** One file a feature; the keys of all of them stand in one tree. */
export default {
  ...audit,
  ...common,
  ...dashboard,
  ...frame,
  ...groups,
  ...keys,
  ...newGroup,
  ...nodes,
  ...playground,
  ...proxyKeys,
  ...requests,
  ...settings,
  ...tasks,
  ...trial,
};
