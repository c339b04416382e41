/**
 * Converts the parameters of the Query protocol (`MetricData.member.1.Value=2`) into the JSON form of the same input,
 * using the table of the service's inputs (Smithy, "AWS query protocol").
 */
import { parseTime } from '@ecs-api/ecs-model'
import { AwsError } from './aws-error.ts'
import { type InputShape, type InputTable, shapeNamed } from './input-table.ts'

/** A part of a parameter's name: its value, and the parts that follow it after a dot. */
interface ParameterNode {
  text?: string
  children: Map<string, ParameterNode>
}

/**
 * Parameters that the table does not know are dropped, as the JSON protocol drops unknown members.
 * @throws AwsError MalformedInput for a value that does not have its member's type.
 */
export function queryInput(table: InputTable, action: string, parameters: URLSearchParams): unknown {
  const root: ParameterNode = { children: new Map() }
  for (const [name, value] of parameters) {
    let node = root
    for (const part of name.split('.')) {
      const next: ParameterNode = node.children.get(part) ?? { children: new Map() }
      node.children.set(part, next)
      node = next
    }
    node.text = value
  }
  return readNode(table, shapeNamed(table, table.actions[action] ?? ''), root, action)
}

function readNode(table: InputTable, shape: InputShape, node: ParameterNode, name: string): unknown {
  const readChild = (shapeName: string | undefined, found: ParameterNode, parameterName: string) =>
    readNode(table, shapeNamed(table, shapeName ?? ''), found, parameterName)
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        Object.entries(shape.members ?? {}).flatMap(([member, memberShape]) => {
          const found = node.children.get(member)
          return found ? [[member, readChild(memberShape, found, member)]] : []
        }),
      )
    case 'list':
      return numberedChildren(node.children.get('member')).map((item) => readChild(shape.of, item, name))
    case 'map':
      return Object.fromEntries(
        numberedChildren(node.children.get('entry')).map(({ children: entry }) => [
          entry.get('key')?.text ?? '',
          readChild(shape.of, entry.get('value') ?? { children: new Map() }, name),
        ]),
      )
    default:
      return parseScalar(shape.type, node.text ?? '', name)
  }
}

function numberedChildren(list: ParameterNode | undefined): ParameterNode[] {
  return [...(list?.children ?? [])]
    .filter(([number]) => /^\d+$/.test(number))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, node]) => node)
}

function parseScalar(type: string, text: string, name: string): unknown {
  switch (type) {
    case 'integer':
    case 'long':
    case 'double':
    case 'float':
      if (text.trim() === '' || (Number.isNaN(Number(text)) && text !== 'NaN')) throw malformed(text, name)
      return Number(text)
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw malformed(text, name)
      return text === 'true'
    case 'timestamp': {
      const time = parseTime(text)
      if (time === undefined) throw malformed(text, name)
      return time / 1000
    }
    default:
      return text
  }
}

// AWS's text for such a value was not recorded.
function malformed(text: string, name: string): AwsError {
  return new AwsError('MalformedInput', `The value ${JSON.stringify(text)} of the parameter ${name} cannot be read.`)
}
