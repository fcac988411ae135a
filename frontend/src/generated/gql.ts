/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Version {\n    build {\n      version\n      commit\n    }\n    nodes {\n      id\n    }\n  }\n": typeof types.VersionDocument,
    "\n  subscription FrameNodes {\n    nodesChanged {\n      id\n    }\n  }\n": typeof types.FrameNodesDocument,
    "\n  query PaletteFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n": typeof types.PaletteFingerprintDocument,
    "\n  query PaletteGroups {\n    groups {\n      id\n      name\n      displayName\n    }\n  }\n": typeof types.PaletteGroupsDocument,
    "\n  query RunningTasks {\n    tasks(first: 20) {\n      id\n      state\n      processed\n      total\n    }\n  }\n": typeof types.RunningTasksDocument,
    "\n  subscription RunningTaskChanged {\n    taskProgress {\n      id\n      state\n      processed\n      total\n    }\n  }\n": typeof types.RunningTaskChangedDocument,
    "\n  fragment AttemptLine_attempt on RequestLog {\n    startedAt\n    attempt\n    waitMs\n    connectMs\n    headerMs\n    firstByteMs\n    durationMs\n  }\n": typeof types.AttemptLine_AttemptFragmentDoc,
    "\n  fragment AuditEvents_event on AuditEvent {\n    id\n    time\n    actor\n    action\n    target\n    before\n    after\n  }\n": typeof types.AuditEvents_EventFragmentDoc,
    "\n  fragment KeyBar_counts on KeyCounts {\n    total\n    active\n    invalid\n    disabled\n    cooling\n  }\n": typeof types.KeyBar_CountsFragmentDoc,
    "\n  mutation MakeProxyKey($groupId: ID!, $notes: String!) {\n    createProxyKey(groupId: $groupId, notes: $notes) {\n      proxyKey {\n        id\n      }\n      value\n    }\n  }\n": typeof types.MakeProxyKeyDocument,
    "\n  fragment TaskLine_task on Task {\n    id\n    kind\n    state\n    processed\n    total\n    succeeded\n    skipped\n    failed\n    error\n    cancelRequested\n    startedAt\n    problems {\n      line\n      keyMasked\n      reason\n      message\n    }\n  }\n": typeof types.TaskLine_TaskFragmentDoc,
    "\n  subscription TaskProgress($id: ID!) {\n    taskProgress(id: $id) {\n      ...TaskLine_task\n    }\n  }\n": typeof types.TaskProgressDocument,
    "\n  mutation CancelTask($id: ID!) {\n    cancelTask(id: $id) {\n      ...TaskLine_task\n    }\n  }\n": typeof types.CancelTaskDocument,
    "\n  query AuditPage($action: String, $actor: String, $from: Time, $after: String) {\n    auditLog(action: $action, actor: $actor, from: $from, first: 50, after: $after) {\n      edges {\n        node {\n          id\n          ...AuditEvents_event\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.AuditPageDocument,
    "\n  fragment Breakdown_row on BreakdownRow {\n    name\n    requests\n    failures\n    p95Ms\n    previousRequests\n  }\n": typeof types.Breakdown_RowFragmentDoc,
    "\n  query DashboardBreakdowns($from: Time!, $to: Time!, $groupId: ID) {\n    groups: breakdown(by: GROUP, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n    models: breakdown(by: MODEL, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n    statuses: breakdown(by: STATUS, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n  }\n": typeof types.DashboardBreakdownsDocument,
    "\n  query DashboardPage {\n    dashboard {\n      groups\n      keyCounts {\n        total\n        active\n        invalid\n        ...KeyBar_counts\n      }\n      warnings {\n        code\n        ...Warnings_warning\n      }\n    }\n  }\n": typeof types.DashboardPageDocument,
    "\n  query DashboardGroup($name: String!) {\n    group(name: $name) {\n      id\n    }\n  }\n": typeof types.DashboardGroupDocument,
    "\n  query FailingKeys($groupId: ID, $since: Time!) {\n    failingKeys(groupId: $groupId, since: $since, first: 5) {\n      failures\n      lastStatusCode\n      key {\n        id\n        masked\n        fingerprint\n        status\n        coolingUntil\n        reason\n        group {\n          id\n          name\n        }\n      }\n    }\n  }\n": typeof types.FailingKeysDocument,
    "\n  query LatestFailures($from: Time!, $outcomes: [Outcome!]!) {\n    requestLogs(filter: { outcomes: $outcomes, attempt: FINAL, from: $from }, first: 5) {\n      edges {\n        node {\n          id\n          requestId\n          time\n          outcome\n          statusCode\n          groupName\n          model\n          method\n          path\n        }\n      }\n    }\n  }\n": typeof types.LatestFailuresDocument,
    "\n  fragment Warnings_warning on SecurityWarning {\n    code\n    severity\n    message\n    remedy\n  }\n": typeof types.Warnings_WarningFragmentDoc,
    "\n  fragment LiveFigures on LiveStats {\n    time\n    inFlight\n    openStreams\n    requestsPerSecond\n    errorRate\n    p95Ms\n    firstByteP50Ms\n    keyCounts {\n      total\n      active\n      invalid\n      ...KeyBar_counts\n    }\n  }\n": typeof types.LiveFiguresFragmentDoc,
    "\n  query DashboardLiveHistory($groupId: ID) {\n    liveHistory(groupId: $groupId) {\n      time\n      ...LiveFigures\n    }\n  }\n": typeof types.DashboardLiveHistoryDocument,
    "\n  subscription DashboardLive($groupId: ID) {\n    liveStats(groupId: $groupId) {\n      ...LiveFigures\n    }\n  }\n": typeof types.DashboardLiveDocument,
    "\n  fragment TrafficPoints on TrafficPoint {\n    time\n    successes\n    failures\n    clientFaults\n    rateLimited\n    inputTokens\n    outputTokens\n    cachedTokens\n    p50Ms\n    p95Ms\n    p99Ms\n    firstByteP95Ms\n  }\n": typeof types.TrafficPointsFragmentDoc,
    "\n  query DashboardTraffic($groupId: ID, $model: String, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {\n    traffic(groupId: $groupId, model: $model, from: $from, to: $to, bucket: $bucket, timeZone: $zone) {\n      ...TrafficPoints\n    }\n  }\n": typeof types.DashboardTrafficDocument,
    "\n  query DashboardTrafficBy($by: Dimension!, $groupId: ID, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {\n    trafficBy(by: $by, groupId: $groupId, from: $from, to: $to, bucket: $bucket, timeZone: $zone, first: 8) {\n      name\n      points {\n        ...TrafficPoints\n      }\n    }\n  }\n": typeof types.DashboardTrafficByDocument,
    "\n  mutation CopyGroup($id: ID!, $name: String!, $keys: CopyKeys!) {\n    copyGroup(id: $id, name: $name, keys: $keys) {\n      group {\n        id\n        name\n      }\n      task {\n        id\n      }\n    }\n  }\n": typeof types.CopyGroupDocument,
    "\n  mutation DeleteGroup($id: ID!, $confirmName: String!) {\n    deleteGroup(id: $id, confirmName: $confirmName) {\n      id\n      task {\n        id\n      }\n    }\n  }\n": typeof types.DeleteGroupDocument,
    "\n  fragment EffectiveSettings_group on Group {\n    values {\n      name\n      value\n      origin\n    }\n  }\n": typeof types.EffectiveSettings_GroupFragmentDoc,
    "\n  fragment EffectiveSettings_definition on SettingDefinition {\n    name\n    category\n    type\n    label\n    description\n    unit\n  }\n": typeof types.EffectiveSettings_DefinitionFragmentDoc,
    "\n  query GroupGone {\n    groups {\n      id\n      name\n    }\n    auditLog(action: \"updateGroup\", first: 200) {\n      edges {\n        node {\n          groupId\n          before\n          after\n        }\n      }\n    }\n  }\n": typeof types.GroupGoneDocument,
    "\n  fragment GroupHead_group on Group {\n    id\n    name\n    displayName\n    dialect\n    kind\n    enabled\n    endpoint\n    keyCounts {\n      total\n      active\n      ...KeyBar_counts\n    }\n  }\n": typeof types.GroupHead_GroupFragmentDoc,
    "\n  subscription GroupLive($groupId: ID!) {\n    liveStats(groupId: $groupId) {\n      requestsPerSecond\n      keyCounts {\n        total\n        active\n        ...KeyBar_counts\n      }\n    }\n  }\n": typeof types.GroupLiveDocument,
    "\n  mutation SetGroupEnabled($id: ID!, $enabled: Boolean!) {\n    updateGroup(id: $id, input: { enabled: $enabled }) {\n      id\n      enabled\n      version\n    }\n  }\n": typeof types.SetGroupEnabledDocument,
    "\n  query GroupPage($name: String!) {\n    group(name: $name) {\n      id\n      name\n      kind\n      dialect\n      ...GroupHead_group\n    }\n  }\n": typeof types.GroupPageDocument,
    "\n  fragment GroupRow_group on Group {\n    id\n    name\n    displayName\n    dialect\n    kind\n    endpoint\n    keyCounts {\n      total\n      ...KeyBar_counts\n    }\n    subGroups {\n      weight\n    }\n    traffic {\n      requests\n      errorRate\n    }\n    spark {\n      successes\n      clientFaults\n      failures\n    }\n    p95Ms\n    ...GroupState_group\n  }\n": typeof types.GroupRow_GroupFragmentDoc,
    "\n  fragment GroupState_group on Group {\n    kind\n    enabled\n    keyCounts {\n      active\n    }\n    subGroups {\n      weight\n    }\n    traffic {\n      requests\n      errorRate\n    }\n  }\n": typeof types.GroupState_GroupFragmentDoc,
    "\n  query GroupsPage {\n    groups {\n      id\n      name\n      displayName\n      ...GroupRow_group\n    }\n  }\n": typeof types.GroupsPageDocument,
    "\n  query HistoryTab($groupId: ID!, $after: String) {\n    auditLog(groupId: $groupId, first: 50, after: $after) {\n      edges {\n        node {\n          id\n          ...AuditEvents_event\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.HistoryTabDocument,
    "\n  fragment MemberRows_group on Group {\n    id\n    name\n    kind\n    dialect\n    enabled\n    keyCounts {\n      active\n    }\n  }\n": typeof types.MemberRows_GroupFragmentDoc,
    "\n  query MembersTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      dialect\n      subGroups {\n        weight\n        priority\n        group {\n          id\n          name\n        }\n      }\n    }\n    groups {\n      id\n      ...MemberRows_group\n    }\n  }\n": typeof types.MembersTabDocument,
    "\n  query NewAggregate {\n    groups {\n      id\n      ...MemberRows_group\n    }\n    dialects {\n      dialect\n    }\n  }\n": typeof types.NewAggregateDocument,
    "\n  mutation CreateAggregate($input: CreateGroupInput!) {\n    createGroup(input: $input) {\n      id\n      name\n    }\n  }\n": typeof types.CreateAggregateDocument,
    "\n  query OverviewTab($id: ID!, $window: TrafficWindow!) {\n    group(id: $id) {\n      id\n      name\n      dialect\n      kind\n      endpoint\n      testModel\n      description\n      recentModels\n      subGroups {\n        group {\n          id\n          testModel\n        }\n      }\n      ...TrafficPanel_group\n      ...EffectiveSettings_group\n      ...Relatives_group\n    }\n    settingDefinitions {\n      ...EffectiveSettings_definition\n    }\n  }\n": typeof types.OverviewTabDocument,
    "\n  fragment Relatives_group on Group {\n    name\n    parents {\n      id\n      name\n    }\n    members: subGroups {\n      weight\n      priority\n      group {\n        id\n        name\n      }\n    }\n  }\n": typeof types.Relatives_GroupFragmentDoc,
    "\n  query SettingsTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      kind\n      name\n      displayName\n      description\n      testModel\n      validationPath\n      keyCarrier\n      values {\n        name\n        value\n        origin\n        inherited\n      }\n    }\n    settingDefinitions {\n      name\n      category\n      type\n      label\n      description\n      default\n      min\n      max\n      unit\n      groupOverride\n    }\n  }\n": typeof types.SettingsTabDocument,
    "\n  query ShapingTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      kind\n      modelRedirects {\n        from\n        to\n      }\n      modelRedirectStrict\n      paramOverridesText\n      headerRules {\n        action\n        name\n        value\n        secret\n      }\n      recentModels\n    }\n  }\n": typeof types.ShapingTabDocument,
    "\n  fragment TrafficPanel_group on Group {\n    name\n    traffic(window: $window) {\n      requests\n      failures\n      errorRate\n      inputTokens\n      outputTokens\n    }\n    spark(window: $window) {\n      time\n      successes\n      clientFaults\n      failures\n    }\n  }\n": typeof types.TrafficPanel_GroupFragmentDoc,
    "\n  fragment UpstreamHealth_upstream on Upstream {\n    enabled\n    healthy\n    ejectedUntil\n    consecutiveFailures\n    lastError\n  }\n": typeof types.UpstreamHealth_UpstreamFragmentDoc,
    "\n  query KeyToTestWith($groupId: ID!) {\n    used: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, order: RECENTLY_USED, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n    newest: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n  }\n": typeof types.KeyToTestWithDocument,
    "\n  mutation TestUpstream($id: ID!, $upstream: String!) {\n    validateKey(id: $id, upstream: $upstream) {\n      ok\n      statusCode\n      message\n      durationMs\n      key {\n        masked\n      }\n    }\n  }\n": typeof types.TestUpstreamDocument,
    "\n  query UpstreamsTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      upstreams {\n        url\n        weight\n        enabled\n        ...UpstreamHealth_upstream\n      }\n    }\n  }\n": typeof types.UpstreamsTabDocument,
    "\n  mutation SaveGroup($id: ID!, $input: UpdateGroupInput!, $version: Int!) {\n    updateGroup(id: $id, input: $input, expectedVersion: $version) {\n      id\n      name\n      version\n    }\n  }\n": typeof types.SaveGroupDocument,
    "\n  mutation ReorderGroups($ids: [ID!]!) {\n    reorderGroups(ids: $ids) {\n      id\n      sort\n    }\n  }\n": typeof types.ReorderGroupsDocument,
    "\n  query ImportTask($id: ID!) {\n    task(id: $id) {\n      ...TaskLine_task\n    }\n  }\n": typeof types.ImportTaskDocument,
    "\n  fragment KeyActions_key on Key {\n    id\n    status\n    coolingUntil\n    coolingModels {\n      model\n    }\n    group {\n      id\n      name\n    }\n  }\n": typeof types.KeyActions_KeyFragmentDoc,
    "\n  query KeyDrawer($id: ID!) {\n    key(id: $id) {\n      id\n      masked\n      notes\n      group {\n        id\n        name\n      }\n      ...KeyFacts_key\n      ...KeyActions_key\n    }\n  }\n": typeof types.KeyDrawerDocument,
    "\n  fragment KeyFacts_key on Key {\n    id\n    masked\n    fingerprint\n    status\n    coolingUntil\n    coolingModels {\n      model\n      until\n    }\n    fault\n    reason\n    lastStatusCode\n    lastFailedAt\n    requestCount\n    failureCount\n    consecutiveFailures\n    lastUsedAt\n    createdAt\n  }\n": typeof types.KeyFacts_KeyFragmentDoc,
    "\n  mutation RevealKey($id: ID!) {\n    revealKey(id: $id)\n  }\n": typeof types.RevealKeyDocument,
    "\n  query KeyTestChoices($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      testModel\n      upstreams {\n        url\n      }\n    }\n  }\n": typeof types.KeyTestChoicesDocument,
    "\n  mutation TestKey($id: ID!, $upstream: String, $model: String) {\n    validateKey(id: $id, upstream: $upstream, model: $model) {\n      ok\n      statusCode\n      durationMs\n      upstream\n      message\n      key {\n        ...KeyRow_key\n      }\n    }\n  }\n": typeof types.TestKeyDocument,
    "\n    mutation EnableKeys($keys: KeySelector!) {\n      task: enableKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": typeof types.EnableKeysDocument,
    "\n    mutation DisableKeys($keys: KeySelector!) {\n      task: disableKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": typeof types.DisableKeysDocument,
    "\n    mutation RestoreKeys($keys: KeySelector!) {\n      task: restoreKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": typeof types.RestoreKeysDocument,
    "\n    mutation ValidateKeys($keys: KeySelector!) {\n      task: validateKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": typeof types.ValidateKeysDocument,
    "\n    mutation DeleteKeys($keys: KeySelector!) {\n      task: deleteKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": typeof types.DeleteKeysDocument,
    "\n  fragment KeyRow_key on Key {\n    id\n    masked\n    fingerprint\n    status\n    coolingUntil\n    fault\n    reason\n    lastStatusCode\n    lastFailedAt\n    notes\n    requestCount\n    failureCount\n    consecutiveFailures\n    lastUsedAt\n    createdAt\n    version\n  }\n": typeof types.KeyRow_KeyFragmentDoc,
    "\n  query KeysPage(\n    $groupId: ID!\n    $filter: KeyFilter\n    $order: KeyOrder!\n    $first: Int!\n    $after: String\n    $before: String\n    $at: Float\n  ) {\n    keys(groupId: $groupId, filter: $filter, order: $order, first: $first, after: $after, before: $before, at: $at) {\n      edges {\n        node {\n          ...KeyRow_key\n        }\n      }\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n      totalCount\n      scannedTo\n    }\n  }\n": typeof types.KeysPageDocument,
    "\n  subscription KeyChanges($groupId: ID!) {\n    keyChanged(groupId: $groupId) {\n      key {\n        ...KeyRow_key\n      }\n      keyCounts {\n        total\n      }\n    }\n  }\n": typeof types.KeyChangesDocument,
    "\n  query KeySelection($keys: KeySelector!) {\n    keySelection(keys: $keys) {\n      count\n      exact\n      upTo\n      sample {\n        id\n        masked\n      }\n    }\n  }\n": typeof types.KeySelectionDocument,
    "\n  query KeyFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n": typeof types.KeyFingerprintDocument,
    "\n  query KeyWithFingerprint($groupId: ID!, $fingerprint: String!) {\n    keys(groupId: $groupId, filter: { search: $fingerprint }, first: 1) {\n      edges {\n        node {\n          id\n          fingerprint\n        }\n      }\n    }\n  }\n": typeof types.KeyWithFingerprintDocument,
    "\n  mutation UpdateKeyNotes($id: ID!, $notes: String!) {\n    updateKeyNotes(id: $id, notes: $notes) {\n      ...KeyRow_key\n    }\n  }\n": typeof types.UpdateKeyNotesDocument,
    "\n  fragment FirstRequest_request on RequestLog {\n    id\n    requestId\n    time\n    startedAt\n    model\n    keyMasked\n    statusCode\n    outcome\n    inputTokens\n    outputTokens\n    firstByteMs\n    durationMs\n    ...AttemptLine_attempt\n  }\n": typeof types.FirstRequest_RequestFragmentDoc,
    "\n  subscription FirstRequestArriving($groupId: ID!) {\n    requestTail(filter: { groupId: $groupId }) {\n      requests {\n        ...FirstRequest_request\n      }\n    }\n  }\n": typeof types.FirstRequestArrivingDocument,
    "\n  query FirstRequestArrived($groupId: ID!) {\n    requestLogs(filter: { groupId: $groupId, attempt: FINAL }, first: 1) {\n      edges {\n        node {\n          ...FirstRequest_request\n        }\n      }\n    }\n  }\n": typeof types.FirstRequestArrivedDocument,
    "\n  query NewGroupSheet {\n    dialects {\n      dialect\n      upstreamUrl\n      testModel\n    }\n  }\n": typeof types.NewGroupSheetDocument,
    "\n  mutation CreationCreate($input: CreateGroupInput!) {\n    createGroup(input: $input) {\n      id\n      name\n      dialect\n      endpoint\n      testModel\n    }\n  }\n": typeof types.CreationCreateDocument,
    "\n  mutation CreationImport($groupId: ID!, $text: String!) {\n    importKeys(groupId: $groupId, text: $text) {\n      id\n    }\n  }\n": typeof types.CreationImportDocument,
    "\n  subscription CreationProgress($id: ID!) {\n    taskProgress(id: $id) {\n      id\n      state\n      succeeded\n      failed\n      error\n    }\n  }\n": typeof types.CreationProgressDocument,
    "\n  query CreationFirstKey($groupId: ID!) {\n    keys(groupId: $groupId, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n  }\n": typeof types.CreationFirstKeyDocument,
    "\n  mutation CreationValidate($id: ID!) {\n    validateKey(id: $id) {\n      ok\n      statusCode\n      message\n      durationMs\n    }\n  }\n": typeof types.CreationValidateDocument,
    "\n  fragment NodesPage_node on Node {\n    id\n    hostname\n    leader\n    follower\n    version\n    startedAt\n    lastSeenAt\n    inFlight\n  }\n": typeof types.NodesPage_NodeFragmentDoc,
    "\n  query NodesPage {\n    nodes {\n      ...NodesPage_node\n    }\n  }\n": typeof types.NodesPageDocument,
    "\n  subscription NodesChanged {\n    nodesChanged {\n      ...NodesPage_node\n    }\n  }\n": typeof types.NodesChangedDocument,
    "\n  mutation CreateProxyKey($groupId: ID, $value: String, $notes: String!) {\n    createProxyKey(groupId: $groupId, value: $value, notes: $notes) {\n      proxyKey {\n        id\n      }\n      value\n    }\n  }\n": typeof types.CreateProxyKeyDocument,
    "\n  fragment ProxyKeysPage_key on ProxyKey {\n    id\n    masked\n    fingerprint\n    notes\n    createdAt\n    lastUsedAt\n    group {\n      id\n      name\n    }\n  }\n": typeof types.ProxyKeysPage_KeyFragmentDoc,
    "\n  query ProxyKeysPage {\n    settings {\n      proxyKeys {\n        ...ProxyKeysPage_key\n      }\n    }\n    groups {\n      id\n      name\n      proxyKeys {\n        ...ProxyKeysPage_key\n      }\n    }\n  }\n": typeof types.ProxyKeysPageDocument,
    "\n  mutation RemoveProxyKey($id: ID!) {\n    deleteProxyKey(id: $id)\n  }\n": typeof types.RemoveProxyKeyDocument,
    "\n  fragment Alike_request on RequestLog {\n    groupName\n    parentGroupName\n    group {\n      id\n      endpoint\n    }\n    dialect\n    method\n    path\n    model\n    keyFingerprint\n    proxyKeyId\n    clientIp\n    requestBody\n  }\n": typeof types.Alike_RequestFragmentDoc,
    "\n  fragment AttemptCard_attempt on RequestLog {\n    id\n    attemptNumber\n    attempt\n    groupName\n    keyMasked\n    upstream\n    statusCode\n    outcome\n    charged\n    cooledSeconds\n    durationMs\n    error\n    ...AttemptLine_attempt\n  }\n": typeof types.AttemptCard_AttemptFragmentDoc,
    "\n  query FilterBar {\n    groups {\n      id\n      name\n    }\n  }\n": typeof types.FilterBarDocument,
    "\n  query KeyFieldFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n": typeof types.KeyFieldFingerprintDocument,
    "\n  query RequestDrawer($requestId: String!) {\n    request(requestId: $requestId) {\n      id\n      startedAt\n      durationMs\n      ...AttemptCard_attempt\n      ...Alike_request\n      ...RequestFacts_request\n    }\n  }\n": typeof types.RequestDrawerDocument,
    "\n  fragment RequestFacts_request on RequestLog {\n    time\n    groupName\n    parentGroupName\n    method\n    path\n    model\n    upstreamModel\n    stream\n    proxyKeyFingerprint\n    clientIp\n    userAgent\n    requestBytes\n    responseBytes\n    inputTokens\n    outputTokens\n    cachedTokens\n    reasoningTokens\n    upstreamRequestId\n    requestBody\n  }\n": typeof types.RequestFacts_RequestFragmentDoc,
    "\n  fragment RequestRow_request on RequestLog {\n    id\n    requestId\n    time\n    attemptNumber\n    groupName\n    parentGroupName\n    model\n    path\n    method\n    keyMasked\n    upstream\n    clientIp\n    statusCode\n    outcome\n    stream\n    trial\n    firstByteMs\n    durationMs\n    inputTokens\n    outputTokens\n  }\n": typeof types.RequestRow_RequestFragmentDoc,
    "\n  query HistoryTable($filter: RequestLogFilter!, $first: Int!, $after: String) {\n    requestLogs(filter: $filter, first: $first, after: $after) {\n      edges {\n        node {\n          ...RequestRow_request\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      scannedTo\n    }\n  }\n": typeof types.HistoryTableDocument,
    "\n  subscription RequestsTail($filter: RequestLogFilter!) {\n    requestTail(filter: $filter) {\n      time\n      matched\n      failed\n      dropped\n      requests {\n        ...RequestRow_request\n      }\n    }\n  }\n": typeof types.RequestsTailDocument,
    "\n  query SettingsPage {\n    settings {\n      version\n    }\n    settingDefinitions {\n      name\n      category\n      type\n      label\n      description\n      default\n      min\n      max\n      unit\n    }\n    settingValues {\n      name\n      value\n      origin\n      inherited\n    }\n  }\n": typeof types.SettingsPageDocument,
    "\n  mutation SaveSettings($input: SettingsInput!, $version: Int) {\n    updateSettings(input: $input, expectedVersion: $version) {\n      version\n    }\n  }\n": typeof types.SaveSettingsDocument,
    "\n  subscription SettingsChanged {\n    configChanged {\n      groupId\n    }\n  }\n": typeof types.SettingsChangedDocument,
    "\n  query TaskPage($id: ID!) {\n    task(id: $id) {\n      ...TaskLine_task\n      ...TaskRow_task\n    }\n  }\n": typeof types.TaskPageDocument,
    "\n  fragment TaskRow_task on Task {\n    id\n    kind\n    state\n    processed\n    total\n    succeeded\n    skipped\n    failed\n    error\n    fileName\n    cancelRequested\n    createdAt\n    startedAt\n    finishedAt\n    group {\n      id\n      name\n    }\n  }\n": typeof types.TaskRow_TaskFragmentDoc,
    "\n  query TasksPage {\n    tasks(first: 200) {\n      ...TaskRow_task\n    }\n  }\n": typeof types.TasksPageDocument,
    "\n  subscription TasksProgress {\n    taskProgress {\n      ...TaskRow_task\n    }\n  }\n": typeof types.TasksProgressDocument,
    "\n  query TryRecord($requestId: String!) {\n    request(requestId: $requestId) {\n      id\n      attemptNumber\n      startedAt\n      durationMs\n      outcome\n      statusCode\n      groupName\n      keyId\n      keyMasked\n      upstream\n      upstreamModel\n      inputTokens\n      outputTokens\n      cachedTokens\n      reasoningTokens\n      ...AttemptLine_attempt\n    }\n  }\n": typeof types.TryRecordDocument,
    "\n  query TryModels($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      testModel\n      recentModels\n    }\n  }\n": typeof types.TryModelsDocument,
    "\n  query TryListedModels($groupId: ID!) {\n    models(groupId: $groupId)\n  }\n": typeof types.TryListedModelsDocument,
    "\n  query TryUpstreams($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      upstreams {\n        url\n      }\n      subGroups {\n        group {\n          id\n          upstreams {\n            url\n          }\n        }\n      }\n    }\n  }\n": typeof types.TryUpstreamsDocument,
    "\n  query TryKeys($groupId: ID!, $search: String!) {\n    keys(groupId: $groupId, filter: { search: $search }, first: 5) {\n      edges {\n        node {\n          id\n          masked\n          notes\n        }\n      }\n    }\n  }\n": typeof types.TryKeysDocument,
    "\n  query TryPinnedKey($id: ID!) {\n    key(id: $id) {\n      id\n      masked\n    }\n  }\n": typeof types.TryPinnedKeyDocument,
};
const documents: Documents = {
    "\n  query Version {\n    build {\n      version\n      commit\n    }\n    nodes {\n      id\n    }\n  }\n": types.VersionDocument,
    "\n  subscription FrameNodes {\n    nodesChanged {\n      id\n    }\n  }\n": types.FrameNodesDocument,
    "\n  query PaletteFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n": types.PaletteFingerprintDocument,
    "\n  query PaletteGroups {\n    groups {\n      id\n      name\n      displayName\n    }\n  }\n": types.PaletteGroupsDocument,
    "\n  query RunningTasks {\n    tasks(first: 20) {\n      id\n      state\n      processed\n      total\n    }\n  }\n": types.RunningTasksDocument,
    "\n  subscription RunningTaskChanged {\n    taskProgress {\n      id\n      state\n      processed\n      total\n    }\n  }\n": types.RunningTaskChangedDocument,
    "\n  fragment AttemptLine_attempt on RequestLog {\n    startedAt\n    attempt\n    waitMs\n    connectMs\n    headerMs\n    firstByteMs\n    durationMs\n  }\n": types.AttemptLine_AttemptFragmentDoc,
    "\n  fragment AuditEvents_event on AuditEvent {\n    id\n    time\n    actor\n    action\n    target\n    before\n    after\n  }\n": types.AuditEvents_EventFragmentDoc,
    "\n  fragment KeyBar_counts on KeyCounts {\n    total\n    active\n    invalid\n    disabled\n    cooling\n  }\n": types.KeyBar_CountsFragmentDoc,
    "\n  mutation MakeProxyKey($groupId: ID!, $notes: String!) {\n    createProxyKey(groupId: $groupId, notes: $notes) {\n      proxyKey {\n        id\n      }\n      value\n    }\n  }\n": types.MakeProxyKeyDocument,
    "\n  fragment TaskLine_task on Task {\n    id\n    kind\n    state\n    processed\n    total\n    succeeded\n    skipped\n    failed\n    error\n    cancelRequested\n    startedAt\n    problems {\n      line\n      keyMasked\n      reason\n      message\n    }\n  }\n": types.TaskLine_TaskFragmentDoc,
    "\n  subscription TaskProgress($id: ID!) {\n    taskProgress(id: $id) {\n      ...TaskLine_task\n    }\n  }\n": types.TaskProgressDocument,
    "\n  mutation CancelTask($id: ID!) {\n    cancelTask(id: $id) {\n      ...TaskLine_task\n    }\n  }\n": types.CancelTaskDocument,
    "\n  query AuditPage($action: String, $actor: String, $from: Time, $after: String) {\n    auditLog(action: $action, actor: $actor, from: $from, first: 50, after: $after) {\n      edges {\n        node {\n          id\n          ...AuditEvents_event\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.AuditPageDocument,
    "\n  fragment Breakdown_row on BreakdownRow {\n    name\n    requests\n    failures\n    p95Ms\n    previousRequests\n  }\n": types.Breakdown_RowFragmentDoc,
    "\n  query DashboardBreakdowns($from: Time!, $to: Time!, $groupId: ID) {\n    groups: breakdown(by: GROUP, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n    models: breakdown(by: MODEL, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n    statuses: breakdown(by: STATUS, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n  }\n": types.DashboardBreakdownsDocument,
    "\n  query DashboardPage {\n    dashboard {\n      groups\n      keyCounts {\n        total\n        active\n        invalid\n        ...KeyBar_counts\n      }\n      warnings {\n        code\n        ...Warnings_warning\n      }\n    }\n  }\n": types.DashboardPageDocument,
    "\n  query DashboardGroup($name: String!) {\n    group(name: $name) {\n      id\n    }\n  }\n": types.DashboardGroupDocument,
    "\n  query FailingKeys($groupId: ID, $since: Time!) {\n    failingKeys(groupId: $groupId, since: $since, first: 5) {\n      failures\n      lastStatusCode\n      key {\n        id\n        masked\n        fingerprint\n        status\n        coolingUntil\n        reason\n        group {\n          id\n          name\n        }\n      }\n    }\n  }\n": types.FailingKeysDocument,
    "\n  query LatestFailures($from: Time!, $outcomes: [Outcome!]!) {\n    requestLogs(filter: { outcomes: $outcomes, attempt: FINAL, from: $from }, first: 5) {\n      edges {\n        node {\n          id\n          requestId\n          time\n          outcome\n          statusCode\n          groupName\n          model\n          method\n          path\n        }\n      }\n    }\n  }\n": types.LatestFailuresDocument,
    "\n  fragment Warnings_warning on SecurityWarning {\n    code\n    severity\n    message\n    remedy\n  }\n": types.Warnings_WarningFragmentDoc,
    "\n  fragment LiveFigures on LiveStats {\n    time\n    inFlight\n    openStreams\n    requestsPerSecond\n    errorRate\n    p95Ms\n    firstByteP50Ms\n    keyCounts {\n      total\n      active\n      invalid\n      ...KeyBar_counts\n    }\n  }\n": types.LiveFiguresFragmentDoc,
    "\n  query DashboardLiveHistory($groupId: ID) {\n    liveHistory(groupId: $groupId) {\n      time\n      ...LiveFigures\n    }\n  }\n": types.DashboardLiveHistoryDocument,
    "\n  subscription DashboardLive($groupId: ID) {\n    liveStats(groupId: $groupId) {\n      ...LiveFigures\n    }\n  }\n": types.DashboardLiveDocument,
    "\n  fragment TrafficPoints on TrafficPoint {\n    time\n    successes\n    failures\n    clientFaults\n    rateLimited\n    inputTokens\n    outputTokens\n    cachedTokens\n    p50Ms\n    p95Ms\n    p99Ms\n    firstByteP95Ms\n  }\n": types.TrafficPointsFragmentDoc,
    "\n  query DashboardTraffic($groupId: ID, $model: String, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {\n    traffic(groupId: $groupId, model: $model, from: $from, to: $to, bucket: $bucket, timeZone: $zone) {\n      ...TrafficPoints\n    }\n  }\n": types.DashboardTrafficDocument,
    "\n  query DashboardTrafficBy($by: Dimension!, $groupId: ID, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {\n    trafficBy(by: $by, groupId: $groupId, from: $from, to: $to, bucket: $bucket, timeZone: $zone, first: 8) {\n      name\n      points {\n        ...TrafficPoints\n      }\n    }\n  }\n": types.DashboardTrafficByDocument,
    "\n  mutation CopyGroup($id: ID!, $name: String!, $keys: CopyKeys!) {\n    copyGroup(id: $id, name: $name, keys: $keys) {\n      group {\n        id\n        name\n      }\n      task {\n        id\n      }\n    }\n  }\n": types.CopyGroupDocument,
    "\n  mutation DeleteGroup($id: ID!, $confirmName: String!) {\n    deleteGroup(id: $id, confirmName: $confirmName) {\n      id\n      task {\n        id\n      }\n    }\n  }\n": types.DeleteGroupDocument,
    "\n  fragment EffectiveSettings_group on Group {\n    values {\n      name\n      value\n      origin\n    }\n  }\n": types.EffectiveSettings_GroupFragmentDoc,
    "\n  fragment EffectiveSettings_definition on SettingDefinition {\n    name\n    category\n    type\n    label\n    description\n    unit\n  }\n": types.EffectiveSettings_DefinitionFragmentDoc,
    "\n  query GroupGone {\n    groups {\n      id\n      name\n    }\n    auditLog(action: \"updateGroup\", first: 200) {\n      edges {\n        node {\n          groupId\n          before\n          after\n        }\n      }\n    }\n  }\n": types.GroupGoneDocument,
    "\n  fragment GroupHead_group on Group {\n    id\n    name\n    displayName\n    dialect\n    kind\n    enabled\n    endpoint\n    keyCounts {\n      total\n      active\n      ...KeyBar_counts\n    }\n  }\n": types.GroupHead_GroupFragmentDoc,
    "\n  subscription GroupLive($groupId: ID!) {\n    liveStats(groupId: $groupId) {\n      requestsPerSecond\n      keyCounts {\n        total\n        active\n        ...KeyBar_counts\n      }\n    }\n  }\n": types.GroupLiveDocument,
    "\n  mutation SetGroupEnabled($id: ID!, $enabled: Boolean!) {\n    updateGroup(id: $id, input: { enabled: $enabled }) {\n      id\n      enabled\n      version\n    }\n  }\n": types.SetGroupEnabledDocument,
    "\n  query GroupPage($name: String!) {\n    group(name: $name) {\n      id\n      name\n      kind\n      dialect\n      ...GroupHead_group\n    }\n  }\n": types.GroupPageDocument,
    "\n  fragment GroupRow_group on Group {\n    id\n    name\n    displayName\n    dialect\n    kind\n    endpoint\n    keyCounts {\n      total\n      ...KeyBar_counts\n    }\n    subGroups {\n      weight\n    }\n    traffic {\n      requests\n      errorRate\n    }\n    spark {\n      successes\n      clientFaults\n      failures\n    }\n    p95Ms\n    ...GroupState_group\n  }\n": types.GroupRow_GroupFragmentDoc,
    "\n  fragment GroupState_group on Group {\n    kind\n    enabled\n    keyCounts {\n      active\n    }\n    subGroups {\n      weight\n    }\n    traffic {\n      requests\n      errorRate\n    }\n  }\n": types.GroupState_GroupFragmentDoc,
    "\n  query GroupsPage {\n    groups {\n      id\n      name\n      displayName\n      ...GroupRow_group\n    }\n  }\n": types.GroupsPageDocument,
    "\n  query HistoryTab($groupId: ID!, $after: String) {\n    auditLog(groupId: $groupId, first: 50, after: $after) {\n      edges {\n        node {\n          id\n          ...AuditEvents_event\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.HistoryTabDocument,
    "\n  fragment MemberRows_group on Group {\n    id\n    name\n    kind\n    dialect\n    enabled\n    keyCounts {\n      active\n    }\n  }\n": types.MemberRows_GroupFragmentDoc,
    "\n  query MembersTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      dialect\n      subGroups {\n        weight\n        priority\n        group {\n          id\n          name\n        }\n      }\n    }\n    groups {\n      id\n      ...MemberRows_group\n    }\n  }\n": types.MembersTabDocument,
    "\n  query NewAggregate {\n    groups {\n      id\n      ...MemberRows_group\n    }\n    dialects {\n      dialect\n    }\n  }\n": types.NewAggregateDocument,
    "\n  mutation CreateAggregate($input: CreateGroupInput!) {\n    createGroup(input: $input) {\n      id\n      name\n    }\n  }\n": types.CreateAggregateDocument,
    "\n  query OverviewTab($id: ID!, $window: TrafficWindow!) {\n    group(id: $id) {\n      id\n      name\n      dialect\n      kind\n      endpoint\n      testModel\n      description\n      recentModels\n      subGroups {\n        group {\n          id\n          testModel\n        }\n      }\n      ...TrafficPanel_group\n      ...EffectiveSettings_group\n      ...Relatives_group\n    }\n    settingDefinitions {\n      ...EffectiveSettings_definition\n    }\n  }\n": types.OverviewTabDocument,
    "\n  fragment Relatives_group on Group {\n    name\n    parents {\n      id\n      name\n    }\n    members: subGroups {\n      weight\n      priority\n      group {\n        id\n        name\n      }\n    }\n  }\n": types.Relatives_GroupFragmentDoc,
    "\n  query SettingsTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      kind\n      name\n      displayName\n      description\n      testModel\n      validationPath\n      keyCarrier\n      values {\n        name\n        value\n        origin\n        inherited\n      }\n    }\n    settingDefinitions {\n      name\n      category\n      type\n      label\n      description\n      default\n      min\n      max\n      unit\n      groupOverride\n    }\n  }\n": types.SettingsTabDocument,
    "\n  query ShapingTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      kind\n      modelRedirects {\n        from\n        to\n      }\n      modelRedirectStrict\n      paramOverridesText\n      headerRules {\n        action\n        name\n        value\n        secret\n      }\n      recentModels\n    }\n  }\n": types.ShapingTabDocument,
    "\n  fragment TrafficPanel_group on Group {\n    name\n    traffic(window: $window) {\n      requests\n      failures\n      errorRate\n      inputTokens\n      outputTokens\n    }\n    spark(window: $window) {\n      time\n      successes\n      clientFaults\n      failures\n    }\n  }\n": types.TrafficPanel_GroupFragmentDoc,
    "\n  fragment UpstreamHealth_upstream on Upstream {\n    enabled\n    healthy\n    ejectedUntil\n    consecutiveFailures\n    lastError\n  }\n": types.UpstreamHealth_UpstreamFragmentDoc,
    "\n  query KeyToTestWith($groupId: ID!) {\n    used: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, order: RECENTLY_USED, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n    newest: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n  }\n": types.KeyToTestWithDocument,
    "\n  mutation TestUpstream($id: ID!, $upstream: String!) {\n    validateKey(id: $id, upstream: $upstream) {\n      ok\n      statusCode\n      message\n      durationMs\n      key {\n        masked\n      }\n    }\n  }\n": types.TestUpstreamDocument,
    "\n  query UpstreamsTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      upstreams {\n        url\n        weight\n        enabled\n        ...UpstreamHealth_upstream\n      }\n    }\n  }\n": types.UpstreamsTabDocument,
    "\n  mutation SaveGroup($id: ID!, $input: UpdateGroupInput!, $version: Int!) {\n    updateGroup(id: $id, input: $input, expectedVersion: $version) {\n      id\n      name\n      version\n    }\n  }\n": types.SaveGroupDocument,
    "\n  mutation ReorderGroups($ids: [ID!]!) {\n    reorderGroups(ids: $ids) {\n      id\n      sort\n    }\n  }\n": types.ReorderGroupsDocument,
    "\n  query ImportTask($id: ID!) {\n    task(id: $id) {\n      ...TaskLine_task\n    }\n  }\n": types.ImportTaskDocument,
    "\n  fragment KeyActions_key on Key {\n    id\n    status\n    coolingUntil\n    coolingModels {\n      model\n    }\n    group {\n      id\n      name\n    }\n  }\n": types.KeyActions_KeyFragmentDoc,
    "\n  query KeyDrawer($id: ID!) {\n    key(id: $id) {\n      id\n      masked\n      notes\n      group {\n        id\n        name\n      }\n      ...KeyFacts_key\n      ...KeyActions_key\n    }\n  }\n": types.KeyDrawerDocument,
    "\n  fragment KeyFacts_key on Key {\n    id\n    masked\n    fingerprint\n    status\n    coolingUntil\n    coolingModels {\n      model\n      until\n    }\n    fault\n    reason\n    lastStatusCode\n    lastFailedAt\n    requestCount\n    failureCount\n    consecutiveFailures\n    lastUsedAt\n    createdAt\n  }\n": types.KeyFacts_KeyFragmentDoc,
    "\n  mutation RevealKey($id: ID!) {\n    revealKey(id: $id)\n  }\n": types.RevealKeyDocument,
    "\n  query KeyTestChoices($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      testModel\n      upstreams {\n        url\n      }\n    }\n  }\n": types.KeyTestChoicesDocument,
    "\n  mutation TestKey($id: ID!, $upstream: String, $model: String) {\n    validateKey(id: $id, upstream: $upstream, model: $model) {\n      ok\n      statusCode\n      durationMs\n      upstream\n      message\n      key {\n        ...KeyRow_key\n      }\n    }\n  }\n": types.TestKeyDocument,
    "\n    mutation EnableKeys($keys: KeySelector!) {\n      task: enableKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": types.EnableKeysDocument,
    "\n    mutation DisableKeys($keys: KeySelector!) {\n      task: disableKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": types.DisableKeysDocument,
    "\n    mutation RestoreKeys($keys: KeySelector!) {\n      task: restoreKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": types.RestoreKeysDocument,
    "\n    mutation ValidateKeys($keys: KeySelector!) {\n      task: validateKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": types.ValidateKeysDocument,
    "\n    mutation DeleteKeys($keys: KeySelector!) {\n      task: deleteKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  ": types.DeleteKeysDocument,
    "\n  fragment KeyRow_key on Key {\n    id\n    masked\n    fingerprint\n    status\n    coolingUntil\n    fault\n    reason\n    lastStatusCode\n    lastFailedAt\n    notes\n    requestCount\n    failureCount\n    consecutiveFailures\n    lastUsedAt\n    createdAt\n    version\n  }\n": types.KeyRow_KeyFragmentDoc,
    "\n  query KeysPage(\n    $groupId: ID!\n    $filter: KeyFilter\n    $order: KeyOrder!\n    $first: Int!\n    $after: String\n    $before: String\n    $at: Float\n  ) {\n    keys(groupId: $groupId, filter: $filter, order: $order, first: $first, after: $after, before: $before, at: $at) {\n      edges {\n        node {\n          ...KeyRow_key\n        }\n      }\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n      totalCount\n      scannedTo\n    }\n  }\n": types.KeysPageDocument,
    "\n  subscription KeyChanges($groupId: ID!) {\n    keyChanged(groupId: $groupId) {\n      key {\n        ...KeyRow_key\n      }\n      keyCounts {\n        total\n      }\n    }\n  }\n": types.KeyChangesDocument,
    "\n  query KeySelection($keys: KeySelector!) {\n    keySelection(keys: $keys) {\n      count\n      exact\n      upTo\n      sample {\n        id\n        masked\n      }\n    }\n  }\n": types.KeySelectionDocument,
    "\n  query KeyFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n": types.KeyFingerprintDocument,
    "\n  query KeyWithFingerprint($groupId: ID!, $fingerprint: String!) {\n    keys(groupId: $groupId, filter: { search: $fingerprint }, first: 1) {\n      edges {\n        node {\n          id\n          fingerprint\n        }\n      }\n    }\n  }\n": types.KeyWithFingerprintDocument,
    "\n  mutation UpdateKeyNotes($id: ID!, $notes: String!) {\n    updateKeyNotes(id: $id, notes: $notes) {\n      ...KeyRow_key\n    }\n  }\n": types.UpdateKeyNotesDocument,
    "\n  fragment FirstRequest_request on RequestLog {\n    id\n    requestId\n    time\n    startedAt\n    model\n    keyMasked\n    statusCode\n    outcome\n    inputTokens\n    outputTokens\n    firstByteMs\n    durationMs\n    ...AttemptLine_attempt\n  }\n": types.FirstRequest_RequestFragmentDoc,
    "\n  subscription FirstRequestArriving($groupId: ID!) {\n    requestTail(filter: { groupId: $groupId }) {\n      requests {\n        ...FirstRequest_request\n      }\n    }\n  }\n": types.FirstRequestArrivingDocument,
    "\n  query FirstRequestArrived($groupId: ID!) {\n    requestLogs(filter: { groupId: $groupId, attempt: FINAL }, first: 1) {\n      edges {\n        node {\n          ...FirstRequest_request\n        }\n      }\n    }\n  }\n": types.FirstRequestArrivedDocument,
    "\n  query NewGroupSheet {\n    dialects {\n      dialect\n      upstreamUrl\n      testModel\n    }\n  }\n": types.NewGroupSheetDocument,
    "\n  mutation CreationCreate($input: CreateGroupInput!) {\n    createGroup(input: $input) {\n      id\n      name\n      dialect\n      endpoint\n      testModel\n    }\n  }\n": types.CreationCreateDocument,
    "\n  mutation CreationImport($groupId: ID!, $text: String!) {\n    importKeys(groupId: $groupId, text: $text) {\n      id\n    }\n  }\n": types.CreationImportDocument,
    "\n  subscription CreationProgress($id: ID!) {\n    taskProgress(id: $id) {\n      id\n      state\n      succeeded\n      failed\n      error\n    }\n  }\n": types.CreationProgressDocument,
    "\n  query CreationFirstKey($groupId: ID!) {\n    keys(groupId: $groupId, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n  }\n": types.CreationFirstKeyDocument,
    "\n  mutation CreationValidate($id: ID!) {\n    validateKey(id: $id) {\n      ok\n      statusCode\n      message\n      durationMs\n    }\n  }\n": types.CreationValidateDocument,
    "\n  fragment NodesPage_node on Node {\n    id\n    hostname\n    leader\n    follower\n    version\n    startedAt\n    lastSeenAt\n    inFlight\n  }\n": types.NodesPage_NodeFragmentDoc,
    "\n  query NodesPage {\n    nodes {\n      ...NodesPage_node\n    }\n  }\n": types.NodesPageDocument,
    "\n  subscription NodesChanged {\n    nodesChanged {\n      ...NodesPage_node\n    }\n  }\n": types.NodesChangedDocument,
    "\n  mutation CreateProxyKey($groupId: ID, $value: String, $notes: String!) {\n    createProxyKey(groupId: $groupId, value: $value, notes: $notes) {\n      proxyKey {\n        id\n      }\n      value\n    }\n  }\n": types.CreateProxyKeyDocument,
    "\n  fragment ProxyKeysPage_key on ProxyKey {\n    id\n    masked\n    fingerprint\n    notes\n    createdAt\n    lastUsedAt\n    group {\n      id\n      name\n    }\n  }\n": types.ProxyKeysPage_KeyFragmentDoc,
    "\n  query ProxyKeysPage {\n    settings {\n      proxyKeys {\n        ...ProxyKeysPage_key\n      }\n    }\n    groups {\n      id\n      name\n      proxyKeys {\n        ...ProxyKeysPage_key\n      }\n    }\n  }\n": types.ProxyKeysPageDocument,
    "\n  mutation RemoveProxyKey($id: ID!) {\n    deleteProxyKey(id: $id)\n  }\n": types.RemoveProxyKeyDocument,
    "\n  fragment Alike_request on RequestLog {\n    groupName\n    parentGroupName\n    group {\n      id\n      endpoint\n    }\n    dialect\n    method\n    path\n    model\n    keyFingerprint\n    proxyKeyId\n    clientIp\n    requestBody\n  }\n": types.Alike_RequestFragmentDoc,
    "\n  fragment AttemptCard_attempt on RequestLog {\n    id\n    attemptNumber\n    attempt\n    groupName\n    keyMasked\n    upstream\n    statusCode\n    outcome\n    charged\n    cooledSeconds\n    durationMs\n    error\n    ...AttemptLine_attempt\n  }\n": types.AttemptCard_AttemptFragmentDoc,
    "\n  query FilterBar {\n    groups {\n      id\n      name\n    }\n  }\n": types.FilterBarDocument,
    "\n  query KeyFieldFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n": types.KeyFieldFingerprintDocument,
    "\n  query RequestDrawer($requestId: String!) {\n    request(requestId: $requestId) {\n      id\n      startedAt\n      durationMs\n      ...AttemptCard_attempt\n      ...Alike_request\n      ...RequestFacts_request\n    }\n  }\n": types.RequestDrawerDocument,
    "\n  fragment RequestFacts_request on RequestLog {\n    time\n    groupName\n    parentGroupName\n    method\n    path\n    model\n    upstreamModel\n    stream\n    proxyKeyFingerprint\n    clientIp\n    userAgent\n    requestBytes\n    responseBytes\n    inputTokens\n    outputTokens\n    cachedTokens\n    reasoningTokens\n    upstreamRequestId\n    requestBody\n  }\n": types.RequestFacts_RequestFragmentDoc,
    "\n  fragment RequestRow_request on RequestLog {\n    id\n    requestId\n    time\n    attemptNumber\n    groupName\n    parentGroupName\n    model\n    path\n    method\n    keyMasked\n    upstream\n    clientIp\n    statusCode\n    outcome\n    stream\n    trial\n    firstByteMs\n    durationMs\n    inputTokens\n    outputTokens\n  }\n": types.RequestRow_RequestFragmentDoc,
    "\n  query HistoryTable($filter: RequestLogFilter!, $first: Int!, $after: String) {\n    requestLogs(filter: $filter, first: $first, after: $after) {\n      edges {\n        node {\n          ...RequestRow_request\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      scannedTo\n    }\n  }\n": types.HistoryTableDocument,
    "\n  subscription RequestsTail($filter: RequestLogFilter!) {\n    requestTail(filter: $filter) {\n      time\n      matched\n      failed\n      dropped\n      requests {\n        ...RequestRow_request\n      }\n    }\n  }\n": types.RequestsTailDocument,
    "\n  query SettingsPage {\n    settings {\n      version\n    }\n    settingDefinitions {\n      name\n      category\n      type\n      label\n      description\n      default\n      min\n      max\n      unit\n    }\n    settingValues {\n      name\n      value\n      origin\n      inherited\n    }\n  }\n": types.SettingsPageDocument,
    "\n  mutation SaveSettings($input: SettingsInput!, $version: Int) {\n    updateSettings(input: $input, expectedVersion: $version) {\n      version\n    }\n  }\n": types.SaveSettingsDocument,
    "\n  subscription SettingsChanged {\n    configChanged {\n      groupId\n    }\n  }\n": types.SettingsChangedDocument,
    "\n  query TaskPage($id: ID!) {\n    task(id: $id) {\n      ...TaskLine_task\n      ...TaskRow_task\n    }\n  }\n": types.TaskPageDocument,
    "\n  fragment TaskRow_task on Task {\n    id\n    kind\n    state\n    processed\n    total\n    succeeded\n    skipped\n    failed\n    error\n    fileName\n    cancelRequested\n    createdAt\n    startedAt\n    finishedAt\n    group {\n      id\n      name\n    }\n  }\n": types.TaskRow_TaskFragmentDoc,
    "\n  query TasksPage {\n    tasks(first: 200) {\n      ...TaskRow_task\n    }\n  }\n": types.TasksPageDocument,
    "\n  subscription TasksProgress {\n    taskProgress {\n      ...TaskRow_task\n    }\n  }\n": types.TasksProgressDocument,
    "\n  query TryRecord($requestId: String!) {\n    request(requestId: $requestId) {\n      id\n      attemptNumber\n      startedAt\n      durationMs\n      outcome\n      statusCode\n      groupName\n      keyId\n      keyMasked\n      upstream\n      upstreamModel\n      inputTokens\n      outputTokens\n      cachedTokens\n      reasoningTokens\n      ...AttemptLine_attempt\n    }\n  }\n": types.TryRecordDocument,
    "\n  query TryModels($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      testModel\n      recentModels\n    }\n  }\n": types.TryModelsDocument,
    "\n  query TryListedModels($groupId: ID!) {\n    models(groupId: $groupId)\n  }\n": types.TryListedModelsDocument,
    "\n  query TryUpstreams($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      upstreams {\n        url\n      }\n      subGroups {\n        group {\n          id\n          upstreams {\n            url\n          }\n        }\n      }\n    }\n  }\n": types.TryUpstreamsDocument,
    "\n  query TryKeys($groupId: ID!, $search: String!) {\n    keys(groupId: $groupId, filter: { search: $search }, first: 5) {\n      edges {\n        node {\n          id\n          masked\n          notes\n        }\n      }\n    }\n  }\n": types.TryKeysDocument,
    "\n  query TryPinnedKey($id: ID!) {\n    key(id: $id) {\n      id\n      masked\n    }\n  }\n": types.TryPinnedKeyDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Version {\n    build {\n      version\n      commit\n    }\n    nodes {\n      id\n    }\n  }\n"): (typeof documents)["\n  query Version {\n    build {\n      version\n      commit\n    }\n    nodes {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FrameNodes {\n    nodesChanged {\n      id\n    }\n  }\n"): (typeof documents)["\n  subscription FrameNodes {\n    nodesChanged {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PaletteFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n"): (typeof documents)["\n  query PaletteFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PaletteGroups {\n    groups {\n      id\n      name\n      displayName\n    }\n  }\n"): (typeof documents)["\n  query PaletteGroups {\n    groups {\n      id\n      name\n      displayName\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RunningTasks {\n    tasks(first: 20) {\n      id\n      state\n      processed\n      total\n    }\n  }\n"): (typeof documents)["\n  query RunningTasks {\n    tasks(first: 20) {\n      id\n      state\n      processed\n      total\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription RunningTaskChanged {\n    taskProgress {\n      id\n      state\n      processed\n      total\n    }\n  }\n"): (typeof documents)["\n  subscription RunningTaskChanged {\n    taskProgress {\n      id\n      state\n      processed\n      total\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AttemptLine_attempt on RequestLog {\n    startedAt\n    attempt\n    waitMs\n    connectMs\n    headerMs\n    firstByteMs\n    durationMs\n  }\n"): (typeof documents)["\n  fragment AttemptLine_attempt on RequestLog {\n    startedAt\n    attempt\n    waitMs\n    connectMs\n    headerMs\n    firstByteMs\n    durationMs\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AuditEvents_event on AuditEvent {\n    id\n    time\n    actor\n    action\n    target\n    before\n    after\n  }\n"): (typeof documents)["\n  fragment AuditEvents_event on AuditEvent {\n    id\n    time\n    actor\n    action\n    target\n    before\n    after\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment KeyBar_counts on KeyCounts {\n    total\n    active\n    invalid\n    disabled\n    cooling\n  }\n"): (typeof documents)["\n  fragment KeyBar_counts on KeyCounts {\n    total\n    active\n    invalid\n    disabled\n    cooling\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MakeProxyKey($groupId: ID!, $notes: String!) {\n    createProxyKey(groupId: $groupId, notes: $notes) {\n      proxyKey {\n        id\n      }\n      value\n    }\n  }\n"): (typeof documents)["\n  mutation MakeProxyKey($groupId: ID!, $notes: String!) {\n    createProxyKey(groupId: $groupId, notes: $notes) {\n      proxyKey {\n        id\n      }\n      value\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TaskLine_task on Task {\n    id\n    kind\n    state\n    processed\n    total\n    succeeded\n    skipped\n    failed\n    error\n    cancelRequested\n    startedAt\n    problems {\n      line\n      keyMasked\n      reason\n      message\n    }\n  }\n"): (typeof documents)["\n  fragment TaskLine_task on Task {\n    id\n    kind\n    state\n    processed\n    total\n    succeeded\n    skipped\n    failed\n    error\n    cancelRequested\n    startedAt\n    problems {\n      line\n      keyMasked\n      reason\n      message\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription TaskProgress($id: ID!) {\n    taskProgress(id: $id) {\n      ...TaskLine_task\n    }\n  }\n"): (typeof documents)["\n  subscription TaskProgress($id: ID!) {\n    taskProgress(id: $id) {\n      ...TaskLine_task\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelTask($id: ID!) {\n    cancelTask(id: $id) {\n      ...TaskLine_task\n    }\n  }\n"): (typeof documents)["\n  mutation CancelTask($id: ID!) {\n    cancelTask(id: $id) {\n      ...TaskLine_task\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AuditPage($action: String, $actor: String, $from: Time, $after: String) {\n    auditLog(action: $action, actor: $actor, from: $from, first: 50, after: $after) {\n      edges {\n        node {\n          id\n          ...AuditEvents_event\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): (typeof documents)["\n  query AuditPage($action: String, $actor: String, $from: Time, $after: String) {\n    auditLog(action: $action, actor: $actor, from: $from, first: 50, after: $after) {\n      edges {\n        node {\n          id\n          ...AuditEvents_event\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Breakdown_row on BreakdownRow {\n    name\n    requests\n    failures\n    p95Ms\n    previousRequests\n  }\n"): (typeof documents)["\n  fragment Breakdown_row on BreakdownRow {\n    name\n    requests\n    failures\n    p95Ms\n    previousRequests\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DashboardBreakdowns($from: Time!, $to: Time!, $groupId: ID) {\n    groups: breakdown(by: GROUP, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n    models: breakdown(by: MODEL, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n    statuses: breakdown(by: STATUS, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n  }\n"): (typeof documents)["\n  query DashboardBreakdowns($from: Time!, $to: Time!, $groupId: ID) {\n    groups: breakdown(by: GROUP, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n    models: breakdown(by: MODEL, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n    statuses: breakdown(by: STATUS, from: $from, to: $to, groupId: $groupId, first: 6) {\n      ...Breakdown_row\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DashboardPage {\n    dashboard {\n      groups\n      keyCounts {\n        total\n        active\n        invalid\n        ...KeyBar_counts\n      }\n      warnings {\n        code\n        ...Warnings_warning\n      }\n    }\n  }\n"): (typeof documents)["\n  query DashboardPage {\n    dashboard {\n      groups\n      keyCounts {\n        total\n        active\n        invalid\n        ...KeyBar_counts\n      }\n      warnings {\n        code\n        ...Warnings_warning\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DashboardGroup($name: String!) {\n    group(name: $name) {\n      id\n    }\n  }\n"): (typeof documents)["\n  query DashboardGroup($name: String!) {\n    group(name: $name) {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FailingKeys($groupId: ID, $since: Time!) {\n    failingKeys(groupId: $groupId, since: $since, first: 5) {\n      failures\n      lastStatusCode\n      key {\n        id\n        masked\n        fingerprint\n        status\n        coolingUntil\n        reason\n        group {\n          id\n          name\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query FailingKeys($groupId: ID, $since: Time!) {\n    failingKeys(groupId: $groupId, since: $since, first: 5) {\n      failures\n      lastStatusCode\n      key {\n        id\n        masked\n        fingerprint\n        status\n        coolingUntil\n        reason\n        group {\n          id\n          name\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query LatestFailures($from: Time!, $outcomes: [Outcome!]!) {\n    requestLogs(filter: { outcomes: $outcomes, attempt: FINAL, from: $from }, first: 5) {\n      edges {\n        node {\n          id\n          requestId\n          time\n          outcome\n          statusCode\n          groupName\n          model\n          method\n          path\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query LatestFailures($from: Time!, $outcomes: [Outcome!]!) {\n    requestLogs(filter: { outcomes: $outcomes, attempt: FINAL, from: $from }, first: 5) {\n      edges {\n        node {\n          id\n          requestId\n          time\n          outcome\n          statusCode\n          groupName\n          model\n          method\n          path\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Warnings_warning on SecurityWarning {\n    code\n    severity\n    message\n    remedy\n  }\n"): (typeof documents)["\n  fragment Warnings_warning on SecurityWarning {\n    code\n    severity\n    message\n    remedy\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment LiveFigures on LiveStats {\n    time\n    inFlight\n    openStreams\n    requestsPerSecond\n    errorRate\n    p95Ms\n    firstByteP50Ms\n    keyCounts {\n      total\n      active\n      invalid\n      ...KeyBar_counts\n    }\n  }\n"): (typeof documents)["\n  fragment LiveFigures on LiveStats {\n    time\n    inFlight\n    openStreams\n    requestsPerSecond\n    errorRate\n    p95Ms\n    firstByteP50Ms\n    keyCounts {\n      total\n      active\n      invalid\n      ...KeyBar_counts\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DashboardLiveHistory($groupId: ID) {\n    liveHistory(groupId: $groupId) {\n      time\n      ...LiveFigures\n    }\n  }\n"): (typeof documents)["\n  query DashboardLiveHistory($groupId: ID) {\n    liveHistory(groupId: $groupId) {\n      time\n      ...LiveFigures\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription DashboardLive($groupId: ID) {\n    liveStats(groupId: $groupId) {\n      ...LiveFigures\n    }\n  }\n"): (typeof documents)["\n  subscription DashboardLive($groupId: ID) {\n    liveStats(groupId: $groupId) {\n      ...LiveFigures\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TrafficPoints on TrafficPoint {\n    time\n    successes\n    failures\n    clientFaults\n    rateLimited\n    inputTokens\n    outputTokens\n    cachedTokens\n    p50Ms\n    p95Ms\n    p99Ms\n    firstByteP95Ms\n  }\n"): (typeof documents)["\n  fragment TrafficPoints on TrafficPoint {\n    time\n    successes\n    failures\n    clientFaults\n    rateLimited\n    inputTokens\n    outputTokens\n    cachedTokens\n    p50Ms\n    p95Ms\n    p99Ms\n    firstByteP95Ms\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DashboardTraffic($groupId: ID, $model: String, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {\n    traffic(groupId: $groupId, model: $model, from: $from, to: $to, bucket: $bucket, timeZone: $zone) {\n      ...TrafficPoints\n    }\n  }\n"): (typeof documents)["\n  query DashboardTraffic($groupId: ID, $model: String, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {\n    traffic(groupId: $groupId, model: $model, from: $from, to: $to, bucket: $bucket, timeZone: $zone) {\n      ...TrafficPoints\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DashboardTrafficBy($by: Dimension!, $groupId: ID, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {\n    trafficBy(by: $by, groupId: $groupId, from: $from, to: $to, bucket: $bucket, timeZone: $zone, first: 8) {\n      name\n      points {\n        ...TrafficPoints\n      }\n    }\n  }\n"): (typeof documents)["\n  query DashboardTrafficBy($by: Dimension!, $groupId: ID, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {\n    trafficBy(by: $by, groupId: $groupId, from: $from, to: $to, bucket: $bucket, timeZone: $zone, first: 8) {\n      name\n      points {\n        ...TrafficPoints\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CopyGroup($id: ID!, $name: String!, $keys: CopyKeys!) {\n    copyGroup(id: $id, name: $name, keys: $keys) {\n      group {\n        id\n        name\n      }\n      task {\n        id\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CopyGroup($id: ID!, $name: String!, $keys: CopyKeys!) {\n    copyGroup(id: $id, name: $name, keys: $keys) {\n      group {\n        id\n        name\n      }\n      task {\n        id\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteGroup($id: ID!, $confirmName: String!) {\n    deleteGroup(id: $id, confirmName: $confirmName) {\n      id\n      task {\n        id\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation DeleteGroup($id: ID!, $confirmName: String!) {\n    deleteGroup(id: $id, confirmName: $confirmName) {\n      id\n      task {\n        id\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EffectiveSettings_group on Group {\n    values {\n      name\n      value\n      origin\n    }\n  }\n"): (typeof documents)["\n  fragment EffectiveSettings_group on Group {\n    values {\n      name\n      value\n      origin\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EffectiveSettings_definition on SettingDefinition {\n    name\n    category\n    type\n    label\n    description\n    unit\n  }\n"): (typeof documents)["\n  fragment EffectiveSettings_definition on SettingDefinition {\n    name\n    category\n    type\n    label\n    description\n    unit\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query GroupGone {\n    groups {\n      id\n      name\n    }\n    auditLog(action: \"updateGroup\", first: 200) {\n      edges {\n        node {\n          groupId\n          before\n          after\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query GroupGone {\n    groups {\n      id\n      name\n    }\n    auditLog(action: \"updateGroup\", first: 200) {\n      edges {\n        node {\n          groupId\n          before\n          after\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment GroupHead_group on Group {\n    id\n    name\n    displayName\n    dialect\n    kind\n    enabled\n    endpoint\n    keyCounts {\n      total\n      active\n      ...KeyBar_counts\n    }\n  }\n"): (typeof documents)["\n  fragment GroupHead_group on Group {\n    id\n    name\n    displayName\n    dialect\n    kind\n    enabled\n    endpoint\n    keyCounts {\n      total\n      active\n      ...KeyBar_counts\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription GroupLive($groupId: ID!) {\n    liveStats(groupId: $groupId) {\n      requestsPerSecond\n      keyCounts {\n        total\n        active\n        ...KeyBar_counts\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription GroupLive($groupId: ID!) {\n    liveStats(groupId: $groupId) {\n      requestsPerSecond\n      keyCounts {\n        total\n        active\n        ...KeyBar_counts\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetGroupEnabled($id: ID!, $enabled: Boolean!) {\n    updateGroup(id: $id, input: { enabled: $enabled }) {\n      id\n      enabled\n      version\n    }\n  }\n"): (typeof documents)["\n  mutation SetGroupEnabled($id: ID!, $enabled: Boolean!) {\n    updateGroup(id: $id, input: { enabled: $enabled }) {\n      id\n      enabled\n      version\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query GroupPage($name: String!) {\n    group(name: $name) {\n      id\n      name\n      kind\n      dialect\n      ...GroupHead_group\n    }\n  }\n"): (typeof documents)["\n  query GroupPage($name: String!) {\n    group(name: $name) {\n      id\n      name\n      kind\n      dialect\n      ...GroupHead_group\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment GroupRow_group on Group {\n    id\n    name\n    displayName\n    dialect\n    kind\n    endpoint\n    keyCounts {\n      total\n      ...KeyBar_counts\n    }\n    subGroups {\n      weight\n    }\n    traffic {\n      requests\n      errorRate\n    }\n    spark {\n      successes\n      clientFaults\n      failures\n    }\n    p95Ms\n    ...GroupState_group\n  }\n"): (typeof documents)["\n  fragment GroupRow_group on Group {\n    id\n    name\n    displayName\n    dialect\n    kind\n    endpoint\n    keyCounts {\n      total\n      ...KeyBar_counts\n    }\n    subGroups {\n      weight\n    }\n    traffic {\n      requests\n      errorRate\n    }\n    spark {\n      successes\n      clientFaults\n      failures\n    }\n    p95Ms\n    ...GroupState_group\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment GroupState_group on Group {\n    kind\n    enabled\n    keyCounts {\n      active\n    }\n    subGroups {\n      weight\n    }\n    traffic {\n      requests\n      errorRate\n    }\n  }\n"): (typeof documents)["\n  fragment GroupState_group on Group {\n    kind\n    enabled\n    keyCounts {\n      active\n    }\n    subGroups {\n      weight\n    }\n    traffic {\n      requests\n      errorRate\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query GroupsPage {\n    groups {\n      id\n      name\n      displayName\n      ...GroupRow_group\n    }\n  }\n"): (typeof documents)["\n  query GroupsPage {\n    groups {\n      id\n      name\n      displayName\n      ...GroupRow_group\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query HistoryTab($groupId: ID!, $after: String) {\n    auditLog(groupId: $groupId, first: 50, after: $after) {\n      edges {\n        node {\n          id\n          ...AuditEvents_event\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): (typeof documents)["\n  query HistoryTab($groupId: ID!, $after: String) {\n    auditLog(groupId: $groupId, first: 50, after: $after) {\n      edges {\n        node {\n          id\n          ...AuditEvents_event\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MemberRows_group on Group {\n    id\n    name\n    kind\n    dialect\n    enabled\n    keyCounts {\n      active\n    }\n  }\n"): (typeof documents)["\n  fragment MemberRows_group on Group {\n    id\n    name\n    kind\n    dialect\n    enabled\n    keyCounts {\n      active\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MembersTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      dialect\n      subGroups {\n        weight\n        priority\n        group {\n          id\n          name\n        }\n      }\n    }\n    groups {\n      id\n      ...MemberRows_group\n    }\n  }\n"): (typeof documents)["\n  query MembersTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      dialect\n      subGroups {\n        weight\n        priority\n        group {\n          id\n          name\n        }\n      }\n    }\n    groups {\n      id\n      ...MemberRows_group\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query NewAggregate {\n    groups {\n      id\n      ...MemberRows_group\n    }\n    dialects {\n      dialect\n    }\n  }\n"): (typeof documents)["\n  query NewAggregate {\n    groups {\n      id\n      ...MemberRows_group\n    }\n    dialects {\n      dialect\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateAggregate($input: CreateGroupInput!) {\n    createGroup(input: $input) {\n      id\n      name\n    }\n  }\n"): (typeof documents)["\n  mutation CreateAggregate($input: CreateGroupInput!) {\n    createGroup(input: $input) {\n      id\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OverviewTab($id: ID!, $window: TrafficWindow!) {\n    group(id: $id) {\n      id\n      name\n      dialect\n      kind\n      endpoint\n      testModel\n      description\n      recentModels\n      subGroups {\n        group {\n          id\n          testModel\n        }\n      }\n      ...TrafficPanel_group\n      ...EffectiveSettings_group\n      ...Relatives_group\n    }\n    settingDefinitions {\n      ...EffectiveSettings_definition\n    }\n  }\n"): (typeof documents)["\n  query OverviewTab($id: ID!, $window: TrafficWindow!) {\n    group(id: $id) {\n      id\n      name\n      dialect\n      kind\n      endpoint\n      testModel\n      description\n      recentModels\n      subGroups {\n        group {\n          id\n          testModel\n        }\n      }\n      ...TrafficPanel_group\n      ...EffectiveSettings_group\n      ...Relatives_group\n    }\n    settingDefinitions {\n      ...EffectiveSettings_definition\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Relatives_group on Group {\n    name\n    parents {\n      id\n      name\n    }\n    members: subGroups {\n      weight\n      priority\n      group {\n        id\n        name\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment Relatives_group on Group {\n    name\n    parents {\n      id\n      name\n    }\n    members: subGroups {\n      weight\n      priority\n      group {\n        id\n        name\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SettingsTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      kind\n      name\n      displayName\n      description\n      testModel\n      validationPath\n      keyCarrier\n      values {\n        name\n        value\n        origin\n        inherited\n      }\n    }\n    settingDefinitions {\n      name\n      category\n      type\n      label\n      description\n      default\n      min\n      max\n      unit\n      groupOverride\n    }\n  }\n"): (typeof documents)["\n  query SettingsTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      kind\n      name\n      displayName\n      description\n      testModel\n      validationPath\n      keyCarrier\n      values {\n        name\n        value\n        origin\n        inherited\n      }\n    }\n    settingDefinitions {\n      name\n      category\n      type\n      label\n      description\n      default\n      min\n      max\n      unit\n      groupOverride\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ShapingTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      kind\n      modelRedirects {\n        from\n        to\n      }\n      modelRedirectStrict\n      paramOverridesText\n      headerRules {\n        action\n        name\n        value\n        secret\n      }\n      recentModels\n    }\n  }\n"): (typeof documents)["\n  query ShapingTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      kind\n      modelRedirects {\n        from\n        to\n      }\n      modelRedirectStrict\n      paramOverridesText\n      headerRules {\n        action\n        name\n        value\n        secret\n      }\n      recentModels\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TrafficPanel_group on Group {\n    name\n    traffic(window: $window) {\n      requests\n      failures\n      errorRate\n      inputTokens\n      outputTokens\n    }\n    spark(window: $window) {\n      time\n      successes\n      clientFaults\n      failures\n    }\n  }\n"): (typeof documents)["\n  fragment TrafficPanel_group on Group {\n    name\n    traffic(window: $window) {\n      requests\n      failures\n      errorRate\n      inputTokens\n      outputTokens\n    }\n    spark(window: $window) {\n      time\n      successes\n      clientFaults\n      failures\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment UpstreamHealth_upstream on Upstream {\n    enabled\n    healthy\n    ejectedUntil\n    consecutiveFailures\n    lastError\n  }\n"): (typeof documents)["\n  fragment UpstreamHealth_upstream on Upstream {\n    enabled\n    healthy\n    ejectedUntil\n    consecutiveFailures\n    lastError\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query KeyToTestWith($groupId: ID!) {\n    used: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, order: RECENTLY_USED, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n    newest: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query KeyToTestWith($groupId: ID!) {\n    used: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, order: RECENTLY_USED, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n    newest: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestUpstream($id: ID!, $upstream: String!) {\n    validateKey(id: $id, upstream: $upstream) {\n      ok\n      statusCode\n      message\n      durationMs\n      key {\n        masked\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation TestUpstream($id: ID!, $upstream: String!) {\n    validateKey(id: $id, upstream: $upstream) {\n      ok\n      statusCode\n      message\n      durationMs\n      key {\n        masked\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UpstreamsTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      upstreams {\n        url\n        weight\n        enabled\n        ...UpstreamHealth_upstream\n      }\n    }\n  }\n"): (typeof documents)["\n  query UpstreamsTab($id: ID!) {\n    group(id: $id) {\n      id\n      version\n      upstreams {\n        url\n        weight\n        enabled\n        ...UpstreamHealth_upstream\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveGroup($id: ID!, $input: UpdateGroupInput!, $version: Int!) {\n    updateGroup(id: $id, input: $input, expectedVersion: $version) {\n      id\n      name\n      version\n    }\n  }\n"): (typeof documents)["\n  mutation SaveGroup($id: ID!, $input: UpdateGroupInput!, $version: Int!) {\n    updateGroup(id: $id, input: $input, expectedVersion: $version) {\n      id\n      name\n      version\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ReorderGroups($ids: [ID!]!) {\n    reorderGroups(ids: $ids) {\n      id\n      sort\n    }\n  }\n"): (typeof documents)["\n  mutation ReorderGroups($ids: [ID!]!) {\n    reorderGroups(ids: $ids) {\n      id\n      sort\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ImportTask($id: ID!) {\n    task(id: $id) {\n      ...TaskLine_task\n    }\n  }\n"): (typeof documents)["\n  query ImportTask($id: ID!) {\n    task(id: $id) {\n      ...TaskLine_task\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment KeyActions_key on Key {\n    id\n    status\n    coolingUntil\n    coolingModels {\n      model\n    }\n    group {\n      id\n      name\n    }\n  }\n"): (typeof documents)["\n  fragment KeyActions_key on Key {\n    id\n    status\n    coolingUntil\n    coolingModels {\n      model\n    }\n    group {\n      id\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query KeyDrawer($id: ID!) {\n    key(id: $id) {\n      id\n      masked\n      notes\n      group {\n        id\n        name\n      }\n      ...KeyFacts_key\n      ...KeyActions_key\n    }\n  }\n"): (typeof documents)["\n  query KeyDrawer($id: ID!) {\n    key(id: $id) {\n      id\n      masked\n      notes\n      group {\n        id\n        name\n      }\n      ...KeyFacts_key\n      ...KeyActions_key\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment KeyFacts_key on Key {\n    id\n    masked\n    fingerprint\n    status\n    coolingUntil\n    coolingModels {\n      model\n      until\n    }\n    fault\n    reason\n    lastStatusCode\n    lastFailedAt\n    requestCount\n    failureCount\n    consecutiveFailures\n    lastUsedAt\n    createdAt\n  }\n"): (typeof documents)["\n  fragment KeyFacts_key on Key {\n    id\n    masked\n    fingerprint\n    status\n    coolingUntil\n    coolingModels {\n      model\n      until\n    }\n    fault\n    reason\n    lastStatusCode\n    lastFailedAt\n    requestCount\n    failureCount\n    consecutiveFailures\n    lastUsedAt\n    createdAt\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevealKey($id: ID!) {\n    revealKey(id: $id)\n  }\n"): (typeof documents)["\n  mutation RevealKey($id: ID!) {\n    revealKey(id: $id)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query KeyTestChoices($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      testModel\n      upstreams {\n        url\n      }\n    }\n  }\n"): (typeof documents)["\n  query KeyTestChoices($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      testModel\n      upstreams {\n        url\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestKey($id: ID!, $upstream: String, $model: String) {\n    validateKey(id: $id, upstream: $upstream, model: $model) {\n      ok\n      statusCode\n      durationMs\n      upstream\n      message\n      key {\n        ...KeyRow_key\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation TestKey($id: ID!, $upstream: String, $model: String) {\n    validateKey(id: $id, upstream: $upstream, model: $model) {\n      ok\n      statusCode\n      durationMs\n      upstream\n      message\n      key {\n        ...KeyRow_key\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation EnableKeys($keys: KeySelector!) {\n      task: enableKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "): (typeof documents)["\n    mutation EnableKeys($keys: KeySelector!) {\n      task: enableKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation DisableKeys($keys: KeySelector!) {\n      task: disableKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "): (typeof documents)["\n    mutation DisableKeys($keys: KeySelector!) {\n      task: disableKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation RestoreKeys($keys: KeySelector!) {\n      task: restoreKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "): (typeof documents)["\n    mutation RestoreKeys($keys: KeySelector!) {\n      task: restoreKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation ValidateKeys($keys: KeySelector!) {\n      task: validateKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "): (typeof documents)["\n    mutation ValidateKeys($keys: KeySelector!) {\n      task: validateKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n    mutation DeleteKeys($keys: KeySelector!) {\n      task: deleteKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "): (typeof documents)["\n    mutation DeleteKeys($keys: KeySelector!) {\n      task: deleteKeys(keys: $keys) {\n        ...TaskLine_task\n      }\n    }\n  "];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment KeyRow_key on Key {\n    id\n    masked\n    fingerprint\n    status\n    coolingUntil\n    fault\n    reason\n    lastStatusCode\n    lastFailedAt\n    notes\n    requestCount\n    failureCount\n    consecutiveFailures\n    lastUsedAt\n    createdAt\n    version\n  }\n"): (typeof documents)["\n  fragment KeyRow_key on Key {\n    id\n    masked\n    fingerprint\n    status\n    coolingUntil\n    fault\n    reason\n    lastStatusCode\n    lastFailedAt\n    notes\n    requestCount\n    failureCount\n    consecutiveFailures\n    lastUsedAt\n    createdAt\n    version\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query KeysPage(\n    $groupId: ID!\n    $filter: KeyFilter\n    $order: KeyOrder!\n    $first: Int!\n    $after: String\n    $before: String\n    $at: Float\n  ) {\n    keys(groupId: $groupId, filter: $filter, order: $order, first: $first, after: $after, before: $before, at: $at) {\n      edges {\n        node {\n          ...KeyRow_key\n        }\n      }\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n      totalCount\n      scannedTo\n    }\n  }\n"): (typeof documents)["\n  query KeysPage(\n    $groupId: ID!\n    $filter: KeyFilter\n    $order: KeyOrder!\n    $first: Int!\n    $after: String\n    $before: String\n    $at: Float\n  ) {\n    keys(groupId: $groupId, filter: $filter, order: $order, first: $first, after: $after, before: $before, at: $at) {\n      edges {\n        node {\n          ...KeyRow_key\n        }\n      }\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n      totalCount\n      scannedTo\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription KeyChanges($groupId: ID!) {\n    keyChanged(groupId: $groupId) {\n      key {\n        ...KeyRow_key\n      }\n      keyCounts {\n        total\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription KeyChanges($groupId: ID!) {\n    keyChanged(groupId: $groupId) {\n      key {\n        ...KeyRow_key\n      }\n      keyCounts {\n        total\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query KeySelection($keys: KeySelector!) {\n    keySelection(keys: $keys) {\n      count\n      exact\n      upTo\n      sample {\n        id\n        masked\n      }\n    }\n  }\n"): (typeof documents)["\n  query KeySelection($keys: KeySelector!) {\n    keySelection(keys: $keys) {\n      count\n      exact\n      upTo\n      sample {\n        id\n        masked\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query KeyFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n"): (typeof documents)["\n  query KeyFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query KeyWithFingerprint($groupId: ID!, $fingerprint: String!) {\n    keys(groupId: $groupId, filter: { search: $fingerprint }, first: 1) {\n      edges {\n        node {\n          id\n          fingerprint\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query KeyWithFingerprint($groupId: ID!, $fingerprint: String!) {\n    keys(groupId: $groupId, filter: { search: $fingerprint }, first: 1) {\n      edges {\n        node {\n          id\n          fingerprint\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateKeyNotes($id: ID!, $notes: String!) {\n    updateKeyNotes(id: $id, notes: $notes) {\n      ...KeyRow_key\n    }\n  }\n"): (typeof documents)["\n  mutation UpdateKeyNotes($id: ID!, $notes: String!) {\n    updateKeyNotes(id: $id, notes: $notes) {\n      ...KeyRow_key\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment FirstRequest_request on RequestLog {\n    id\n    requestId\n    time\n    startedAt\n    model\n    keyMasked\n    statusCode\n    outcome\n    inputTokens\n    outputTokens\n    firstByteMs\n    durationMs\n    ...AttemptLine_attempt\n  }\n"): (typeof documents)["\n  fragment FirstRequest_request on RequestLog {\n    id\n    requestId\n    time\n    startedAt\n    model\n    keyMasked\n    statusCode\n    outcome\n    inputTokens\n    outputTokens\n    firstByteMs\n    durationMs\n    ...AttemptLine_attempt\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription FirstRequestArriving($groupId: ID!) {\n    requestTail(filter: { groupId: $groupId }) {\n      requests {\n        ...FirstRequest_request\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription FirstRequestArriving($groupId: ID!) {\n    requestTail(filter: { groupId: $groupId }) {\n      requests {\n        ...FirstRequest_request\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FirstRequestArrived($groupId: ID!) {\n    requestLogs(filter: { groupId: $groupId, attempt: FINAL }, first: 1) {\n      edges {\n        node {\n          ...FirstRequest_request\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query FirstRequestArrived($groupId: ID!) {\n    requestLogs(filter: { groupId: $groupId, attempt: FINAL }, first: 1) {\n      edges {\n        node {\n          ...FirstRequest_request\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query NewGroupSheet {\n    dialects {\n      dialect\n      upstreamUrl\n      testModel\n    }\n  }\n"): (typeof documents)["\n  query NewGroupSheet {\n    dialects {\n      dialect\n      upstreamUrl\n      testModel\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreationCreate($input: CreateGroupInput!) {\n    createGroup(input: $input) {\n      id\n      name\n      dialect\n      endpoint\n      testModel\n    }\n  }\n"): (typeof documents)["\n  mutation CreationCreate($input: CreateGroupInput!) {\n    createGroup(input: $input) {\n      id\n      name\n      dialect\n      endpoint\n      testModel\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreationImport($groupId: ID!, $text: String!) {\n    importKeys(groupId: $groupId, text: $text) {\n      id\n    }\n  }\n"): (typeof documents)["\n  mutation CreationImport($groupId: ID!, $text: String!) {\n    importKeys(groupId: $groupId, text: $text) {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription CreationProgress($id: ID!) {\n    taskProgress(id: $id) {\n      id\n      state\n      succeeded\n      failed\n      error\n    }\n  }\n"): (typeof documents)["\n  subscription CreationProgress($id: ID!) {\n    taskProgress(id: $id) {\n      id\n      state\n      succeeded\n      failed\n      error\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CreationFirstKey($groupId: ID!) {\n    keys(groupId: $groupId, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query CreationFirstKey($groupId: ID!) {\n    keys(groupId: $groupId, first: 1) {\n      edges {\n        node {\n          id\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreationValidate($id: ID!) {\n    validateKey(id: $id) {\n      ok\n      statusCode\n      message\n      durationMs\n    }\n  }\n"): (typeof documents)["\n  mutation CreationValidate($id: ID!) {\n    validateKey(id: $id) {\n      ok\n      statusCode\n      message\n      durationMs\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment NodesPage_node on Node {\n    id\n    hostname\n    leader\n    follower\n    version\n    startedAt\n    lastSeenAt\n    inFlight\n  }\n"): (typeof documents)["\n  fragment NodesPage_node on Node {\n    id\n    hostname\n    leader\n    follower\n    version\n    startedAt\n    lastSeenAt\n    inFlight\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query NodesPage {\n    nodes {\n      ...NodesPage_node\n    }\n  }\n"): (typeof documents)["\n  query NodesPage {\n    nodes {\n      ...NodesPage_node\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription NodesChanged {\n    nodesChanged {\n      ...NodesPage_node\n    }\n  }\n"): (typeof documents)["\n  subscription NodesChanged {\n    nodesChanged {\n      ...NodesPage_node\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateProxyKey($groupId: ID, $value: String, $notes: String!) {\n    createProxyKey(groupId: $groupId, value: $value, notes: $notes) {\n      proxyKey {\n        id\n      }\n      value\n    }\n  }\n"): (typeof documents)["\n  mutation CreateProxyKey($groupId: ID, $value: String, $notes: String!) {\n    createProxyKey(groupId: $groupId, value: $value, notes: $notes) {\n      proxyKey {\n        id\n      }\n      value\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ProxyKeysPage_key on ProxyKey {\n    id\n    masked\n    fingerprint\n    notes\n    createdAt\n    lastUsedAt\n    group {\n      id\n      name\n    }\n  }\n"): (typeof documents)["\n  fragment ProxyKeysPage_key on ProxyKey {\n    id\n    masked\n    fingerprint\n    notes\n    createdAt\n    lastUsedAt\n    group {\n      id\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProxyKeysPage {\n    settings {\n      proxyKeys {\n        ...ProxyKeysPage_key\n      }\n    }\n    groups {\n      id\n      name\n      proxyKeys {\n        ...ProxyKeysPage_key\n      }\n    }\n  }\n"): (typeof documents)["\n  query ProxyKeysPage {\n    settings {\n      proxyKeys {\n        ...ProxyKeysPage_key\n      }\n    }\n    groups {\n      id\n      name\n      proxyKeys {\n        ...ProxyKeysPage_key\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveProxyKey($id: ID!) {\n    deleteProxyKey(id: $id)\n  }\n"): (typeof documents)["\n  mutation RemoveProxyKey($id: ID!) {\n    deleteProxyKey(id: $id)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Alike_request on RequestLog {\n    groupName\n    parentGroupName\n    group {\n      id\n      endpoint\n    }\n    dialect\n    method\n    path\n    model\n    keyFingerprint\n    proxyKeyId\n    clientIp\n    requestBody\n  }\n"): (typeof documents)["\n  fragment Alike_request on RequestLog {\n    groupName\n    parentGroupName\n    group {\n      id\n      endpoint\n    }\n    dialect\n    method\n    path\n    model\n    keyFingerprint\n    proxyKeyId\n    clientIp\n    requestBody\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AttemptCard_attempt on RequestLog {\n    id\n    attemptNumber\n    attempt\n    groupName\n    keyMasked\n    upstream\n    statusCode\n    outcome\n    charged\n    cooledSeconds\n    durationMs\n    error\n    ...AttemptLine_attempt\n  }\n"): (typeof documents)["\n  fragment AttemptCard_attempt on RequestLog {\n    id\n    attemptNumber\n    attempt\n    groupName\n    keyMasked\n    upstream\n    statusCode\n    outcome\n    charged\n    cooledSeconds\n    durationMs\n    error\n    ...AttemptLine_attempt\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FilterBar {\n    groups {\n      id\n      name\n    }\n  }\n"): (typeof documents)["\n  query FilterBar {\n    groups {\n      id\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query KeyFieldFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n"): (typeof documents)["\n  query KeyFieldFingerprint($value: String!) {\n    keyFingerprint(value: $value)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RequestDrawer($requestId: String!) {\n    request(requestId: $requestId) {\n      id\n      startedAt\n      durationMs\n      ...AttemptCard_attempt\n      ...Alike_request\n      ...RequestFacts_request\n    }\n  }\n"): (typeof documents)["\n  query RequestDrawer($requestId: String!) {\n    request(requestId: $requestId) {\n      id\n      startedAt\n      durationMs\n      ...AttemptCard_attempt\n      ...Alike_request\n      ...RequestFacts_request\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment RequestFacts_request on RequestLog {\n    time\n    groupName\n    parentGroupName\n    method\n    path\n    model\n    upstreamModel\n    stream\n    proxyKeyFingerprint\n    clientIp\n    userAgent\n    requestBytes\n    responseBytes\n    inputTokens\n    outputTokens\n    cachedTokens\n    reasoningTokens\n    upstreamRequestId\n    requestBody\n  }\n"): (typeof documents)["\n  fragment RequestFacts_request on RequestLog {\n    time\n    groupName\n    parentGroupName\n    method\n    path\n    model\n    upstreamModel\n    stream\n    proxyKeyFingerprint\n    clientIp\n    userAgent\n    requestBytes\n    responseBytes\n    inputTokens\n    outputTokens\n    cachedTokens\n    reasoningTokens\n    upstreamRequestId\n    requestBody\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment RequestRow_request on RequestLog {\n    id\n    requestId\n    time\n    attemptNumber\n    groupName\n    parentGroupName\n    model\n    path\n    method\n    keyMasked\n    upstream\n    clientIp\n    statusCode\n    outcome\n    stream\n    trial\n    firstByteMs\n    durationMs\n    inputTokens\n    outputTokens\n  }\n"): (typeof documents)["\n  fragment RequestRow_request on RequestLog {\n    id\n    requestId\n    time\n    attemptNumber\n    groupName\n    parentGroupName\n    model\n    path\n    method\n    keyMasked\n    upstream\n    clientIp\n    statusCode\n    outcome\n    stream\n    trial\n    firstByteMs\n    durationMs\n    inputTokens\n    outputTokens\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query HistoryTable($filter: RequestLogFilter!, $first: Int!, $after: String) {\n    requestLogs(filter: $filter, first: $first, after: $after) {\n      edges {\n        node {\n          ...RequestRow_request\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      scannedTo\n    }\n  }\n"): (typeof documents)["\n  query HistoryTable($filter: RequestLogFilter!, $first: Int!, $after: String) {\n    requestLogs(filter: $filter, first: $first, after: $after) {\n      edges {\n        node {\n          ...RequestRow_request\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      scannedTo\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription RequestsTail($filter: RequestLogFilter!) {\n    requestTail(filter: $filter) {\n      time\n      matched\n      failed\n      dropped\n      requests {\n        ...RequestRow_request\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription RequestsTail($filter: RequestLogFilter!) {\n    requestTail(filter: $filter) {\n      time\n      matched\n      failed\n      dropped\n      requests {\n        ...RequestRow_request\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SettingsPage {\n    settings {\n      version\n    }\n    settingDefinitions {\n      name\n      category\n      type\n      label\n      description\n      default\n      min\n      max\n      unit\n    }\n    settingValues {\n      name\n      value\n      origin\n      inherited\n    }\n  }\n"): (typeof documents)["\n  query SettingsPage {\n    settings {\n      version\n    }\n    settingDefinitions {\n      name\n      category\n      type\n      label\n      description\n      default\n      min\n      max\n      unit\n    }\n    settingValues {\n      name\n      value\n      origin\n      inherited\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveSettings($input: SettingsInput!, $version: Int) {\n    updateSettings(input: $input, expectedVersion: $version) {\n      version\n    }\n  }\n"): (typeof documents)["\n  mutation SaveSettings($input: SettingsInput!, $version: Int) {\n    updateSettings(input: $input, expectedVersion: $version) {\n      version\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription SettingsChanged {\n    configChanged {\n      groupId\n    }\n  }\n"): (typeof documents)["\n  subscription SettingsChanged {\n    configChanged {\n      groupId\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TaskPage($id: ID!) {\n    task(id: $id) {\n      ...TaskLine_task\n      ...TaskRow_task\n    }\n  }\n"): (typeof documents)["\n  query TaskPage($id: ID!) {\n    task(id: $id) {\n      ...TaskLine_task\n      ...TaskRow_task\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TaskRow_task on Task {\n    id\n    kind\n    state\n    processed\n    total\n    succeeded\n    skipped\n    failed\n    error\n    fileName\n    cancelRequested\n    createdAt\n    startedAt\n    finishedAt\n    group {\n      id\n      name\n    }\n  }\n"): (typeof documents)["\n  fragment TaskRow_task on Task {\n    id\n    kind\n    state\n    processed\n    total\n    succeeded\n    skipped\n    failed\n    error\n    fileName\n    cancelRequested\n    createdAt\n    startedAt\n    finishedAt\n    group {\n      id\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TasksPage {\n    tasks(first: 200) {\n      ...TaskRow_task\n    }\n  }\n"): (typeof documents)["\n  query TasksPage {\n    tasks(first: 200) {\n      ...TaskRow_task\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription TasksProgress {\n    taskProgress {\n      ...TaskRow_task\n    }\n  }\n"): (typeof documents)["\n  subscription TasksProgress {\n    taskProgress {\n      ...TaskRow_task\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TryRecord($requestId: String!) {\n    request(requestId: $requestId) {\n      id\n      attemptNumber\n      startedAt\n      durationMs\n      outcome\n      statusCode\n      groupName\n      keyId\n      keyMasked\n      upstream\n      upstreamModel\n      inputTokens\n      outputTokens\n      cachedTokens\n      reasoningTokens\n      ...AttemptLine_attempt\n    }\n  }\n"): (typeof documents)["\n  query TryRecord($requestId: String!) {\n    request(requestId: $requestId) {\n      id\n      attemptNumber\n      startedAt\n      durationMs\n      outcome\n      statusCode\n      groupName\n      keyId\n      keyMasked\n      upstream\n      upstreamModel\n      inputTokens\n      outputTokens\n      cachedTokens\n      reasoningTokens\n      ...AttemptLine_attempt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TryModels($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      testModel\n      recentModels\n    }\n  }\n"): (typeof documents)["\n  query TryModels($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      testModel\n      recentModels\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TryListedModels($groupId: ID!) {\n    models(groupId: $groupId)\n  }\n"): (typeof documents)["\n  query TryListedModels($groupId: ID!) {\n    models(groupId: $groupId)\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TryUpstreams($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      upstreams {\n        url\n      }\n      subGroups {\n        group {\n          id\n          upstreams {\n            url\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query TryUpstreams($groupId: ID!) {\n    group(id: $groupId) {\n      id\n      upstreams {\n        url\n      }\n      subGroups {\n        group {\n          id\n          upstreams {\n            url\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TryKeys($groupId: ID!, $search: String!) {\n    keys(groupId: $groupId, filter: { search: $search }, first: 5) {\n      edges {\n        node {\n          id\n          masked\n          notes\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query TryKeys($groupId: ID!, $search: String!) {\n    keys(groupId: $groupId, filter: { search: $search }, first: 5) {\n      edges {\n        node {\n          id\n          masked\n          notes\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TryPinnedKey($id: ID!) {\n    key(id: $id) {\n      id\n      masked\n    }\n  }\n"): (typeof documents)["\n  query TryPinnedKey($id: ID!) {\n    key(id: $id) {\n      id\n      masked\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;