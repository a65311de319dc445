/** What is in a layer, file by file, to be compared with another. */
import { createHash } from 'node:crypto';
import { type TarMember, tarMembers } from './tar-members.js';

/** What there is to say of a member, each as text. */
export type MemberFacts = Readonly<Record<'content' | 'kind' | 'mode' | 'owner' | 'time' | 'link', string>>;

/** Where two layers differ: a path, and what of it. */
export interface MemberDifference {
  readonly path: string;
  /** `only here`: in the first alone; `only there`: in the second. */
  readonly what: readonly (keyof MemberFacts | 'only here' | 'only there')[];
}

/** Lists what a layer's tar holds, by path. */
export async function layerContents(tar: AsyncIterable<Uint8Array>): Promise<ReadonlyMap<string, MemberFacts>> {
  const members = new Map<string, MemberFacts>();
  for await (const member of tarMembers(tar)) members.set(member.path, await factsOf(member));
  return members;
}

/** Compares two layers, in the order of paths; none: they hold the same, in whatever order. */
export function memberDifferences(
  here: ReadonlyMap<string, MemberFacts>,
  there: ReadonlyMap<string, MemberFacts>,
): readonly MemberDifference[] {
  const paths = [...new Set([...here.keys(), ...there.keys()])].toSorted();
  return paths.flatMap((path): readonly MemberDifference[] => {
    const [one, other] = [here.get(path), there.get(path)];
    if (one === undefined) return [{ path, what: ['only there'] }];
    if (other === undefined) return [{ path, what: ['only here'] }];
    const what = (Object.keys(one) as (keyof MemberFacts)[]).filter(fact => one[fact] !== other[fact]);
    return what.length === 0 ? [] : [{ path, what }];
  });
}

async function factsOf({ header, type, linkname, mtime, size, blocks }: TarMember): Promise<MemberFacts> {
  const hash = createHash('sha256');
  let left = size;
  for await (const block of blocks) {
    hash.update(block.subarray(0, left));
    left = Math.max(0, left - block.length);
  }
  const field = (at: number, width: number) =>
    header
      .toString('latin1', at, at + width)
      .replace(/\0.*/s, '')
      .trim();
  return {
    content: hash.digest('hex'),
    kind: type,
    mode: field(100, 8),
    owner: `${field(108, 8)}:${field(116, 8)}`,
    time: `${mtime}`,
    link: linkname,
  };
}
