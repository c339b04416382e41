/** Words for the constants, members and values of ECS, such as `on` for `ENABLED`. */

const words: Readonly<Record<string, string>> = {
  ENABLED: 'on',
  DISABLED: 'off',
  FARGATE: 'Fargate',
  FARGATE_SPOT: 'Fargate Spot',
  EC2: 'EC2',
  ECS: 'ECS',
  CODE_DEPLOY: 'CodeDeploy',
  BLUE_GREEN: 'blue/green',
  NONE: 'nothing',
  SERVICE: 'the service',
  TASK_DEFINITION: 'the task definition',
  UNKNOWN: 'not known',
}

/** The constant as a word: one without a word of its own in lower case, with spaces. */
export const wordOf = (constant: string) => words[constant] ?? constant.toLowerCase().replaceAll('_', ' ')

/** How the circuit breaker reacts to a deployment that fails. */
export const breakerText = (breaker: { enable?: unknown; rollback?: unknown } | undefined) =>
  breaker?.enable ? (breaker.rollback ? 'on, rolls back' : 'on') : 'off'

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether ECS treats the value like one that is absent. */
export function isEmptyValue(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}

/** `maximumPercent` as `Maximum percent`. An abbreviation, such as in `enableECSManagedTags`, stays. */
export function memberLabel(member: string): string {
  const words = member.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/)
  const text = words.map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase())).join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The label within a sentence. An abbreviation stays. */
export const withLowerInitial = (label: string) =>
  /^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1)

/** A value in one line: `containerName web, containerPort 80`. */
export function oneLineText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(oneLineText).join(', ')
  if (!isMap(value)) return String(value ?? '')
  return Object.entries(value)
    .filter(([, member]) => !isEmptyValue(member))
    .map(([name, member]) => (isMap(member) ? `${name} (${oneLineText(member)})` : `${name} ${oneLineText(member)}`))
    .join(', ')
}
