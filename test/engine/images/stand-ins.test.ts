import { describe, expect, it } from 'vitest';
import { useImages } from './stand-in.js';

const { container, run } = useImages();

describe('mysql', () => {
  it('says that it is MariaDB', async () => {
    expect(await container('mysql:8.4').label('dev.quayside.stand-in.note')).toBe('it is MariaDB 11.8, not MySQL');
  });

  it("takes MySQL's variables, names of programs, collations and strictness", async () => {
    const answer = await run(
      'mysql:8.4',
      `docker-entrypoint.sh mysqld --skip-log-bin > /tmp/log 2>&1 &
       export MYSQL_PWD=pass
       until mysqladmin -h 127.0.0.1 -u shop ping > /dev/null 2>&1; do sleep 0.1; done
       mysql -N -h 127.0.0.1 -u shop orders -e "CREATE TABLE t (g int, x varchar(9)) COLLATE utf8mb4_0900_ai_ci; INSERT INTO t VALUES (1, 'A')"
       mysql -N -h 127.0.0.1 -u shop orders -e "SELECT count(*) FROM t WHERE x = 'a'"
       mysql -h 127.0.0.1 -u shop orders -e "SELECT g, x FROM t GROUP BY g" 2>&1 | grep -o "isn't in GROUP BY"
       mysqldump -h 127.0.0.1 -u shop orders | grep -o "INSERT INTO .t."`,
      {
        temp: '/var/lib/mysql',
        env: { MYSQL_ROOT_PASSWORD: 'root', MYSQL_USER: 'shop', MYSQL_PASSWORD: 'pass', MYSQL_DATABASE: 'orders' },
      },
    );
    expect(answer.split('\n')).toEqual(['1', "isn't in GROUP BY", 'INSERT INTO `t`']);
  });
});

describe.each(['rabbitmq:3.10', 'rabbitmq:4'])('%s', image => {
  it('makes the user and the virtual host that it is told, and keeps them over a restart', async () => {
    const answer = await run(
      `${image}-management`,
      `start() {
         docker-entrypoint.sh rabbitmq-server > /tmp/log 2>&1 & server=$!
         until (: < /dev/tcp/127.0.0.1/15672) 2> /dev/null && (: < /dev/tcp/127.0.0.1/5672) 2> /dev/null; do
           kill -0 $server || { cat /tmp/log; exit 1; }
           sleep 0.1
         done
       }
       api() {
         exec 3<> /dev/tcp/127.0.0.1/15672
         printf 'GET /api/%s HTTP/1.0\\r\\nAuthorization: Basic %s\\r\\n\\r\\n' "$1" "$(printf %s "$2" | base64)" >&3
         head -1 <&3 | grep -o '[0-9][0-9][0-9]'
       }
       start
       api vhosts/orders shop:pass
       api vhosts/orders shop:wrong
       api vhosts/orders guest:guest
       stat -c %U /proc/$server
       kill $server; wait $server || true
       unset RABBITMQ_DEFAULT_USER RABBITMQ_DEFAULT_PASS RABBITMQ_DEFAULT_VHOST
       start
       api vhosts/orders shop:pass`,
      {
        temp: '/var/lib/rabbitmq',
        env: { RABBITMQ_DEFAULT_USER: 'shop', RABBITMQ_DEFAULT_PASS: 'pass', RABBITMQ_DEFAULT_VHOST: 'orders' },
      },
    );
    expect(answer.split('\n')).toEqual(['200', '401', '401', 'rabbitmq', '200']);
  });

  it('refuses a variable that is not read', async () => {
    const answer = await run(image, 'docker-entrypoint.sh rabbitmq-server 2>&1 || echo refused', {
      env: { RABBITMQ_DEFAULT_PASS_FILE: '/run/secret' },
    });
    expect(answer).toBe(
      'error: RABBITMQ_DEFAULT_PASS_FILE is not read; write a file in /etc/rabbitmq/conf.d instead\nrefused',
    );
  });
});

describe.each([
  ['nginx:1.22', '80', ''],
  ['nginx:1.26', '80', ''],
  ['nginxinc/nginx-unprivileged:1.26', '8080', '101'],
  ['nginxinc/nginx-unprivileged:1.26', '8080', '4321:0'],
])('%s on port %s as user %s', (image, port, user) => {
  it('runs /docker-entrypoint.d, fills templates in, and serves', async () => {
    const answer = await run(
      image,
      `/docker-entrypoint.sh nginx -g 'daemon off;' > /tmp/log 2>&1 & server=$!
       until curl -fs -o /tmp/page http://127.0.0.1:${port}/; do kill -0 $server || { cat /tmp/log; exit 1; }; sleep 0.05; done
       grep -o 'Welcome to nginx!' /tmp/page | head -1
       curl -s "http://127.0.0.1:8081/page?q=1"
       curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:${port}/missing
       stat -c %u /proc/$server
       grep -c 'leaving out /docker-entrypoint.d/50-text.sh' /tmp/log
       kill -QUIT $server; wait $server`,
      {
        ...(user !== '' && { user }),
        env: { NAME: 'Ann', HIDDEN: 'no', NGINX_ENVSUBST_FILTER: '^(NAME|GREETING)$' },
        files: {
          '/docker-entrypoint.d/10-greeting.envsh!': 'export GREETING=hello',
          '/docker-entrypoint.d/50-text.sh': 'exit 1',
          '/etc/nginx/templates/site/a.conf.template': 'never read: not in a directory that is included',
          '/etc/nginx/templates/site.conf.template':
            'server { listen 8081; set $HIDDEN kept; location / { return 200 "${GREETING} ${NAME} $uri ${HIDDEN}\\n"; } }',
        },
      },
    );
    const id = user === '' ? '0' : user.split(':')[0];
    expect(answer.split('\n')).toEqual(['Welcome to nginx!', 'hello Ann /page kept', '404', id, '1']);
  });
});

describe('mailpit', () => {
  it('says what it is, and refuses settings that it does not have', async () => {
    expect(await container('axllent/mailpit:v1.27').label('dev.quayside.stand-in.note')).toMatch(
      /without its user interface/,
    );
    const answer = await run('axllent/mailpit:v1.27', '/mailpit 2>&1 || echo refused', {
      env: { MP_UI_AUTH_FILE: '/x' },
    });
    expect(answer).toMatch(/MP_UI_AUTH_FILE is not served by it.*\nrefused$/s);
  });

  it('keeps the newest messages, and takes any login when told to', async () => {
    const send = `import json, smtplib, urllib.request
for i in range(4):
    with smtplib.SMTP('127.0.0.1', 1025) as smtp:
        smtp.login('shop', 'any')
        smtp.sendmail('a@example.com', ['b@example.com'], f'Subject: {i}\\r\\n\\r\\ntext')
found = json.load(urllib.request.urlopen('http://127.0.0.1:8025/api/v1/messages'))
print(found['total'], [(one['Subject'], one['Username']) for one in found['messages']])`;
    const answer = await run(
      'axllent/mailpit:v1.27',
      '/mailpit > /dev/null & until /mailpit readyz 2> /dev/null; do sleep 0.1; done; python3 /send.py',
      {
        env: { MP_MAX_MESSAGES: '3', MP_SMTP_AUTH_ACCEPT_ANY: '1', MP_SMTP_AUTH_ALLOW_INSECURE: '1' },
        files: { '/send.py': send },
      },
    );
    expect(answer).toBe("3 [('3', 'shop'), ('2', 'shop'), ('1', 'shop')]");
  });
});

describe('playwright', () => {
  it("runs tests with the library of the tag's version, which finds its browser", async () => {
    const answer = await run(
      'mcr.microsoft.com/playwright:v1.55.0-noble',
      `mkdir /w && cd /w
       npm install --silent --no-audit --no-fund @playwright/test@1.55.0
       cp /a.spec.js . && npx playwright test --trace=on --reporter=line
       ls test-results/*/trace.zip; id -u pwuser; cat /proc/self/environ | tr '\\0' '\\n' | grep PLAYWRIGHT`,
      {
        files: {
          '/a.spec.js': `const { test, expect } = require('@playwright/test');
            test('a', async ({ page }) => { await page.setContent('<h1>x</h1>'); await expect(page.locator('h1')).toHaveText('x'); });`,
        },
      },
    );
    expect(answer).toMatch(/1 passed/);
    expect(answer).toMatch(/test-results\/a-a\/trace\.zip\n1001\nPLAYWRIGHT_BROWSERS_PATH=\/ms-playwright$/);
  });
});
