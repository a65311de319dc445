/** What is said of Python, its packages and those of the system. */
import { defined } from '../../source/defined.js';
import { packageWords } from '../../support/native/definition.js';
import type { Facts } from '../facts.js';
import { type ExplainedRow, factValue, rowOf, rowOfAll } from './rows.js';

/** The interpreter, its package manager, and how many dependencies there are. */
export function pythonRows({ python }: Facts): readonly ExplainedRow[] {
  const names = (group: 'main' | 'dev') =>
    new Set(python.dependencies.filter(item => item.group === group).map(item => item.name));
  const count = `${names('main').size} main, ${names('dev').size} for development`;
  const doubt = python.lockDoubt;
  return [
    ...rowOf('version', python.version, 'python.version'),
    ...rowOf('warning', python.ended, 'python.version'),
    ...rowOf('release', python.release),
    ...rowOf('package manager', python.packageManager, 'python.manager'),
    ...rowOf('lock file', python.lockfile),
    ...rowOf('lock file', doubt && { ...doubt, value: 'may be stale', why: doubt.value }),
    ...rowOf('brought', python.pkgResources),
    ...(python.fromGit ?? []).flatMap(item => rowOf('from git', item)),
    ...(python.secrets ?? []).flatMap(secret => rowOf('secret of the build', secret, `secrets.${secret.value}`)),
    ...rowOf('requirements', python.requirements?.main),
    ...rowOf('requirements', python.requirements?.dev),
    ...(python.requirements?.absent ?? []).flatMap(item =>
      rowOf('left out', { ...item, why: 'reads it, and it does not exist' }),
    ),
    ...(python.besides ?? []).flatMap(item =>
      rowOf('beside the list', { ...item, why: 'its own container installs it' }),
    ),
    ...rowOf('package', python.member, 'python.package'),
    ...rowOf('imports start in', python.packageRoot),
    ...(python.memberRoots ?? []).flatMap(root => rowOf('imports start in', root)),
    defined({ name: 'dependencies', value: count, place: python.dependencies[0]?.place }),
    ...(python.groups ?? []).flatMap(group => rowOf('for production', group, 'python.groups')),
    ...rowOf('test group', python.devGroup),
  ];
}

/** The app's own packages. */
export function packageRows({ packages = [] }: Facts): readonly ExplainedRow[] {
  return packages.flatMap(({ name, place, version, entryPoints, versionFile }, at) => {
    const programs = Object.keys(entryPoints.console_scripts ?? {});
    return rowOfAll(name, [
      { value: 'installed where it lies', place },
      factValue({ ...version, value: `version ${version.value}` }, at === 0 ? 'version' : undefined),
      ...(programs.length > 0 ? [{ value: `programs ${programs.join(', ')}`, place }] : []),
      ...(versionFile ? [factValue(versionFile)] : []),
    ]);
  });
}

/** Packages of the system by the dependency that wants them. */
export function nativeRows({ native, nativeOfTests = [] }: Facts): readonly ExplainedRow[] {
  const ofTests = nativeOfTests.map(need => ({ ...need, dependency: `${need.dependency}, in the tests alone` }));
  return [...native, ...ofTests].flatMap(({ dependency, build, runtime, place }) =>
    ([['runtime', runtime] as const, ['build', build] as const] as const).flatMap(([name, packages]) => {
      const fact = { value: packages.map(packageWords).join(' '), place, why: `for ${dependency}` };
      return packages.length > 0 ? rowOf(name, fact, `native.${name}`) : [];
    }),
  );
}
