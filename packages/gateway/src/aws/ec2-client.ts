/**
 * A client for one action of EC2, DescribeNetworkInterfaces. The SDK's own client for EC2 has some 700 actions, and
 * loading it takes 160 ms and 70 MiB. This client is the SDK's STS client, whose protocol is similar, with the settings
 * of EC2.
 */
import type { STSClientConfig } from '@aws-sdk/client-sts'
import { partition } from '@aws-sdk/core/client'
import { AwsEc2QueryProtocol } from '@aws-sdk/core/protocols'
import { makeBuilder } from '@smithy/core/client'
import { getEndpointPlugin } from '@smithy/core/endpoints'
import type {
  EndpointV2,
  HandlerExecutionContext,
  MetadataBearer,
  StaticOperationSchema,
  StaticStructureSchema,
} from '@smithy/types'
import type { PipelineDeps } from './calls/pipeline.ts'
import { addPipeline, type ClientSettings } from './client.ts'

interface DescribeNetworkInterfacesRequest {
  Filters?: { Name: string; Values: string[] }[]
}

interface DescribeNetworkInterfacesResult {
  NetworkInterfaces?: { NetworkInterfaceId?: string; Association?: { PublicIp?: string } }[]
}

export interface Ec2Client {
  describeNetworkInterfaces(
    input: DescribeNetworkInterfacesRequest,
    options: { abortSignal: AbortSignal },
  ): Promise<DescribeNetworkInterfacesResult>
}

const apiVersion = '2016-11-15'
const namespace = 'com.amazonaws.ec2'

// A schema in the SDK is an array: kind (1 list, 3 structure), namespace, name, traits, names of the members, schemas
// of the members. The schema 0 is a string. `xmlName` is the name in the XML.
const structure = (name: string, members: Record<string, [xmlName: string, schema: unknown]>) =>
  [
    3,
    namespace,
    name,
    0,
    Object.keys(members),
    Object.values(members).map(([xmlName, schema]) => [schema, { xmlName }]),
  ] as unknown as StaticStructureSchema
const list = (name: string, itemSchema: unknown, itemXmlName: string) => [
  1,
  namespace,
  name,
  0,
  [itemSchema, { xmlName: itemXmlName }],
]

const filterSchema = structure('Filter', {
  Name: ['Name', 0],
  Values: ['Value', () => list('ValueStringList', 0, 'item')],
})
const requestSchema = structure('DescribeNetworkInterfacesRequest', {
  Filters: ['Filter', () => list('FilterList', () => filterSchema, 'Filter')],
})
const associationSchema = structure('NetworkInterfaceAssociation', { PublicIp: ['publicIp', 0] })
const networkInterfaceSchema = structure('NetworkInterface', {
  NetworkInterfaceId: ['networkInterfaceId', 0],
  Association: ['association', () => associationSchema],
})
const resultSchema = structure('DescribeNetworkInterfacesResult', {
  NetworkInterfaces: ['networkInterfaceSet', () => list('NetworkInterfaceList', () => networkInterfaceSchema, 'item')],
})
/** Kind 9 is an operation: namespace, name, traits, schema of the input, schema of the output. */
const operationSchema: StaticOperationSchema = [
  9,
  namespace,
  'DescribeNetworkInterfaces',
  0,
  () => requestSchema,
  () => resultSchema,
]

const commandBuilder = makeBuilder<never, object, MetadataBearer>(
  {
    UseFIPS: { type: 'builtInParams', name: 'useFipsEndpoint' },
    Endpoint: { type: 'builtInParams', name: 'endpoint' },
    Region: { type: 'builtInParams', name: 'region' },
  },
  'AmazonEC2',
  'EC2Client',
  getEndpointPlugin,
)
const DescribeNetworkInterfacesCommand = commandBuilder<
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult & MetadataBearer
>({}, () => [], 'DescribeNetworkInterfaces', operationSchema)

/** Creates the client. Its calls go through the call pipeline. */
export async function createEc2Client(settings: ClientSettings, pipelineDeps: PipelineDeps): Promise<Ec2Client> {
  const { STSClient } = await import('@aws-sdk/client-sts')
  const signing = { name: 'ec2', region: settings.region }
  const ec2Settings = {
    serviceId: 'EC2',
    signingName: signing.name,
    protocol: AwsEc2QueryProtocol,
    protocolSettings: {
      defaultNamespace: namespace,
      errorTypeRegistries: [],
      xmlNamespace: `http://ec2.amazonaws.com/doc/${apiVersion}/`,
      version: apiVersion,
      serviceTarget: 'AmazonEC2',
    },
    endpointProvider: ec2Endpoint,
    httpAuthSchemeProvider: () => [
      {
        schemeId: 'aws.auth#sigv4',
        signingProperties: signing,
        propertiesExtractor: (config: unknown, context: HandlerExecutionContext) => ({
          signingProperties: { config, context },
        }),
      },
    ],
  }
  const client = new STSClient({ ...settings, ...ec2Settings } as STSClientConfig)
  addPipeline(client.middlewareStack, pipelineDeps)
  return {
    describeNetworkInterfaces: (input, options) =>
      client.send(
        new DescribeNetworkInterfacesCommand(input) as never,
        options,
      ) as Promise<DescribeNetworkInterfacesResult>,
  }
}

interface EndpointParameters {
  Endpoint?: string
  Region?: string
  UseFIPS?: boolean
}

/**
 * Returns the endpoint of EC2. In GovCloud every endpoint is a FIPS endpoint (AWS General Reference, "Amazon EC2
 * endpoints"). The DNS suffix comes from the SDK's table of partitions, with the partition `aws` for an unknown Region.
 * In an unknown Region the calls to ECS fail, too, and their error names the host.
 */
function ec2Endpoint({ Endpoint, Region = '', UseFIPS = false }: EndpointParameters): EndpointV2 {
  if (Endpoint !== undefined) return { url: new URL(Endpoint) }
  const { name, dnsSuffix } = partition(Region)
  const host = UseFIPS && name !== 'aws-us-gov' ? 'ec2-fips' : 'ec2'
  return { url: new URL(`https://${host}.${Region}.${dnsSuffix}`) }
}
