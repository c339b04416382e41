/** The embedded engine that all local accounts live in: opened when the first of them is, and not at all where there is none. */
import { join } from 'node:path'
import type { LocalAws } from '@ecs-api/local-aws'
import type { Address, Settings } from './config/settings.ts'

export interface EmbeddedEngine {
  /** How one of its accounts is reached, and the subnets that every account has. */
  reach: (accountNumber: string) => Promise<{ requestHandler: ReturnType<LocalAws['requestHandler']>; subnets: readonly string[] }>
  /** Opens the engine's own AWS endpoints, for the AWS CLI and SDKs; there, signatures are verified. */
  listen: () => Promise<string[]>
  /** Those of the accounts that are local have keys from now on, and no others. */
  takeAccounts: (accounts: Settings['accounts']) => Promise<void>
  close: () => Promise<void>
}

const usualAddress: Address = { host: '127.0.0.1', port: 4566 }

export function embeddedEngine({ data, engine, engineListen, accounts }: Settings, onFault: (error: unknown) => void): EmbeddedEngine {
  let opened: Promise<LocalAws> | undefined
  let locals = localOnes(accounts)
  const open = async () => {
    const { LocalAws } = await import('@ecs-api/local-aws')
    const aws = new LocalAws({
      data: data === ':memory:' ? ':memory:' : join(data, 'local-aws'),
      accounts: locals,
      verify: true,
      onFault,
      ...engine,
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
      return { requestHandler: (await running()).requestHandler(accountNumber), subnets: defaultSubnets }
    },
    listen: async () => {
      const aws = await opened
      if (!aws) return []
      const listeners = engineListen.length > 0 ? engineListen.map((address) => aws.listen(address)) : [listenNear(aws, usualAddress)]
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
  return accounts.flatMap((account) => (account.mode === 'local' ? [{ name: account.name, number: account.number }] : []))
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
