# Puts the installed Chromium where Playwright looks for the builds it publishes itself. $1: version of the library, $2: id of pwuser.
version=$1
export PLAYWRIGHT_BROWSERS_PATH=/ms-playwright PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

# the image below has a user 1000 of its own, which this one does not
userdel --remove node 2> /dev/null
groupadd --gid "$2" pwuser
useradd --uid "$2" --gid pwuser --create-home --shell /bin/bash pwuser

work=$(mktemp -d)
cd "$work"
npm install --silent --no-audit --no-fund --no-save "playwright-core@$version"

# The library's own list says which build it wants; both layouts that its versions have had are served.
cat > place.mjs <<'JS'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [version] = process.argv.slice(2);
const root = process.env.PLAYWRIGHT_BROWSERS_PATH;
const { browsers } = JSON.parse(readFileSync('node_modules/playwright-core/browsers.json', 'utf8'));
const programs = {
  chromium: ['/usr/lib/chromium/chromium', 'chrome-linux/chrome', 'chrome-linux64/chrome'],
  'chromium-headless-shell': [
    '/usr/bin/chromium-headless-shell',
    'chrome-linux/headless_shell',
    'chrome-headless-shell-linux64/chrome-headless-shell',
  ],
  ffmpeg: ['/usr/bin/ffmpeg', 'ffmpeg-linux'],
};
for (const { name, revision } of browsers) {
  if (!(name in programs)) continue;
  const [program, ...names] = programs[name];
  if (!existsSync(program)) throw new Error(`${program} is not there: Debian has moved it`);
  const folder = join(root, `${name.replaceAll('-', '_')}-${revision}`);
  for (const link of names.map(path => join(folder, path))) {
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(program, link);
  }
  for (const marker of ['INSTALLATION_COMPLETE', 'DEPENDENCIES_VALIDATED']) writeFileSync(join(folder, marker), '');
}
// with this the library can say that the image is of another version than itself
const info = { driverVersion: version, dockerImageName: `mcr.microsoft.com/playwright:v${version}` };
writeFileSync(join(root, '.docker-info'), JSON.stringify(info));
JS
node place.mjs "$version"
chmod -R 777 /ms-playwright

# A browser that the library cannot drive would only show up in somebody's tests.
cat > smoke.mjs <<'JS'
import { chromium } from 'playwright-core';

for (const channel of [undefined, 'chromium']) {
  const browser = await chromium.launch({ channel });
  const page = await browser.newPage();
  await page.goto('data:text/html,<h1>ready</h1>');
  if ((await page.innerText('h1')) !== 'ready') throw new Error('the page was not shown');
  if ((await page.screenshot()).subarray(1, 4).toString() !== 'PNG') throw new Error('no screenshot');
  await browser.close();
}
JS
node smoke.mjs

cd /
rm -rf "$work" /root/.cache /root/.config /root/.pki /root/.npm /tmp/* /var/log/* /etc/*-
