/** Names of variables that hold what is nobody else's to see. */
const SECRET =
  /(^|_)(SECRET|SECRETS|SECRET_KEY_BASE|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|TOKEN|APIKEY|KEY|SALT|CREDENTIALS?|CONNECTION_STRING|DSN)$/;

/** Keys that are published, that things are found by, or that lie in a file of which the variable has the path. */
const NO_SECRET =
  /(^|_)(PUBLIC|PUBLISHABLE|SITE|PARTITION|PRIMARY|FOREIGN|SORT|CACHE|REDIS|QUEUE|ROUTING|GROUP|LOOKUP|SHARD|OBJECT|EVENT|INDEX|SSL|TLS)_KEY$/;

/** Whether a variable holds a secret, by its name. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name) && !NO_SECRET.test(name);
}
