/** Batch requests: each entry has its own result, and a failed entry does not stop the others. */
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs'
import { AwsError } from '../protocol/aws-error.ts'
import { emptyBatch, idsNotDistinct, invalidEntryId, tooManyEntries } from './errors.ts'

const MAX_ENTRIES = 10

/**
 * Handles each entry and returns the response with all results.
 * @throws AwsError when the batch is empty or too long, or when its ids are invalid or repeated.
 */
export function handleBatch<Entry extends { Id?: string | undefined }, Result extends object>(
  entries: readonly Entry[],
  handleEntry: (entry: Entry) => Result,
): { Successful: (Result & { Id: string })[]; Failed: BatchResultErrorEntry[] } {
  if (entries.length === 0) throw emptyBatch()
  if (entries.length > MAX_ENTRIES) throw tooManyEntries(entries.length, MAX_ENTRIES)
  const ids = new Set<string>()
  for (const { Id = '' } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) throw invalidEntryId()
    if (ids.has(Id)) throw idsNotDistinct(Id)
    ids.add(Id)
  }
  const Successful: (Result & { Id: string })[] = []
  const Failed: BatchResultErrorEntry[] = []
  for (const entry of entries) {
    const { Id = '' } = entry
    try {
      Successful.push({ Id, ...handleEntry(entry) })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Failed.push({ Id, Code: error.queryCode ?? error.code, Message: error.message, SenderFault: true })
    }
  }
  return { Successful, Failed }
}
