import { connection } from 'next/server'
import type { ReactNode } from 'react'

export const metadata = { title: 'filechute in Next.js' }

export default async function Layout({ children }: { children: ReactNode }) {
  // Rendered for each request: a page made beforehand has no nonce.
  await connection()
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
