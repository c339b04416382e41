import { AwsError } from '../protocol/aws-error.ts'

// The text was not recorded from AWS.
export const invalidToken = () => new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.')
