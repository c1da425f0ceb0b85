// Serve the emulator `emulate` with one repository, until standard input ends.
import { pathToFileURL } from 'node:url'

const [folder, bot, person] = process.argv.slice(2)
const entry = `${folder}/node_modules/emulate/dist/api.js`
const { createEmulator } = await import(pathToFileURL(entry).href)
const users = [
  { login: 'pmsync-bot', name: 'pmsync', email: 'pmsync-bot@example.com' },
  { login: 'alice', name: 'Alice Wonder', email: 'alice@example.com' },
]
const served = await createEmulator({
  service: 'github',
  port: 0,
  seed: {
    tokens: {
      [bot]: { login: 'pmsync-bot', scopes: ['repo'] },
      [person]: { login: 'alice', scopes: ['repo'] },
    },
    github: {
      users,
      orgs: [{ login: 'example', name: 'Example' }],
      repos: [{ owner: 'example', name: 'payments', private: false, auto_init: false }],
    },
  },
})
console.log(served.url)
process.stdin.resume()
process.stdin.on('end', async () => {
  await served.close()
  process.exit(0)
})
