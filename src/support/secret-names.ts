/** Names of variables that hold what is nobody else's to see. */
const SECRET =
  /(^|_)(SECRET|SECRETS|PASSWORD|PASSWD|PASS|PWD|TOKEN|APIKEY|API_KEY|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|SIGNING_KEY|ENCRYPTION_KEY|FERNET_KEY|SALT|CREDENTIALS|DSN)$/;

/** Whether a variable holds a secret, by its name. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}
