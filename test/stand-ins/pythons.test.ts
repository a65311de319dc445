/** Every stand-in for Python does what the official image does: its modules, its layout, environments, wheels, and packages that are compiled. */
import { describe, expect, it } from 'vitest';
import { useImages } from '../engine/images/stand-in.js';

const { container, run } = useImages();

const PYTHONS = ['3.6', '3.7', '3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14'];

/** Imports all that is linked with a library, and uses what comes of one. */
const MODULES = `
import bz2, ctypes, curses, dbm.ndbm, decimal, hashlib, importlib, lzma, multiprocessing, pathlib, readline, sqlite3, ssl, sysconfig, sys, termios, uuid
import xml.etree.ElementTree as tree, zlib

for path in pathlib.Path(sysconfig.get_path('platstdlib'), 'lib-dynload').iterdir():
    importlib.import_module(path.name.split('.')[0])
for codec in (bz2, lzma, zlib):
    assert codec.decompress(codec.compress(b'text')) == b'text'
assert sqlite3.connect(':memory:').execute("SELECT json_extract('[1, 2]', '$[1]')").fetchone() == (2,)
with dbm.ndbm.open('/tmp/numbers', 'c') as numbers:
    numbers['one'] = '1'
assert ctypes.CDLL(None).abs(-3) == 3
callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda value: value + 1)
assert callback(1) == 2
assert uuid.uuid1().version == 1
assert hashlib.new('sha3_256', b'').hexdigest() and hashlib.scrypt(b'', salt=b'', n=2, r=1, p=1)
assert tree.fromstring('<a><b/></a>')[0].tag == 'b'
if sys.version_info >= (3, 9):
    import zoneinfo
    assert str(zoneinfo.ZoneInfo('Europe/Berlin')) == 'Europe/Berlin'
assert decimal.Decimal(1) / 3
assert termios.B9600
with multiprocessing.get_context('fork').Pool(1) as pool:
    assert pool.map(abs, [-1]) == [1]
assert ssl.create_default_context().cert_store_stats()['x509_ca'] > 100
`;

const LAYOUT = `
import json, os, sys, sysconfig
paths = sysconfig.get_paths()
print(json.dumps([sys.prefix, sys.executable, [path for path in sys.path if 'packages' in path], [paths[name] for name in ('purelib', 'platlib', 'scripts', 'include')],
    os.path.exists(paths['stdlib'] + '/EXTERNALLY-MANAGED'), os.environ['PYTHON_VERSION']]))
`;

/** What setuptools builds. */
const EXTENSION = {
  '/w/own/pyproject.toml': '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
  '/w/own/setup.py':
    'from setuptools import Extension, setup\nsetup(name="own", version="1", ext_modules=[Extension("own", ["own.c"])])\n',
  '/w/own/own.c': `#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "own", NULL, -1, methods};
PyMODINIT_FUNC PyInit_own(void) { return PyModule_Create(&module); }
`,
};

describe.each(PYTHONS)('python:%s', version => {
  const lib = `/usr/local/lib/python${version}`;
  // Before 3.8 headers lie by the kind of build as well.
  const include = `/usr/local/include/python${version}${['3.6', '3.7'].includes(version) ? 'm' : ''}`;

  it('has its modules', async () => {
    expect(
      await run(`python:${version}-slim`, 'python /modules.py && echo good', { files: { '/modules.py': MODULES } }),
    ).toBe('good');
  });

  it('lies where the official image has it, and there alone', async () => {
    const found = await run(
      `python:${version}-slim`,
      'python /layout.py; ls -d /usr/bin/python* /usr/lib/python* 2> /dev/null || true',
      {
        files: { '/layout.py': LAYOUT },
      },
    );
    expect(JSON.parse(found)).toStrictEqual([
      '/usr/local',
      '/usr/local/bin/python',
      [`${lib}/site-packages`],
      [`${lib}/site-packages`, `${lib}/site-packages`, '/usr/local/bin', include],
      false,
      expect.stringMatching(new RegExp(`^${version}(\\.|$)`)),
    ]);
    expect(await container(`python:${version}-slim`).label('dev.quayside.stand-in')).toBe('true');
  });

  it('installs wheels, for itself and in an environment with a pip of its own', async () => {
    const answer = await run(
      `python:${version}-slim`,
      `export PIP_ROOT_USER_ACTION=ignore
       pip install --quiet cffi
       python -c 'import cffi; ffi = cffi.FFI(); ffi.cdef("int abs(int);"); print(ffi.dlopen(None).abs(-7))'
       python -m venv /tmp/v
       /tmp/v/bin/pip install --quiet --only-binary=:all: cryptography
       /tmp/v/bin/python -c 'import cryptography.fernet as f; k = f.Fernet(f.Fernet.generate_key()); print(k.decrypt(k.encrypt(b"x")))'
       readlink -f /tmp/v/bin/python; ls -d /tmp/v/lib/python*/site-packages`,
    );
    expect(answer.split('\n')).toEqual([
      '7',
      "b'x'",
      `/usr/local/bin/python${version}`,
      `/tmp/v/lib/python${version}/site-packages`,
    ]);
  });

  it('compiles packages', async () => {
    const answer = await run(
      `python:${version}`,
      `export PIP_ROOT_USER_ACTION=ignore
       pip install --quiet /w/own
       python -c 'import own; print(own.answer(), own.__file__)'
       pip install --quiet --no-binary=cffi cffi setuptools
       cd /tmp && python -c 'import cffi; f = cffi.FFI(); f.cdef("int two(void);"); f.set_source("_two", "int two(void) { return 2; }"); f.compile()'
       python -c 'from _two import lib; print(lib.two())'
       python3-config --includes | tr ' ' '\\n' | sort -u`,
      { files: EXTENSION },
    );
    const [own, ...more] = answer.split('\n');
    expect(own).toMatch(new RegExp(`^42 ${lib}/site-packages/own\\..*\\.so$`));
    expect(more).toEqual(['2', `-I${include}`]);
  });
});
