/**
 * Translates AWS's errors into problems with one ordered table; the first matching row wins. No other file matches on
 * the names or messages of AWS's errors. An error that matches no row keeps AWS's name and message: a rejection becomes
 * a 400, a failure of AWS becomes a 502.
 *
 * Sources of the rows: [S] raw responses of Amazon ECS recorded in 2026, [Q] real errors quoted in public, [SDK]
 * exceptions that the SDK declares for ECS's actions, [doc] "Common Error Types" in the AWS API references, [node]
 * errors of Node's network stack.
 */
import { shortName } from '@ecs-api/ecs-model'
import type { ProblemCode } from '../../problems/codes.ts'
import {
  type AwsCode,
  BadGateway,
  BadRequest,
  Conflict,
  errorText,
  GatewayTimeout,
  NotFound,
  NotOfferedByAws,
  Problem,
  type ProblemOptions,
  TooManyRequests,
  Unavailable,
} from '../../problems/problem.ts'

/** The call that failed. */
export interface FailedCall {
  account: string
  /** Such as `DescribeClusters`. */
  action: string
  input?: object
}

interface AwsFailure extends FailedCall {
  name: string
  message: string
  /** Node's code of a network failure, such as `ECONNRESET`; empty for other errors. */
  code: string
  status: number | undefined
  /** `content-type` of the response; empty where there was none. */
  contentType: string
  options: ProblemOptions
}

/** Matches a failure when all of its patterns match. */
interface Row {
  name?: RegExp
  message?: RegExp
  code?: RegExp
  action?: RegExp
  status?: ReadonlySet<number>
  contentType?: RegExp
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
/** Returns AWS's message with the name of the resource in the call's input, which AWS's message may lack. */
const messageWithName = ({ message, input }: AwsFailure, member: string): string => {
  const name = (input as Record<string, unknown> | undefined)?.[member]
  return typeof name === 'string' && !message.includes(name) ? `${message.replace(/\.$/, '')}: ${name}.` : message
}
const badReferenceInBody = (code: ProblemCode, member: string) => (failure: AwsFailure) => {
  const message = messageWithName(failure, member)
  return new BadRequest(code, message, {
    ...failure.options,
    errors: [{ in: 'body', pointer: `/${member}`, message }],
  })
}
const refusedCredentials =
  (reason: string) =>
  ({ account, options }: AwsFailure) =>
    new Unavailable('AwsCredentialsRefused', `AWS cannot be used for account ${account}: ${reason}.`, {
      ...options,
      retryAfterSeconds: 30,
    })
const unreachable = ({ account, code, options }: AwsFailure) =>
  new Unavailable('AwsUnreachable', `AWS cannot be reached for account ${account}${code ? ` (${code})` : ''}.`, {
    ...options,
    retryAfterSeconds: 5,
  })

/** The next step (`next`) in a problem that leaves the outcome of a call unknown. */
export const checkBeforeRetryStep = 'The call may have taken effect: check the resource before you retry.'

const noResponse =
  (event: string) =>
  ({ account, action, options }: AwsFailure) =>
    new GatewayTimeout('AwsTimeout', `AWS ${event} (${action}, account ${account}).`, {
      ...options,
      next: checkBeforeRetryStep,
    })

const notOffered = ({ account, action, options }: AwsFailure) =>
  new NotOfferedByAws(`The endpoint of account ${account} does not offer ${iamAction(action)}.`, {
    ...options,
    extensionMembers: { action: iamAction(action) },
  })
const missingLogs =
  (code: ProblemCode, member: 'logGroupName' | 'logStreamNames') =>
  ({ account, message, input, options }: AwsFailure) => {
    const { logGroupName } = (input ?? {}) as { logGroupName?: string }
    return new NotFound(code, `${message.replace(/\.?$/, '')} (log group ${logGroupName}, account ${account}).`, {
      ...options,
      ...(member === 'logGroupName' && { next: missingGroupNext, extensionMembers: { logGroup: logGroupName } }),
    })
  }
const missingGroupNext =
  'A task cannot start while its log group is missing: create the group, or set awslogs-create-group to true.'
/** Returns IAM's name of an action, such as `ecs:ListServices`. AWS's messages do not always have it. */
const iamAction = (action: string) => `${iamPrefixes.find(([actions]) => actions.test(action))?.[1] ?? 'ecs'}:${action}`
const iamPrefixes: readonly (readonly [actions: RegExp, prefix: string])[] = [
  [/^(FilterLogEvents|DescribeLog\w+)$/, 'logs'],
  [/^(GetMetricData|ListMetrics)$/, 'cloudwatch'],
  [/^(Resume|Terminate)Session$/, 'ssm'],
  [/^GenerateDataKey$/, 'kms'],
]

const throttleNames =
  /^(ThrottlingException|ThrottledException|Throttling|TooManyRequestsException|RequestLimitExceeded|RequestThrottled(Exception)?|SlowDown|PriorRequestNotComplete)$/

const rows: readonly Row[] = [
  // Endpoints other than Amazon's that lack an action or a service. [Q] An HTML page whose status is not in this table
  // comes from a proxy or a load balancer between the gateway and AWS.
  { name: /^(UnknownOperation(Exception)?|InvalidAction|NotImplemented(Exception)?)$/, problem: notOffered },
  { status: new Set([501]), problem: notOffered },
  { status: new Set([200, 404, 405]), contentType: /^text\/html/, problem: notOffered },

  // Failures before or instead of a response. [node], [SDK: NodeHttpHandler, credential providers]
  {
    name: /^TimeoutError$/,
    message: /establish a connection|Connection timed out|connect timeout/i,
    problem: unreachable,
  },
  { code: /^(ECONNRESET|EPIPE)$/, problem: noResponse('closed the connection without a response') },
  { name: /^(TimeoutError|AbortError)$/, problem: noResponse('did not respond in time') },
  {
    code: /^(E[A-Z_]+|UND_ERR_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*)$/,
    problem: unreachable,
  },
  { message: /^(Proxy|Invalid proxy|Unable to connect to proxy)|socket hang up/i, problem: unreachable },
  {
    code: /^HPE_/,
    problem: ({ account, action, code, options }) =>
      new BadGateway('AwsError', `The response to ${action} for account ${account} is not valid HTTP (${code}).`, {
        ...options,
        next: `${checkBeforeRetryStep} The operator of the gateway should check the account’s endpoint and proxy.`,
      }),
  },
  {
    name: /^(CredentialsProviderError|TokenProviderError|ProviderError)$/,
    problem: refusedCredentials('no credentials could be obtained'),
  },

  // Credentials and permissions. [doc], [Q]
  {
    name: /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    problem: refusedCredentials('its credentials have expired'),
  },
  {
    name: /^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|MissingAuthenticationToken(Exception)?|IncompleteSignature(Exception)?|InvalidAccessKeyId|AuthFailure|NotAuthorized|OptInRequired)$/,
    problem: refusedCredentials('its credentials are refused'),
  },
  // An error of STS; ECS has none of this name.
  { name: /^ValidationError$/, problem: refusedCredentials('its role or external id is malformed') },
  {
    name: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/,
    problem: ({ account, action, message, options }) => {
      const denied = /perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? iamAction(action)
      return new BadGateway('AwsAccessDenied', `AWS denies the gateway the action ${denied} in account ${account}.`, {
        ...options,
        next: 'The operator of the gateway must allow the action in the role’s IAM policy.',
        extensionMembers: { action: denied },
      })
    },
  },
  {
    name: throttleNames,
    problem: ({ account, options }) =>
      new TooManyRequests('TooManyRequests', `AWS throttles account ${account}, even after retries.`, {
        ...options,
        retryAfterSeconds: 5,
      }),
  },

  // Resources that do not exist. [S] except where marked
  {
    name: /^QueueDoesNotExist$/, // [SDK]
    problem: ({ account, options }) =>
      new BadGateway('AwsError', `Account ${account} has no queue of that name in its Region.`, options),
  },
  // [SDK], [Q]
  {
    name: /^ResourceNotFoundException$/,
    action: /^(FilterLogEvents|DescribeLogStreams)$/,
    message: /log stream/,
    problem: missingLogs('LogStreamNotFound', 'logStreamNames'),
  },
  {
    name: /^ResourceNotFoundException$/,
    action: /^(FilterLogEvents|DescribeLogStreams)$/,
    problem: missingLogs('LogGroupNotFound', 'logGroupName'),
  },
  {
    name: /^ClusterNotFoundException$/,
    problem: (failure) => new NotFound('ClusterNotFound', messageWithName(failure, 'cluster'), failure.options),
  },
  {
    name: /^ServiceNotFoundException$/,
    problem: ({ options }) => new NotFound('ServiceNotFound', 'Service not found.', options),
  },
  { name: /^ServiceDeploymentNotFoundException$/, problem: notFound('DeploymentNotFound') }, // [SDK]
  {
    message: /^(The referenced task was not found\.|task(Id)? length should be one of)/, // [Q]
    problem: notFound('TaskNotFound'),
  },
  {
    action: /^(Describe|Deregister)TaskDefinition$/,
    message:
      /^(Unable to describe task definition|The specified task definition does not exist|Invalid task definition: Invalid revision number)/,
    problem: notFound('TaskDefinitionNotFound'),
  },
  {
    message: /^TaskDefinition not found\.?$/,
    problem: badReferenceInBody('TaskDefinitionNotFound', 'taskDefinition'),
  },
  // [Q], [S]
  { message: /^TaskDefinition is (inactive|being deleted)\.?$/, problem: conflict('TaskDefinitionInactive') },

  // ECS Exec. [Q]
  { name: /^TargetNotConnectedException$/, problem: conflict('ExecTargetNotConnected') },
  {
    message: /^The execute command failed because execute command was not enabled/,
    problem: conflict('ExecAgentNotRunning'),
  },
  {
    message: /because a valid task ?[rR]ole(Arn)? is not being used/,
    problem: ({ message, input, options }) => {
      const isInBody = (input as { enableExecuteCommand?: boolean } | undefined)?.enableExecuteCommand
      const errors = [{ in: 'body' as const, pointer: '/enableExecuteCommand', message }]
      return new BadRequest('ExecNoTaskRole', message, { ...options, ...(isInBody && { errors }) })
    },
  },

  // The KMS key of a cluster's sessions. [SDK], [Q]
  {
    action: /^GenerateDataKey$/,
    name: /^(NotFoundException|DisabledException|KMSInvalidStateException|InvalidKeyUsageException|InvalidArnException)$/,
    problem: ({ message, options }) =>
      new Conflict('ExecKeyUnusable', `The KMS key of the cluster’s sessions cannot be used: ${message}`, {
        ...options,
        next: 'Correct kmsKeyId in the cluster’s executeCommandConfiguration, or enable the key.',
      }),
  },

  // Conflicts with the state of a resource. [S] except where marked
  { name: /^ClusterContainsServicesException$/, problem: conflict('ClusterContainsServices') },
  { name: /^ClusterContainsTasksException$/, problem: conflict('ClusterContainsTasks') }, // [Q]
  // [SDK]
  { name: /^ClusterContainsContainerInstancesException$/, problem: conflict('ClusterContainsContainerInstances') },
  { name: /^ClusterContainsCapacityProviderException$/, problem: conflict('ResourceInUse') }, // [SDK]
  { name: /^ServiceNotActiveException$/, problem: conflict('ServiceNotActive') }, // [Q]
  { message: /^Cluster was not ACTIVE\.?$/, problem: conflict('ClusterNotActive') }, // [Q]
  {
    message: /^Arguments on this idempotent request are inconsistent/, // [Q]
    action: /^CreateCluster$/,
    problem: conflict('ClusterAlreadyExists'),
  },
  {
    message: /^Creation of service was not idempotent\.?$/,
    problem: ({ input, options }) => {
      const { serviceName = '', cluster = 'default' } = (input ?? {}) as { serviceName?: string; cluster?: string }
      const detail = `The service ${serviceName} already exists in the cluster ${shortName(cluster)}, with other settings.`
      return new Conflict('ServiceAlreadyExists', detail, {
        ...options,
        next: 'Use another name, or PATCH the service to change it.',
      })
    },
  },
  { message: /^Unable to Start a service that is still Draining\.?$/, problem: conflict('ServiceDraining') }, // [Q]
  {
    message: /^The service cannot be stopped while it is scaled above 0\.?$/, // [Q]
    problem: conflict('ServiceScaledAboveZero'),
  },
  { message: /^Too many concurrent attempts to create a new revision/, problem: conflict('UpdateInProgress') }, // [Q]
  { name: /^UpdateInProgressException$/, problem: conflict('UpdateInProgress') }, // [SDK]
  { name: /^ResourceInUseException$/, problem: conflict('ResourceInUse') }, // [SDK]
  { name: /^LimitExceededException$/, problem: conflict('QuotaExceeded') }, // [SDK]
  { message: /clientToken is already in use with a different request/, problem: conflict('IdempotencyConflict') },
  { name: /^ConflictException$/, action: /ServiceDeployment$/, problem: conflict('DeploymentFinished') }, // [SDK]
  { name: /^ConflictException$/, problem: conflict('ResourceInUse') }, // [SDK]
]

/** Whether AWS throttled the call. */
export function isThrottle(error: unknown): boolean {
  return error instanceof Error && throttleNames.test(error.name)
}

/**
 * Translates the error of a failed call into a Problem. An error that AWS did not cause, such as a bug of the gateway,
 * is returned unchanged.
 */
export function problemOfAwsError(error: unknown, call: FailedCall): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error
  const failure = failureOf(error, call)
  const row = rows.find(
    (candidate) =>
      (candidate.name?.test(failure.name) ?? true) &&
      (candidate.message?.test(failure.message) ?? true) &&
      (candidate.code?.test(failure.code) ?? true) &&
      (candidate.action?.test(failure.action) ?? true) &&
      (candidate.status?.has(failure.status ?? 0) ?? true) &&
      (candidate.contentType?.test(failure.contentType) ?? true),
  )
  if (row) return row.problem(failure)
  if (failure.status === undefined) return error
  if (isAwsCode(failure.name) && failure.status >= 400 && failure.status < 500) {
    return new BadRequest(failure.name, failure.message, failure.options)
  }
  return new BadGateway(
    'AwsError',
    `AWS failed on ${call.action} for account ${call.account} (HTTP ${failure.status}).`,
    failure.options,
  )
}

function failureOf(error: Error, call: FailedCall): AwsFailure {
  const {
    $metadata: metadata,
    $response: response,
    code,
  } = error as Error & {
    $metadata?: { httpStatusCode?: number; requestId?: string }
    $response?: { headers?: Record<string, string> }
    code?: unknown
  }
  const text = errorText(error)
  return {
    ...call,
    name: error.name,
    // The error of DeleteService for a missing service has no message [S].
    message: text && text !== 'UnknownError' ? text : `${error.name} without a message.`,
    code: typeof code === 'string' ? code : '',
    status: metadata?.httpStatusCode,
    contentType: response?.headers?.['content-type'] ?? '',
    options: { cause: error, ...(metadata?.requestId && { awsRequestId: metadata.requestId }) },
  }
}

function isAwsCode(name: string): name is AwsCode {
  return name.endsWith('Exception')
}
