/** Names of variables that hold the address of an app's database. */

/** Finds them by the names of a database, the best name of a variable first. */
export function databaseVariables(...names: readonly string[]): RegExp[] {
  return [
    /^DATABASE_UR[IL]$/,
    /^(SQLALCHEMY_DATABASE|DB)_UR[IL]$/,
    new RegExp(`^(${names.join('|')})_(UR[IL]|DSN)$`),
    /(DATABASE|_DB|SQLALCHEMY)_{0,2}(UR[IL]|DSN)$/,
    new RegExp(`(DATABASE|_DB|^DB|SQL_?ALCHEMY|^${names.join('|^')})_CONN(ECTION)?_(UR[IL]|DSN|STR(ING)?)$`),
    /^(DATABASE|DB)_DSN$/,
    /(DATABASE|_DB|^DB|SQLALCHEMY)_(A?SYNC_(UR[IL]|DSN)|(UR[IL]|DSN)_A?SYNC)$/,
  ];
}
