/** Names that were replaced by the field's words (docs/glossary.md) must not return to the same folders. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseSync } from '@swc/core'

const gateway = 'packages/gateway/src/'
const engine = 'packages/local-aws/src/'

/** Names, and the path prefixes under which they must not be declared. */
const bans: readonly (readonly [names: RegExp, ...paths: string[]])[] = [
  [/^(corridor|sights?|journeys?)$|Corridor|Sights?($|[A-Z])|Journey|^(Surroundings|News|Company)$/, ''],
  [/^Ground$/, `${gateway}compose.ts`],
  [/^(guard|mayBeDone|saidOnce|Over)$/, `${gateway}aws/calls/`],
  [/^(Asking|askingAs|urgency|Turn|turnOf|giveBack|isNewcomer)$/, `${gateway}aws/`],
  [/^(looks|makes|reaches|KnownThings)$/, `${gateway}aws/org/`],
  [/^AuditPen$/, gateway],
  [/[mM]anners$|[sS]hortcut|[lL]ongWays?$|^frontDoor$|AtHand$|^atHand$/, `${gateway}http/`],
  [/^names$/, `${gateway}http/response/etag.ts`],
  [/^Patience$/, `${gateway}http/waiting.ts`],
  [
    /^(lookAt|see[A-Z]|knownThings)/,
    ...['clusters', 'services', 'tasks', 'task-definitions'].map((name) => `${gateway}${name}/`),
  ],
  [
    /^(Thing|Place|Composition|Shelf|Touched|touch|stir|happened|hear|tell|standing|distrust|atHand)$/,
    `${gateway}cache/`,
  ],
  [/^(Told|Fed|Joined|isTold)$/, `${gateway}cache/`, `${gateway}events/`],
  [/^(hear|standing)$/, `${gateway}recent-writes/`],
  [/^(tell|heard|told)$/, `${gateway}peers/`],
  [/^worlds?$/i, engine],
  [/^(picture|carryOut|note|[pP]atience)$/, `${engine}ecs/`],
  [/^standing$/, ...['actions', 'scheduler', 'tasks'].map((name) => `${engine}ecs/${name}/`)],
  [/^(travel|nudge|setback)$/, `${engine}ecs/tasks/`],
  [/^(Outlet|heard)$/, `${engine}ecs/`, `${engine}storage/`, `${engine}runtimes/`],
  [/^most[A-Z]|^MOST_/, gateway, engine],
  [/^(Ask|createAsk|askOf|askWhere|lackingCallError)$/, 'packages/cli/', 'packages/client/'],
  [/^(Shape|LocalInput|confirmName|confirmPlan|notConfirmedBecause|nearestOf)$/, 'packages/cli/'],
  [
    /^(ExternalText|LinkedField|LinkedArea|Restored|MissingCluster|More|ChangeEnd|RevisionLanes|Forecast|aFewAtATime|shownTo|hasOwnLine|planOf|withMember)$/,
    'packages/console/',
  ],
  [/^confirm(Name|Text)$|^ConfirmField$/, 'packages/console/'],
  [/^(takesRightsAway|readOwnBody|ReachedAt|reachedAt|recall)$/, gateway],
  [/^(Offered|Held|Recorded|Beginning|Starting)$/, `${gateway}exec/`],
  [/^(VisibleState|Balance|isSick)$/, engine],
]

function isBanned(name: string, path: string): boolean {
  return bans.some(([names, ...paths]) => names.test(name) && paths.some((prefix) => path.startsWith(prefix)))
}

/** By the type of a syntax tree's node: its members that hold a declared name, or a pattern of several. */
const declaringMembers: Readonly<Record<string, readonly string[]>> = {
  VariableDeclarator: ['id'],
  FunctionDeclaration: ['identifier'],
  ClassDeclaration: ['identifier'],
  TsInterfaceDeclaration: ['id'],
  TsTypeAliasDeclaration: ['id'],
  Parameter: ['pat'],
  ArrowFunctionExpression: ['params'],
  TsPropertySignature: ['key'],
  TsMethodSignature: ['key'],
  ClassProperty: ['key'],
  PrivateProperty: ['key'],
  ClassMethod: ['key'],
  PrivateMethod: ['key'],
  KeyValueProperty: ['key'],
  MethodProperty: ['key'],
  SetterProperty: ['key'],
  GetterProperty: ['key'],
}

/** By the type of a pattern: its members that hold the names it declares. */
const patternMembers: Readonly<Record<string, readonly string[]>> = {
  ObjectPattern: ['properties'],
  ArrayPattern: ['elements'],
  AssignmentPatternProperty: ['key'],
  KeyValuePatternProperty: ['value'],
  AssignmentPattern: ['left'],
  RestElement: ['argument'],
  PrivateName: ['id'],
}

/**
 * Lists every name that the source declares: variables, parameters, functions, types, and the members of types, classes
 * and objects.
 */
function declaredNames(source: string, hasJsx = false): Set<string> {
  const names = new Set<string>()
  const visit = (node: unknown, isPattern: boolean): void => {
    if (Array.isArray(node)) for (const child of node) visit(child, isPattern)
    if (Array.isArray(node) || node === null || typeof node !== 'object') return
    const { type = '', value } = node as { type?: string; value?: unknown }
    if (isPattern && (type === 'Identifier' || type === 'PrivateName') && typeof value === 'string') names.add(value)
    const declaring = (isPattern ? patternMembers[type] : undefined) ?? declaringMembers[type] ?? []
    for (const [member, child] of Object.entries(node)) visit(child, declaring.includes(member))
  }
  visit(parseSync(source, { syntax: 'typescript', tsx: hasJsx, target: 'es2024' }).body, false)
  return names
}

test('the check finds names wherever they are declared', () => {
  const source = `
    const a = 1; let { b, c: d, ...e } = f(); function g(h: H, [i]: J = k) {} class L { #m = 1; n() {} readonly o: P }
    interface Q { r: string; s(): void } type T = { u: number }; const v = { w: 1, x() {} }; for (const y of z) {}`
  assert.deepEqual([...declaredNames(source)].sort().join(''), 'LQTabdeghimnorsuvwxy')
})

test('no replaced name is declared in the folders where it was replaced', () => {
  const found = globSync('{packages/*/src,bench,scripts,tests}/**/*.{ts,tsx}')
    .filter((path) => !path.endsWith('repository/names.test.ts') && !path.includes('.generated.'))
    .flatMap((path) =>
      [...declaredNames(readFileSync(path, 'utf8'), path.endsWith('.tsx'))]
        .filter((name) => isBanned(name, path))
        .map((name) => `${path}: ${name}`),
    )
  assert.deepEqual(found, [])
})
