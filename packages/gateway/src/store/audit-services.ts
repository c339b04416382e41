/**
 * The data migration of `0009-audit-of-services`. Earlier versions stored neither the service of a request nor whether
 * it asked for a plan. Both follow from the action, the path and the input of an entry.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

const pageSize = 500
/** The routes of one service, and the route that creates one. */
const serviceRoutes = '%/clusters/:cluster/services%'

/** Completes the entries. The previous version adds entries without both columns while it still runs. */
export async function addAuditServices(db: Kysely<Tables>): Promise<void> {
  for (let lastId = ''; ; ) {
    const rows = await db
      .selectFrom('audit')
      .select(['id', 'action', 'path', 'input'])
      .where(({ or, eb }) => or([eb('action', 'like', serviceRoutes), eb('input', 'like', '%"dryRun":true%')]))
      .where('id', '>', lastId)
      .orderBy('id')
      .limit(pageSize)
      .execute()
    for (const row of rows) {
      const { query, body } = JSON.parse(row.input ?? '{}') as { query?: unknown; body?: unknown }
      await db
        .updateTable('audit')
        .set({ service: serviceOf(row.action, row.path, body) ?? null, is_plan: isPlanQuery(query) ? 1 : 0 })
        .where('id', '=', row.id)
        .execute()
    }
    if (rows.length < pageSize) return
    lastId = rows.at(-1)!.id
  }
}

function serviceOf(action: string, path: string, body: unknown): string | undefined {
  const position = (action.split(' ')[1] ?? '').split('/').indexOf(':service')
  if (position < 0) return createdServiceOf(action, body)
  const segment = path.split('/')[position] ?? ''
  try {
    return shortName(decodeURIComponent(segment))
  } catch {
    return undefined
  }
}

/** The name in the body of a request that creates a service; undefined for other requests. */
export function createdServiceOf(action: string, body: unknown): string | undefined {
  if (!/^POST \S+\/clusters\/:cluster\/services$/.test(action)) return undefined
  const { name, serviceName = name } = (body ?? {}) as { name?: unknown; serviceName?: unknown }
  return typeof serviceName === 'string' ? serviceName : undefined
}

/** Whether the checked query of a request asks for a plan. */
export function isPlanQuery(query: unknown): boolean {
  return (query as { dryRun?: unknown } | undefined)?.dryRun === true
}
