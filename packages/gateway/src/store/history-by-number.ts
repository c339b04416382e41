/** Stopped tasks as the version before 0004 kept them, by the account's name alone: whose they are stands in the task's ARN, which is sealed. */
import { parseArn } from '@ecs-api/ecs-model'
import type { Kysely } from 'kysely'
import type { Seal } from './seal.ts'
import type { Tables } from './tables.ts'

const rowsAtOnce = 500

/** Adds each once more, by number, name, Region and boundary; the rows that the version before reads stay until they are too old. */
export async function copyTasksByNumber(db: Kysely<Tables>, seal: Seal): Promise<void> {
  for (let last = { account: '', cluster: '', id: '' }; ; ) {
    const rows = await db
      .selectFrom('stopped_tasks')
      .selectAll()
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple('account', 'cluster', 'id'), '>', tuple(last.account, last.cluster, last.id)),
      )
      .orderBy('account')
      .orderBy('cluster')
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute()
    const copies = rows.flatMap((row) => {
      const arn = parseArn(arnOf(seal.open(row.resource)))
      // A copy may come behind what it is a copy of.
      if (!arn || row.account.startsWith(`${arn.account} `)) return []
      return [{ ...row, account: `${arn.account} ${row.account} ${arn.region} ${row.org}` }]
    })
    if (copies.length > 0)
      await db
        .insertInto('stopped_tasks')
        .values(copies)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    if (rows.length < rowsAtOnce) return
    last = rows.at(-1)!
  }
}

function arnOf(resource: Buffer | undefined): string {
  const { arn } = (resource ? JSON.parse(resource.toString()) : {}) as { arn?: string }
  return arn ?? ''
}
