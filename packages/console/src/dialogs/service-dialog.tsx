import { type ComponentProps, lazy, Suspense } from 'react'

const ServiceDialogs = lazy(() => import('./service-dialogs.tsx'))

/** The dialog of a service's action. Its code is loaded when the first one opens. */
export function ServiceDialog(props: ComponentProps<typeof ServiceDialogs>) {
  return (
    <Suspense fallback={null}>
      <ServiceDialogs {...props} />
    </Suspense>
  )
}
