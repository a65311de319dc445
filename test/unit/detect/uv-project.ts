/** A project that uv 0.x locked: pyproject.toml as written, and of uv.lock the head and the project itself. */

export const UV_PYPROJECT = `[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11,<3.14"
dependencies = [
  "FastAPI[standard] >=0.115, <1",
  "psycopg[binary]>=3.2",
  "redis ; sys_platform != 'win32'",
  "sqlalchemy",
]

[project.optional-dependencies]
images = ["pillow>=11"]

[dependency-groups]
dev = ["pytest>=8", { include-group = "lint" }]
lint = ["ruff"]
`;

export const UV_LOCK = `version = 1
revision = 5
requires-python = ">=3.11, <3.14"

[[package]]
name = "shop"
version = "1.0.0"
source = { virtual = "." }
dependencies = [
    { name = "fastapi", extra = ["standard"] },
    { name = "psycopg", extra = ["binary"] },
    { name = "redis", marker = "sys_platform != 'win32'" },
    { name = "sqlalchemy" },
]

[package.optional-dependencies]
images = [
    { name = "pillow" },
]

[package.dev-dependencies]
dev = [
    { name = "pytest" },
    { name = "ruff" },
]
lint = [
    { name = "ruff" },
]

[package.metadata]
requires-dist = [
    { name = "fastapi", extras = ["standard"], specifier = ">=0.115,<1" },
    { name = "pillow", marker = "extra == 'images'", specifier = ">=11" },
    { name = "psycopg", extras = ["binary"], specifier = ">=3.2" },
    { name = "redis", marker = "sys_platform != 'win32'" },
    { name = "sqlalchemy" },
]
provides-extras = ["images"]

[package.metadata.requires-dev]
dev = [
    { name = "pytest", specifier = ">=8" },
    { name = "ruff" },
]
lint = [{ name = "ruff" }]
`;
