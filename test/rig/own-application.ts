/** An application of the user's own, as lab.yaml may tell it; its words are such that they must be quoted. */
export const ownApplication = {
  runtime: 'own',
  source: 'app',
  build: `printf '%s' "it's $(id -un)" >who.txt`,
  command: `GREETING="it's <%= 1 %> #{me} $USER" exec python3 app.py; true`,
  health: '/health',
  writes: { put: '/items/ID', get: '/items/ID' },
  packages: ['python3', 'g++'],
};
