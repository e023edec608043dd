'use strict'

// Loaded before guiji when bin/guiji handed over to the pinned Node: should that process be killed outright, the
// channel to it closes, and guiji ends as if it had been asked to.
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  process.channel.unref()
}
