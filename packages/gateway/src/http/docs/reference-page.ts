/** /docs: openapi.json for people, on one page. */
import type { Answer } from '../answer.ts'
import { escaped, page, prose } from './html.ts'
import type { OpenApi, Operation, Parameter } from './openapi.ts'

interface Entry {
  method: string
  path: string
  operation: Operation
}

interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  description?: string
  default?: unknown
  minimum?: number
  maximum?: number
  examples?: unknown[]
}

export function referencePage({ info, tags, paths, components }: OpenApi): Answer<string> {
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Entry => ({ method, path, operation })),
  )
  const ofTag = (name: string) => entries.filter(({ operation }) => operation.tags.includes(name))
  const shapes = Object.entries(components.schemas) as [string, Schema][]
  const navigation = `<a href="/openapi.json">openapi.json</a><a href="/docs/problems">Problems</a>${tags
    .map(({ name }) => `<h2>${escaped(name)}</h2>${ofTag(name).map(entryLink).join('')}`)
    .join('')}<h2><a href="#shapes">Shapes</a></h2>`
  const content = `<h1>${escaped(info.title)} ${escaped(info.version)}</h1><p>${prose(info.description)}</p>
<p>Send <code>Authorization: Bearer …</code> or <code>X-Auth-Token: …</code>. In the examples <code>$URL</code> is where this service listens, and
<code>$TOKEN</code> the token.</p>
${tags.map(({ name }) => `<h2>${escaped(name)}</h2>${ofTag(name).map(entrySection).join('')}`).join('')}
<h2 id="shapes">Shapes</h2>${shapes.map(([name, schema]) => `<h3 id="shape-${escaped(name)}">${escaped(name)}</h3>${schemaTable(schema)}${example(schema)}`).join('')}`
  return page(`${info.title} reference`, navigation, content)
}

function entryLink({ method, operation }: Entry): string {
  return `<a href="#${operation.operationId}"><span class="method">${method.toUpperCase()}</span>${escaped(operation.summary)}</a>`
}

function entrySection({ method, path, operation }: Entry): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const body = requestBody && Object.values(requestBody.content)[0]
  return `<h3 id="${operationId}">${escaped(summary)}</h3>
<p><span class="method">${method.toUpperCase()}</span><code>${escaped(path)}</code></p>${description ? `<p>${prose(description)}</p>` : ''}
<pre><code>${escaped(curl(method, path, operation))}</code></pre>
${parameters.length > 0 ? `<table><tr><th>parameter</th><th>in</th><th>type</th><th></th></tr>${parameters.map(parameterRow).join('')}</table>` : ''}
${body ? `<details><summary>Body${requestBody.required ? '' : ' (may be left out)'}</summary>${schemaTable(body.schema)}</details>` : ''}
<table><tr><th>answer</th><th></th><th></th></tr>${Object.entries(responses)
    .map(([status, response]) => responseRow(status, response))
    .join('')}</table>`
}

function parameterRow({ name, in: place, required, description = '', schema }: Parameter): string {
  return `<tr><td><code>${escaped(name)}</code>${required ? ' *' : ''}</td><td>${place}</td><td>${typeOf(schema)}</td><td>${prose(description)}${defaultOf(schema)}</td></tr>`
}

function responseRow(status: string, { description, content }: Operation['responses'][string]): string {
  const schema = content && Object.values(content)[0]?.schema
  const lines = description
    .split('\n')
    .map((line) => prose(line).replace(/<code>(\w+)<\/code>:/, '<a href="/docs/problems/$1">$1</a>:'))
  return `<tr><td>${escaped(status)}</td><td>${schema ? typeOf(schema) : ''}</td><td>${lines.join('<br>')}</td></tr>`
}

/** A call that can be pasted, with the examples of its parameters and body. */
function curl(method: string, path: string, { parameters, requestBody, security }: Operation): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    String(
      (parameters.find((parameter) => parameter.name === name)?.schema as { examples?: unknown[] })?.examples?.[0] ??
        name,
    ),
  )
  const [first] = Object.values(Object.values(requestBody?.content ?? {})[0]?.examples ?? {})
  return [
    'curl',
    method === 'get' ? '' : `-X ${method.toUpperCase()}`,
    security ? '' : '-H "Authorization: Bearer $TOKEN"',
    first ? `--json '${JSON.stringify(first.value)}'` : '',
    `"$URL${filled}"`,
  ]
    .filter(Boolean)
    .join(' ')
}

function schemaTable(schema: Schema): string {
  if (!schema.properties) return `<p>${typeOf(schema)} ${prose(schema.description ?? '')}</p>`
  const rows = Object.entries(schema.properties).map(
    ([name, property]) =>
      `<tr><td><code>${escaped(name)}</code>${schema.required?.includes(name) ? ' *' : ''}</td><td>${typeOf(property)}</td><td>${prose(property.description ?? '')}${defaultOf(property)}</td></tr>`,
  )
  return `${schema.description ? `<p>${prose(schema.description)}</p>` : ''}<table><tr><th>field</th><th>type</th><th></th></tr>${rows.join('')}</table>`
}

function example({ examples }: Schema): string {
  if (!examples) return ''
  return `<details><summary>Example</summary><pre><code>${escaped(JSON.stringify(examples[0], null, 2))}</code></pre></details>`
}

function defaultOf(schema: Schema): string {
  return schema.default === undefined
    ? ''
    : ` <span class="soft">Default ${escaped(JSON.stringify(schema.default))}.</span>`
}

function typeOf(schema: Schema): string {
  if (schema.$ref) {
    const name = escaped(schema.$ref.split('/').at(-1))
    return `<a href="#shape-${name}">${name}</a>`
  }
  if (schema.const !== undefined) return `<code>${escaped(JSON.stringify(schema.const))}</code>`
  if (schema.enum) return schema.enum.map((value) => `<code>${escaped(value)}</code>`).join(' ')
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `map of ${typeOf(schema.additionalProperties)}`
  const range =
    schema.minimum !== undefined && schema.maximum !== undefined ? ` ${schema.minimum}–${schema.maximum}` : ''
  return schema.type ? `${[schema.type].flat().join(' or ')}${range}` : 'anything'
}
