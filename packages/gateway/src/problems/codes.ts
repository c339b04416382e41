/**
 * The table of problem codes. `/docs/problems/{code}` shows the texts, and openapi.json lists the codes. A Problem has
 * one of these codes, or AWS's exception name when AWS rejected the request with an exception that has no row here.
 */
export interface ProblemKind {
  /**
   * The usual status. A missing resource is a 404 when the path names it, and a 400 with the same code when the body
   * names it.
   */
  status: number
  title: string
  /** The cause. */
  meaning: string
  /** The next step for the caller. */
  remedy: string
}

const statusInBodyNote = 'When the body names it, the status is 400 and `errors` has the JSON Pointer.'

export const problemCodes = {
  // invalid, unauthorized and oversized requests
  MalformedJson: {
    status: 400,
    title: 'The body is not JSON',
    meaning: 'The body could not be read as JSON. `detail` says where reading stopped.',
    remedy: 'Correct the text at that place. A body is UTF-8, without comments or trailing commas.',
  },
  BodyMissing: {
    status: 400,
    title: 'The body is missing',
    meaning: 'This request needs a JSON body, and none was sent.',
    remedy: 'Send one, with Content-Type: application/json.',
  },
  InvalidBody: {
    status: 400,
    title: 'The body does not fit this request',
    meaning:
      'One or more fields are unknown, of the wrong type, missing, given twice, or impossible. `errors` lists all of them, each with the JSON Pointer of the field as it was sent.',
    remedy: 'Correct each entry of `errors`. /docs shows the fields.',
  },
  InvalidQuery: {
    status: 400,
    title: 'The query does not fit this request',
    meaning: 'A query parameter is unknown, given twice, or has an invalid value. `errors` lists all of them.',
    remedy: 'Correct each entry of `errors`. /docs shows the parameters.',
  },
  InvalidPath: {
    status: 400,
    title: 'The path cannot be read',
    meaning:
      'A part of the path is not validly percent-encoded, or is not a name or an ARN of the resource that belongs there.',
    remedy: 'Percent-encode ARNs (`/` is %2F, `:` may stay) and check the name.',
  },
  InvalidHeader: {
    status: 400,
    title: 'A header has an invalid value',
    meaning: 'A header has a value that this request cannot take. `errors` names the header.',
    remedy: 'Correct the header, or leave it out.',
  },
  InvalidCursor: {
    status: 400,
    title: 'The cursor is broken',
    meaning: '`?cursor=` is not a cursor of this list or stream.',
    remedy: 'Use `nextCursor` (or the `Link` header) unchanged, or begin again without a cursor.',
  },
  MalformedRequest: {
    status: 400,
    title: 'The request is not HTTP',
    meaning: 'The bytes on the connection are not an HTTP request.',
    remedy: 'Use an HTTP client. The gateway speaks HTTP/1.1, over TLS where the configuration has `tls`.',
  },
  Unauthorized: {
    status: 401,
    title: 'No valid token',
    meaning: 'The request has no token, or the gateway does not know the token.',
    remedy:
      'Send `Authorization: Bearer <token>` or `X-Auth-Token: <token>`. The first start makes a token and stores it in data/token.',
  },
  SignInRejected: {
    status: 401,
    title: 'The sign-in was rejected',
    meaning: 'The token or the code is not known here, has expired, was used before, or belongs to another browser.',
    remedy: 'Sign in again, with a valid token or a new code. `ecs-api open` makes a code.',
  },
  PermissionMissing: {
    status: 403,
    title: 'The token may not do this',
    meaning: 'The token lacks a permission that the request needs. `detail` names the permission.',
    remedy: 'Ask an admin of the gateway for a token with another role, or with the permission.',
  },
  OutsideFence: {
    status: 403,
    title: 'The token is not for this account or cluster',
    meaning:
      'The token is limited to some accounts, clusters or task definition families, and the request names another one. The response does not say whether that one exists.',
    remedy: 'Ask an admin of the gateway for a token that includes it.',
  },
  GuardrailBroken: {
    status: 403,
    title: 'The account’s guardrails forbid this',
    meaning:
      'The configuration of the gateway limits the services and tasks of the account. `breaches` lists the limits that the request exceeds. Nothing was sent to AWS.',
    remedy: 'Change the fields that `breaches` names, or ask the operator of the gateway for wider guardrails.',
  },
  RouteNotFound: {
    status: 404,
    title: 'There is nothing at this path',
    meaning: 'No route of the gateway has this path.',
    remedy: '/docs lists the routes.',
  },
  TokenNotFound: {
    status: 404,
    title: 'There is no such token',
    meaning: 'No token has this name, or it has more rights than the token of the request.',
    remedy: 'GET /v1/ecs/tokens lists the tokens.',
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
    title: 'The response has no such media type',
    meaning: 'The `Accept` header excludes every media type that this path has. Not every path has an event stream.',
    remedy: 'Leave `Accept` out, or accept application/json.',
  },
  RequestTimeout: {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'The connection was open, but the request was not complete in time.',
    remedy: 'Send it again.',
  },
  CursorTooOld: {
    status: 410,
    title: 'The stream cannot resume from there',
    meaning: 'The events after the one that `Last-Event-ID` or `?cursor=` names are not stored any more.',
    remedy: 'Open the stream without it. It begins with the present state.',
  },
  PreconditionFailed: {
    status: 412,
    title: 'The resource has changed',
    meaning: '`If-Match` names a version that is not the present version.',
    remedy:
      'GET the resource again, check what has changed, and repeat the request with the new `configVersion` or `ETag`.',
  },
  BodyTooLarge: {
    status: 413,
    title: 'The body is too large',
    meaning: 'A body may have at most 1 MiB. ECS itself takes at most 64 KiB for a task definition.',
    remedy: 'Send less.',
  },
  UriTooLong: {
    status: 414,
    title: 'The address is too long',
    meaning: 'Path and query together may have at most 8,000 characters.',
    remedy: 'Send less.',
  },
  UnsupportedMediaType: {
    status: 415,
    title: 'The body has a media type that this request does not take',
    meaning: 'Bodies are JSON. PATCH also takes application/merge-patch+json.',
    remedy: 'Send `Content-Type: application/json` (curl: `-H content-type:application/json`, or `--json`).',
  },
  UpgradeRequired: {
    status: 426,
    title: 'This path takes WebSockets only',
    meaning: 'The path of a session in a container was requested without an upgrade to a WebSocket.',
    remedy: 'Connect with a WebSocket client and the subprotocol `ecs-api.exec.v1`.',
  },
  HeadersTooLarge: {
    status: 431,
    title: 'The headers are too large',
    meaning: 'All headers together may have at most 16 KiB.',
    remedy: 'Send fewer or shorter headers.',
  },
  NotYetAvailable: {
    status: 501,
    title: 'Not built yet',
    meaning:
      'The request uses a part of this API that no version has yet, for any account. It is rejected, not ignored.',
    remedy: 'Leave that part out. `detail` names it.',
  },
  InternalError: {
    status: 500,
    title: 'The gateway has a bug',
    meaning: 'The gateway failed in a way that it does not handle. Its log has the details under the request id.',
    remedy: 'Report it with the request id.',
  },

  // missing resources
  ClusterNotFound: {
    status: 404,
    title: 'No such cluster',
    meaning: `The account has no active cluster of this name in its Region. ${statusInBodyNote}`,
    remedy: 'GET /v1/ecs/{account}/clusters lists them.',
  },
  ServiceNotFound: {
    status: 404,
    title: 'No such service',
    meaning: `The cluster has no service of this name, or it has been deleted. ${statusInBodyNote}`,
    remedy: 'GET …/clusters/{cluster}/services lists them.',
  },
  TaskNotFound: {
    status: 404,
    title: 'No such task',
    meaning:
      'The cluster has no task with this id. ECS forgets a stopped task after about an hour. The gateway stores the stopped tasks that it has seen.',
    remedy: 'GET …/clusters/{cluster}/tasks?status=ALL lists them.',
  },
  TaskDefinitionNotFound: {
    status: 404,
    title: 'No such task definition',
    meaning: `There is no such revision, or the family has no active one. ${statusInBodyNote}`,
    remedy: 'GET /v1/ecs/{account}/taskdefs lists them.',
  },
  DeploymentNotFound: {
    status: 404,
    title: 'No such deployment',
    meaning: 'The service has no service deployment of this id. ECS keeps them for 90 days.',
    remedy: 'GET …/services/{service}/deployments lists them.',
  },
  LogGroupNotFound: {
    status: 404,
    title: 'No such log group',
    meaning: 'The log group that the task definition names does not exist in CloudWatch Logs. `logGroup` names it.',
    remedy: 'Create the log group, or set `awslogs-create-group` to `true` in the log options of the container.',
  },
  LogStreamNotFound: {
    status: 404,
    title: 'No such log stream',
    meaning: 'The log group has no stream of this name: the container has not started yet, or the stream was deleted.',
    remedy: 'Repeat when the container has started.',
  },
  ReleaseNotFound: {
    status: 404,
    title: 'No such release',
    meaning: `The service has no release of this number, or none with this task definition. ${statusInBodyNote}`,
    remedy: 'GET …/services/{service}/releases lists them.',
  },
  NoLocalImages: {
    status: 404,
    title: 'The account uses no images of this machine',
    meaning: 'Tasks of the account run on AWS, or their containers are simulated.',
    remedy: 'Name any image: AWS pulls it from its registry, and simulated containers need none.',
  },
  CapacityProviderNotFound: {
    status: 404,
    title: 'No such capacity provider',
    meaning: `The account has no capacity provider of this name. ${statusInBodyNote}`,
    remedy: 'Use FARGATE or FARGATE_SPOT.',
  },

  // conflicts of state
  ClusterAlreadyExists: {
    status: 409,
    title: 'The cluster already exists',
    meaning: 'An active cluster has this name.',
    remedy: 'Take another name, or PUT the cluster to change it.',
  },
  ServiceAlreadyExists: {
    status: 409,
    title: 'The service already exists',
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
    meaning: 'The service is being deleted, or was deleted, and cannot be changed.',
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
    title: 'The cluster contains services',
    meaning: 'Only an empty cluster can be deleted. `services` lists the services in it.',
    remedy: 'Delete them first.',
  },
  ClusterContainsTasks: {
    status: 409,
    title: 'The cluster contains tasks',
    meaning: 'Only an empty cluster can be deleted. `tasks` lists the tasks in it.',
    remedy: 'Stop them first.',
  },
  ClusterContainsContainerInstances: {
    status: 409,
    title: 'The cluster contains container instances',
    meaning: 'Only an empty cluster can be deleted.',
    remedy: 'Deregister them first.',
  },
  ClusterNotActive: {
    status: 409,
    title: 'The cluster is not active',
    meaning: 'The cluster is being created or deleted, and cannot be changed now.',
    remedy: 'Wait and repeat, or create it again.',
  },
  TaskDefinitionInactive: {
    status: 409,
    title: 'The task definition has been deregistered',
    meaning: 'New tasks and services cannot use an INACTIVE revision.',
    remedy: 'Register it again, or name an active revision.',
  },
  UpdateInProgress: {
    status: 409,
    title: 'Another change is under way',
    meaning: 'AWS is still applying an earlier change of the same resource.',
    remedy: 'Repeat after a moment.',
  },
  ResourceInUse: {
    status: 409,
    title: 'The resource is in use',
    meaning: 'Another resource still uses it.',
    remedy: 'Remove the other resource first. `detail` has AWS’s message.',
  },
  QuotaExceeded: {
    status: 409,
    title: 'A quota of the AWS account is exhausted',
    meaning: 'AWS limits how many of these an account may have.',
    remedy: 'Delete some, or ask AWS to raise the quota.',
  },
  IdempotencyConflict: {
    status: 409,
    title: 'The Idempotency-Key was used with another request',
    meaning: 'An earlier request with this key had another method, path or body.',
    remedy: 'Take a new key for a new request.',
  },
  RequestInProgress: {
    status: 409,
    title: 'The first request with this Idempotency-Key is not finished',
    meaning: 'The same request was sent before with the same key, and it has no response yet.',
    remedy: 'Repeat the request unchanged after `Retry-After`.',
  },
  OutcomeUnknown: {
    status: 409,
    title: 'It is not known whether the first request took effect',
    meaning:
      'The first request with this Idempotency-Key ended without a response (the process died, or AWS’s response was lost). Repeating it cannot show whether it took effect. Or it was a command in a container, which runs once under a key and whose output is not stored.',
    remedy: 'GET the resource to see whether it took effect. Take a new key for another change.',
  },
  TaskNotRunning: {
    status: 409,
    title: 'The task is not running',
    meaning: 'A command can run only in a task whose status is RUNNING. `lastStatus` is its status.',
    remedy: 'Wait until the task is RUNNING, or take another one of its service.',
  },
  ExecNotEnabled: {
    status: 409,
    title: 'ECS Exec is not enabled for the task',
    meaning: 'The task was started without `enableExecuteCommand`, and ECS cannot change that while it runs.',
    remedy:
      'PATCH the service with {"enableExecuteCommand": true} and deploy it again (POST …/restart), or run the task with it.',
  },
  ExecAgentNotRunning: {
    status: 409,
    title: 'The agent of ECS Exec does not run in the container',
    meaning:
      'ECS Exec needs its agent in the container, which has not started yet or has stopped. `agent` has its status and reason.',
    remedy:
      'Retry in some seconds if the agent is PENDING. A stopped agent needs a new task. Simulated containers have no agent.',
  },
  ExecNoTaskRole: {
    status: 409,
    title: 'The task has no task role',
    meaning:
      'ECS Exec needs a task role with the four `ssmmessages` actions. When ECS rejects a task or a service for it, the status is 400.',
    remedy: 'Give the task definition a `taskRoleArn` with these actions and deploy it.',
  },
  ExecTargetNotConnected: {
    status: 409,
    title: 'The agent of ECS Exec is not connected',
    meaning:
      'ECS could not reach the agent in the container. `causes` lists the possible causes with what was checked.',
    remedy: 'Go through `causes`. Retry when the task has just started.',
  },
  ExecKeyUnusable: {
    status: 409,
    title: 'The KMS key of the cluster’s sessions cannot be used',
    meaning:
      'Sessions of this cluster are encrypted with the KMS key in its `executeCommandConfiguration`. The key does not exist, is disabled, or is no key for encryption.',
    remedy: 'Name another key with PATCH of the cluster, or enable the key.',
  },
  ExecCommandNotStarted: {
    status: 409,
    title: 'The command could not be started',
    meaning: 'The agent in the container could not start the command. `detail` has its words.',
    remedy: 'Check that the program exists in the container’s image and may be executed.',
  },
  SessionRecordingFailed: {
    status: 503,
    title: 'The session cannot be recorded',
    meaning: 'Sessions of this account are recorded, and the recording cannot be written. The session was not opened.',
    remedy: 'Tell the operator of the gateway. Its log has the reason.',
  },
  OriginNotAllowed: {
    status: 403,
    title: 'The page may not do this',
    meaning:
      'A session in a container can be opened only from the origin that requested it, and only a page of the gateway can sign in.',
    remedy: 'Request a session of your own with POST …/exec, or open the console of the gateway.',
  },
  HostNotAllowed: {
    status: 403,
    title: 'The Host header does not name loopback',
    meaning:
      'The admin token is short enough to be guessed, so the gateway only takes requests whose Host header names ' +
      'loopback: a web page can have its own name resolve to loopback (DNS rebinding), and guess.',
    remedy: 'Use http://127.0.0.1 or http://localhost, or configure an admin token of at least 16 characters.',
  },
  SessionNotFound: {
    status: 404,
    title: 'The request has no session',
    meaning: 'The request was sent with a token, which needs no session.',
    remedy: 'Nothing has to be signed out. An admin can revoke the token.',
  },
  NoIdentityProvider: {
    status: 404,
    title: 'Browsers cannot sign in with an identity provider here',
    meaning: 'The configuration has no `oidc.clientId`.',
    remedy: 'Sign in with a token.',
  },
  ExecSessionNotFound: {
    status: 404,
    title: 'There is no such session',
    meaning: 'The URL of a session is good for one connection within 60 s.',
    remedy: 'Request another session with POST …/exec.',
  },
  ExecTimeout: {
    status: 504,
    title: 'The command did not end in time',
    meaning: 'The command ran longer than `timeout` and was ended. `output` has its output so far.',
    remedy: 'Repeat the request with a longer `timeout`, or use a terminal.',
  },
  TokenAlreadyExists: {
    status: 409,
    title: 'A token has this name already',
    meaning: 'Token names are unique, because the log and the audit log name tokens.',
    remedy: 'Take another name, or rotate that token.',
  },
  DeploymentInProgress: {
    status: 409,
    title: 'Another deployment is in progress',
    meaning:
      'The request had `?onBusy=reject`, and the service is being deployed. `deployment` says by whom and since when; `elsewhere` is a deployment that was not made through the gateway. Nothing was changed.',
    remedy: 'Repeat the request when that deployment has ended, or with `?onBusy=supersede` to replace it.',
  },
  NoReleaseToRestore: {
    status: 409,
    title: 'There is no earlier stable release',
    meaning: 'The rollback named no release, and no release but the one deployed now has become stable.',
    remedy: 'Name a release in the body, or PATCH the service.',
  },
  ReleaseIncomplete: {
    status: 409,
    title: 'The release cannot be restored',
    meaning:
      'Something that the release needs does not exist any more, such as its task definition, or is not known. `missing` names it. Nothing was changed.',
    remedy: 'Restore another release, or PATCH the service.',
  },
  RollbackNotSupported: {
    status: 409,
    title: 'The service cannot be rolled back here',
    meaning:
      'Another deployment controller (CODE_DEPLOY or EXTERNAL) deploys the service, and ECS cannot roll it back.',
    remedy: 'Roll back with the tool that deploys the service.',
  },
  DeploymentFinished: {
    status: 409,
    title: 'The deployment has finished',
    meaning: 'Only a deployment in progress can be stopped or continued.',
    remedy: 'GET the deployment to see its status.',
  },
  DeploymentFailed: {
    status: 409,
    title: 'The deployment failed',
    meaning:
      'The request had `?fail=true`, and the service did not become stable. `resource` is the service, `detail` says why.',
    remedy: 'Read the service’s events and stopped tasks, correct the cause, and deploy again.',
  },
  TaskFailed: {
    status: 409,
    title: 'The task failed',
    meaning:
      'The request had `?fail=true`, and a task did not reach the status that the request waited for. `resource` is the task, `detail` says why.',
    remedy: 'Read the task’s `stoppedReason` and its containers’ exit codes.',
  },

  RateLimitExceeded: {
    status: 429,
    title: 'The client sends too many requests',
    meaning:
      'The configuration limits the requests of a token, and of an address without a known token (`rateLimit` and `limits`). `detail` has the limit.',
    remedy: 'Wait as long as `Retry-After` says. Watch an event stream instead of polling.',
  },
  TooManySignIns: {
    status: 429,
    title: 'Too many sign-ins are under way',
    meaning: 'More people than the gateway can remember have begun to sign in at the identity provider.',
    remedy: 'Retry after `Retry-After`, or sign in with a token.',
  },
  TokenLimitExceeded: {
    status: 429,
    title: 'The token has too many requests open',
    meaning:
      'The configuration limits the streams and the changes that one token may have open at once (`limits`). `detail` has the limit.',
    remedy: 'Close streams that nobody reads, or wait until other changes have finished.',
  },

  // AWS
  NotOfferedByAws: {
    status: 501,
    title: 'This AWS endpoint lacks the action',
    meaning:
      'The account’s endpoint is not Amazon’s, or lacks the service in its Region: it does not have the action that this request needs. `action` names it.',
    remedy: 'Use an account whose endpoint has the action. Other requests to this account work.',
  },
  TooManyRequests: {
    status: 429,
    title: 'Too many requests to AWS',
    meaning:
      'AWS throttled the request, also after retries, or the AWS request budget of the account is exhausted and the request was not sent. `detail` says which.',
    remedy: 'Wait as long as `Retry-After` says.',
  },
  AwsAccessDenied: {
    status: 502,
    title: 'AWS denies the gateway’s role',
    meaning: 'The role of the gateway in the account lacks a permission. `detail` names the action.',
    remedy: 'The operator of the gateway must add the action to the role’s policy.',
  },
  AwsError: {
    status: 502,
    title: 'AWS failed',
    meaning: 'AWS responded with an error of its own, or with a response that cannot be read.',
    remedy: 'Repeat later. AWS Support needs the `awsRequestId`.',
  },
  AwsCredentialsRefused: {
    status: 503,
    title: 'AWS rejects this account’s credentials',
    meaning: 'The account’s credentials are missing, expired or wrong.',
    remedy: 'The operator of the gateway must correct them. `ecs-api check` tests them.',
  },
  AwsUnreachable: {
    status: 503,
    title: 'AWS cannot be reached',
    meaning: 'The gateway could not connect to the account’s AWS endpoint.',
    remedy: 'Check network, proxy and endpoint, and repeat later.',
  },
  AwsTimeout: {
    status: 504,
    title: 'AWS did not respond in time',
    meaning: 'The request was sent, but AWS did not respond in time. It may have taken effect.',
    remedy: 'GET the resource to see whether it took effect, then repeat.',
  },
  CapacityUnavailable: {
    status: 503,
    title: 'Fargate has no capacity',
    meaning: 'AWS could not place the task for lack of capacity in these availability zones.',
    remedy: 'Repeat later, or add subnets in other zones.',
  },
  StoreUnavailable: {
    status: 503,
    title: 'The store cannot be reached',
    meaning:
      'The store does not respond. Without it the gateway cannot check tokens, makes no change (a change that cannot be audited is not made), and cannot show stopped tasks that ECS has forgotten.',
    remedy: 'Repeat later. The operator of the gateway must check the store.',
  },
  IdentityProviderUnreachable: {
    status: 503,
    title: 'The identity provider cannot be reached',
    meaning: 'The request has a JWT, and the gateway could not fetch the keys of its issuer to verify it.',
    remedy: 'Repeat later. The operator of the gateway must check `oidc` in the configuration.',
  },
  TooManyStreams: {
    status: 503,
    title: 'There are too many open streams',
    meaning: 'This process has reached its limit of event streams.',
    remedy: 'Wait as long as `Retry-After` says, and close streams that nobody reads.',
  },
  RuntimeUnreachable: {
    status: 503,
    title: 'The container runtime does not answer',
    meaning: 'Docker or Podman, which runs the tasks of the account, does not answer on its socket.',
    remedy: 'Start it again. Its containers may still run.',
  },
  EngineUnavailable: {
    status: 503,
    title: 'The engine cannot write its state',
    meaning: 'The embedded engine of local accounts cannot write to its data folder. The disk may be full.',
    remedy: 'Make room on the disk of the data folder. The engine then writes what is still missing.',
  },
  ClientDisconnected: {
    status: 499,
    title: 'The client has disconnected',
    meaning:
      'The client of a change disconnected before its response, so its wait or its command ended early. Only the audit log and the metrics have this code. Changes that were sent to AWS go on.',
    remedy:
      'GET the resource to see whether the change took effect, and repeat the change only with the same `Idempotency-Key`.',
  },
  ShuttingDown: {
    status: 503,
    title: 'The gateway is shutting down',
    meaning: 'This process is stopping, so a wait ended early. Changes that were sent to AWS go on.',
    remedy:
      'Repeat a read: another process responds. After a change, GET the resource to see whether it took effect, and repeat the change only with the same `Idempotency-Key`.',
  },
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problemCodes

/** The row of a code, or a general row for an exception of AWS; undefined for other texts. */
export function problemKind(code: string): ProblemKind | undefined {
  if (Object.hasOwn(problemCodes, code)) return problemCodes[code as ProblemCode]
  if (!/^[A-Z][A-Za-z]*Exception$/.test(code)) return undefined
  return {
    status: 400,
    title: 'AWS rejected the request',
    meaning: `Amazon ECS responded with ${code}. \`detail\` has its message.`,
    remedy: 'Amazon ECS’s API Reference explains its exceptions.',
  }
}
