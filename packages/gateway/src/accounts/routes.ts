/** The route that lists the accounts of the configuration. */
import type { Static } from 'typebox'
import type { Account } from '../aws/account.ts'
import type { FeedState } from '../events/event-feed.ts'
import type { Api, RouteSchema } from '../http/route.ts'
import { Type } from '../typebox/type.ts'

const accountSchema = Type.Object(
  {
    name: Type.String({ description: 'The name in the configuration and in paths.' }),
    region: Type.String(),
    mode: Type.Union([Type.Literal('aws'), Type.Literal('local')], {
      description: '`local`: an account of the embedded engine.',
    }),
    runtime: Type.String({
      description:
        'The runtime of its tasks: `fargate`; for a local account `docker`, `podman`, or `simulated`, which has no ' +
        'real containers.',
    }),
    number: Type.Optional(Type.String({ description: 'The twelve-digit account number; for local accounts only.' })),
    reachable: Type.Boolean({ description: 'Whether AWS accepts the account’s credentials and responds.' }),
    reason: Type.Optional(Type.String({ description: 'Why the account is not reachable.' })),
    console: Type.Optional(
      Type.Object(
        { colour: Type.String({ description: 'Of a line on top of the account’s pages, such as `#c0271c`.' }) },
        { $id: 'AccountConsole', description: 'How the console shows the account.' },
      ),
    ),
    events: Type.Optional(
      Type.Object(
        {
          state: Type.Union(
            [Type.Literal('starting'), Type.Literal('silent'), Type.Literal('receiving'), Type.Literal('failing')],
            {
              description: '`silent`: the queue can be read, but no ECS event has arrived yet.',
            },
          ),
          reason: Type.Optional(Type.String({ description: 'Why the feed is failing.' })),
          received: Type.Integer({ description: 'ECS events received since this process opened the account.' }),
          others: Type.Integer({ description: 'Messages that were no ECS events.' }),
          failures: Type.Integer({ description: 'Failed calls to the queue.' }),
          lastAt: Type.Optional(
            Type.String({ format: 'date-time', description: 'When the last ECS event was received.' }),
          ),
        },
        {
          $id: 'EventFeed',
          description: 'The event feed of an account with a queue. Each process shows its own.',
        },
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
  description:
    'The accounts that this token may use, and whether AWS can be reached with their credentials. ' +
    'That is at most ten seconds old.',
  tag: 'Accounts',
  answers: {
    200: Type.Object(
      { items: Type.Array(accountSchema), nextCursor: Type.Null() },
      { $id: 'AccountList', description: 'All accounts.' },
    ),
  },
} satisfies RouteSchema

interface AccountsAndFeeds {
  all: () => readonly Account[]
  /** Returns the state of the account's event feed; undefined for an account without one. */
  feedOf: (account: Account) => Readonly<FeedState> | undefined
}

export function accountRoutes(api: Api<Account>, accounts: AccountsAndFeeds) {
  api.get('/accounts', { schema: listAccounts }, async ({ caller }) => {
    const allowed = accounts.all().filter(({ name }) => caller.mayUseAccount(name))
    return {
      items: await Promise.all(allowed.map((account) => toAccountResource(account, accounts.feedOf(account)))),
      nextCursor: null,
    }
  })
}

async function toAccountResource(
  account: Account,
  feed: Readonly<FeedState> | undefined,
): Promise<Static<typeof accountSchema>> {
  const { name, region, mode, runtime, number } = account
  const reason = mode === 'local' ? undefined : await account.reachability.unreachableReason()
  return {
    name,
    region,
    mode,
    runtime,
    ...(number && { number }),
    reachable: reason === undefined,
    ...(reason && { reason }),
    ...(account.console && { console: account.console }),
    ...(feed && { events: toFeedResource(feed) }),
  }
}

function toFeedResource({ state, reason, events, others, failures, lastEventAt }: Readonly<FeedState>) {
  return {
    state,
    ...(reason && { reason }),
    received: events,
    others,
    failures,
    ...(lastEventAt && { lastAt: new Date(lastEventAt).toISOString() }),
  }
}
