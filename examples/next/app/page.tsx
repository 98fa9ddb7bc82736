import { Uploads } from './uploads'

export default function Page() {
  return (
    <main>
      <h1>Pictures of the product</h1>
      <Uploads />
    </main>
  )
}
