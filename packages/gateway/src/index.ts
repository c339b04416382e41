/** What the command line takes from here. */
export { check } from './commands/check.ts'
export { runLocalAws } from './commands/local-aws.ts'
export { serve } from './commands/serve.ts'
