/** What the command line takes from here. */
export { check } from './check.ts'
export { runLocalAws } from './local-aws.ts'
export { serve } from './serve.ts'
