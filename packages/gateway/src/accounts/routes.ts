import Type, { type Static } from 'typebox'
import type { Account } from '../aws/account.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { Problem } from '../problems/problem.ts'

const accountView = Type.Object(
  {
    name: Type.String({ description: 'Its name in the configuration and in paths.' }),
    region: Type.String(),
    mode: Type.Union([Type.Literal('aws'), Type.Literal('local')], { description: '`local`: on the embedded engine.' }),
    runtime: Type.String({
      description: 'What runs its tasks: `fargate`; of a local account `docker`, `podman`, or `simulated` where there are no processes.',
    }),
    number: Type.Optional(Type.String({ description: 'The account’s twelve digits; of local accounts only.' })),
    reachable: Type.Boolean({ description: 'Whether AWS answers with the account’s credentials.' }),
    reason: Type.Optional(Type.String({ description: 'Why it is not reachable.' })),
  },
  { examples: [{ name: 'local', region: 'us-east-1', mode: 'local', runtime: 'simulated', number: '381042265431', reachable: true }] },
)

const listAccounts = {
  summary: 'List accounts',
  description: 'The accounts that this token may see, and whether AWS answers with their credentials.',
  tag: 'Accounts',
  answers: {
    200: Type.Object({ items: Type.Array(accountView), nextCursor: Type.Null() }, { description: 'All accounts.' }),
  },
} satisfies RouteSchema

export function accountRoutes(api: Api<Account>, accounts: { all: () => readonly Account[] }) {
  api.get('/accounts', { schema: listAccounts }, async ({ caller }) => {
    const seen = accounts.all().filter(({ name }) => caller.mayUseAccount(name))
    return { items: await Promise.all(seen.map(view)), nextCursor: null }
  })
}

async function view(account: Account): Promise<Static<typeof accountView>> {
  const { name, region, mode, runtime, number } = account
  const reason = mode === 'local' ? undefined : await whyNotReachable(account)
  return { name, region, mode, runtime, ...(number && { number }), reachable: reason === undefined, ...(reason && { reason }) }
}

async function whyNotReachable(account: Account): Promise<string | undefined> {
  try {
    await account.identity()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.detail
    throw error
  }
}
