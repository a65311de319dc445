/** What is wrong with a plan: each kind of fault by itself, all of them at once, and plans that are broken at random. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parsePlan, planJson } from '../../../src/plan/json.js';
import type { Plan, Process, ServiceSpec, Stage, Suite } from '../../../src/plan/types.js';
import { validatePlan } from '../../../src/plan/validate.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { flaskStream } from './flask-stream.facts.js';

const place = { file: 'tasks.py' };
const components = [{ name: 'worker', command: { value: ['python', 'worker.py'], place } }];
const plan = makePlan({ ...flaskStream, components }, {});

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

/** The plan with a change made to a copy of it. */
function changed(change: (copy: Writable<Plan>) => void): Plan {
  const copy = JSON.parse(planJson(plan)) as Writable<Plan>;
  change(copy);
  return copy;
}

const byId = <T extends { id: string }>(list: readonly T[], id: string): Writable<T> =>
  list.find(candidate => candidate.id === id) as Writable<T>;
const stage = (of: Writable<Plan>, id: string) => byId<Stage>(of.stages as Stage[], id);
const process_ = (of: Writable<Plan>, id: string) => byId<Process>(of.processes as Process[], id);
const service = (of: Writable<Plan>, id: string) => byId<ServiceSpec>(of.services as ServiceSpec[], id);
const suite = (of: Writable<Plan>, id: string) => byId<Suite>(of.suites as Suite[], id);

it('finds nothing in a plan that was made', () => {
  expect(validatePlan(plan)).toEqual([]);
});

describe('finds', () => {
  test.each<[string, (copy: Writable<Plan>) => void, string]>([
    [
      'a stage that is not there',
      of => {
        of.stages = of.stages.filter(({ id }) => id !== 'frontend');
      },
      'stage production uses frontend, which is not an earlier stage',
    ],
    ['a stage used before it is made', of => of.stages.reverse(), 'which is not an earlier stage'],
    ['two stages of one id', of => of.stages.push(stage(of, 'frontend')), 'stage frontend is there twice'],
    [
      'what is made once out of what differs by platform',
      of => {
        stage(of, 'python-builder').platform = 'build';
        stage(of, 'python-test-builder').platform = 'build';
        stage(of, 'runtime').platform = 'build';
        stage(of, 'test').platform = 'build';
        stage(of, 'runtime').platform = 'target';
      },
      'stage test runs once for all platforms and uses runtime, which does not',
    ],
    [
      'an image based on what was made for it elsewhere',
      of => {
        stage(of, 'production').base = { kind: 'stage', stage: 'python-builder' };
      },
      'stage production is based on python-builder, whose programs are for another platform',
    ],
    [
      'what runs on the build machine based on what runs on the target',
      of => {
        stage(of, 'python-builder').platform = 'target';
      },
      'stage python-test-builder is based on python-builder, whose programs are for another platform',
    ],
    [
      'a process of what runs on the build machine',
      of => {
        process_(of, 'web').image = 'python-builder';
      },
      'process web runs python-builder, of which no image is made',
    ],
    [
      'a setting where no image is made',
      of => stage(of, 'frontend').steps.push({ kind: 'expose', port: 80 }),
      'stage frontend: expose is out of place where no image is made',
    ],
    [
      'a relative path',
      of => stage(of, 'test').steps.push({ kind: 'workdir', path: 'app' }),
      'stage test: app is not absolute',
    ],
    [
      'a copy from outside of the source',
      of => stage(of, 'test').steps.push({ kind: 'copy', from: { kind: 'source', path: '../other' }, to: '/app' }),
      'stage test copies ../other, which is not in the source',
    ],
    [
      'a step that runs nothing',
      of => stage(of, 'test').steps.push({ kind: 'exec', title: 'rest', args: [] }),
      'stage test: "rest" has no command',
    ],
    [
      'a file that is nowhere',
      of => stage(of, 'test').steps.push({ kind: 'file', file: 'gone.sh' }),
      'gone.sh is no file of the plan',
    ],
    [
      'a file that nobody brings',
      of => {
        of.files.spare = { path: '/spare', content: '', mode: 0o644 };
      },
      'nothing brings the file spare',
    ],
    [
      'an image that nothing is known of',
      of => {
        of.images = {};
      },
      'docker.io/library/redis:7 is no image of the plan',
    ],
    [
      'a digest that is none',
      of => {
        of.images['docker.io/library/redis:7'] = { digest: 'latest' };
      },
      'image docker.io/library/redis:7: latest is no digest',
    ],
    [
      'a process with the name of a service',
      of => {
        process_(of, 'worker').id = 'redis';
      },
      'two services or processes are called redis',
    ],
    [
      'an id that is no host name',
      of => {
        process_(of, 'worker').id = 'Worker_1';
      },
      'Worker_1 is no host name',
    ],
    [
      'a need that nothing meets',
      of => {
        of.services = [];
      },
      'process web needs mariadb, which is no service and no process',
    ],
    [
      'a password that nobody has',
      of => {
        delete service(of, 'mariadb').password;
      },
      'process web: DATABASE_URL holds the password of mariadb, which has none',
    ],
    [
      'a process that runs no stage',
      of => {
        process_(of, 'web').image = 'gone';
      },
      'process web runs gone, which is no stage',
    ],
    [
      'processes that wait for each other',
      of => process_(of, 'worker').after.push('web'),
      'process web waits for itself',
    ],
    [
      'two processes on one port',
      of => {
        process_(of, 'worker').port = 8000;
      },
      'worker and web both answer on port 8000',
    ],
    [
      'a service twice on one port',
      of => {
        service(of, 'redis').ports = [6379, 6379];
      },
      'service redis answers twice on port 6379',
    ],
    [
      'a probe where nobody answers',
      of => {
        process_(of, 'web').port = 8001;
      },
      'process web is asked on port 8000, where it does not answer',
    ],
    [
      'two that migrate',
      of => {
        process_(of, 'web').migrates = true;
      },
      'worker and web both migrate',
    ],
    [
      'migrations that are not there',
      of => {
        delete of.migration;
      },
      'suite unit migrates, but the app has no migrations',
    ],
    [
      'no web server',
      of => {
        of.processes = of.processes.filter(({ id }) => id !== 'web');
      },
      'the plan has 0 web servers',
    ],
    [
      'a front that is no process',
      of => {
        of.front = 'gateway';
      },
      'gateway, which people open, is no process',
    ],
    ['a suite twice', of => of.suites.push(suite(of, 'unit')), 'suite unit is there twice'],
    [
      'a suite without a command',
      of => {
        suite(of, 'unit').args = [];
      },
      'suite unit has no command',
    ],
    [
      'a suite that opens what does not answer',
      of => suite(of, 'e2e').opens?.processes.push('worker'),
      'suite e2e opens worker, which is no process that answers',
    ],
    [
      'a secret that is no variable',
      of => {
        of.variables = of.variables.filter(({ name }) => name !== 'SECRET_KEY');
      },
      'process web: SECRET_KEY is no secret variable of the plan',
    ],
    [
      'a report outside of its directory',
      of => {
        suite(of, 'unit').reports!.files.junit = '/tmp/junit.xml';
      },
      'suite unit: the report /tmp/junit.xml is not in /reports',
    ],
  ])('%s', (_name, change, problem) => {
    expect(validatePlan(changed(change)).join('\n')).toContain(problem);
  });

  it('everything at once', () => {
    const problems = validatePlan(
      changed(of => {
        suite(of, 'unit').args = [];
        process_(of, 'web').image = 'gone';
        of.front = 'nobody';
      }),
    );
    expect(problems).toEqual([
      'nobody, which people open, is no process',
      'process web runs gone, which is no stage',
      'suite unit has no command',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['no plan', null, 'plan is not an object'],
    ['another version', { ...plan, planVersion: 1 }, 'plan.planVersion is not one of 2'],
    ['a part that is missing', { ...plan, suites: undefined }, 'plan.suites is not a list'],
    ['a part that is not known', { ...plan, components: [] }, 'plan.components is not known'],
    [
      'a kind that is not known',
      { ...plan, stages: [{ ...plan.stages[0], steps: [{ kind: 'run', args: ['true'] }] }] },
      'plan.stages[0].steps[0].kind is not one of copy, file, script',
    ],
  ])('%s', (_name, broken, problem) => {
    expect(validatePlan(broken as Plan).join('\n')).toContain(problem);
  });
});

/** Every place in a value: the keys that lead there. */
function placesIn(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inside = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  return [at, ...inside.flatMap(([key, item]) => placesIn(item, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

describe('of plans that are broken at random', () => {
  const places = placesIn(plan);

  it('says that a value of another kind is none, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.constantFrom<unknown>(null, {}, [], [{}], 'x', -1, 1.5, true),
        (at, by) => {
          const before = at.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], plan);
          const problems = validatePlan(replaced(plan, at, by) as Plan);
          const kind = (value: unknown) => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);
          if (kind(before) !== kind(by)) expect(problems).not.toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('misses nothing that is called by another name where it is defined, or where it is referred to', () => {
    const ids = [...plan.stages, ...plan.services, ...plan.processes].map(({ id }) => id);
    const references = places.filter(at => {
      const value = at.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], plan);
      const key = at.findLast(part => typeof part === 'string');
      // Nobody refers to a suite: its name is its own.
      if (at[0] === 'suites' && key === 'id') return false;
      // Nor to what runs beside or in front of all others, for some ends alone.
      if (at[0] === 'processes' && key === 'id' && plan.processes[Number(at[1])]?.only) return false;
      return ids.includes(value as string) && /^(id|stage|image|to|after|front|processes|services)$/.test(String(key));
    });
    expect(references.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(fc.constantFrom(...references), at => {
        const broken = replaced(plan, at, 'somebody-else') as Plan;
        // An image's own name is nobody's business as long as nothing refers to it.
        const isUnused = at.at(-1) === 'id' && at[0] === 'stages' && !JSON.stringify(broken).includes(idAt(at));
        if (!isUnused) expect(validatePlan(broken)).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  function idAt(at: readonly (string | number)[]): string {
    return JSON.stringify(at.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], plan));
  }
});

describe('the text of a plan', () => {
  it('is read back as the plan it was, with keys in the same order', () => {
    expect(JSON.stringify(parsePlan(planJson(plan)))).toBe(JSON.stringify(plan));
    expect(Object.isFrozen(parsePlan(planJson(plan)).stages[0])).toBe(true);
  });

  it('is refused with every problem when it is broken', () => {
    expect(() => parsePlan('{')).toThrow(/^the plan is not JSON: /);
    const broken = changed(of => {
      of.front = 'nobody';
      suite(of, 'unit').args = [];
    });
    expect(() => parsePlan(planJson(broken))).toThrow(/nobody, which people open.*; suite unit has no command/);
  });
});
