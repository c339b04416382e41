/** The commands that other packages may start. */
export { check } from './commands/check.ts'
export { runLocalAws } from './commands/local-aws.ts'
export { serve } from './commands/serve.ts'
