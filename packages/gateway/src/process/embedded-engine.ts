/**
 * The embedded engine, which all local accounts share. It opens with the first local account. Without local accounts it
 * never opens.
 */
import { join } from 'node:path'
import type { LocalAws } from '@ecs-api/local-aws'
import type { LocalRuntime } from '../aws/account.ts'
import type { Address, Settings } from '../config/settings.ts'

export interface EmbeddedEngine {
  /** The connection to one account of the engine, and the subnets that every account has. */
  connectionTo: (accountNumber: string) => Promise<{
    requestHandler: ReturnType<LocalAws['requestHandler']>
    subnets: readonly string[]
    runtime: LocalAws['runtime']
    localRuntime: LocalRuntime
  }>
  /** The container runtime, with a line that describes it; undefined when there is no local account. */
  runtime: () => Promise<LocalAws['runtime'] | undefined>
  /**
   * Resolves when all changes that the engine has acknowledged are on disk.
   * @throws Error when the engine cannot write its state
   */
  whenWritten: () => Promise<void>
  /** Opens the engine's own AWS endpoints for the AWS CLI and SDKs. They verify signatures. */
  listen: () => Promise<string[]>
  /** Replaces the accounts that have access keys with the local accounts among these. */
  replaceAccounts: (accounts: Settings['accounts']) => Promise<void>
  close: () => Promise<void>
}

interface EngineListeners {
  onUnexpectedError: (error: unknown) => void
  /** Called with messages for the operator, for example when a container runtime is gone. */
  onNotice: (text: string) => void
}

const defaultAddress: Address = { host: '127.0.0.1', port: 4566 }

/** The data folder of the engine, which is in the data folder of the gateway. */
export function engineFolder(data: string): string {
  return data === ':memory:' ? data : join(data, 'local-aws')
}

export function createEmbeddedEngine(
  { data, engine, engineListen, accounts }: Settings,
  { onUnexpectedError, onNotice }: EngineListeners,
): EmbeddedEngine {
  let opened: Promise<LocalAws> | undefined
  let localAccountList = localAccounts(accounts)
  const open = async () => {
    const { LocalAws, parseFault } = await import('@ecs-api/local-aws')
    const { injectedFaults = [], ...behaviour } = engine
    const aws = new LocalAws({
      data: engineFolder(data),
      accounts: localAccountList,
      verifySignatures: true,
      onUnexpectedError,
      onNotice,
      ...behaviour,
      faults: injectedFaults.map(({ account, fault }) => ({ ...parseFault(fault), account })),
    })
    await aws.open()
    return aws
  }
  const openOnce = () => {
    opened ??= open().catch((error) => {
      opened = undefined
      throw error
    })
    return opened
  }
  return {
    connectionTo: async (accountNumber) => {
      const { defaultSubnets } = await import('@ecs-api/local-aws')
      const aws = await openOnce()
      return {
        requestHandler: aws.requestHandler(accountNumber),
        subnets: defaultSubnets,
        runtime: aws.runtime,
        // The cast is safe: the SDK's type and the engine's type have the same members and differ only in times, of
        // which a container definition has none.
        localRuntime: {
          listImages: () => aws.listImages(),
          previewOf: (containers) => aws.previewOf(containers as never),
        },
      }
    },
    runtime: async () => (await opened)?.runtime,
    whenWritten: async () => (await opened)?.whenDurable(),
    listen: async () => {
      const aws = await opened
      if (!aws) return []
      const listeners =
        engineListen.length > 0
          ? engineListen.map((address) => aws.listen(address))
          : [listenOrAnyPort(aws, defaultAddress)]
      return (await Promise.all(listeners)).map(({ url }) => url)
    },
    replaceAccounts: async (next) => {
      localAccountList = localAccounts(next)
      ;(await opened)?.replaceAccounts(localAccountList)
    },
    close: async () => (await opened)?.close(),
  }
}

function localAccounts(accounts: Settings['accounts']): { name: string; number: string }[] {
  return accounts.flatMap((account) =>
    account.mode === 'local' ? [{ name: account.name, number: account.number }] : [],
  )
}

/** Listens at the address, or on a free port when the address is in use. */
async function listenOrAnyPort(aws: LocalAws, { host, port }: Address): Promise<{ url: string }> {
  try {
    return await aws.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return aws.listen({ host, port: 0 })
  }
}
