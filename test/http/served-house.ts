import { onTestFinished } from 'vitest'
import { type House, openHouse } from './house.ts'
import { type Served, serve } from './serve.ts'

/** A house with these files, served over HTTP; both are closed when the test is over. */
export async function servedHouse(files: Record<string, string> = {}): Promise<{ house: House; served: Served }> {
  const house = openHouse()
  for (const [path, text] of Object.entries(files)) house.write(path, text)
  const served = await serve(house)
  onTestFinished(async () => {
    await served.close()
    await house.close()
  })
  return { house, served }
}
