/**
 * AWS's errors as this service's problems: one ordered table, first match wins; nobody else looks at the names or words of AWS's errors.
 * What no row knows stays AWS's: a refusal is a 400 with AWS's name and words, a failure of AWS is a 502.
 *
 * Sources: [S] raw answers of Amazon ECS seen in 2026, [Q] real errors quoted in public, [SDK] exceptions that the SDK declares for ECS's
 * actions, [doc] "Common Error Types" in the AWS API references, [node] what Node's network stack says.
 */
import type { ProblemCode } from '../../problems/codes.ts'
import {
  type AwsCode,
  BadGateway,
  BadRequest,
  Conflict,
  GatewayTimeout,
  NotFound,
  Problem,
  type ProblemOptions,
  TooManyRequests,
  Unavailable,
} from '../../problems/problem.ts'

/** The call that failed. */
export interface FailedCall {
  account: string
  /** `DescribeClusters` and the like. */
  action: string
}

interface AwsFailure extends FailedCall {
  name: string
  message: string
  /** Node's code of a network failure. */
  code: string
  status: number | undefined
  options: ProblemOptions
}

interface Row {
  name?: RegExp
  message?: RegExp
  code?: RegExp
  action?: RegExp
  problem: (failure: AwsFailure) => Problem
}

const notFound =
  (code: ProblemCode) =>
  ({ message, options }: AwsFailure) =>
    new NotFound(code, message, options)
const conflict =
  (code: ProblemCode) =>
  ({ message, options }: AwsFailure) =>
    new Conflict(code, message, options)
const bodyNames =
  (code: ProblemCode, pointer: string) =>
  ({ message, options }: AwsFailure) =>
    new BadRequest(code, message, { ...options, errors: [{ in: 'body', pointer, message }] })
const refusedCredentials =
  (words: string) =>
  ({ account, options }: AwsFailure) =>
    new Unavailable('AwsCredentialsRefused', `AWS cannot be used for the account ${account}: ${words}.`, {
      ...options,
      retryAfterSeconds: 30,
    })
const unreachable = ({ account, code, options }: AwsFailure) =>
  new Unavailable('AwsUnreachable', `AWS cannot be reached for the account ${account}${code ? ` (${code})` : ''}.`, {
    ...options,
    retryAfterSeconds: 5,
  })

function unanswered(what: string) {
  return ({ account, action, options }: AwsFailure) =>
    new GatewayTimeout('AwsTimeout', `AWS ${what} (${action}, account ${account}).`, {
      ...options,
      next: 'It may have taken effect: look before you repeat.',
    })
}

const throttles =
  /^(ThrottlingException|ThrottledException|Throttling|TooManyRequestsException|RequestLimitExceeded|RequestThrottled(Exception)?|SlowDown|PriorRequestNotComplete)$/

const rows: readonly Row[] = [
  // Before there is an answer. [node], [SDK: NodeHttpHandler, credential providers]
  {
    name: /^TimeoutError$/,
    message: /establish a connection|Connection timed out|connect timeout/i,
    problem: unreachable,
  },
  { code: /^(ECONNRESET|EPIPE)$/, problem: unanswered('broke off the connection instead of answering') },
  { name: /^(TimeoutError|AbortError)$/, problem: unanswered('did not answer in time') },
  {
    code: /^(E[A-Z_]+|UND_ERR_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*)$/,
    problem: unreachable,
  },
  { message: /^(Proxy|Invalid proxy|Unable to connect to proxy)|socket hang up/i, problem: unreachable },
  {
    code: /^HPE_/,
    problem: ({ account, action, code, options }) =>
      new BadGateway(
        'AwsError',
        `What answered to ${action} for the account ${account} does not speak HTTP as it should (${code}).`,
        {
          ...options,
          next: 'It may have taken effect: look before you repeat. Whoever runs this service looks whether the account’s endpoint and proxy are right.',
        },
      ),
  },
  {
    name: /^(CredentialsProviderError|TokenProviderError|ProviderError)$/,
    problem: refusedCredentials('no credentials could be had'),
  },

  // Who we are and what we may. [doc], [Q]
  {
    name: /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    problem: refusedCredentials('its credentials have expired'),
  },
  {
    name: /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|MissingAuthenticationToken(Exception)?|IncompleteSignature(Exception)?|InvalidAccessKeyId|AuthFailure|NotAuthorized|OptInRequired)$/,
    problem: refusedCredentials('its credentials are refused'),
  },
  { name: /^ValidationError$/, problem: refusedCredentials('its role or external id is malformed') }, // of STS only: ECS has no such error
  {
    name: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/,
    problem: ({ account, action, message, options }) => {
      const denied = /perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? `ecs:${action}`
      return new BadGateway(
        'AwsAccessDenied',
        `AWS does not let this service do ${denied} in the account ${account}.`,
        {
          ...options,
          next: 'Whoever runs this service adds it to the role’s policy.',
          also: { action: denied },
        },
      )
    },
  },
  {
    name: throttles,
    problem: ({ account, options }) =>
      new TooManyRequests('TooManyRequests', `AWS throttles the account ${account}, also after retries.`, {
        ...options,
        retryAfterSeconds: 5,
      }),
  },

  // What is not there. [S] but where marked
  {
    name: /^QueueDoesNotExist$/, // [SDK]
    problem: ({ account, options }) =>
      new BadGateway('AwsError', `The account ${account} has no queue of that name in its Region.`, options),
  },
  { name: /^ClusterNotFoundException$/, problem: notFound('ClusterNotFound') },
  {
    name: /^ServiceNotFoundException$/,
    problem: ({ options }) => new NotFound('ServiceNotFound', 'Service not found.', options),
  },
  { name: /^ServiceDeploymentNotFoundException$/, problem: notFound('DeploymentNotFound') }, // [SDK]
  {
    message: /^(The referenced task was not found\.|task(Id)? length should be one of)/,
    problem: notFound('TaskNotFound'),
  }, // [Q]
  {
    action: /^(Describe|Deregister)TaskDefinition$/,
    message:
      /^(Unable to describe task definition|The specified task definition does not exist|Invalid task definition: Invalid revision number)/,
    problem: notFound('TaskDefinitionNotFound'),
  },
  { message: /^TaskDefinition not found\.?$/, problem: bodyNames('TaskDefinitionNotFound', '/taskDefinition') },
  { message: /^TaskDefinition is (inactive|being deleted)\.?$/, problem: conflict('TaskDefinitionInactive') }, // [Q], [S]

  // What is in the way. [S] but where marked
  { name: /^ClusterContainsServicesException$/, problem: conflict('ClusterContainsServices') },
  { name: /^ClusterContainsTasksException$/, problem: conflict('ClusterContainsTasks') }, // [Q]
  { name: /^ClusterContainsContainerInstancesException$/, problem: conflict('ClusterContainsContainerInstances') }, // [SDK]
  { name: /^ClusterContainsCapacityProviderException$/, problem: conflict('ResourceInUse') }, // [SDK]
  { name: /^ServiceNotActiveException$/, problem: conflict('ServiceNotActive') }, // [Q]
  { message: /^Cluster was not ACTIVE\.?$/, problem: conflict('ClusterNotActive') }, // [Q]
  {
    message: /^Arguments on this idempotent request are inconsistent/,
    action: /^CreateCluster$/,
    problem: conflict('ClusterAlreadyExists'),
  }, // [Q]
  { message: /^Creation of service was not idempotent\.?$/, problem: conflict('ServiceAlreadyExists') },
  { message: /^Unable to Start a service that is still Draining\.?$/, problem: conflict('ServiceDraining') }, // [Q]
  {
    message: /^The service cannot be stopped while it is scaled above 0\.?$/,
    problem: conflict('ServiceScaledAboveZero'),
  }, // [Q]
  { message: /^Too many concurrent attempts to create a new revision/, problem: conflict('UpdateInProgress') }, // [Q]
  { name: /^UpdateInProgressException$/, problem: conflict('UpdateInProgress') }, // [SDK]
  { name: /^ResourceInUseException$/, problem: conflict('ResourceInUse') }, // [SDK]
  { name: /^LimitExceededException$/, problem: conflict('QuotaExceeded') }, // [SDK]
  { message: /clientToken is already in use with a different request/, problem: conflict('IdempotencyConflict') },
  { name: /^ConflictException$/, action: /ServiceDeployment$/, problem: conflict('DeploymentFinished') }, // [SDK]
  { name: /^ConflictException$/, problem: conflict('ResourceInUse') }, // [SDK]
]

/** Whether AWS refused the call for too many requests. */
export function isThrottle(error: unknown): boolean {
  return error instanceof Error && throttles.test(error.name)
}

/** A failed call's error as a Problem. What is not AWS's doing (a bug of ours) comes back as it is. */
export function problemOf(error: unknown, call: FailedCall): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error
  const failure = failureOf(error, call)
  const row = rows.find(
    (candidate) =>
      (candidate.name?.test(failure.name) ?? true) &&
      (candidate.message?.test(failure.message) ?? true) &&
      (candidate.code?.test(failure.code) ?? true) &&
      (candidate.action?.test(failure.action) ?? true),
  )
  if (row) return row.problem(failure)
  if (failure.status === undefined) return error
  if (isAwsCode(failure.name) && failure.status >= 400 && failure.status < 500) {
    return new BadRequest(failure.name, failure.message, failure.options)
  }
  return new BadGateway(
    'AwsError',
    `AWS failed on ${call.action} for the account ${call.account} (HTTP ${failure.status}).`,
    failure.options,
  )
}

function failureOf(error: Error, call: FailedCall): AwsFailure {
  const { $metadata: metadata, code } = error as Error & {
    $metadata?: { httpStatusCode?: number; requestId?: string }
    code?: unknown
  }
  return {
    ...call,
    name: error.name,
    // DeleteService on a service that isn't there answers without a message [S].
    message: error.message && error.message !== 'UnknownError' ? error.message : `${error.name} without a message.`,
    code: typeof code === 'string' ? code : '',
    status: metadata?.httpStatusCode,
    options: { cause: error, ...(metadata?.requestId && { awsRequestId: metadata.requestId }) },
  }
}

function isAwsCode(name: string): name is AwsCode {
  return name.endsWith('Exception')
}
