/** The embedded engine that all local accounts live in: opened when the first of them is, and not at all where there is none. */
import { join } from 'node:path'
import type { LocalAws } from '@ecs-api/local-aws'
import type { Address, Settings } from '../config/settings.ts'

export interface EmbeddedEngine {
  /** How one of its accounts is reached, and the subnets that every account has. */
  reach: (accountNumber: string) => Promise<{
    requestHandler: ReturnType<LocalAws['requestHandler']>
    subnets: readonly string[]
    runtime: LocalAws['runtime']
  }>
  /** What runs the containers, and a line that says so. Undefined where there is no local account. */
  runtime: () => Promise<LocalAws['runtime'] | undefined>
  /** @throws Error where the engine cannot write its state */
  durable: () => Promise<void>
  /** Opens the engine's own AWS endpoints, for the AWS CLI and SDKs; there, signatures are verified. */
  listen: () => Promise<string[]>
  /** Those of the accounts that are local have keys from now on, and no others. */
  takeAccounts: (accounts: Settings['accounts']) => Promise<void>
  close: () => Promise<void>
}

interface EngineListeners {
  onFault: (error: unknown) => void
  /** Told of what a person should know, such as a container runtime that went away. */
  onNotice: (text: string) => void
}

const usualAddress: Address = { host: '127.0.0.1', port: 4566 }

export function embeddedEngine(
  { data, engine, engineListen, accounts }: Settings,
  { onFault, onNotice }: EngineListeners,
): EmbeddedEngine {
  let opened: Promise<LocalAws> | undefined
  let locals = localOnes(accounts)
  const open = async () => {
    const { LocalAws, readFault } = await import('@ecs-api/local-aws')
    const { faults = [], ...behaviour } = engine
    const aws = new LocalAws({
      data: data === ':memory:' ? ':memory:' : join(data, 'local-aws'),
      accounts: locals,
      verify: true,
      onFault,
      onNotice,
      ...behaviour,
      faults: faults.map(({ account, fault }) => ({ ...readFault(fault), account })),
    })
    await aws.open()
    return aws
  }
  const running = () => {
    opened ??= open().catch((error) => {
      opened = undefined
      throw error
    })
    return opened
  }
  return {
    reach: async (accountNumber) => {
      const { defaultSubnets } = await import('@ecs-api/local-aws')
      const aws = await running()
      return { requestHandler: aws.requestHandler(accountNumber), subnets: defaultSubnets, runtime: aws.runtime }
    },
    runtime: async () => (await opened)?.runtime,
    durable: async () => (await opened)?.durable(),
    listen: async () => {
      const aws = await opened
      if (!aws) return []
      const listeners =
        engineListen.length > 0 ? engineListen.map((address) => aws.listen(address)) : [listenNear(aws, usualAddress)]
      return (await Promise.all(listeners)).map(({ url }) => url)
    },
    takeAccounts: async (next) => {
      locals = localOnes(next)
      ;(await opened)?.replaceAccounts(locals)
    },
    close: async () => (await opened)?.close(),
  }
}

function localOnes(accounts: Settings['accounts']): { name: string; number: string }[] {
  return accounts.flatMap((account) =>
    account.mode === 'local' ? [{ name: account.name, number: account.number }] : [],
  )
}

/** Listens there, or on a free port where that one is taken. */
async function listenNear(aws: LocalAws, { host, port }: Address): Promise<{ url: string }> {
  try {
    return await aws.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return aws.listen({ host, port: 0 })
  }
}
