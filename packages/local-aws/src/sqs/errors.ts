/**
 * The errors of queues, in SQS's words (API Reference, "Errors" of each action), with their codes in the Query protocol
 * for older clients.
 */
import { AwsError } from '../protocol/aws-error.ts'

const legacyCode = (name: string) => ({ queryCode: `AWS.SimpleQueueService.${name}` })
const sameCode = (name: string) => ({ queryCode: name })

export const queueNotFound = () =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', legacyCode('NonExistentQueue'))
export const queueExists = (attribute: string) =>
  new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    sameCode('QueueAlreadyExists'),
  )
export const unknownAttribute = (name: string) =>
  new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`, sameCode('InvalidAttributeName'))
export const invalidAttribute = (name: string) =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`, sameCode('InvalidAttributeValue'))
export const invalidParameter = (message: string) =>
  new AwsError('InvalidParameterValueException', message, sameCode('InvalidParameterValue'))
export const invalidReceipt = (handle: string) =>
  new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    sameCode('ReceiptHandleIsInvalid'),
  )
export const notInflight = () => new AwsError('MessageNotInflight', undefined, legacyCode('MessageNotInflight'))
export const invalidContents = () =>
  new AwsError(
    'InvalidMessageContents',
    'Invalid binary character was found in the message body.',
    sameCode('InvalidMessageContents'),
  )
export const unsupportedOperation = (feature: string) =>
  new AwsError(
    'UnsupportedOperation',
    `This engine does not have ${feature} of Amazon SQS.`,
    legacyCode('UnsupportedOperation'),
  )
export const emptyBatch = () =>
  new AwsError(
    'EmptyBatchRequest',
    'There should be at least one entry in the request.',
    legacyCode('EmptyBatchRequest'),
  )
export const tooManyEntries = (given: number, max: number) =>
  new AwsError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are ${max}. You have sent ${given}.`,
    legacyCode('TooManyEntriesInBatchRequest'),
  )
export const idsNotDistinct = (id: string) =>
  new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`, legacyCode('BatchEntryIdsNotDistinct'))
export const invalidEntryId = () =>
  new AwsError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    legacyCode('InvalidBatchEntryId'),
  )
export const batchTooLong = (max: number, bytes: number) =>
  new AwsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${max} bytes. You have sent ${bytes} bytes.`,
    legacyCode('BatchRequestTooLong'),
  )
// This limit is the engine's own: queues on AWS have none.
export const queueFull = (max: number) =>
  new AwsError(
    'OverLimit',
    `This engine keeps at most ${max} messages in a queue. Receive and delete some, or purge it.`,
    sameCode('OverLimit'),
  )
