/**
 * The migrations of the store, which only go forward. A migration adds tables, columns and rows. It never removes or
 * renames anything that the previous version reads or writes, so that both versions can run on one store during an
 * upgrade.
 */
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { copyTasksByNumber } from './history-by-number.ts'
import type { Seal } from './seal.ts'
import type { Tables } from './tables.ts'

export const migrations = (seal: Seal): Record<string, Migration> => ({
  '0001-first': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('tokens')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull().unique())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('accounts', 'text')
        .addColumn('clusters', 'text')
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('created_by', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'text')
        .addColumn('last_used_at', 'text')
        .execute()
      await db.schema
        .createTable('idempotency_keys')
        .addColumn('caller', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('request_hash', 'text', (column) => column.notNull())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('begun_at', 'text', (column) => column.notNull())
        .addColumn('status', 'integer')
        .addColumn('headers', 'text')
        .addColumn('body', 'text')
        .addColumn('is_open', 'integer', (column) => column.notNull().defaultTo(0))
        .addPrimaryKeyConstraint('idempotency_keys_pk', ['caller', 'key'])
        .execute()
      await db.schema.createIndex('idempotency_keys_age').on('idempotency_keys').column('begun_at').execute()
      await db.schema
        .createTable('audit')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('request_id', 'text', (column) => column.notNull())
        .addColumn('caller', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('path', 'text', (column) => column.notNull())
        .addColumn('account', 'text')
        .addColumn('cluster', 'text')
        .addColumn('input', 'text')
        .addColumn('status', 'integer')
        .addColumn('code', 'text')
        .addColumn('aws_request_ids', 'text')
        .addColumn('finished_at', 'text')
        .execute()
      await db.schema.createIndex('audit_newest').on('audit').columns(['at', 'id']).execute()
      await db.schema.createIndex('audit_of_account').on('audit').columns(['account', 'at', 'id']).execute()
      await db.schema
        .createTable('processes')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('seen_at', 'text', (column) => column.notNull())
        .execute()
    },
  },
  '0002-feeds': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('feeds')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('epoch', 'text', (column) => column.notNull())
        .addColumn('holder', 'text')
        .addColumn('held_until', 'text')
        .addColumn('used_at', 'text', (column) => column.notNull())
        .execute()
      await db.schema.createIndex('feeds_age').on('feeds').column('used_at').execute()
      await db.schema
        .createTable('feed_events')
        .addColumn('feed', 'text', (column) => column.notNull())
        .addColumn('epoch', 'text', (column) => column.notNull())
        .addColumn('number', 'integer', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('etag', 'text', (column) => column.notNull())
        .addColumn('data', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('feed_events_pk', ['feed', 'epoch', 'number'])
        .execute()
      await db.schema.createIndex('feed_events_age').on('feed_events').column('at').execute()
    },
  },
  '0003-history': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('stopped_tasks')
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('org', 'text', (column) => column.notNull())
        .addColumn('cluster', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('stopped_at', 'text', (column) => column.notNull())
        .addColumn('family', 'text', (column) => column.notNull())
        .addColumn('task_group', 'text', (column) => column.notNull())
        .addColumn('started_by', 'text', (column) => column.notNull())
        .addColumn('resource', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('stopped_tasks_pk', ['account', 'cluster', 'id'])
        .execute()
      await db.schema
        .createIndex('stopped_tasks_newest')
        .on('stopped_tasks')
        .columns(['account', 'cluster', 'created_at', 'id'])
        .execute()
      await db.schema.createIndex('stopped_tasks_age').on('stopped_tasks').column('stopped_at').execute()
      await db.schema
        .createTable('service_events')
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('cluster', 'text', (column) => column.notNull())
        .addColumn('service', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('message', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('service_events_pk', ['account', 'cluster', 'service', 'id'])
        .execute()
      await db.schema
        .createIndex('service_events_newest')
        .on('service_events')
        .columns(['account', 'cluster', 'service', 'at', 'id'])
        .execute()
      await db.schema.createIndex('service_events_age').on('service_events').column('at').execute()
    },
  },
  '0004-history-by-number': {
    up: (db: Kysely<Tables>) => copyTasksByNumber(db, seal),
  },
  '0005-families': {
    // Existing rows get null, which allows every family.
    up: async (db: Kysely<never>) => {
      await db.schema.alterTable('tokens').addColumn('task_definitions', 'text').execute()
    },
  },
})
