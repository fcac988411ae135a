-- Create "audit_events" table
CREATE TABLE `audit_events` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `time` datetime NOT NULL, `actor` text NOT NULL, `action` text NOT NULL, `target` text NOT NULL, `before` text NOT NULL, `after` text NOT NULL, `group_id` integer NOT NULL DEFAULT (0), `key_id` integer NOT NULL DEFAULT (0));
-- Create index "auditevent_group_id" to table: "audit_events"
CREATE INDEX `auditevent_group_id` ON `audit_events` (`group_id`);
-- Create index "auditevent_action" to table: "audit_events"
CREATE INDEX `auditevent_action` ON `audit_events` (`action`);
-- Create "groups" table
CREATE TABLE `groups` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `name` text NOT NULL, `display_name` text NOT NULL DEFAULT (''), `description` text NOT NULL DEFAULT (''), `kind` text NOT NULL, `dialect` text NOT NULL, `key_carrier` text NOT NULL DEFAULT ('DIALECT'), `enabled` bool NOT NULL DEFAULT (true), `sort` integer NOT NULL DEFAULT (0), `test_model` text NOT NULL DEFAULT (''), `validation_path` text NOT NULL DEFAULT (''), `param_overrides` text NOT NULL, `model_redirects` json NULL, `model_redirect_strict` bool NOT NULL DEFAULT (false), `overrides` json NULL, `sealed_proxy_url` blob NULL, `version` integer NOT NULL DEFAULT (1), `last_validated_at` datetime NULL);
-- Create index "groups_name_key" to table: "groups"
CREATE UNIQUE INDEX `groups_name_key` ON `groups` (`name`);
-- Create "header_rules" table
CREATE TABLE `header_rules` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `group_id` integer NOT NULL, `position` integer NOT NULL, `action` text NOT NULL, `name` text NOT NULL, `sealed` blob NULL);
-- Create index "headerrule_group_id_position" to table: "header_rules"
CREATE INDEX `headerrule_group_id_position` ON `header_rules` (`group_id`, `position`);
-- Create "keys" table
CREATE TABLE `keys` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `group_id` integer NOT NULL, `digest` blob NOT NULL, `sealed` blob NOT NULL, `masked` text NOT NULL, `status` text NOT NULL DEFAULT ('ACTIVE'), `fault` text NOT NULL DEFAULT ('NONE'), `reason` text NOT NULL DEFAULT (''), `last_status_code` integer NULL, `last_failed_at` datetime NULL, `consecutive_failures` integer NOT NULL DEFAULT (0), `fruitless` integer NOT NULL DEFAULT (0), `notes` text NOT NULL DEFAULT (''), `version` integer NOT NULL DEFAULT (1), `revision` integer NOT NULL, `created_at` datetime NOT NULL);
-- Create index "key_group_id_digest" to table: "keys"
CREATE UNIQUE INDEX `key_group_id_digest` ON `keys` (`group_id`, `digest`);
-- Create index "key_group_id_status_id" to table: "keys"
CREATE INDEX `key_group_id_status_id` ON `keys` (`group_id`, `status`, `id`);
-- Create index "key_group_id_revision" to table: "keys"
CREATE INDEX `key_group_id_revision` ON `keys` (`group_id`, `revision`);
-- Create "key_counts" table
CREATE TABLE `key_counts` (`id` integer NOT NULL, `active` integer NOT NULL DEFAULT (0), `invalid` integer NOT NULL DEFAULT (0), `disabled` integer NOT NULL DEFAULT (0), `revision` integer NOT NULL DEFAULT (0), `epoch` integer NOT NULL DEFAULT (0), PRIMARY KEY (`id`));
-- Create "key_usages" table
CREATE TABLE `key_usages` (`id` integer NOT NULL, `request_count` integer NOT NULL DEFAULT (0), `failure_count` integer NOT NULL DEFAULT (0), `last_used_ms` integer NOT NULL DEFAULT (0), PRIMARY KEY (`id`));
-- Create "keyrings" table
CREATE TABLE `keyrings` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `value` blob NOT NULL, `created_at` datetime NOT NULL);
-- Create index "keyrings_name_key" to table: "keyrings"
CREATE UNIQUE INDEX `keyrings_name_key` ON `keyrings` (`name`);
-- Create "leases" table
CREATE TABLE `leases` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `holder` text NOT NULL, `epoch` integer NOT NULL DEFAULT (0), `expires_ms` integer NOT NULL);
-- Create index "leases_name_key" to table: "leases"
CREATE UNIQUE INDEX `leases_name_key` ON `leases` (`name`);
-- Create "members" table
CREATE TABLE `members` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `group_id` integer NOT NULL, `member_id` integer NOT NULL, `weight` integer NOT NULL DEFAULT (1), `priority` integer NOT NULL DEFAULT (0));
-- Create index "member_group_id_member_id" to table: "members"
CREATE UNIQUE INDEX `member_group_id_member_id` ON `members` (`group_id`, `member_id`);
-- Create index "member_member_id" to table: "members"
CREATE INDEX `member_member_id` ON `members` (`member_id`);
-- Create "nodes" table
CREATE TABLE `nodes` (`id` integer NOT NULL, `holder` text NOT NULL, `hostname` text NOT NULL, `version` text NOT NULL, `follower` bool NOT NULL DEFAULT (false), `in_flight` integer NOT NULL DEFAULT (0), `started_at` datetime NOT NULL, `last_seen_ms` integer NOT NULL, PRIMARY KEY (`id`));
-- Create "proxy_keys" table
CREATE TABLE `proxy_keys` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `group_id` integer NOT NULL DEFAULT (0), `digest` blob NOT NULL, `masked` text NOT NULL, `notes` text NOT NULL DEFAULT (''), `weak` bool NOT NULL DEFAULT (false), `last_used_at` datetime NULL, `created_at` datetime NOT NULL);
-- Create index "proxykey_group_id_digest" to table: "proxy_keys"
CREATE UNIQUE INDEX `proxykey_group_id_digest` ON `proxy_keys` (`group_id`, `digest`);
-- Create "request_logs" table
CREATE TABLE `request_logs` (`id` integer NOT NULL, `request_id` text NOT NULL, `upstream_request_id` text NOT NULL DEFAULT (''), `started_ms` integer NOT NULL, `final` bool NOT NULL, `attempt_number` integer NOT NULL, `group_id` integer NOT NULL, `group_name` text NOT NULL, `parent_group_id` integer NOT NULL DEFAULT (0), `parent_group_name` text NOT NULL DEFAULT (''), `dialect` text NOT NULL, `key_id` integer NOT NULL DEFAULT (0), `key_fingerprint` blob NULL, `proxy_key_id` integer NOT NULL DEFAULT (0), `proxy_key_fingerprint` blob NULL, `node` integer NOT NULL, `model` text NOT NULL DEFAULT (''), `upstream_model` text NOT NULL DEFAULT (''), `method` text NOT NULL, `path` text NOT NULL, `upstream` text NOT NULL DEFAULT (''), `status_code` integer NOT NULL, `outcome` text NOT NULL, `charged` text NOT NULL, `cooled_seconds` integer NOT NULL DEFAULT (0), `stream` bool NOT NULL DEFAULT (false), `trial` bool NOT NULL DEFAULT (false), `probe` bool NOT NULL DEFAULT (false), `wait_ms` integer NOT NULL DEFAULT (0), `connect_ms` integer NULL, `header_ms` integer NULL, `first_byte_ms` integer NULL, `duration_ms` integer NOT NULL, `request_bytes` integer NOT NULL DEFAULT (0), `response_bytes` integer NOT NULL DEFAULT (0), `input_tokens` integer NULL, `output_tokens` integer NULL, `cached_tokens` integer NULL, `cache_write_tokens` integer NULL, `reasoning_tokens` integer NULL, `service_tier` text NOT NULL DEFAULT (''), `client_ip` text NOT NULL, `user_agent` text NOT NULL DEFAULT (''), `error` text NOT NULL DEFAULT (''), `request_body` text NULL, PRIMARY KEY (`id`));
-- Create index "requestlog_request_id" to table: "request_logs"
CREATE INDEX `requestlog_request_id` ON `request_logs` (`request_id`);
-- Create index "requestlog_group_id_id" to table: "request_logs"
CREATE INDEX `requestlog_group_id_id` ON `request_logs` (`group_id`, `id`);
-- Create index "requestlog_key_id_id" to table: "request_logs"
CREATE INDEX `requestlog_key_id_id` ON `request_logs` (`key_id`, `id`);
-- Create index "requestlog_failed" to table: "request_logs"
CREATE INDEX `requestlog_failed` ON `request_logs` (`id`) WHERE outcome <> 'OK';
-- Create "rollup_day_models" table
CREATE TABLE `rollup_day_models` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `bucket` integer NOT NULL, `node` integer NOT NULL, `requests` integer NOT NULL DEFAULT (0), `successes` integer NOT NULL DEFAULT (0), `failures` integer NOT NULL DEFAULT (0), `rate_limited` integer NOT NULL DEFAULT (0), `retries` integer NOT NULL DEFAULT (0), `input_tokens` integer NOT NULL DEFAULT (0), `output_tokens` integer NOT NULL DEFAULT (0), `cached_tokens` integer NOT NULL DEFAULT (0), `cache_write_tokens` integer NOT NULL DEFAULT (0), `request_bytes` integer NOT NULL DEFAULT (0), `response_bytes` integer NOT NULL DEFAULT (0), `durations` blob NULL, `first_bytes` blob NULL, `group_id` integer NOT NULL, `member` bool NOT NULL DEFAULT (false), `model` text NOT NULL);
-- Create index "rollupdaymodel_bucket_group_id_member_model_node" to table: "rollup_day_models"
CREATE UNIQUE INDEX `rollupdaymodel_bucket_group_id_member_model_node` ON `rollup_day_models` (`bucket`, `group_id`, `member`, `model`, `node`);
-- Create "rollup_hours" table
CREATE TABLE `rollup_hours` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `bucket` integer NOT NULL, `node` integer NOT NULL, `requests` integer NOT NULL DEFAULT (0), `successes` integer NOT NULL DEFAULT (0), `failures` integer NOT NULL DEFAULT (0), `rate_limited` integer NOT NULL DEFAULT (0), `retries` integer NOT NULL DEFAULT (0), `input_tokens` integer NOT NULL DEFAULT (0), `output_tokens` integer NOT NULL DEFAULT (0), `cached_tokens` integer NOT NULL DEFAULT (0), `cache_write_tokens` integer NOT NULL DEFAULT (0), `request_bytes` integer NOT NULL DEFAULT (0), `response_bytes` integer NOT NULL DEFAULT (0), `durations` blob NULL, `first_bytes` blob NULL, `group_id` integer NOT NULL, `member` bool NOT NULL DEFAULT (false));
-- Create index "rolluphour_bucket_group_id_member_node" to table: "rollup_hours"
CREATE UNIQUE INDEX `rolluphour_bucket_group_id_member_node` ON `rollup_hours` (`bucket`, `group_id`, `member`, `node`);
-- Create "rollup_hour_models" table
CREATE TABLE `rollup_hour_models` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `bucket` integer NOT NULL, `node` integer NOT NULL, `requests` integer NOT NULL DEFAULT (0), `successes` integer NOT NULL DEFAULT (0), `failures` integer NOT NULL DEFAULT (0), `rate_limited` integer NOT NULL DEFAULT (0), `retries` integer NOT NULL DEFAULT (0), `input_tokens` integer NOT NULL DEFAULT (0), `output_tokens` integer NOT NULL DEFAULT (0), `cached_tokens` integer NOT NULL DEFAULT (0), `cache_write_tokens` integer NOT NULL DEFAULT (0), `request_bytes` integer NOT NULL DEFAULT (0), `response_bytes` integer NOT NULL DEFAULT (0), `durations` blob NULL, `first_bytes` blob NULL, `group_id` integer NOT NULL, `member` bool NOT NULL DEFAULT (false), `model` text NOT NULL);
-- Create index "rolluphourmodel_bucket_group_id_member_model_node" to table: "rollup_hour_models"
CREATE UNIQUE INDEX `rolluphourmodel_bucket_group_id_member_model_node` ON `rollup_hour_models` (`bucket`, `group_id`, `member`, `model`, `node`);
-- Create "rollup_hour_proxy_keys" table
CREATE TABLE `rollup_hour_proxy_keys` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `bucket` integer NOT NULL, `node` integer NOT NULL, `requests` integer NOT NULL DEFAULT (0), `successes` integer NOT NULL DEFAULT (0), `failures` integer NOT NULL DEFAULT (0), `rate_limited` integer NOT NULL DEFAULT (0), `retries` integer NOT NULL DEFAULT (0), `input_tokens` integer NOT NULL DEFAULT (0), `output_tokens` integer NOT NULL DEFAULT (0), `cached_tokens` integer NOT NULL DEFAULT (0), `cache_write_tokens` integer NOT NULL DEFAULT (0), `request_bytes` integer NOT NULL DEFAULT (0), `response_bytes` integer NOT NULL DEFAULT (0), `durations` blob NULL, `first_bytes` blob NULL, `proxy_key_id` integer NOT NULL);
-- Create index "rolluphourproxykey_bucket_proxy_key_id_node" to table: "rollup_hour_proxy_keys"
CREATE UNIQUE INDEX `rolluphourproxykey_bucket_proxy_key_id_node` ON `rollup_hour_proxy_keys` (`bucket`, `proxy_key_id`, `node`);
-- Create "rollup_hour_status" table
CREATE TABLE `rollup_hour_status` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `bucket` integer NOT NULL, `node` integer NOT NULL, `requests` integer NOT NULL DEFAULT (0), `successes` integer NOT NULL DEFAULT (0), `failures` integer NOT NULL DEFAULT (0), `rate_limited` integer NOT NULL DEFAULT (0), `retries` integer NOT NULL DEFAULT (0), `input_tokens` integer NOT NULL DEFAULT (0), `output_tokens` integer NOT NULL DEFAULT (0), `cached_tokens` integer NOT NULL DEFAULT (0), `cache_write_tokens` integer NOT NULL DEFAULT (0), `request_bytes` integer NOT NULL DEFAULT (0), `response_bytes` integer NOT NULL DEFAULT (0), `durations` blob NULL, `first_bytes` blob NULL, `group_id` integer NOT NULL, `member` bool NOT NULL DEFAULT (false), `status_code` integer NOT NULL);
-- Create index "rolluphourstatus_bucket_group_id_member_status_code_node" to table: "rollup_hour_status"
CREATE UNIQUE INDEX `rolluphourstatus_bucket_group_id_member_status_code_node` ON `rollup_hour_status` (`bucket`, `group_id`, `member`, `status_code`, `node`);
-- Create "rollup_minutes" table
CREATE TABLE `rollup_minutes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `bucket` integer NOT NULL, `node` integer NOT NULL, `requests` integer NOT NULL DEFAULT (0), `successes` integer NOT NULL DEFAULT (0), `failures` integer NOT NULL DEFAULT (0), `rate_limited` integer NOT NULL DEFAULT (0), `retries` integer NOT NULL DEFAULT (0), `input_tokens` integer NOT NULL DEFAULT (0), `output_tokens` integer NOT NULL DEFAULT (0), `cached_tokens` integer NOT NULL DEFAULT (0), `cache_write_tokens` integer NOT NULL DEFAULT (0), `request_bytes` integer NOT NULL DEFAULT (0), `response_bytes` integer NOT NULL DEFAULT (0), `durations` blob NULL, `first_bytes` blob NULL, `group_id` integer NOT NULL, `member` bool NOT NULL DEFAULT (false));
-- Create index "rollupminute_bucket_group_id_member_node" to table: "rollup_minutes"
CREATE UNIQUE INDEX `rollupminute_bucket_group_id_member_node` ON `rollup_minutes` (`bucket`, `group_id`, `member`, `node`);
-- Create "sessions" table
CREATE TABLE `sessions` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `digest` blob NOT NULL, `admin_digest` blob NOT NULL, `client_ip` text NOT NULL, `created_at` datetime NOT NULL, `last_seen_at` datetime NOT NULL);
-- Create index "sessions_digest_key" to table: "sessions"
CREATE UNIQUE INDEX `sessions_digest_key` ON `sessions` (`digest`);
-- Create index "session_last_seen_at" to table: "sessions"
CREATE INDEX `session_last_seen_at` ON `sessions` (`last_seen_at`);
-- Create "settings" table
CREATE TABLE `settings` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `value` text NOT NULL, `sealed` blob NULL);
-- Create index "settings_name_key" to table: "settings"
CREATE UNIQUE INDEX `settings_name_key` ON `settings` (`name`);
-- Create "tasks" table
CREATE TABLE `tasks` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `kind` text NOT NULL, `state` text NOT NULL DEFAULT ('QUEUED'), `group_id` integer NOT NULL, `node` integer NOT NULL DEFAULT (0), `processed` integer NOT NULL DEFAULT (0), `total` integer NULL, `succeeded` integer NOT NULL DEFAULT (0), `skipped` integer NOT NULL DEFAULT (0), `failed` integer NOT NULL DEFAULT (0), `problems` json NULL, `instructions` text NOT NULL, `mark` json NULL, `error` text NOT NULL DEFAULT (''), `file_name` text NOT NULL DEFAULT (''), `cancel_requested` bool NOT NULL DEFAULT (false), `created_at` datetime NOT NULL, `started_at` datetime NULL, `finished_at` datetime NULL);
-- Create index "task_group_id" to table: "tasks"
CREATE INDEX `task_group_id` ON `tasks` (`group_id`);
-- Create index "task_state" to table: "tasks"
CREATE INDEX `task_state` ON `tasks` (`state`);
-- Create "upstreams" table
CREATE TABLE `upstreams` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `group_id` integer NOT NULL, `position` integer NOT NULL, `url` text NOT NULL, `weight` integer NOT NULL DEFAULT (1), `enabled` bool NOT NULL DEFAULT (true));
-- Create index "upstream_group_id_position" to table: "upstreams"
CREATE INDEX `upstream_group_id_position` ON `upstreams` (`group_id`, `position`);
