import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from '../live/queries.ts'
import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/boxes.css'
import '../styles/shell.css'
import '../styles/parts.css'
import '../styles/fields.css'
import '../styles/forced-colors.css'
import { App } from './app.tsx'
import { takeSignInFromAddress } from './sign-in.tsx'

// First of all: the address bar must not keep the one-time code.
takeSignInFromAddress()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
