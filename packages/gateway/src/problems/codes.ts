/**
 * Every code that an answer of this service can carry, in one table: what `/docs/problems/{code}` shows, what openapi.json lists, and
 * what the compiler lets a Problem be made with. Besides these, a refusal by AWS carries AWS's own exception name.
 */
export interface ProblemKind {
  /** The usual status. What a path names and isn't there is a 404; the same thing named by a body is a 400 with the same code. */
  status: number
  title: string
  /** What has happened. */
  meaning: string
  /** What the caller can do. */
  remedy: string
}

const bodyToo = 'When it is a body that names it, the status is 400 and `errors` has the pointer.'

export const problemCodes = {
  // the request as such
  MalformedJson: {
    status: 400,
    title: 'The body is not JSON',
    meaning: 'The body could not be read as JSON; the answer says where reading stopped.',
    remedy: 'Correct the text at that place. A body is UTF-8, without comments or trailing commas.',
  },
  BodyMissing: {
    status: 400,
    title: 'The body is missing',
    meaning: 'This call needs a JSON body and none came.',
    remedy: 'Send one, with Content-Type: application/json.',
  },
  InvalidBody: {
    status: 400,
    title: 'The body is not what this call takes',
    meaning:
      'One or more fields are unknown, of the wrong type, missing, given twice, or impossible. `errors` lists all of them, each under the JSON Pointer of what was written.',
    remedy: 'Correct each entry of `errors`; /docs shows the fields.',
  },
  InvalidQuery: {
    status: 400,
    title: 'The query is not what this call takes',
    meaning:
      'A query parameter is unknown, given twice, or has a value that it cannot have. `errors` lists all of them.',
    remedy: 'Correct each entry of `errors`; /docs shows the parameters.',
  },
  InvalidPath: {
    status: 400,
    title: 'The path cannot be read',
    meaning:
      'A part of the path is not validly percent-encoded, or is not a name or an ARN of the kind that stands there.',
    remedy: 'Percent-encode ARNs (`/` is %2F, `:` may stay) and check the name.',
  },
  InvalidHeader: {
    status: 400,
    title: 'A header has a value that it cannot have',
    meaning: 'A header that this call understands has a value that it cannot have. `errors` names it.',
    remedy: 'Correct or leave out the header.',
  },
  InvalidCursor: {
    status: 400,
    title: 'The cursor is broken',
    meaning: '`?cursor=` is not one that this list or stream gave out.',
    remedy: 'Use `nextCursor` (or the `Link` header) exactly as it came, or begin again without it.',
  },
  MalformedRequest: {
    status: 400,
    title: 'The request is not HTTP',
    meaning: 'What came over the connection could not be read as an HTTP request.',
    remedy: 'Use an HTTP client. The service speaks HTTP/1.1, over TLS where the configuration has `tls`.',
  },
  Unauthorized: {
    status: 401,
    title: 'No valid token',
    meaning: 'The request carries no token, or one that this service does not know.',
    remedy:
      'Send `Authorization: Bearer <token>` or `X-Auth-Token: <token>`. The first start makes a token and keeps it in data/token.',
  },
  PermissionMissing: {
    status: 403,
    title: 'The token may not do this',
    meaning: 'The token’s role lacks a permission that the call needs; `detail` names it.',
    remedy: 'Ask an admin of this service for a token with another role.',
  },
  OutsideFence: {
    status: 403,
    title: 'The token is not for this account or cluster',
    meaning:
      'The token is fenced to some accounts or clusters, and what the call names is not among them. Whether it exists is not said.',
    remedy: 'Ask an admin of this service for a token that reaches there.',
  },
  GuardrailBroken: {
    status: 403,
    title: 'The account’s guardrails forbid this',
    meaning:
      'Whoever runs this service has set what services and tasks of the account may be; `breaches` lists what the request breaks. Nothing was sent to AWS.',
    remedy: 'Change what `breaches` names, or ask for wider guardrails.',
  },
  RouteNotFound: {
    status: 404,
    title: 'There is nothing at this path',
    meaning: 'No route of this service has this path.',
    remedy: '/docs lists the routes.',
  },
  TokenNotFound: {
    status: 404,
    title: 'There is no such token',
    meaning: 'No token has this name, or it reaches further than the one that asks.',
    remedy: 'GET /v1/ecs/tokens lists those that are there.',
  },
  AccountNotFound: {
    status: 404,
    title: 'No such account',
    meaning:
      'The first part of the path is not the name of a configured account. Names are those of the configuration, never AWS account numbers.',
    remedy: 'GET /v1/ecs/accounts lists them.',
  },
  MethodNotAllowed: {
    status: 405,
    title: 'This path does not take this method',
    meaning: 'The path exists, but not with this method.',
    remedy: 'The `Allow` header lists the methods that it takes.',
  },
  NotAcceptable: {
    status: 406,
    title: 'The answer cannot be given in that form',
    meaning:
      'The `Accept` header excludes what this path answers with. Only clusters, services, tasks and deployments have event streams.',
    remedy: 'Leave `Accept` out, or accept application/json.',
  },
  RequestTimeout: {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'The connection was open, but the whole request did not come in time.',
    remedy: 'Send it again.',
  },
  CursorTooOld: {
    status: 410,
    title: 'The stream cannot go on from there',
    meaning: 'What came after the event that `Last-Event-ID` or `?cursor=` names is not kept any more.',
    remedy: 'Open the stream without it: it begins with the state now.',
  },
  PreconditionFailed: {
    status: 412,
    title: 'It has changed meanwhile',
    meaning: '`If-Match` names a version that is not the present one.',
    remedy: 'GET it again, look at what has changed, and repeat with the new `configVersion` or `ETag`.',
  },
  BodyTooLarge: {
    status: 413,
    title: 'The body is too large',
    meaning: 'A body may have 1 MiB. ECS itself takes 64 KiB for a task definition.',
    remedy: 'Send less.',
  },
  UriTooLong: {
    status: 414,
    title: 'The address is too long',
    meaning: 'Path and query together may have 8,000 characters.',
    remedy: 'Send less.',
  },
  UnsupportedMediaType: {
    status: 415,
    title: 'The body is of a type that this call does not take',
    meaning: 'Bodies are JSON. PATCH also takes application/merge-patch+json.',
    remedy: 'Send `Content-Type: application/json` (curl: `-H content-type:application/json`, or `--json`).',
  },
  HeadersTooLarge: {
    status: 431,
    title: 'The headers are too large',
    meaning: 'All headers together may have 16 KiB.',
    remedy: 'Send fewer or shorter headers.',
  },
  NotYetAvailable: {
    status: 501,
    title: 'Not available yet',
    meaning: 'What was asked for is part of this API, but not built yet. It is refused rather than ignored.',
    remedy: 'Leave it out; `detail` says what it is.',
  },
  InternalError: {
    status: 500,
    title: 'A fault of this service',
    meaning: 'The service has a bug. Its log has the details under the request id.',
    remedy: 'Report it with the request id.',
  },

  // what is not there
  ClusterNotFound: {
    status: 404,
    title: 'No such cluster',
    meaning: `The account has no active cluster of this name in its Region. ${bodyToo}`,
    remedy: 'GET /v1/ecs/{account}/clusters lists them.',
  },
  ServiceNotFound: {
    status: 404,
    title: 'No such service',
    meaning: `The cluster has no service of this name, or it has been deleted. ${bodyToo}`,
    remedy: 'GET …/clusters/{cluster}/services lists them.',
  },
  TaskNotFound: {
    status: 404,
    title: 'No such task',
    meaning:
      'The cluster has no task with this id. ECS forgets a stopped task after about an hour; the gateway keeps those that it saw stop.',
    remedy: 'GET …/clusters/{cluster}/tasks?status=ALL lists them.',
  },
  TaskDefinitionNotFound: {
    status: 404,
    title: 'No such task definition',
    meaning: `There is no such revision, or the family has no active one. ${bodyToo}`,
    remedy: 'GET /v1/ecs/{account}/taskdefs lists them.',
  },
  DeploymentNotFound: {
    status: 404,
    title: 'No such deployment',
    meaning: 'The service has no service deployment of this id. ECS keeps them for 90 days.',
    remedy: 'GET …/services/{service}/deployments lists them.',
  },
  CapacityProviderNotFound: {
    status: 404,
    title: 'No such capacity provider',
    meaning: `What is named as a capacity provider is not there. ${bodyToo}`,
    remedy: 'Use FARGATE or FARGATE_SPOT.',
  },

  // conflicts of state
  ClusterAlreadyExists: {
    status: 409,
    title: 'The cluster is already there',
    meaning: 'An active cluster has this name.',
    remedy: 'Take another name, or use PUT to bring it to what you want.',
  },
  ServiceAlreadyExists: {
    status: 409,
    title: 'The service is already there',
    meaning: 'An active service of this cluster has this name.',
    remedy: 'Take another name, or PATCH the service.',
  },
  ServiceDraining: {
    status: 409,
    title: 'A service of this name is still draining',
    meaning: 'A deleted service keeps its name until its last task has stopped.',
    remedy: 'Wait until it is INACTIVE (DELETE …?wait=INACTIVE waits), then repeat.',
  },
  ServiceNotActive: {
    status: 409,
    title: 'The service is not active',
    meaning: 'The service is being deleted or has been, and cannot be changed.',
    remedy: 'Create it again.',
  },
  ServiceScaledAboveZero: {
    status: 409,
    title: 'The service still runs tasks',
    meaning: 'ECS does not delete a service while its desired count is above zero.',
    remedy: 'Set its count to 0 first, or repeat with ?force=true.',
  },
  ClusterContainsServices: {
    status: 409,
    title: 'The cluster holds services',
    meaning: 'A cluster is deleted only when it is empty; `services` lists what it holds.',
    remedy: 'Delete them first.',
  },
  ClusterContainsTasks: {
    status: 409,
    title: 'The cluster holds tasks',
    meaning: 'A cluster is deleted only when it is empty; `tasks` lists what it holds.',
    remedy: 'Stop them first.',
  },
  ClusterContainsContainerInstances: {
    status: 409,
    title: 'The cluster holds container instances',
    meaning: 'A cluster is deleted only when it is empty.',
    remedy: 'Deregister them first.',
  },
  ClusterNotActive: {
    status: 409,
    title: 'The cluster is not active',
    meaning: 'The cluster is being made or deleted, and cannot be changed now.',
    remedy: 'Wait and repeat, or create it again.',
  },
  TaskDefinitionInactive: {
    status: 409,
    title: 'The task definition has been deregistered',
    meaning: 'An INACTIVE revision starts no new tasks or services.',
    remedy: 'Register it again, or name an active revision.',
  },
  UpdateInProgress: {
    status: 409,
    title: 'Another change is under way',
    meaning: 'AWS is still carrying out an earlier change of the same thing.',
    remedy: 'Repeat after a moment.',
  },
  ResourceInUse: {
    status: 409,
    title: 'It is in use',
    meaning: 'Something else still uses it.',
    remedy: 'Remove what uses it first; `detail` has AWS’s words.',
  },
  QuotaExceeded: {
    status: 409,
    title: 'A quota of the AWS account is used up',
    meaning: 'AWS limits how many of these an account may have.',
    remedy: 'Delete some, or ask AWS to raise the quota.',
  },
  IdempotencyConflict: {
    status: 409,
    title: 'The Idempotency-Key was used with another request',
    meaning: 'The same key came before with other content.',
    remedy: 'Take a new key for a new request.',
  },
  RequestInProgress: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still being worked on',
    meaning: 'The same request came before with the same key, and there is no answer yet.',
    remedy: 'Repeat it as it is, after `Retry-After`.',
  },
  OutcomeUnknown: {
    status: 409,
    title: 'Whether the first try took effect is not known',
    meaning:
      'The first request with this Idempotency-Key ended without an answer (the process died, or AWS’s answer was lost), and repeating it does not tell.',
    remedy: 'Look whether it took effect. For another change take a new key.',
  },
  TokenAlreadyExists: {
    status: 409,
    title: 'A token has this name already',
    meaning: 'Names of tokens are unique, for they stand in the log and the audit.',
    remedy: 'Take another name, or rotate that token.',
  },
  DeploymentFinished: {
    status: 409,
    title: 'The deployment is over',
    meaning: 'Only a deployment that is under way can be stopped or continued.',
    remedy: 'GET the deployment shows its status.',
  },
  DeploymentFailed: {
    status: 409,
    title: 'The deployment failed',
    meaning:
      '`?fail=true` was given and the service did not become what was asked for; `resource` shows it, `detail` says why.',
    remedy: 'Look at the service’s events and stopped tasks, correct the cause, deploy again.',
  },
  TaskFailed: {
    status: 409,
    title: 'The task failed',
    meaning:
      '`?fail=true` was given and a task did not reach what was waited for; `resource` shows it, `detail` says why.',
    remedy: 'Look at the task’s `stoppedReason` and its containers’ exit codes.',
  },

  RateLimitExceeded: {
    status: 429,
    title: 'The client asks too often',
    meaning:
      'A token may make so many requests in so many seconds, and an address so many without a known token (`rateLimit` and `limits` of the configuration); `detail` says how many.',
    remedy: 'Wait as long as `Retry-After` says; follow a stream instead of polling.',
  },
  TokenLimitExceeded: {
    status: 429,
    title: 'The token has too much under way',
    meaning:
      'One token may hold so many streams, or have so many changes under way, at once (`limits` of the configuration); `detail` says how many.',
    remedy: 'Close streams that nobody reads, or wait until other changes have ended.',
  },

  // AWS
  TooManyRequests: {
    status: 429,
    title: 'Too many requests to AWS',
    meaning:
      'AWS throttled the request, also after retries, or the AWS request budget of the account is exhausted and the request was not sent. `detail` says which.',
    remedy: 'Wait as long as `Retry-After` says.',
  },
  AwsAccessDenied: {
    status: 502,
    title: 'AWS refuses this service’s role',
    meaning: 'The credentials that this service has for the account lack a permission; `detail` names the action.',
    remedy: 'Whoever runs this service adds the action to the role’s policy.',
  },
  AwsError: {
    status: 502,
    title: 'AWS failed',
    meaning: 'AWS answered with an error of its own, or with something that is not an answer.',
    remedy: 'Repeat later; `awsRequestId` is what AWS support asks for.',
  },
  AwsCredentialsRefused: {
    status: 503,
    title: 'AWS refuses this account’s credentials',
    meaning: 'The account’s credentials are missing, expired or wrong.',
    remedy: 'Whoever runs this service corrects them; `ecs-api check` tries them.',
  },
  AwsUnreachable: {
    status: 503,
    title: 'AWS cannot be reached',
    meaning: 'No connection to this account’s AWS endpoint could be made.',
    remedy: 'Check network, proxy and endpoint; repeat later.',
  },
  AwsTimeout: {
    status: 504,
    title: 'AWS did not answer in time',
    meaning: 'The connection stood, but no answer came in time. The call may have taken effect.',
    remedy: 'Look whether it has, then repeat.',
  },
  CapacityUnavailable: {
    status: 503,
    title: 'Fargate has no capacity',
    meaning: 'AWS could not place the task for lack of capacity in these availability zones.',
    remedy: 'Repeat later, or give more subnets in other zones.',
  },
  StoreUnavailable: {
    status: 503,
    title: 'The store cannot be reached',
    meaning:
      'The store does not answer: tokens can’t be checked, no change can be recorded, and what can’t be recorded is not done. What ECS has forgotten can’t be told either.',
    remedy: 'Repeat later; whoever runs this service looks after its store.',
  },
  IdentityProviderUnreachable: {
    status: 503,
    title: 'The identity provider cannot be reached',
    meaning: 'A JWT was shown, and the keys of its issuer could not be fetched to check it.',
    remedy: 'Repeat later; whoever runs this service looks after `oidc` in its configuration.',
  },
  TooManyStreams: {
    status: 503,
    title: 'There are too many open streams',
    meaning: 'This process holds as many event streams as it can.',
    remedy: 'Wait as long as `Retry-After` says; close streams that nobody reads.',
  },
  EngineUnavailable: {
    status: 503,
    title: 'The engine cannot write its state',
    meaning: 'The embedded engine of local accounts cannot write to its data folder; the disk may be full.',
    remedy: 'Make room on the disk of the data folder; what is not written yet is tried again.',
  },
  ShuttingDown: {
    status: 503,
    title: 'The service is shutting down',
    meaning: 'This process is stopping; a wait was cut short. What was asked of AWS goes on.',
    remedy:
      'Repeat a read; another process answers. Of a change that waited, look what has become of it, and repeat it only with the `Idempotency-Key` that it had.',
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problemCodes

/** The table's row for a code, or what can be said of any exception of AWS. */
export function problemKind(code: string): ProblemKind | undefined {
  if (Object.hasOwn(problemCodes, code)) return problemCodes[code as ProblemCode]
  if (!/^[A-Z][A-Za-z]*Exception$/.test(code)) return undefined
  return {
    status: 400,
    title: 'AWS refused the request',
    meaning: `Amazon ECS answered with ${code}; \`detail\` has its words.`,
    remedy: 'Amazon ECS’s API Reference explains its exceptions.',
  }
}
