/**
 * The migrations of the store, which only go forward. A migration adds tables, columns and rows. It never removes or
 * renames anything that the previous version reads or writes, so that both versions can run on one store during an
 * upgrade.
 *
 * The SQL of a migration is valid in SQLite and PostgreSQL. It is text, because a new SQLite database is created
 * without Kysely.
 */
import type { Kysely } from 'kysely'
import { addAuditServices } from './audit-services.ts'
import type { Cipher } from './cipher.ts'
import { copyTasksByNumber } from './history-by-number.ts'
import type { Tables } from './tables.ts'

export interface Migration {
  statements: readonly string[]
  /** Converts existing rows. A new database has none. */
  convert?: (db: Kysely<Tables>, cipher: Cipher) => Promise<void>
}

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first': {
    statements: [
      `create table tokens (
        id text primary key,
        name text not null unique,
        hash text not null,
        role text not null,
        accounts text,
        clusters text,
        created_at text not null,
        created_by text not null,
        expires_at text,
        last_used_at text
      )`,
      `create table idempotency_keys (
        caller text not null,
        key text not null,
        request_hash text not null,
        owner text not null,
        begun_at text not null,
        status integer,
        headers text,
        body text,
        is_open integer default 0 not null,
        constraint idempotency_keys_pk primary key (caller, key)
      )`,
      'create index idempotency_keys_age on idempotency_keys (begun_at)',
      `create table audit (
        id text primary key,
        at text not null,
        request_id text not null,
        caller text not null,
        role text not null,
        source text not null,
        action text not null,
        path text not null,
        account text,
        cluster text,
        input text,
        status integer,
        code text,
        aws_request_ids text,
        finished_at text
      )`,
      'create index audit_newest on audit (at, id)',
      'create index audit_of_account on audit (account, at, id)',
      'create table processes (id text primary key, seen_at text not null)',
    ],
  },
  '0002-feeds': {
    statements: [
      `create table feeds (
        name text primary key,
        epoch text not null,
        holder text,
        held_until text,
        used_at text not null
      )`,
      'create index feeds_age on feeds (used_at)',
      `create table feed_events (
        feed text not null,
        epoch text not null,
        number integer not null,
        name text not null,
        etag text not null,
        data text not null,
        at text not null,
        constraint feed_events_pk primary key (feed, epoch, number)
      )`,
      'create index feed_events_age on feed_events (at)',
    ],
  },
  '0003-history': {
    statements: [
      `create table stopped_tasks (
        account text not null,
        org text not null,
        cluster text not null,
        id text not null,
        created_at text not null,
        stopped_at text not null,
        family text not null,
        task_group text not null,
        started_by text not null,
        resource text not null,
        constraint stopped_tasks_pk primary key (account, cluster, id)
      )`,
      'create index stopped_tasks_newest on stopped_tasks (account, cluster, created_at, id)',
      'create index stopped_tasks_age on stopped_tasks (stopped_at)',
      `create table service_events (
        account text not null,
        cluster text not null,
        service text not null,
        id text not null,
        at text not null,
        message text not null,
        constraint service_events_pk primary key (account, cluster, service, id)
      )`,
      'create index service_events_newest on service_events (account, cluster, service, at, id)',
      'create index service_events_age on service_events (at)',
    ],
  },
  '0004-history-by-number': { statements: [], convert: copyTasksByNumber },
  // Existing rows get null, which allows every family.
  '0005-families': { statements: ['alter table tokens add column task_definitions text'] },
  '0006-releases': {
    statements: [
      `create table releases (
        account text not null,
        service text not null,
        life text not null,
        revision text not null,
        number integer,
        created_at text not null,
        made_by text,
        restored_from integer,
        outcome text not null,
        is_final integer not null,
        revision_data text not null,
        seen_at text not null,
        constraint releases_pk primary key (account, revision)
      )`,
      'create unique index releases_number on releases (account, service, life, number)',
      'create index releases_age on releases (seen_at)',
      `create table deployment_claims (
        account text not null,
        service text not null,
        id text not null,
        caller text not null,
        since text not null,
        held_until text not null,
        constraint deployment_claims_pk primary key (account, service)
      )`,
    ],
  },
  '0007-exec': {
    statements: [
      'alter table tokens add column permissions text',
      `create table exec_sessions (
        id text primary key,
        account text not null,
        session_id text not null,
        caller text not null,
        key_hash text,
        owner text,
        created_at text not null,
        expires_at text not null
      )`,
      'create index exec_sessions_of_caller on exec_sessions (account, caller)',
      `create table exec_urls (
        hash text primary key,
        session text not null,
        content text not null,
        expires_at text not null
      )`,
    ],
  },
  '0008-browser-sessions': {
    statements: [
      `create table browser_sessions (
        hash text primary key,
        csrf_hash text not null,
        caller text not null,
        credential text not null,
        created_at text not null,
        used_at text not null,
        expires_at text not null
      )`,
      'create index browser_sessions_of_caller on browser_sessions (caller, created_at)',
      `create table one_time_codes (
        hash text primary key,
        caller text not null,
        credential text not null,
        expires_at text not null
      )`,
      'create index one_time_codes_of_caller on one_time_codes (caller, expires_at)',
      `create table oidc_sign_ins (
        hash text primary key,
        content text not null,
        expires_at text not null
      )`,
    ],
  },
  '0009-audit-of-services': {
    statements: [
      'alter table audit add column service text',
      'alter table audit add column is_plan integer',
      'create index audit_of_service on audit (service, at, id)',
    ],
    convert: addAuditServices,
  },
  '0010-outcomes-in-audit': {
    statements: [
      'alter table audit add column revision text',
      'alter table audit add column deployment text',
      'alter table audit add column outcome text',
      'alter table audit add column outcome_reason text',
      'alter table audit add column ended_at text',
      'alter table audit add column check_at text',
      'create index audit_of_revision on audit (revision) where revision is not null',
      'create index audit_to_check on audit (check_at) where check_at is not null',
    ],
  },
  '0011-events-of-clusters': {
    statements: ['create index service_events_of_cluster on service_events (account, cluster, at, id)'],
  },
}
