import { AwsError } from '../protocol/aws-error.ts'

// The text was not seen from AWS.
export const invalidToken = () => new AwsError('InvalidNextToken', 'The specified token is not valid.')
