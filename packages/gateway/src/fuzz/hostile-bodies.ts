/** Bodies that take as much time and memory as possible, within the byte limit or slightly above it. */
import fc from 'fast-check'

const mebibyte = 1024 * 1024
/** Names of members that routes read and check. */
const names = [
  'containerDefinitions',
  'tags',
  'name',
  'containers',
  'count',
  'family',
  'volumes',
  'settings',
  'overrides',
  'zzz',
]

type WriteBody = (name: string, size: number) => string

/** Bodies by kind; `size` is the number of repetitions. */
const kinds: Readonly<Record<string, WriteBody>> = {
  'unknown fields': (_, size) => `{${list(size, (i) => `"field${i}":${i}`)}}`,
  'unknown fields in a list': (name, size) => `{"${name}":[{${list(size, (i) => `"field${i}":null`)}}]}`,
  'values of a wrong type': (name, size) =>
    `{"${name}":[${list(size, (i) => ['0', '"x"', 'null', '[]', 'true'][i % 5]!)}]}`,
  'empty containers': (_, size) => `{"family":"web","containerDefinitions":[${list(size, () => '{}')}]}`,
  'containers of one name': (_, size) =>
    `{"family":"web","containerDefinitions":[${list(size, () => '{"name":"web","image":"nginx"}')}]}`,
  'container variables': (_, size) =>
    `{"family":"web","containerDefinitions":[{"name":"web","image":"nginx","environment":[${list(size, (i) => `{"name":"V${i}","value":"v"}`)}]}]}`,
  'ports of one container': (_, size) =>
    `{"family":"web","containerDefinitions":[{"name":"web","image":"nginx","ports":[${list(size, (i) => String(i))}]}]}`,
  'dependencies in a circle': (_, size) =>
    `{"family":"web","containerDefinitions":[${list(size, (i) => `{"name":"c${i}","image":"i","dependsOn":[{"containerName":"c${(i + 1) % size}","condition":"START"}]}`)}]}`,
  tags: (_, size) => `{"name":"prod","tags":{${list(size, (i) => `"key${i}":"value"`)}}}`,
  'one name again and again': (name, size) => `{${list(size, () => `"${name}":1`)}}`,
  'a long name': (_, size) => `{"${'n'.repeat(size * 20)}":1}`,
  'long names': (_, size) => `{${list(Math.ceil(size / 200), (i) => `"${'n'.repeat(4000)}${i}":1`)}}`,
  'nearly known names': (_, size) => `{${list(size, (i) => `"containerDefinition${'s'.repeat(i % 9)}${i}":1`)}}`,
  'a long string': (name, size) => `{"${name}":"${'s'.repeat(size * 20)}"}`,
  'a string of escapes': (name, size) => `{"${name}":"${'\\u0000'.repeat(size * 3)}"}`,
  'a long number': (name, size) => `{"${name}":${'9'.repeat(size * 20)}}`,
  'long numbers': (name, size) => `{"${name}":[${list(size, () => '1e400')}]}`,
  'lists in lists': (name, size) => `{"${name}":${'['.repeat(size)}${']'.repeat(size)}}`,
  'objects in objects': (name, size) => `{"${name}":${'{"a":'.repeat(size)}1${'}'.repeat(size)}}`,
  'lists that do not end': (_, size) => '['.repeat(size * 10),
  blanks: (_, size) => `{${' '.repeat(size * 20)}}`,
}

export const hostileBody: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...Object.keys(kinds)),
    fc.constantFrom(...names),
    fc.constantFrom(100, 1000, 5000, 20_000, 50_000),
  )
  .map(([kind, name, size]) => kinds[kind]!(name, size).slice(0, mebibyte + 1))

function list(size: number, item: (index: number) => string): string {
  return Array.from({ length: size }, (_, index) => item(index)).join(',')
}
