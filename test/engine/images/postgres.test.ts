import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useImages } from './stand-in.js';

const PASSWORD = { POSTGRES_PASSWORD: 'pass' };
/** Commands for starting and stopping the server in a script; `other` asks as a client on another machine would. */
const prelude = `
start() {
  docker-entrypoint.sh "$@" > /tmp/log 2>&1 & server=$!
  until pg_isready -q -h 127.0.0.1 -U postgres; do
    kill -0 $server || { cat /tmp/log; exit 1; }
    sleep 0.05
  done
}
stop() { kill -INT $server; wait $server; }
ask() { psql -tA -h 127.0.0.1 -U "\${POSTGRES_USER:-postgres}" "\${POSTGRES_DB:-postgres}" -c "$1"; }
other() { psql -w -tA -h "$(hostname -i)" "$@" 2>&1; }
`;

const { run: runIn } = useImages();

describe.each(['postgres:15', 'postgres:17'])('%s', image => {
  const run: typeof runIn = (reference, script, options) =>
    runIn(reference, script, { prelude, temp: '/var/lib/postgresql/data', ...options });

  it('makes the user and the database that it is told, and lets nobody else in', async () => {
    const answer = await run(
      image,
      `start
       PGPASSWORD="it's pass" other -U shop -d 'Orders 1' -c "SELECT current_user, current_database()"
       other -U shop -d 'Orders 1' || echo refused
       PGPASSWORD=wrong other -U shop -d 'Orders 1' || echo refused
       ask "SHOW data_checksums"
       stat -c %U:%a $PGDATA
       ps=$(stat -c %U /proc/$server); echo $ps`,
      {
        env: {
          POSTGRES_USER: 'shop',
          POSTGRES_DB: 'Orders 1',
          POSTGRES_PASSWORD_FILE: '/run/secret',
          POSTGRES_INITDB_ARGS: '--data-checksums --encoding="UTF8"',
        },
        files: { '/run/secret': "it's pass\n" },
      },
    );
    expect(answer.split('\n').filter(line => !line.includes('error:'))).toEqual([
      'shop|Orders 1',
      'refused',
      'refused',
      'on',
      'postgres:700',
      'postgres',
    ]);
  });

  it('runs the files in /docker-entrypoint-initdb.d in order, while the network is closed', async () => {
    const zipped = gzipSync("INSERT INTO t VALUES ('3 sql.gz');").toString('base64');
    const answer = await run(
      image,
      `base64 -d /tmp/3 > /docker-entrypoint-initdb.d/3.sql.gz
       start
       ask "SELECT x FROM t ORDER BY x"
       cat /tmp/network`,
      {
        env: PASSWORD,
        files: {
          '/docker-entrypoint-initdb.d/1.sh!': `#!/bin/sh
            pg_isready -q -h 127.0.0.1 && echo open > /tmp/network || echo closed > /tmp/network
            psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -c "CREATE TABLE t (x text)"`,
          '/docker-entrypoint-initdb.d/2.sql': "INSERT INTO t VALUES ('2 sql');",
          '/tmp/3': zipped,
          '/docker-entrypoint-initdb.d/4.sh': `docker_process_sql <<< "INSERT INTO t VALUES ('4 sourced');"`,
          '/docker-entrypoint-initdb.d/5.txt': 'exit 1',
        },
      },
    );
    expect(answer.split('\n')).toEqual(['2 sql', '3 sql.gz', '4 sourced', 'closed']);
  });

  it('keeps its data over a restart, which needs no password any more', async () => {
    const answer = await run(
      image,
      `start; ask "CREATE TABLE t AS SELECT 7 AS x"; stop
       unset POSTGRES_PASSWORD
       start; ask "SELECT x FROM t"`,
      { env: PASSWORD },
    );
    expect(answer).toBe('SELECT 1\n7');
  });

  it('begins anew after a first start that was cut short', async () => {
    const answer = await run(
      image,
      `docker-entrypoint.sh postgres > /tmp/log 2>&1 && exit 1
       setpriv --reuid=postgres --clear-groups pg_ctl stop -m immediate > /dev/null
       touch /tmp/again
       start; ask "SELECT count(*) FROM t"; ls -A $PGDATA | grep initialising || echo clean`,
      {
        env: PASSWORD,
        files: {
          '/docker-entrypoint-initdb.d/1.sql': 'CREATE TABLE t (x int); INSERT INTO t VALUES (1);',
          '/docker-entrypoint-initdb.d/2.sh!': '#!/bin/sh\ntest -e /tmp/again',
        },
      },
    );
    expect(answer).toBe('1\nclean');
  });

  it('passes arguments on to the server', async () => {
    const answer = await run(
      image,
      'start -c max_connections=17; ask "SHOW max_connections"; ask "SHOW listen_addresses"',
      {
        env: PASSWORD,
      },
    );
    expect(answer).toBe('17\n*');
    expect(await run(image, 'docker-entrypoint.sh postgres --version')).toMatch(/^postgres \(PostgreSQL\) 1[57]\./);
    expect(await run(image, 'docker-entrypoint.sh echo other commands')).toBe('other commands');
  });

  it('runs as a user without a name, with its data elsewhere', async () => {
    const env = { ...PASSWORD, PGDATA: '/tmp/data' };
    expect(await run(image, 'start; id -u; ask "SELECT 1"', { env, user: '4321:0' })).toBe('4321\n1');
  });

  it('refuses to start open, unless told to', async () => {
    const refused = await run(image, 'docker-entrypoint.sh postgres 2>&1 || echo refused');
    expect(refused).toMatch(/set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust.*\nrefused$/s);
    const both = await run(image, 'docker-entrypoint.sh postgres 2>&1 || echo refused', {
      env: { ...PASSWORD, POSTGRES_PASSWORD_FILE: '/etc/hostname' },
    });
    expect(both).toMatch(/POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set.*\nrefused$/s);
    const open = await run(image, 'start; other -U postgres -c "SELECT 1"', {
      env: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
    });
    expect(open).toBe('1');
  });
});

describe.each([
  ['postgis/postgis:15-3.3', "SELECT ST_AsText(ST_Centroid('POLYGON((0 0,2 0,2 2,0 2,0 0))'))", 'POINT(1 1)'],
  ['postgis/postgis:17-3.5', "SELECT ST_AsText(ST_Centroid('POLYGON((0 0,2 0,2 2,0 2,0 0))'))", 'POINT(1 1)'],
  ['pgvector/pgvector:pg17', "CREATE EXTENSION vector; SELECT '[1,2,3]'::vector <-> '[1,2,5]'", 'CREATE EXTENSION\n2'],
])('%s', (image, question, expected) => {
  it('has its extension in the database that it makes', async () => {
    const answer = await runIn(image, `start\nexport PGPASSWORD=pass\nask "${question}"`, {
      prelude,
      temp: '/var/lib/postgresql/data',
      env: { ...PASSWORD, POSTGRES_USER: 'postgres', POSTGRES_DB: 'shop' },
    });
    expect(answer).toBe(expected);
  });
});
