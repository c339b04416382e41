/** The Query protocol of STS and other older services: input is a form, output is XML. EC2 has its own dialect. */
import { AwsError, serverFault } from './aws-error.ts'
import type { AwsRequest, AwsResponse, Caller } from './exchange.ts'

/**
 * Runs an action and returns the members of its result.
 * @throws AwsError
 */
type QueryAction = (action: string, parameters: URLSearchParams, caller: Caller) => Promise<XmlMembers>
type XmlValue = string | number | boolean | XmlMembers
export interface XmlMembers {
  /** A list becomes XML elements named `member`, or `item` for EC2. */
  [name: string]: undefined | XmlValue | readonly XmlValue[]
}

export interface QueryService {
  /**
   * In EC2's dialect the members of a result stand beside the request id, and errors have a form and names of their
   * own.
   */
  dialect?: 'ec2'
  namespace: string
  handleCall: QueryAction
}

/** Services by the `Version` in their requests, which distinguishes them at one endpoint. */
export type QueryServices = Record<string, QueryService>

/**
 * Signing names of services whose protocol is REST with XML (`protocol` in AWS's service models). Their clients expect
 * errors in XML too.
 */
const restXmlServices = new Set<string | undefined>(['cloudfront', 'route53', 's3'])

/** Whether the client of the request, which is for `service`, expects errors in XML. */
export function expectsXml(call: AwsRequest, service: string | undefined): boolean {
  return isQuery(call) || restXmlServices.has(service)
}

/** Whether a request is in the Query protocol: it is a form without the header of AWS JSON. */
export function isQuery({ headers }: AwsRequest): boolean {
  return (
    headers['x-amz-target'] === undefined &&
    (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  )
}

/**
 * The response to a request in the Query protocol.
 * @throws AwsError
 */
export async function respondToQuery(
  call: AwsRequest,
  caller: Caller,
  services: QueryServices,
  requestId: string,
): Promise<AwsResponse> {
  const parameters = new URLSearchParams(new TextDecoder().decode(call.body))
  const action = parameters.get('Action') ?? ''
  const version = parameters.get('Version') ?? ''
  const service = Object.hasOwn(services, version) ? services[version] : undefined
  if (!service)
    throw new AwsError(
      'UnknownOperationException',
      `Could not find operation ${action} for version ${version || 'NO_VERSION_SPECIFIED'}`,
    )
  const result = await service.handleCall(action, parameters, caller)
  if (service.dialect === 'ec2')
    return xmlResponse(200, `${action}Response`, service.namespace, { requestId, ...result }, 'item')
  return xmlResponse(200, `${action}Response`, service.namespace, {
    [`${action}Result`]: result,
    ResponseMetadata: { RequestId: requestId },
  })
}

// Query has other names and statuses for the same errors ("Common errors" in the IAM User Guide and the STS API
// Reference).
const queryErrors: Record<string, [code: string, status: number]> = {
  ExpiredTokenException: ['ExpiredToken', 403],
  IncompleteSignatureException: ['IncompleteSignature', 403],
  InvalidSignatureException: ['SignatureDoesNotMatch', 403],
  MissingAuthenticationTokenException: ['MissingAuthenticationToken', 403],
  UnknownOperationException: ['InvalidAction', 400],
  UnrecognizedClientException: ['InvalidClientTokenId', 403],
  ValidationException: ['ValidationError', 400],
  ServerException: ['InternalFailure', 500],
}

// Source: EC2 User Guide, "Error codes for the Amazon EC2 API".
const ec2Errors: Record<string, [code: string, status: number]> = {
  AccessDeniedException: ['UnauthorizedOperation', 403],
  ExpiredTokenException: ['RequestExpired', 400],
  IncompleteSignatureException: ['IncompleteSignature', 400],
  InvalidSignatureException: ['AuthFailure', 401],
  MissingAuthenticationTokenException: ['AuthFailure', 401],
  UnknownOperationException: ['InvalidAction', 400],
  UnrecognizedClientException: ['AuthFailure', 401],
  ServerException: ['InternalError', 500],
}

/**
 * @param service the service in the request's signature: EC2 and S3 have their own forms of errors ("Error response" in
 * their API References)
 */
export function queryErrorResponse(error: unknown, requestId: string, service?: string): AwsResponse {
  const awsError = error instanceof AwsError ? error : serverFault()
  if (service === 'ec2') {
    const [code, status] = ec2Errors[awsError.code] ?? [awsError.code, awsError.status]
    return xmlResponse(status, 'Response', undefined, {
      Errors: { Error: { Code: code, Message: awsError.message } },
      RequestID: requestId,
    })
  }
  const [code, status] = queryErrors[awsError.code] ?? [awsError.queryCode ?? awsError.code, awsError.status]
  if (service === 's3')
    return xmlResponse(status, 'Error', undefined, { Code: code, Message: awsError.message, RequestId: requestId })
  const fault = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: awsError.message }
  return xmlResponse(status, 'ErrorResponse', 'https://sts.amazonaws.com/doc/2011-06-15/', {
    Error: fault,
    RequestId: requestId,
  })
}

/** @param item the name of the XML elements of a list's items */
function xmlResponse(
  status: number,
  root: string,
  namespace: string | undefined,
  members: XmlMembers,
  item = 'member',
): AwsResponse {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<${root}${attribute}>${xmlOfMembers(members, item)}</${root}>`,
  }
}

function xmlOfMembers(members: XmlMembers, item: string): string {
  return Object.entries(members)
    .map(([name, value]) => (value === undefined ? '' : xmlElement(name, value, item)))
    .join('')
}

function xmlElement(name: string, value: XmlValue | readonly XmlValue[], item: string): string {
  return `<${name}>${xmlOfValue(value, item)}</${name}>`
}

function xmlOfValue(value: XmlValue | readonly XmlValue[], item: string): string {
  if (Array.isArray(value)) return value.map((each: XmlValue) => xmlElement(item, each, item)).join('')
  return typeof value === 'object' ? xmlOfMembers(value as XmlMembers, item) : escaped(String(value))
}

function escaped(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
