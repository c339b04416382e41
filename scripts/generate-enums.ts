/**
 * Writes packages/ecs-model/src/enums.generated.ts: the values of the enumerations in ECS's structures. The SDK's
 * run-time schemas say only "string"; its type declarations have the values. Run it after upgrading
 * @aws-sdk/client-ecs.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const models = join(
  dirname(createRequire(new URL('../packages/ecs-model/package.json', import.meta.url)).resolve('@aws-sdk/client-ecs')),
  '../dist-types/models',
)
const declarations = globSync(join(models, '*.d.ts'))
  .sort()
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

const enums = new Map<string, string[]>()
for (const [, name, body] of declarations.matchAll(/export declare const (\w+): \{([^}]*)\};/g))
  enums.set(
    name!,
    [...body!.matchAll(/readonly \w+: "([^"]*)"/g)].map((match) => match[1]!),
  )

const members: string[] = []
const usedEnums = new Set<string>()
for (const [, structure, body] of declarations.matchAll(/export interface (\w+) \{([\s\S]*?)\n\}/g))
  for (const [, member, type] of body!.matchAll(/^ {4}(\w+)\??: (\w+)(?:\[\])?(?: \| undefined)?;/gm))
    if (enums.has(type!)) {
      usedEnums.add(type!)
      members.push(`  '${structure}.${member}': ${type},`)
    }

const lines = [
  '// Made by scripts/generate-enums.ts from the type declarations of @aws-sdk/client-ecs. Do not edit.',
  ...[...usedEnums].sort().map((name) => `const ${name} = ${JSON.stringify(enums.get(name))}`),
  '',
  '/** ECS’s own name of each of these lists. */',
  'export const enumNames: ReadonlyMap<readonly string[], string> = new Map<readonly string[], string>([',
  ...[...usedEnums].sort().map((name) => `  [${name}, '${name}'],`),
  '])',
  '',
  '/** `Structure.member` → the values that ECS defines for it. */',
  'export const enumOfMember: Readonly<Record<string, readonly string[]>> = {',
  ...members.sort(),
  '}',
]
writeFileSync(new URL('../packages/ecs-model/src/enums.generated.ts', import.meta.url), `${lines.join('\n')}\n`)
