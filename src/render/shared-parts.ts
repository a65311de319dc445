/**
 * What services of a compose file say alike, said once above them, as people write it: `x-logging: &logging`, and `logging: *logging` where it holds. Whoever
 * reads YAML puts it in its places (https://docs.docker.com/reference/compose-file/fragments/).
 */
import { Alias, type Document, isNode } from 'yaml';
import type { YamlData } from './yaml-file.js';

/** Fewer lines are read where they stand. */
const WORTH = 4;

/** Keys whose values are worth a name. */
const NAMED = ['environment', 'develop', 'deploy', 'healthcheck', 'logging'];

/** A part that services merge into what is their own. */
export interface Common {
  readonly name: string;
  /** The services that have it. */
  readonly services: readonly string[];
  /** What belongs to it, where all of them say the same; absent: whatever they all say alike. */
  readonly keys?: readonly string[];
}

type Parts = Readonly<Record<string, YamlData>>;
interface Divided {
  readonly parts: Parts;
  readonly services: Parts;
}

/** The same content with what is alike in front of its services; common parts may be parts of those that come after them. */
export function withSharedParts(document: Document, content: YamlData, common: readonly Common[]): YamlData {
  const merged = common.reduce(withCommon, { parts: {}, services: content.services as Parts });
  const { named, parts, services } = withNames(merged);
  const anchored = Object.entries({ ...named, ...parts }).map(([name, value]) => {
    const node = document.createNode(value, { aliasDuplicateObjects: false });
    node.anchor = name;
    return [`x-${name}`, node] as const;
  });
  const { name, ...others } = content;
  return { ...(name === undefined ? {} : { name }), ...Object.fromEntries(anchored), ...others, services };
}

/** Takes out of services what all of them say alike, where that is worth it. */
function withCommon({ parts, services }: Divided, { name, services: ids, keys }: Common): Divided {
  const [first, ...others] = ids.flatMap((id): readonly YamlData[] => (services[id] ? [services[id]] : []));
  if (!first || others.length === 0) return { parts, services };
  const alike = Object.entries(first).filter(
    ([key, value]) =>
      (keys ?? [key]).includes(key) &&
      said(value) !== undefined &&
      others.every((other: YamlData) => said(other[key]) === said(value)),
  );
  if (linesOf(Object.fromEntries(alike)) < WORTH) return { parts, services };
  const taken = new Set(alike.map(([key]) => key));
  const left = Object.entries(services).map(([id, service]) => {
    if (!ids.includes(id)) return [id, service] as const;
    const own = Object.entries(service).filter(([key]) => !taken.has(key));
    return [id, { '<<': new Alias(name), ...Object.fromEntries(own) }] as const;
  });
  return { parts: { ...parts, [name]: Object.fromEntries(alike) }, services: Object.fromEntries(left) };
}

/** Gives names to single values that stand in several places. */
function withNames({ parts, services }: Divided): Divided & { readonly named: Parts } {
  const holders = [...Object.values(parts), ...Object.values(services)];
  const named: Record<string, YamlData> = {};
  const names = new Map<string, string>();
  for (const key of NAMED) {
    for (const value of holders.map(holder => holder[key])) {
      const text = said(value);
      const isAlike = (holder: YamlData) => said(holder[key]) === text;
      if (text === undefined || names.has(key + text) || linesOf(value) < WORTH) continue;
      if (holders.filter(isAlike).length < 2) continue;
      const others = Object.keys(named).filter(name => name.startsWith(key)).length;
      const name = others === 0 ? key : `${key}-${others + 1}`;
      named[name] = value as YamlData;
      names.set(key + text, name);
    }
  }
  const replaced = (all: Parts): Parts =>
    mapped(all, holder =>
      mapped(holder, (value, key) => {
        const name = names.get(key + said(value));
        return name === undefined ? value : new Alias(name);
      }),
    );
  return { named, parts: replaced(parts), services: replaced(services) };
}

function mapped<T, U>(all: Readonly<Record<string, T>>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, change(value, key)]));
}

/** A value as text to compare it by; undefined: there is none, or words for people stand behind something in it. */
function said(value: unknown): string | undefined {
  if (value instanceof Alias) return `*${value.source}`;
  if (value === undefined || hasRemark(value)) return undefined;
  return JSON.stringify(value);
}

function hasRemark(value: unknown): boolean {
  return isNode(value) || (typeof value === 'object' && value !== null && Object.values(value).some(hasRemark));
}

/** Lines that it takes. */
function linesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || isNode(value)) return 1;
  return Object.values(value).reduce((sum: number, item) => sum + (Array.isArray(value) ? 1 : itemLines(item)), 0);
}

function itemLines(item: unknown): number {
  const isHolder = typeof item === 'object' && item !== null && !isNode(item);
  return isHolder ? 1 + linesOf(item) : 1;
}
