/** Django's steps and variables. */
import type { Facts } from '../detect/facts.js';
import type { Plan, ServiceSpec, Stage, Step } from '../plan/types.js';
import { quoteWords, shell } from './shell.js';

/** Stages that hold the source, whose last step is to become the app's user. */
const WITH_SOURCE = ['production', 'test'];

/** Lets the stages that hold the source collect static files there, while root may still write; tests have their settings. */
export function withDjango(stages: readonly Stage[], facts: Facts, services: readonly ServiceSpec[]): readonly Stage[] {
  const steps = collectStatic(facts, services);
  return stages.map(stage => {
    if (!WITH_SOURCE.includes(stage.id)) return stage;
    const more = [...steps, ...(stage.id === 'test' ? testSettings(facts) : [])];
    return { ...stage, steps: [...stage.steps.slice(0, -1), ...more, ...stage.steps.slice(-1)] };
  });
}

/** The variable goes before pytest's own configuration: where that names other settings, they are set. */
function testSettings({ django }: Facts): readonly Step[] {
  const settings = django?.testSettings?.value;
  return settings === undefined ? [] : [{ kind: 'env', values: { DJANGO_SETTINGS_MODULE: settings } }];
}

/** Settings are read to collect, so secrets and addresses have values that are no one's, for this command only. */
function collectStatic(facts: Facts, services: readonly ServiceSpec[]): readonly Step[] {
  const command = facts.django?.collectStatic?.value;
  if (command === undefined) return [];
  const secrets = facts.secrets.map(({ value }) => `${value}=only-to-collect-static-files`);
  const addresses = services.map(({ variable, value }) => `${variable}=${value.replace('{password}', 'none')}`);
  return [shell('collect static files', [quoteWords(['env', ...secrets, ...addresses, ...command])])];
}

/** Variables of a test or trial run: it goes by whatever name it is called, which the published image does not. */
export function trialEnv(facts: Facts): Pick<Plan['app'], 'trialEnv'> {
  const hosts = facts.django?.hosts?.value;
  return hosts === undefined ? {} : { trialEnv: { [hosts]: '*' } };
}
