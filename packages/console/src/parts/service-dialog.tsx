import { type ComponentProps, lazy, Suspense } from 'react'

const ServiceDialogs = lazy(() => import('./service-dialogs.tsx'))

/** The dialog of an action of a service. */
export function ServiceDialog(props: ComponentProps<typeof ServiceDialogs>) {
  return (
    <Suspense fallback={null}>
      <ServiceDialogs {...props} />
    </Suspense>
  )
}
