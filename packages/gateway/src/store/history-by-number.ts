/**
 * The data migration of `0004-history-by-number`. Earlier versions stored only the configured name of the account in
 * `stopped_tasks.account`. The migration takes the number of the AWS account from the task's ARN, which is in the
 * encrypted `resource`.
 */
import { parseArn } from '@ecs-api/ecs-model'
import type { Kysely } from 'kysely'
import type { Cipher } from './cipher.ts'
import type { Tables } from './tables.ts'

const pageSize = 500

/**
 * Copies each row. The copy's `account` has the number, name, Region and boundary (`org`) of the account. The old rows
 * stay until they are too old, because the previous version reads them.
 */
export async function copyTasksByNumber(db: Kysely<Tables>, cipher: Cipher): Promise<void> {
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
      .limit(pageSize)
      .execute()
    const copies = rows.flatMap((row) => {
      const arn = parseArn(arnOf(cipher.decrypt(row.resource)))
      // A page may contain copies of earlier pages.
      if (!arn || row.account.startsWith(`${arn.account} `)) return []
      return [{ ...row, account: `${arn.account} ${row.account} ${arn.region} ${row.org}` }]
    })
    if (copies.length > 0)
      await db
        .insertInto('stopped_tasks')
        .values(copies)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    if (rows.length < pageSize) return
    last = rows.at(-1)!
  }
}

function arnOf(resource: Buffer | undefined): string {
  const { arn } = (resource ? JSON.parse(resource.toString()) : {}) as { arn?: string }
  return arn ?? ''
}
