/** /docs/reference: openapi.json as one page for people. */
import { problemKind } from '../../problems/codes.ts'
import type { Answer } from '../response/answer.ts'
import { escapeHtml, htmlPage, textToHtml } from './html.ts'
import { type OpenApi, type ResolvedOperation, resolveOperation } from './openapi.ts'
import type { Parameter } from './operation.ts'
import { siteNavigation } from './site.ts'

interface Entry {
  method: string
  path: string
  operation: ResolvedOperation
  body: Schema | undefined
}

interface Schema {
  $ref?: string
  title?: string
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

export function referencePage(document: OpenApi): Answer<string> {
  const { info, tags, paths, components } = document
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Entry => {
      const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema as Schema | undefined
      const named = body?.$ref && components.schemas[nameIn(body.$ref)]
      return { method, path, operation: resolveOperation(document, operation), body: named || body }
    }),
  )
  const ofTag = (name: string) => entries.filter(({ operation }) => operation.tags.includes(name))
  const schemas = Object.entries(components.schemas) as [string, Schema][]
  const shapes = schemas.filter(([, { properties }]) => properties)
  const values = schemas.filter(([, { properties }]) => !properties)
  const navigation = siteNavigation(
    `<a href="/openapi.json">openapi.json</a>${tags
      .map(({ name }) => `<h2>${escapeHtml(name)}</h2>${ofTag(name).map(entryLink).join('')}`)
      .join('')}<h2><a href="#shapes">Shapes</a></h2><h2><a href="#values">Values</a></h2>`,
  )
  const content = `<h1>${escapeHtml(info.title)} ${escapeHtml(info.version)}</h1><p>${textToHtml(info.description)}</p>
<p>Send <code>Authorization: Bearer …</code> or <code>X-Auth-Token: …</code>. In the examples <code>$URL</code> is where the gateway listens, and
<code>$TOKEN</code> the token.</p>
${tags.map(({ name }) => `<h2>${escapeHtml(name)}</h2>${ofTag(name).map(entrySection).join('')}`).join('')}
<h2 id="shapes">Shapes</h2>${shapes.map(([name, schema]) => `<h3 id="shape-${escapeHtml(name)}">${escapeHtml(name)}</h3>${schemaTable(schema)}${example(schema)}`).join('')}
<h2 id="values">Values</h2><table>${values.map(valuesRow).join('')}</table>`
  return htmlPage(`${info.title} reference`, navigation, content, '/docs/reference')
}

function entryLink({ method, operation }: Entry): string {
  return `<a href="#${operation.operationId}"><span class="method">${method.toUpperCase()}</span>${escapeHtml(operation.summary)}</a>`
}

function entrySection({ method, path, operation, body }: Entry): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const problems = Map.groupBy(operation['x-problems'], (code) => String(problemKind(code)?.status))
  return `<h3 id="${operationId}">${escapeHtml(summary)}</h3>
<p><span class="method">${method.toUpperCase()}</span><code>${escapeHtml(path)}</code></p>${description ? `<p>${textToHtml(description)}</p>` : ''}
<pre><code>${escapeHtml(curlCommand(method, path, operation))}</code></pre>
${parameters.length > 0 ? `<table><tr><th>parameter</th><th>in</th><th>type</th><th>meaning</th></tr>${parameters.map(parameterRow).join('')}</table>` : ''}
${body ? `<details><summary>Body${requestBody?.required ? '' : ' (may be left out)'}</summary>${schemaTable(body)}</details>` : ''}
<table><tr><th>answer</th><th>body</th><th>meaning</th></tr>${Object.entries(responses)
    .map(([status, response]) => responseRow(status, response, problems.get(status) ?? []))
    .join('')}</table>`
}

function parameterRow({ name, in: place, required, description = '', schema }: Parameter): string {
  return `<tr><td><code>${escapeHtml(name)}</code>${required ? ' *' : ''}</td><td>${place}</td><td>${typeOf(schema)}</td><td>${textToHtml(description)}${defaultOf(schema)}</td></tr>`
}

function responseRow(
  status: string,
  { description, content }: ResolvedOperation['responses'][string],
  problems: readonly string[],
): string {
  const schema = content && Object.values(content)[0]?.schema
  const lines = problems.map(
    (code) => `<a href="/docs/problems/${code}">${code}</a>: ${escapeHtml(problemKind(code)?.title)}.`,
  )
  return `<tr><td>${escapeHtml(status)}</td><td>${schema ? typeOf(schema) : ''}</td><td>${lines.join('<br>') || textToHtml(description)}</td></tr>`
}

/** A curl command to paste, with the examples of parameters and body. */
function curlCommand(method: string, path: string, { parameters, requestBody, security }: ResolvedOperation): string {
  const examplePath = path.replace(/\{(\w+)\}/g, (_, name) =>
    String(
      (parameters.find((parameter) => parameter.name === name)?.schema as { examples?: unknown[] })?.examples?.[0] ??
        name,
    ),
  )
  const [bodyExample] = Object.values(Object.values(requestBody?.content ?? {})[0]?.examples ?? {})
  return [
    'curl',
    method === 'get' ? '' : `-X ${method.toUpperCase()}`,
    security ? '' : '-H "Authorization: Bearer $TOKEN"',
    bodyExample ? `--json '${JSON.stringify(bodyExample.value)}'` : '',
    `"$URL${examplePath}"`,
  ]
    .filter(Boolean)
    .join(' ')
}

function schemaTable(schema: Schema): string {
  if (!schema.properties) return `<p>${typeOf(schema)} ${textToHtml(schema.description ?? '')}</p>`
  const rows = Object.entries(schema.properties).map(
    ([name, property]) =>
      `<tr><td><code>${escapeHtml(name)}</code>${schema.required?.includes(name) ? ' *' : ''}</td><td>${typeOf(property)}</td><td>${textToHtml(property.description ?? '')}${defaultOf(property)}</td></tr>`,
  )
  const sentences = [
    schema.title && `<strong>${escapeHtml(schema.title)}.</strong>`,
    textToHtml(schema.description ?? ''),
  ]
  const descriptionHtml = sentences.filter(Boolean).join(' ')
  return `${descriptionHtml && `<p>${descriptionHtml}</p>`}<table><tr><th>field</th><th>type</th><th>meaning</th></tr>${rows.join('')}</table>`
}

function valuesRow([name, schema]: [string, Schema]): string {
  return `<tr id="shape-${escapeHtml(name)}"><td><code>${escapeHtml(name)}</code></td><td>${typeOf(schema)}</td><td>${textToHtml(schema.description ?? '')}</td></tr>`
}

function example({ examples }: Schema): string {
  if (!examples) return ''
  return `<details><summary>Example</summary><pre><code>${escapeHtml(JSON.stringify(examples[0], null, 2))}</code></pre></details>`
}

function defaultOf(schema: Schema): string {
  return schema.default === undefined
    ? ''
    : ` <span class="soft">Default ${escapeHtml(JSON.stringify(schema.default))}.</span>`
}

function nameIn(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}

function typeOf(schema: Schema): string {
  if (schema.$ref) {
    const name = escapeHtml(nameIn(schema.$ref))
    return `<a href="#shape-${name}">${name}</a>`
  }
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(' or ')
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`
  if (schema.enum) return schema.enum.map((value) => `<code>${escapeHtml(value)}</code>`).join(' ')
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object')
    return `map of ${typeOf(schema.additionalProperties)}`
  const range =
    schema.minimum !== undefined && schema.maximum !== undefined ? ` ${schema.minimum}–${schema.maximum}` : ''
  return schema.type ? `${schema.type}${range}` : 'anything'
}
