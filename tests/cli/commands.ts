/** One call of every `ecs-api` command. Tests run all of them, on a terminal and through a pipe. */

/** The gateway and the resources that the calls of one test run use. */
export interface CommandContext {
  api: Record<'post' | 'patch', (path: string, body: object) => Promise<unknown>>
  url: string
  token: string
  account: string
  /** A name that no other test run uses, valid for tokens and task definitions. */
  uniqueName: string
  isTerminal: boolean
  /** The id of a running task. */
  runningTask: string
  /** The id of a task whose image could not be pulled. */
  failedTask: string
}

export interface CommandCall {
  args: (context: CommandContext) => readonly string[]
  prepare?: (context: CommandContext) => Promise<unknown>
  stdin?: string | ((context: CommandContext) => string)
  /** The question on a terminal, and the answer to type. Through a pipe the test passes `--yes` instead. */
  prompt?: readonly [question: RegExp, answer: (context: CommandContext) => string]
  /** For a command that runs until Ctrl-C: the test sends Ctrl-C after this output. */
  interruptAfter?: RegExp
  /** Default: 0. */
  exitCode?: number
  /** All of stdout through a pipe. */
  stdout: RegExp
  /** All of stderr through a pipe. Default: nothing. */
  stderr?: RegExp
  /** The output on a terminal. Default: the same as `stdout`. */
  terminalOutput?: RegExp
  /** Whether lines of the output stay whole on a narrow terminal, as those of a file, a log or an address do. */
  isNotWrapped?: boolean
  /** The environment variables. Default: the gateway, the token, the account and the cluster of the context. */
  env?: Record<string, string>
}

const timePattern = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z'
const answerYes: CommandCall['prompt'] = [/\[y\/N\]/, () => 'y']
const answerName = (name: string): CommandCall['prompt'] => [new RegExp(`\\(${name}\\):`), () => name]
const stableOutput = (name: string) =>
  new RegExp(`^(${timePattern} .+\\n)+✓ \\S+/${name} runs web:\\d+: \\d of \\d tasks? running after 0:\\d\\d\\.\\n$`)
const planAndStableOutput = (name: string) =>
  new RegExp(`\\n${timePattern}[\\s\\S]*${stableOutput(name).source.slice(1)}`)
const deletionPlan = /^De(lete|register) .+:\n( {2}~ \/.+ → .+\n)+( {2}.+\n)+$/
const tableWith = (...headers: string[]) => new RegExp(`^ *${headers.join(' +')}( +[A-Z]+)*\\n(.+\\n)+$`)
const fieldList = (...labels: string[]) =>
  new RegExp(`^${labels.map((label) => `${label} +\\S.*\\n(.+\\n)*`).join('')}$`)
const createService = (context: CommandContext, name: string) =>
  context.api.post(`/${context.account}/clusters/prod/services?wait=STABLE`, { name, taskDefinition: 'web', count: 1 })
const serverEnvironment = {
  ECS_API_LISTEN: '127.0.0.1:0',
  ECS_API_ACCOUNTS_LOCAL_MODE: 'local',
  ECS_API_ACCOUNTS_LOCAL_RUNTIME: 'simulated',
}
const serverUrl = /http:\/\/127\.0\.0\.1:\d+/

export const commandCalls: Readonly<Record<string, CommandCall>> = {
  status: {
    args: () => ['status'],
    stdout:
      /^\S+ {2}\w+ {2}\d+ services? needs? attention in the cluster prod\.\n( {2}\S+ {2}\w+ {2}.+\n( +\S.*\n)*)*$/,
    stderr: /^Why: ecs-api why \S+\n$/,
    terminalOutput:
      /^\S+ {2}\w+ {2}\d+ services? needs? attention in the cluster prod\.\n( {2}\S+ {2}\w+ {2}.+\n( +\S.*\n)*)*Why: ecs-api why \S+\n$/,
  },
  deploy: {
    args: () => ['deploy', 'www', '--image', 'nginx:1.30'],
    prompt: answerYes,
    stdout: fieldList('service', 'state', 'tasks'),
    stderr: planAndStableOutput('www'),
    terminalOutput: /web:\d +■■[\s\S]*✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  rollback: {
    args: () => ['rollback', 'www'],
    prompt: answerYes,
    stdout: fieldList('service', 'state', 'tasks'),
    stderr: planAndStableOutput('www'),
    terminalOutput: /✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  scale: {
    prepare: (context) => createService(context, 'scaled'),
    args: () => ['scale', 'scaled', '2'],
    stdout: fieldList('service', 'state', 'tasks'),
    stderr: stableOutput('scaled'),
    terminalOutput: /✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  restart: {
    args: () => ['restart', 'www'],
    stdout: fieldList('service', 'state', 'tasks'),
    stderr: stableOutput('www'),
    terminalOutput: /✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  stop: {
    prepare: (context) => createService(context, 'stopped'),
    args: (context) => ['stop', context.runningTask],
    prompt: answerYes,
    stdout: /^prod\/[0-9a-f]{32}: (Stopping|Stopped)\b.*\.\n$/,
    terminalOutput: /\/[0-9a-f\s]{32,}: (Stopping|Stopped)\b/,
  },
  run: {
    args: () => ['run', 'ends', '--wait'],
    stdout: tableWith('TASK', '(CLUSTER +)?GROUP', 'STATUS'),
    stderr: new RegExp(
      `^(${timePattern} .+\\n)+✓ ends:1 ended after 0:\\d\\d, exit 0\\.\\nIts log: ecs-api logs \\S+\\n$`,
    ),
    terminalOutput: /✓ ends:1 ended[\s\S]*TASK +/,
  },
  logs: {
    args: (context) => ['logs', `remote/${context.uniqueName}/logged`],
    stdout: new RegExp(`^(${timePattern} [0-9a-f]{8} web {2}line \\d\\n){3}$`),
  },
  why: {
    args: (context) => ['why', context.failedTask],
    stdout: /^\w+ {2}.+\n[\s\S]*pull access denied[\s\S]*ecs-api help \w+\n/,
    terminalOutput: /^\w+ {2}.+\n[\s\S]*pull access[\s\S]*ecs-api help \w+\n/,
  },
  events: {
    args: () => ['events', 'www'],
    stdout: new RegExp(`^AT +EVENT\\n(${timePattern} {2}.+\\n)+$`),
    terminalOutput: /^AT +EVENT\n(.+ ago {2}.+\n( +\S.*\n)*)+$/,
  },
  exec: {
    args: () => ['exec', 'remote/prod/0123456789abcdef0123456789abcdef', '--', 'env'],
    stdout: /^A=1\r\n$/,
    terminalOutput: /^A=1\n$/,
  },
  metrics: { args: () => ['metrics', 'www'], stdout: /^METRIC +STATISTIC +UNIT +NOW +LEAST +MOST +COURSE\n(.+\n)+$/ },
  watch: {
    args: () => ['watch', 'www'],
    stdout: fieldList('service', 'state', 'tasks'),
    stderr: stableOutput('www'),
    terminalOutput: /✓ \S+ runs web:\d+: 2 of 2 tasks/,
  },
  diff: {
    args: () => ['diff', 'www', '1', '2'],
    stdout: /^Release 1 → 2:\n(.+\n)*~ \/containers\/web\/image {2}nginx\S+ →(.|\n)+$/,
    terminalOutput: /^Release 1 → 2:\n(.+\n)*~ \/containers\/web\/image {2}nginx/,
  },
  'services list': { args: () => ['services', 'list'], stdout: tableWith('SERVICE', 'STATE', 'TASKS') },
  'services get': { args: () => ['services', 'get', 'www'], stdout: fieldList('service', 'state', 'tasks', 'arn') },
  'services create': {
    args: () => ['services', 'create', 'made', '--task-definition', 'web', '--count', '0'],
    stdout: fieldList('service', 'state', 'tasks'),
    stderr: /^The circuit breaker is off: .+\n$/,
  },
  'services update': {
    args: () => ['services', 'update', 'made', '-f', '-'],
    stdin: 'tags: {by: test}\n',
    stdout: fieldList('service', 'tags'),
  },
  'services delete': {
    args: () => ['services', 'delete', 'made'],
    prompt: answerName('made'),
    stdout: /^prod\/made: (Being deleted: .* stopping|Deleted)\.\n$/,
    stderr: deletionPlan,
    terminalOutput: /→[\s\S]*\n\w+ +/,
  },
  'tasks list': { args: () => ['tasks', 'list'], stdout: tableWith('TASK', '(CLUSTER +)?GROUP', 'STATUS') },
  'tasks get': {
    args: (context) => ['tasks', 'get', context.runningTask],
    stdout: fieldList('task', 'state', 'container', 'arn'),
  },
  'taskdefs list': {
    args: () => ['taskdefs', 'list'],
    stdout: tableWith('DEFINITION', 'FAMILY', 'REVISION', 'STATUS'),
  },
  'taskdefs get': { args: () => ['taskdefs', 'get', 'web:1'], stdout: fieldList('definition', 'status', 'container') },
  'taskdefs create': {
    args: () => ['taskdefs', 'create', '-f', '-'],
    stdin: 'family: made\ncontainerDefinitions:\n  - {name: web, image: "nginx:1.29"}\n',
    stdout: fieldList('definition', 'status', 'container'),
  },
  'taskdefs delete': {
    args: () => ['taskdefs', 'delete', 'made:1'],
    prompt: answerYes,
    stdout: fieldList('definition', 'status', 'container'),
    stderr: deletionPlan,
    terminalOutput: /→[\s\S]*\n\w+ +/,
  },
  'clusters list': { args: () => ['clusters', 'list'], stdout: tableWith('CLUSTER', 'STATUS', 'SERVICES') },
  'clusters get': {
    args: () => ['clusters', 'get', 'prod'],
    stdout: fieldList('cluster', 'status', 'tasks', 'arn'),
  },
  'clusters create': {
    args: () => ['clusters', 'create', 'made'],
    stdout: fieldList('cluster', 'status', 'tasks'),
  },
  'clusters update': {
    args: () => ['clusters', 'update', 'made', '-f', '-'],
    stdin: 'tags: {by: test}\n',
    stdout: fieldList('cluster', 'status', 'tags'),
  },
  'clusters delete': {
    args: () => ['clusters', 'delete', 'made'],
    prompt: answerName('made'),
    stdout: /^The cluster made is deleted\.\n$/,
    stderr: new RegExp(`${deletionPlan.source.replace(/\$$/, '')}[\\s\\S]*they stay: ecs-api taskdefs list\\n$`),
    terminalOutput: /→[\s\S]*\n\w+ +/,
  },
  'deployments list': {
    args: () => ['deployments', 'list', 'www'],
    stdout: tableWith('DEPLOYMENT', 'STATUS', 'STARTED'),
  },
  'deployments get': { args: () => ['deployments', 'get', 'www'], stdout: fieldList('deployment', 'state', 'arn') },
  'deployments stop': {
    prepare: ({ api, account }) => api.patch(`/${account}/clusters/prod/services/www`, { taskDefinition: 'slow' }),
    args: () => ['deployments', 'stop', 'www'],
    prompt: answerYes,
    stdout: fieldList('deployment', 'state'),
  },
  'deployments continue': {
    args: () => ['deployments', 'continue', 'remote/prod/www', 'paused'],
    stdout: fieldList('deployment', 'state'),
  },
  'releases list': {
    args: () => ['releases', 'list', 'www'],
    stdout: tableWith('RELEASE', 'NOW', 'OUTCOME', 'CHANGE'),
  },
  'releases get': {
    args: () => ['releases', 'get', 'www', '1'],
    stdout: fieldList('release', 'outcome', 'image', 'by'),
  },
  'accounts list': {
    args: () => ['accounts', 'list'],
    stdout: tableWith('ACCOUNT', 'REGION', 'MODE', 'RUNTIME', 'STATE'),
  },
  'accounts get': { args: () => ['accounts', 'get', 'local'], stdout: fieldList('account', 'region', 'state') },
  'audit list': { args: () => ['audit', 'list'], stdout: tableWith('AT', 'CALLER', 'CHANGE', 'RESULT') },
  'tokens list': { args: () => ['tokens', 'list'], stdout: tableWith('TOKEN', 'ROLE', 'PERMISSIONS') },
  'tokens get': { args: () => ['tokens', 'get', 'ci'], stdout: fieldList('token', 'role', 'created') },
  'tokens create': {
    args: (context) => ['tokens', 'create', `made-${context.uniqueName}`],
    stdout: fieldList('token', 'role', 'value'),
    stderr: /^Store the value now: it is not shown again\.\n$/,
  },
  'tokens rotate': {
    args: (context) => ['tokens', 'rotate', `made-${context.uniqueName}`],
    prompt: answerYes,
    stdout: fieldList('token', 'role', 'value'),
    stderr: /^Store the value now: it is not shown again\.\n$/,
  },
  'tokens delete': {
    args: (context) => ['tokens', 'delete', `made-${context.uniqueName}`],
    prompt: [/\(made-\S+\):/, (context) => `made-${context.uniqueName}`],
    stdout: fieldList('token', 'role'),
  },
  login: {
    args: ({ url, isTerminal }) => ['login', url, '--name', 'made', ...(isTerminal ? [] : ['--token-stdin'])],
    stdin: (context) => context.token,
    prompt: [/Token for/, (context) => context.token],
    stdout: /^Signed in to \S+ as admin \(admin\), profile made\.\n$/,
    stderr: /^Next: .+\n$/,
    terminalOutput: /Signed in to \S+ as admin \(admin\), profile made\.\nNext: /,
  },
  use: { args: (context) => ['use', `${context.account}/prod`], stdout: /^Profile made uses \S+\/prod\.\n$/ },
  open: {
    args: () => ['open', 'prod/www', '--print'],
    stdout: /^http:\/\/127\.0\.0\.1:\d+\/console\/\S+\/clusters\/prod\/services\/www#code=[\w-]{43}\n$/,
    isNotWrapped: true,
  },
  whoami: {
    args: () => ['whoami'],
    stdout: fieldList('token', 'role', 'permissions', 'accounts', 'gateway', 'profile'),
  },
  logout: { args: () => ['logout'], stdout: /^The token of profile made is removed\.\n$/ },
  api: { args: () => ['api', 'GET', '/v1/ecs/me'], stdout: /^\{\n {2}"name": "admin",[\s\S]*\n\}\n$/ },
  doctor: { args: () => ['doctor'], stdout: /^(ok|failed) +gateway[\s\S]*ok +account local/ },
  completion: {
    args: () => ['completion', 'bash'],
    isNotWrapped: true,
    stdout: /^# bash[\s\S]*complete -F _ecs_api ecs-api\n$/,
    stderr: /^The shell does not find ecs-api, so it completes nothing\. .*\n$/,
    terminalOutput: /^# bash[\s\S]*complete -F _ecs_api ecs-api\nThe shell does not find ecs-api/,
  },
  complete: { args: () => ['complete', '--', 'roll'], stdout: /^rollback\trestore an earlier release\n$/ },
  version: {
    args: () => ['version'],
    stdout: /^ecs-api {2}\d+\.\d+\.\d+.*\ngateway {2}\d+\.\d+\.\d+ \(.+\) at http:.+\n$/,
    terminalOutput: /^ecs-api {2}\d+\.\d+\.\d+.*\ngateway {2}\d+\.\d+\.\d+ \(.+\)/,
  },
  help: { args: () => ['help'], stdout: /^ecs-api: [\s\S]*Daily:[\s\S]*The gateway:/ },
  serve: {
    args: () => ['serve'],
    env: serverEnvironment,
    isNotWrapped: true,
    interruptAfter: serverUrl,
    stdout: serverUrl,
  },
  check: { args: () => ['check'], env: serverEnvironment, stdout: /./ },
  store: { args: () => ['store', 'export'], env: serverEnvironment, isNotWrapped: true, stdout: /^(\{.+\}\n)+$/ },
  'local-aws': { args: () => ['local-aws', '--help'], stdout: /./ },
}
