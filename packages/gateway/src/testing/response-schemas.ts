/** Checks responses against openapi.json, more strictly than a client should. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Json = Record<string, unknown>

interface Content {
  schema: object
}

interface Response {
  $ref?: string
  content?: Record<string, Content>
}

interface DocumentedOperation {
  responses: Record<string, Response>
}

export interface Document {
  paths: Record<string, Record<string, DocumentedOperation>>
  components: { schemas: Record<string, object>; responses?: Record<string, Response> }
}

interface Received {
  method: string
  /** The path in openapi.json. */
  route: string
  status: number
  /** Without parameters. */
  mediaType: string
  body: unknown
}

interface Strictness {
  /** A string must have one of the listed values, also when the schema allows any other string. */
  onlyListedValues?: boolean
}

export class ResponseSchemas {
  readonly #document: Document
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })
  readonly #strictness: Strictness
  readonly #compiled = new Map<object, ValidateFunction>()

  constructor(document: Document, strictness: Strictness = {}) {
    this.#document = document
    this.#strictness = strictness
    addFormats.default(this.#ajv, ['date-time'])
    this.#ajv.addSchema({ $id: 'openapi', components: closeObjects(document.components, strictness) })
  }

  /** How a response differs from the document; undefined when it does not. A member that the schema lacks differs. */
  findFault({ method, route, status, mediaType, body }: Received): string | undefined {
    const { responses } = this.#document.paths[route]![method.toLowerCase()]!
    const found = responses[status] ?? responses[`${String(status)[0]}XX`] ?? responses.default
    if (!found) return `${status} is not among the responses of openapi.json`
    const name = found.$ref?.slice(found.$ref.lastIndexOf('/') + 1)
    const { content } = name === undefined ? found : (this.#document.components.responses?.[name] ?? {})
    const schema = content?.[mediaType]?.schema
    if (!schema) return content ? `${mediaType} is not among the types of the response` : undefined
    return this.findMismatch(schema, body)
  }

  findMismatch(schema: object, value: unknown): string | undefined {
    const validate = this.#validatorOf(schema)
    return validate(value) ? undefined : `not as its schema says: ${this.#ajv.errorsText(validate.errors?.slice(0, 3))}`
  }

  #validatorOf(schema: object): ValidateFunction {
    const known = this.#compiled.get(schema)
    if (known) return known
    const text = JSON.stringify(closeObjects(schema, this.#strictness)).replaceAll(
      '"#/components/',
      '"openapi#/components/',
    )
    const made = this.#ajv.compile(JSON.parse(text))
    this.#compiled.set(schema, made)
    return made
  }
}

/** Changes the schema so that objects may have only its members. */
function closeObjects(part: unknown, strictness: Strictness): unknown {
  if (Array.isArray(part)) return part.map((item) => closeObjects(item, strictness))
  if (typeof part !== 'object' || part === null) return part
  const made: Json = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, key === 'examples' ? value : closeObjects(value, strictness)]),
  )
  if (made.type === 'object' && made.properties && made.additionalProperties === undefined)
    made.additionalProperties = false
  return strictness.onlyListedValues ? (onlyListed(made) ?? made) : made
}

/**
 * For the schema `{anyOf: [values, any string]}`, the schema of the values; undefined for other schemas, and for
 * problem codes, because AWS's exceptions are codes, too.
 */
function onlyListed({ anyOf }: Json): unknown {
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return undefined
  const [values, other] = anyOf
  const isOpen = other.type === 'string' && Object.keys(other).length === 1 && ('enum' in values || '$ref' in values)
  return isOpen && !values.enum?.includes('InvalidBody') ? values : undefined
}
