/**
 * The public IP addresses of tasks. ECS does not return them; EC2 returns them with the task's network interface. An
 * address is fixed for the task's life, so each interface is looked up once and cached. EC2 is optional: without the
 * permission, or while EC2 does not respond, tasks are shown without a public address and nothing fails.
 */

import type { Task } from '@aws-sdk/client-ecs'
import { LRUCache } from 'lru-cache'
import { maxEntries } from '../../lru-cache/max-entries.ts'
import { BadGateway } from '../../problems/problem.ts'
import type { Account } from '../account.ts'
import type { Ec2Client } from '../ec2-client.ts'

/**
 * By the id of the network interface, which is unique in all of AWS. The address is undefined for an interface without
 * a public address. With `maxSize` the cache grows as it fills; with `max` it would allocate all memory at the start.
 */
const cache = new LRUCache<string, { address: string | undefined }>(maxEntries(100_000))

/** EC2 API Reference, Filter: the maximum number of values of one filter. */
const maxPerCall = 200
/** How long DescribeTasks waits for EC2. An address that arrives later is shown after the next DescribeTasks. */
const maxWaitMs = 300
const callTimeoutMs = 5_000
/** The time without calls after a failure. It is longer after a rejection, because the cause is an IAM policy. */
const pauseMs = { failed: 60_000, rejected: 600_000 }

/** Returns the cached address of the task; undefined when it has none or its lookup is not complete. */
export function publicAddressOf(task: Task): string | undefined {
  const id = interfaceIdOf(task)
  return id === undefined ? undefined : cache.get(id)?.address
}

/** @param now milliseconds of a monotonic clock */
export function publicAddresses(
  client: () => Promise<Ec2Client>,
  now = () => performance.now(),
): Account['publicAddresses'] {
  /** The calls in flight, by the id of each interface that they describe. */
  const inFlight = new Map<string, Promise<void>>()
  let pausedUntil = Number.NEGATIVE_INFINITY

  async function describe(ids: string[]): Promise<void> {
    try {
      const ec2 = await client()
      const Filters = [{ Name: 'network-interface-id', Values: ids }]
      const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces(
        { Filters },
        { abortSignal: AbortSignal.timeout(callTimeoutMs) },
      )
      for (const { NetworkInterfaceId = '', Association } of NetworkInterfaces)
        cache.set(NetworkInterfaceId, { address: Association?.PublicIp })
    } catch (error) {
      const isRejected = error instanceof BadGateway && (error.code === 'AwsAccessDenied' || error.code === 'AwsError')
      pausedUntil = now() + (isRejected ? pauseMs.rejected : pauseMs.failed)
    } finally {
      for (const id of ids) inFlight.delete(id)
    }
  }

  return {
    lookUp(tasks) {
      const ids = new Set(
        tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').flatMap((task) => interfaceIdOf(task) ?? []),
      )
      const missing = [...ids].filter((id) => !cache.has(id))
      if (missing.length === 0) return undefined
      const toDescribe = now() < pausedUntil ? [] : missing.filter((id) => !inFlight.has(id))
      for (let start = 0; start < toDescribe.length; start += maxPerCall) {
        const batch = toDescribe.slice(start, start + maxPerCall)
        const call = describe(batch)
        for (const id of batch) inFlight.set(id, call)
      }
      const calls = missing.flatMap((id) => inFlight.get(id) ?? [])
      return calls.length === 0 ? undefined : waitAtMost(maxWaitMs, Promise.all(new Set(calls)))
    },
  }
}

/** Resolves when `work` does, or after `ms` milliseconds. */
async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([work, timeout])
  clearTimeout(timer)
}

function interfaceIdOf({ attachments = [] }: Task): string | undefined {
  for (const { details = [] } of attachments)
    for (const { name, value } of details) if (name === 'networkInterfaceId' && value) return value
  return undefined
}
