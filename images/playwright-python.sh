# Puts the installed Chromium where Playwright looks for the builds it publishes itself. $1: version of the library, $2: id of pwuser.
version=$1
browsers=/ms-playwright
work=$(mktemp -d)
export PLAYWRIGHT_BROWSERS_PATH=$browsers PYTHONDONTWRITEBYTECODE=1

groupadd --gid "$2" pwuser
useradd --uid "$2" --gid pwuser --create-home --shell /bin/bash pwuser
python -m venv "$work/venv"
"$work/venv/bin/pip" install -q --no-cache-dir --no-compile --disable-pip-version-check "playwright==$version"

# The library's own list says which build it wants; both layouts that its versions have had are served.
python - "$work"/venv/lib/python*/site-packages/playwright/driver/package/browsers.json "$browsers" "$version" <<'PY'
import json, pathlib, sys

listing, root, version = json.load(open(sys.argv[1])), pathlib.Path(sys.argv[2]), sys.argv[3]
programs = {
    "chromium": {"/usr/lib/chromium/chromium": ["chrome-linux/chrome", "chrome-linux64/chrome"]},
    "chromium-headless-shell": {
        "/usr/bin/chromium-headless-shell": [
            "chrome-linux/headless_shell",
            "chrome-headless-shell-linux64/chrome-headless-shell",
        ]
    },
    "ffmpeg": {"/usr/bin/ffmpeg": ["ffmpeg-linux"]},
}
for browser in listing["browsers"]:
    for program, names in programs.get(browser["name"], {}).items():
        if not pathlib.Path(program).exists():
            sys.exit(f"{program} is not there: Debian has moved it")
        folder = root / f"{browser['name'].replace('-', '_')}-{browser['revision']}"
        for name in names:
            link = folder / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(program)
        for marker in ("INSTALLATION_COMPLETE", "DEPENDENCIES_VALIDATED"):
            (folder / marker).touch()
# with this the library can say that the image is of another version than itself
(root / ".docker-info").write_text(
    json.dumps({"driverVersion": version, "dockerImageName": f"mcr.microsoft.com/playwright/python:v{version}"})
)
PY
chmod -R 777 "$browsers"

# A browser that the library cannot drive would only show up in somebody's tests.
cd "$work"
cat > smoke.py <<'PY'
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    for channel in (None, "chromium"):
        browser = playwright.chromium.launch(channel=channel)
        page = browser.new_page()
        page.goto("data:text/html,<h1>ready</h1>")
        assert page.inner_text("h1") == "ready"
        assert page.screenshot().startswith(b"\x89PNG")
        browser.close()
PY
"$work/venv/bin/python" smoke.py

cd /
rm -rf "$work" /root/.cache /root/.config /root/.pki /tmp/* /var/log/* /etc/*-
