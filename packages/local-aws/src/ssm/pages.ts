import { AwsError } from '../protocol/aws-error.ts'

// The text was not recorded from AWS.
export const invalidToken = () => new AwsError('InvalidNextToken', 'The specified token is not valid.')
