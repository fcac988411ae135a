-- atlas:pos audit_events[type=table] 
-- atlas:pos groups[type=table] 
-- atlas:pos header_rules[type=table] 
-- atlas:pos keys[type=table] 
-- atlas:pos key_counts[type=table] 
-- atlas:pos key_usages[type=table] 
-- atlas:pos keyrings[type=table] 
-- atlas:pos leases[type=table] 
-- atlas:pos members[type=table] 
-- atlas:pos nodes[type=table] 
-- atlas:pos proxy_keys[type=table] 
-- atlas:pos request_logs[type=table] 
-- atlas:pos rollup_day_models[type=table] 
-- atlas:pos rollup_hours[type=table] 
-- atlas:pos rollup_hour_models[type=table] 
-- atlas:pos rollup_hour_proxy_keys[type=table] 
-- atlas:pos rollup_hour_status[type=table] 
-- atlas:pos rollup_minutes[type=table] 
-- atlas:pos sessions[type=table] 
-- atlas:pos settings[type=table] 
-- atlas:pos tasks[type=table] 
-- atlas:pos upstreams[type=table] 

-- Create "audit_events" table
CREATE TABLE `audit_events` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `time` datetime(3) NOT NULL,
  `actor` varchar(255) NOT NULL,
  `action` varchar(100) NOT NULL,
  `target` varchar(512) NOT NULL,
  `before` longtext NOT NULL,
  `after` longtext NOT NULL,
  `group_id` bigint NOT NULL DEFAULT 0,
  `key_id` bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  INDEX `auditevent_group_id` (`group_id`),
  INDEX `auditevent_action` (`action`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "groups" table
CREATE TABLE `groups` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `created_at` datetime(3) NOT NULL,
  `updated_at` datetime(3) NOT NULL,
  `name` varchar(100) NOT NULL,
  `display_name` varchar(255) NOT NULL DEFAULT '',
  `description` varchar(2048) NOT NULL DEFAULT '',
  `kind` enum('STANDARD','AGGREGATE') NOT NULL,
  `dialect` enum('OPENAI','OPENAI_RESPONSES','ANTHROPIC','GEMINI') NOT NULL,
  `key_carrier` enum('DIALECT','BEARER','API_KEY','X_API_KEY','X_GOOG_API_KEY','QUERY') NOT NULL DEFAULT 'DIALECT',
  `enabled` bool NOT NULL DEFAULT true,
  `sort` bigint NOT NULL DEFAULT 0,
  `test_model` varchar(255) NOT NULL DEFAULT '',
  `validation_path` varchar(512) NOT NULL DEFAULT '',
  `param_overrides` longtext NOT NULL,
  `model_redirects` json NULL,
  `model_redirect_strict` bool NOT NULL DEFAULT false,
  `overrides` json NULL,
  `sealed_proxy_url` blob NULL,
  `version` bigint NOT NULL DEFAULT 1,
  `last_validated_at` datetime(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `name` (`name`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "header_rules" table
CREATE TABLE `header_rules` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `group_id` bigint NOT NULL,
  `position` bigint NOT NULL,
  `action` enum('SET','REMOVE') NOT NULL,
  `name` varchar(255) NOT NULL,
  `sealed` blob NULL,
  PRIMARY KEY (`id`),
  INDEX `headerrule_group_id_position` (`group_id`, `position`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "keys" table
CREATE TABLE `keys` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `group_id` bigint NOT NULL,
  `digest` binary(32) NOT NULL,
  `sealed` blob NOT NULL,
  `masked` varchar(32) NOT NULL,
  `status` enum('ACTIVE','INVALID','DISABLED') NOT NULL DEFAULT 'ACTIVE',
  `fault` enum('NONE','UNAUTHORIZED','FORBIDDEN','QUOTA','RATE_LIMITED','VALIDATION_FAILED','UNSEALABLE') NOT NULL DEFAULT 'NONE',
  `reason` varchar(1024) NOT NULL DEFAULT '',
  `last_status_code` bigint NULL,
  `last_failed_at` datetime(3) NULL,
  `consecutive_failures` bigint NOT NULL DEFAULT 0,
  `fruitless` bigint NOT NULL DEFAULT 0,
  `notes` varchar(1024) NOT NULL DEFAULT '',
  `version` bigint NOT NULL DEFAULT 1,
  `revision` bigint NOT NULL,
  `created_at` datetime(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `key_group_id_digest` (`group_id`, `digest`),
  INDEX `key_group_id_status_id` (`group_id`, `status`, `id`),
  INDEX `key_group_id_revision` (`group_id`, `revision`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "key_counts" table
CREATE TABLE `key_counts` (
  `id` bigint NOT NULL,
  `active` bigint NOT NULL DEFAULT 0,
  `invalid` bigint NOT NULL DEFAULT 0,
  `disabled` bigint NOT NULL DEFAULT 0,
  `revision` bigint NOT NULL DEFAULT 0,
  `epoch` bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "key_usages" table
CREATE TABLE `key_usages` (
  `id` bigint NOT NULL,
  `request_count` bigint NOT NULL DEFAULT 0,
  `failure_count` bigint NOT NULL DEFAULT 0,
  `last_used_ms` bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "keyrings" table
CREATE TABLE `keyrings` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `name` varchar(100) NOT NULL,
  `value` blob NOT NULL,
  `created_at` datetime(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `name` (`name`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "leases" table
CREATE TABLE `leases` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `name` varchar(64) NOT NULL,
  `holder` varchar(64) NOT NULL,
  `epoch` bigint NOT NULL DEFAULT 0,
  `expires_ms` bigint NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `name` (`name`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "members" table
CREATE TABLE `members` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `group_id` bigint NOT NULL,
  `member_id` bigint NOT NULL,
  `weight` bigint NOT NULL DEFAULT 1,
  `priority` bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `member_group_id_member_id` (`group_id`, `member_id`),
  INDEX `member_member_id` (`member_id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "nodes" table
CREATE TABLE `nodes` (
  `id` bigint NOT NULL,
  `holder` varchar(64) NOT NULL,
  `hostname` varchar(255) NOT NULL,
  `version` varchar(64) NOT NULL,
  `follower` bool NOT NULL DEFAULT false,
  `in_flight` bigint NOT NULL DEFAULT 0,
  `started_at` datetime(3) NOT NULL,
  `last_seen_ms` bigint NOT NULL,
  PRIMARY KEY (`id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "proxy_keys" table
CREATE TABLE `proxy_keys` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `group_id` bigint NOT NULL DEFAULT 0,
  `digest` binary(32) NOT NULL,
  `masked` varchar(32) NOT NULL,
  `notes` varchar(1024) NOT NULL DEFAULT '',
  `weak` bool NOT NULL DEFAULT false,
  `last_used_at` datetime(3) NULL,
  `created_at` datetime(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `proxykey_group_id_digest` (`group_id`, `digest`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "request_logs" table
CREATE TABLE `request_logs` (
  `id` bigint NOT NULL,
  `request_id` varchar(64) NOT NULL,
  `upstream_request_id` varchar(128) NOT NULL DEFAULT '',
  `started_ms` bigint NOT NULL,
  `final` bool NOT NULL,
  `attempt_number` bigint NOT NULL,
  `group_id` bigint NOT NULL,
  `group_name` varchar(100) NOT NULL,
  `parent_group_id` bigint NOT NULL DEFAULT 0,
  `parent_group_name` varchar(100) NOT NULL DEFAULT '',
  `dialect` varchar(32) NOT NULL,
  `key_id` bigint NOT NULL DEFAULT 0,
  `key_fingerprint` tinyblob NULL,
  `proxy_key_id` bigint NOT NULL DEFAULT 0,
  `proxy_key_fingerprint` tinyblob NULL,
  `node` bigint NOT NULL,
  `model` varchar(255) NOT NULL DEFAULT '',
  `upstream_model` varchar(255) NOT NULL DEFAULT '',
  `method` varchar(16) NOT NULL,
  `path` varchar(2048) NOT NULL,
  `upstream` varchar(512) NOT NULL DEFAULT '',
  `status_code` bigint NOT NULL,
  `outcome` varchar(24) NOT NULL,
  `charged` varchar(16) NOT NULL,
  `cooled_seconds` bigint NOT NULL DEFAULT 0,
  `stream` bool NOT NULL DEFAULT false,
  `trial` bool NOT NULL DEFAULT false,
  `probe` bool NOT NULL DEFAULT false,
  `wait_ms` bigint NOT NULL DEFAULT 0,
  `connect_ms` bigint NULL,
  `header_ms` bigint NULL,
  `first_byte_ms` bigint NULL,
  `duration_ms` bigint NOT NULL,
  `request_bytes` bigint NOT NULL DEFAULT 0,
  `response_bytes` bigint NOT NULL DEFAULT 0,
  `input_tokens` bigint NULL,
  `output_tokens` bigint NULL,
  `cached_tokens` bigint NULL,
  `cache_write_tokens` bigint NULL,
  `reasoning_tokens` bigint NULL,
  `service_tier` varchar(32) NOT NULL DEFAULT '',
  `client_ip` varchar(64) NOT NULL,
  `user_agent` varchar(512) NOT NULL DEFAULT '',
  `error` varchar(2048) NOT NULL DEFAULT '',
  `request_body` longtext NULL,
  PRIMARY KEY (`id`),
  INDEX `requestlog_request_id` (`request_id`),
  INDEX `requestlog_group_id_id` (`group_id`, `id`),
  INDEX `requestlog_key_id_id` (`key_id`, `id`),
  INDEX `requestlog_failed` (`id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "rollup_day_models" table
CREATE TABLE `rollup_day_models` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `bucket` bigint NOT NULL,
  `node` bigint NOT NULL,
  `requests` bigint NOT NULL DEFAULT 0,
  `successes` bigint NOT NULL DEFAULT 0,
  `failures` bigint NOT NULL DEFAULT 0,
  `rate_limited` bigint NOT NULL DEFAULT 0,
  `retries` bigint NOT NULL DEFAULT 0,
  `input_tokens` bigint NOT NULL DEFAULT 0,
  `output_tokens` bigint NOT NULL DEFAULT 0,
  `cached_tokens` bigint NOT NULL DEFAULT 0,
  `cache_write_tokens` bigint NOT NULL DEFAULT 0,
  `request_bytes` bigint NOT NULL DEFAULT 0,
  `response_bytes` bigint NOT NULL DEFAULT 0,
  `durations` blob NULL,
  `first_bytes` blob NULL,
  `group_id` bigint NOT NULL,
  `member` bool NOT NULL DEFAULT false,
  `model` varchar(255) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `rollupdaymodel_bucket_group_id_member_model_node` (`bucket`, `group_id`, `member`, `model`, `node`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "rollup_hours" table
CREATE TABLE `rollup_hours` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `bucket` bigint NOT NULL,
  `node` bigint NOT NULL,
  `requests` bigint NOT NULL DEFAULT 0,
  `successes` bigint NOT NULL DEFAULT 0,
  `failures` bigint NOT NULL DEFAULT 0,
  `rate_limited` bigint NOT NULL DEFAULT 0,
  `retries` bigint NOT NULL DEFAULT 0,
  `input_tokens` bigint NOT NULL DEFAULT 0,
  `output_tokens` bigint NOT NULL DEFAULT 0,
  `cached_tokens` bigint NOT NULL DEFAULT 0,
  `cache_write_tokens` bigint NOT NULL DEFAULT 0,
  `request_bytes` bigint NOT NULL DEFAULT 0,
  `response_bytes` bigint NOT NULL DEFAULT 0,
  `durations` blob NULL,
  `first_bytes` blob NULL,
  `group_id` bigint NOT NULL,
  `member` bool NOT NULL DEFAULT false,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `rolluphour_bucket_group_id_member_node` (`bucket`, `group_id`, `member`, `node`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "rollup_hour_models" table
CREATE TABLE `rollup_hour_models` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `bucket` bigint NOT NULL,
  `node` bigint NOT NULL,
  `requests` bigint NOT NULL DEFAULT 0,
  `successes` bigint NOT NULL DEFAULT 0,
  `failures` bigint NOT NULL DEFAULT 0,
  `rate_limited` bigint NOT NULL DEFAULT 0,
  `retries` bigint NOT NULL DEFAULT 0,
  `input_tokens` bigint NOT NULL DEFAULT 0,
  `output_tokens` bigint NOT NULL DEFAULT 0,
  `cached_tokens` bigint NOT NULL DEFAULT 0,
  `cache_write_tokens` bigint NOT NULL DEFAULT 0,
  `request_bytes` bigint NOT NULL DEFAULT 0,
  `response_bytes` bigint NOT NULL DEFAULT 0,
  `durations` blob NULL,
  `first_bytes` blob NULL,
  `group_id` bigint NOT NULL,
  `member` bool NOT NULL DEFAULT false,
  `model` varchar(255) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `rolluphourmodel_bucket_group_id_member_model_node` (`bucket`, `group_id`, `member`, `model`, `node`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "rollup_hour_proxy_keys" table
CREATE TABLE `rollup_hour_proxy_keys` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `bucket` bigint NOT NULL,
  `node` bigint NOT NULL,
  `requests` bigint NOT NULL DEFAULT 0,
  `successes` bigint NOT NULL DEFAULT 0,
  `failures` bigint NOT NULL DEFAULT 0,
  `rate_limited` bigint NOT NULL DEFAULT 0,
  `retries` bigint NOT NULL DEFAULT 0,
  `input_tokens` bigint NOT NULL DEFAULT 0,
  `output_tokens` bigint NOT NULL DEFAULT 0,
  `cached_tokens` bigint NOT NULL DEFAULT 0,
  `cache_write_tokens` bigint NOT NULL DEFAULT 0,
  `request_bytes` bigint NOT NULL DEFAULT 0,
  `response_bytes` bigint NOT NULL DEFAULT 0,
  `durations` blob NULL,
  `first_bytes` blob NULL,
  `proxy_key_id` bigint NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `rolluphourproxykey_bucket_proxy_key_id_node` (`bucket`, `proxy_key_id`, `node`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "rollup_hour_status" table
CREATE TABLE `rollup_hour_status` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `bucket` bigint NOT NULL,
  `node` bigint NOT NULL,
  `requests` bigint NOT NULL DEFAULT 0,
  `successes` bigint NOT NULL DEFAULT 0,
  `failures` bigint NOT NULL DEFAULT 0,
  `rate_limited` bigint NOT NULL DEFAULT 0,
  `retries` bigint NOT NULL DEFAULT 0,
  `input_tokens` bigint NOT NULL DEFAULT 0,
  `output_tokens` bigint NOT NULL DEFAULT 0,
  `cached_tokens` bigint NOT NULL DEFAULT 0,
  `cache_write_tokens` bigint NOT NULL DEFAULT 0,
  `request_bytes` bigint NOT NULL DEFAULT 0,
  `response_bytes` bigint NOT NULL DEFAULT 0,
  `durations` blob NULL,
  `first_bytes` blob NULL,
  `group_id` bigint NOT NULL,
  `member` bool NOT NULL DEFAULT false,
  `status_code` bigint NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `rolluphourstatus_bucket_group_id_member_status_code_node` (`bucket`, `group_id`, `member`, `status_code`, `node`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "rollup_minutes" table
CREATE TABLE `rollup_minutes` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `bucket` bigint NOT NULL,
  `node` bigint NOT NULL,
  `requests` bigint NOT NULL DEFAULT 0,
  `successes` bigint NOT NULL DEFAULT 0,
  `failures` bigint NOT NULL DEFAULT 0,
  `rate_limited` bigint NOT NULL DEFAULT 0,
  `retries` bigint NOT NULL DEFAULT 0,
  `input_tokens` bigint NOT NULL DEFAULT 0,
  `output_tokens` bigint NOT NULL DEFAULT 0,
  `cached_tokens` bigint NOT NULL DEFAULT 0,
  `cache_write_tokens` bigint NOT NULL DEFAULT 0,
  `request_bytes` bigint NOT NULL DEFAULT 0,
  `response_bytes` bigint NOT NULL DEFAULT 0,
  `durations` blob NULL,
  `first_bytes` blob NULL,
  `group_id` bigint NOT NULL,
  `member` bool NOT NULL DEFAULT false,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `rollupminute_bucket_group_id_member_node` (`bucket`, `group_id`, `member`, `node`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "sessions" table
CREATE TABLE `sessions` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `digest` binary(32) NOT NULL,
  `admin_digest` binary(32) NOT NULL,
  `client_ip` varchar(64) NOT NULL,
  `created_at` datetime(3) NOT NULL,
  `last_seen_at` datetime(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `digest` (`digest`),
  INDEX `session_last_seen_at` (`last_seen_at`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "settings" table
CREATE TABLE `settings` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `name` varchar(100) NOT NULL,
  `value` longtext NOT NULL,
  `sealed` blob NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `name` (`name`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "tasks" table
CREATE TABLE `tasks` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `kind` enum('IMPORT_KEYS','DELETE_KEYS','RESTORE_KEYS','ENABLE_KEYS','DISABLE_KEYS','VALIDATE_KEYS','COPY_KEYS','DELETE_GROUP') NOT NULL,
  `state` enum('QUEUED','RUNNING','SUCCEEDED','FAILED','CANCELLED') NOT NULL DEFAULT 'QUEUED',
  `group_id` bigint NOT NULL,
  `node` bigint NOT NULL DEFAULT 0,
  `processed` bigint NOT NULL DEFAULT 0,
  `total` bigint NULL,
  `succeeded` bigint NOT NULL DEFAULT 0,
  `skipped` bigint NOT NULL DEFAULT 0,
  `failed` bigint NOT NULL DEFAULT 0,
  `problems` json NULL,
  `instructions` longtext NOT NULL,
  `mark` json NULL,
  `error` varchar(2048) NOT NULL DEFAULT '',
  `file_name` varchar(512) NOT NULL DEFAULT '',
  `cancel_requested` bool NOT NULL DEFAULT false,
  `created_at` datetime(3) NOT NULL,
  `started_at` datetime(3) NULL,
  `finished_at` datetime(3) NULL,
  PRIMARY KEY (`id`),
  INDEX `task_group_id` (`group_id`),
  INDEX `task_state` (`state`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "upstreams" table
CREATE TABLE `upstreams` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `group_id` bigint NOT NULL,
  `position` bigint NOT NULL,
  `url` varchar(2048) NOT NULL,
  `weight` bigint NOT NULL DEFAULT 1,
  `enabled` bool NOT NULL DEFAULT true,
  PRIMARY KEY (`id`),
  INDEX `upstream_group_id_position` (`group_id`, `position`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
