export * from './service-model.ts'
export * from './wire.ts'
