/** What goes wrong with queues, in SQS's words (API Reference, "Errors" of each action). Clients of the Query days know some by other names. */
import { AwsError } from '../protocol/aws-error.ts'

const older = (name: string) => ({ queryCode: `AWS.SimpleQueueService.${name}` })
const same = (name: string) => ({ queryCode: name })

export const noQueue = () =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.', older('NonExistentQueue'))
export const queueExists = (attribute: string) =>
  new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
    same('QueueAlreadyExists'),
  )
export const unknownAttribute = (name: string) =>
  new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`, same('InvalidAttributeName'))
export const invalidAttribute = (name: string) =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`, same('InvalidAttributeValue'))
export const invalidParameter = (message: string) =>
  new AwsError('InvalidParameterValueException', message, same('InvalidParameterValue'))
export const invalidReceipt = (handle: string) =>
  new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    same('ReceiptHandleIsInvalid'),
  )
export const notInflight = () => new AwsError('MessageNotInflight', undefined, older('MessageNotInflight'))
export const invalidContents = () =>
  new AwsError(
    'InvalidMessageContents',
    'Invalid binary character was found in the message body.',
    same('InvalidMessageContents'),
  )
export const unsupported = (what: string) =>
  new AwsError(
    'UnsupportedOperation',
    `This engine does not have ${what} of Amazon SQS.`,
    older('UnsupportedOperation'),
  )
export const emptyBatch = () =>
  new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.', older('EmptyBatchRequest'))
export const tooManyEntries = (given: number, most: number) =>
  new AwsError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are ${most}. You have sent ${given}.`,
    older('TooManyEntriesInBatchRequest'),
  )
export const idsNotDistinct = (id: string) =>
  new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`, older('BatchEntryIdsNotDistinct'))
export const invalidEntryId = () =>
  new AwsError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    older('InvalidBatchEntryId'),
  )
export const batchTooLong = (most: number, bytes: number) =>
  new AwsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${most} bytes. You have sent ${bytes} bytes.`,
    older('BatchRequestTooLong'),
  )
// The engine's own bound: Amazon's queues have none.
export const queueFull = (most: number) =>
  new AwsError(
    'OverLimit',
    `This engine keeps at most ${most} messages in a queue. Receive and delete some, or purge it.`,
    same('OverLimit'),
  )
