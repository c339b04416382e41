/**
 * The public addresses of tasks. ECS does not tell them: EC2 has them at the task's network interface, where they are fixed for the task's life.
 * Each interface is asked about once, together with the others of the same answer. EC2 is optional: without the permission, or while EC2 does not
 * answer, tasks have no public address and nothing fails.
 */
import type { Task } from '@aws-sdk/client-ecs'
import { LRUCache } from 'lru-cache'
import { BadGateway } from '../../problems/problem.ts'
import type { Ec2Client } from '../ec2-client.ts'

/** By the id of the network interface; undefined for one without a public address. Ids are unique in all of AWS. */
const known = new LRUCache<string, { address: string | undefined }>({ max: 100_000 })

/** EC2 API Reference, Filter: the most values of one. */
const MAX_PER_CALL = 200
/** How long a description of tasks waits for EC2; an answer that comes later is shown with the next one. */
const PATIENCE_MS = 300
const LONGEST_CALL_MS = 5_000
/** After a failure nothing is asked for some time; longer where EC2 refused, since that is a matter of its policy. */
const PAUSE_MS = { failed: 60_000, refused: 600_000 }

export function publicAddressOf(task: Task): string | undefined {
  const id = interfaceOf(task)
  return id === undefined ? undefined : known.get(id)?.address
}

export interface PublicAddresses {
  /** Asks for the addresses of those tasks whose are not known; undefined where there are none to ask for. Never rejects. */
  learn(tasks: readonly Task[]): Promise<void> | undefined
}

export function publicAddresses(client: () => Promise<Ec2Client>, now = () => performance.now()): PublicAddresses {
  const asked = new Map<string, Promise<void>>()
  let pausedUntil = Number.NEGATIVE_INFINITY

  async function ask(ids: string[]): Promise<void> {
    try {
      const ec2 = await client()
      const Filters = [{ Name: 'network-interface-id', Values: ids }]
      const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces(
        { Filters },
        { abortSignal: AbortSignal.timeout(LONGEST_CALL_MS) },
      )
      for (const { NetworkInterfaceId = '', Association } of NetworkInterfaces)
        known.set(NetworkInterfaceId, { address: Association?.PublicIp })
    } catch (error) {
      const isRefused = error instanceof BadGateway && (error.code === 'AwsAccessDenied' || error.code === 'AwsError')
      pausedUntil = now() + (isRefused ? PAUSE_MS.refused : PAUSE_MS.failed)
    } finally {
      for (const id of ids) asked.delete(id)
    }
  }

  return {
    learn(tasks) {
      const ids = new Set(
        tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').flatMap((task) => interfaceOf(task) ?? []),
      )
      const unknown = [...ids].filter((id) => !known.has(id))
      if (unknown.length === 0) return undefined
      const free = now() < pausedUntil ? [] : unknown.filter((id) => !asked.has(id))
      for (let at = 0; at < free.length; at += MAX_PER_CALL) {
        const batch = free.slice(at, at + MAX_PER_CALL)
        const callContext = ask(batch)
        for (const id of batch) asked.set(id, callContext)
      }
      const waiting = unknown.flatMap((id) => asked.get(id) ?? [])
      return waiting.length === 0 ? undefined : within(PATIENCE_MS, Promise.all(new Set(waiting)))
    },
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work, late])
  clearTimeout(timer)
}

function interfaceOf({ attachments = [] }: Task): string | undefined {
  for (const { details = [] } of attachments)
    for (const { name, value } of details) if (name === 'networkInterfaceId' && value) return value
  return undefined
}
