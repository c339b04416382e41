import Type, { type Static } from 'typebox'
import type { Account } from '../aws/account.ts'
import type { FeedState } from '../events/event-feed.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { Problem } from '../problems/problem.ts'

const accountView = Type.Object(
  {
    name: Type.String({ description: 'Its name in the configuration and in paths.' }),
    region: Type.String(),
    mode: Type.Union([Type.Literal('aws'), Type.Literal('local')], { description: '`local`: on the embedded engine.' }),
    runtime: Type.String({
      description:
        'What runs its tasks: `fargate`; of a local account `docker`, `podman`, or `simulated` where there are no processes.',
    }),
    number: Type.Optional(Type.String({ description: 'The account’s twelve digits; of local accounts only.' })),
    reachable: Type.Boolean({ description: 'Whether AWS answers with the account’s credentials.' }),
    reason: Type.Optional(Type.String({ description: 'Why it is not reachable.' })),
    events: Type.Optional(
      Type.Object(
        {
          state: Type.Union(
            [Type.Literal('starting'), Type.Literal('silent'), Type.Literal('receiving'), Type.Literal('failing')],
            {
              description: '`silent`: the queue answers, but no event of ECS has come from it yet.',
            },
          ),
          reason: Type.Optional(Type.String({ description: 'Why it is failing.' })),
          received: Type.Integer({ description: 'Events of ECS since the account was opened by this process.' }),
          others: Type.Integer({ description: 'Messages that were something else.' }),
          failures: Type.Integer({ description: 'Calls to the queue that failed.' }),
          lastAt: Type.Optional(Type.String({ format: 'date-time', description: 'When the last event of ECS came.' })),
        },
        { $id: 'EventFeed', description: 'Its event feed, where it has a queue. Each process tells of its own.' },
      ),
    ),
  },
  {
    $id: 'Account',
    examples: [
      {
        name: 'local',
        region: 'us-east-1',
        mode: 'local',
        runtime: 'simulated',
        number: '381042265431',
        reachable: true,
      },
    ],
  },
)

const listAccounts = {
  summary: 'List accounts',
  operationId: 'listAccounts',
  description: 'The accounts that this token may see, and whether AWS answers with their credentials.',
  tag: 'Accounts',
  answers: {
    200: Type.Object(
      { items: Type.Array(accountView), nextCursor: Type.Null() },
      { $id: 'AccountList', description: 'All accounts.' },
    ),
  },
} satisfies RouteSchema

interface AccountsAndFeeds {
  all: () => readonly Account[]
  feedOf: (account: Account) => Readonly<FeedState> | undefined
}

export function accountRoutes(api: Api<Account>, accounts: AccountsAndFeeds) {
  api.get('/accounts', { schema: listAccounts }, async ({ caller }) => {
    const seen = accounts.all().filter(({ name }) => caller.mayUseAccount(name))
    return {
      items: await Promise.all(seen.map((account) => view(account, accounts.feedOf(account)))),
      nextCursor: null,
    }
  })
}

async function view(account: Account, feed: Readonly<FeedState> | undefined): Promise<Static<typeof accountView>> {
  const { name, region, mode, runtime, number } = account
  const reason = mode === 'local' ? undefined : await whyNotReachable(account)
  return {
    name,
    region,
    mode,
    runtime,
    ...(number && { number }),
    reachable: reason === undefined,
    ...(reason && { reason }),
    ...(feed && { events: feedView(feed) }),
  }
}

function feedView({ state, reason, events, others, failures, lastEventAt }: Readonly<FeedState>) {
  return {
    state,
    ...(reason && { reason }),
    received: events,
    others,
    failures,
    ...(lastEventAt && { lastAt: new Date(lastEventAt).toISOString() }),
  }
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
