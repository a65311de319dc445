/** Reads the function table out of a Dagger module's source with the SDK's own introspector: the same code that tells an engine. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scan } from '../node_modules/@dagger.io/dagger/dist/src/module/introspector/index.js';
import { type FunctionArgument, type ModuleTable, typeLabel, type ValueType } from './functions.js';

const CLIENT_TYPES = new URL('../node_modules/@dagger.io/dagger/dist/src/api/client.gen.d.ts', import.meta.url);

interface TypeJson {
  readonly kind: string;
  readonly name?: string;
  readonly typeDef?: TypeJson;
}

interface ArgumentJson {
  readonly name: string;
  readonly description?: string;
  readonly type: TypeJson;
  readonly isOptional: boolean;
  readonly defaultValue?: unknown;
  readonly defaultPath?: string;
  readonly ignore?: readonly string[];
}

interface ModuleJson {
  readonly description?: string;
  /** Names of its objects that are data alone. */
  readonly records: readonly string[];
  readonly enums: Record<string, { readonly values: Record<string, { readonly value: string }> }>;
}

/**
 * Takes the directory with a module's sources and the name of its main class; returns its functions.
 * Throws the SDK's IntrospectionError when the source breaks one of Dagger's rules.
 */
export async function introspectModule(sourceDir: string, object: string): Promise<ModuleTable> {
  const module = await scanModule(sourceDir, object);
  const main = module.objects[object];
  if (main === undefined || !('methods' in main)) throw new Error(`no class ${object} with @object() in ${sourceDir}`);
  const records = Object.values(module.objects)
    .filter(({ methods }) => Object.keys(methods).length === 0)
    .map(({ name }) => name);
  const json: ModuleJson = { ...JSON.parse(JSON.stringify(module)), records };
  const convert = (type: TypeJson): ValueType => valueType(type, json);
  return {
    object,
    description: json.description ?? main.description,
    constructorArguments: argumentList(main._constructor?.arguments ?? {}, convert),
    functions: Object.values(main.methods).map(method => ({
      name: method.alias ?? method.name,
      description: method.description,
      arguments: argumentList(method.arguments, convert),
      returns: convert(method.returnType as unknown as TypeJson),
      check: 'isCheck' in method && method.isCheck,
    })),
  };
}

/** What the SDK reads out of a module's sources: all types that an engine will serve. */
export async function scanModule(sourceDir: string, object: string): ReturnType<typeof scan> {
  const scratch = mkdtempSync(join(tmpdir(), 'quayside-introspect-'));
  try {
    // The introspector looks for client classes in a file of this name and skips declaration files; an engine has the generated
    // source there, the npm package only its declarations, which read the same.
    const client = join(scratch, 'client.gen.ts');
    writeFileSync(client, readFileSync(fileURLToPath(CLIENT_TYPES)));
    const files = readdirSync(sourceDir, { recursive: true, encoding: 'utf8' })
      .filter(file => /\.m?ts$/.test(file))
      .sort()
      .map(file => join(sourceDir, file));
    return await scan([...files, client], object, false);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function argumentList(table: object, convert: (type: TypeJson) => ValueType): FunctionArgument[] {
  const list = Object.values(JSON.parse(JSON.stringify(table)) as Record<string, ArgumentJson>);
  return list.map(argument => ({
    name: argument.name,
    description: argument.description ?? '',
    type: convert(argument.type),
    optional: argument.isOptional || argument.defaultValue !== undefined || argument.defaultPath !== undefined,
    default: argument.defaultValue,
    defaultPath: argument.defaultPath,
    ignore: argument.ignore,
  }));
}

function valueType(type: TypeJson, module: ModuleJson): ValueType {
  switch (type.kind) {
    case 'STRING_KIND':
    case 'INTEGER_KIND':
    case 'FLOAT_KIND':
    case 'BOOLEAN_KIND':
    case 'VOID_KIND':
      return { kind: type.kind.slice(0, -'_KIND'.length).toLowerCase() as 'string' };
    case 'SCALAR_KIND':
      return { kind: 'string' };
    case 'OBJECT_KIND':
      return { kind: module.records.includes(type.name ?? '') ? 'record' : 'object', name: type.name ?? '' };
    case 'ENUM_KIND':
      return {
        kind: 'enum',
        name: type.name ?? '',
        values: Object.values(module.enums[type.name ?? '']?.values ?? {}).map(member => member.value),
      };
    case 'LIST_KIND':
      return { kind: 'list', of: valueType(type.typeDef as TypeJson, module) };
    default:
      throw new Error(
        `the command line has no flag for ${type.kind} (${typeLabel({ kind: 'object', name: type.name ?? '?' })})`,
      );
  }
}
